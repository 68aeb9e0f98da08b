//! `/rs/prns/{oid}` and its collections.

use crate::world::{OID, World, text};
use anyhow::Result;
use serde_json::{Value, json};

const BASIC: &str = "openid fullname birthdate snils";

#[test]
fn a_person_with_what_the_scopes_cover() -> Result<()> {
    let world = World::new()?;
    let access = world.access("ivanova", BASIC)?;
    for path in ["/rs/prns/1000299353", "/rs/prns/1000299353/"] {
        let answer = world.bearer(path, &access)?;
        assert_eq!(answer.headers["cache-control"], "no-store");
        assert!(answer.headers.contains_key("etag"));
        let media = answer.headers["content-type"].to_str()?;
        assert!(
            media.starts_with("application/json; schema=\"http://")
                && media.ends_with("/rs/model/prn/Person-3\""),
            "{media}"
        );
        let person = answer.json(200)?;
        assert_eq!(
            (&person["lastName"], &person["middleName"]),
            (&json!("Иванова"), &json!("Петровна"))
        );
        assert_eq!(
            (&person["birthDate"], &person["snils"]),
            (&json!("12.03.1985"), &json!("112-233-445 95"))
        );
        assert_eq!(
            (&person["trusted"], &person["status"], &person["verifying"]),
            (&json!(true), &json!("REGISTERED"), &json!(false))
        );
        assert_eq!(person["stateFacts"], json!(["EntityRoot"]));
        for absent in ["gender", "inn", "rIdDoc", "citizenship", "birthPlace"] {
            assert!(person.get(absent).is_none(), "{absent} is not in the scope");
        }
    }
    Ok(())
}

/// Absent, not null.
#[test]
fn every_field_has_its_scope() -> Result<()> {
    let world = World::new()?;
    let all = [
        ("fullname", "lastName"),
        ("fullname", "trusted"),
        ("fullname", "status"),
        ("birthdate", "birthDate"),
        ("gender", "gender"),
        ("snils", "snils"),
        ("inn", "inn"),
        ("birthplace", "birthPlace"),
        ("id_doc", "rIdDoc"),
    ];
    for scope in [
        "fullname",
        "birthdate",
        "gender",
        "snils",
        "inn",
        "birthplace",
        "id_doc",
    ] {
        let access = world.access("ivanova", &format!("openid {scope}"))?;
        let person = world.bearer("/rs/prns/1000299353", &access)?.json(200)?;
        for (of, field) in all {
            assert_eq!(
                person.get(field).is_some(),
                of == scope,
                "{field} with {scope}: {person}"
            );
        }
    }
    let access = world.access("ivanova", "http://esia.gosuslugi.ru/usr_inf")?;
    let person = world.bearer("/rs/prns/1000299353", &access)?.json(200)?;
    assert!(
        all.iter().all(|(_, field)| person.get(field).is_some()),
        "{person}"
    );
    let access = world.access("petrov", BASIC)?;
    let person = world.bearer("/rs/prns/1000299354", &access)?.json(200)?;
    assert!(person.get("middleName").is_none());
    Ok(())
}

#[test]
fn the_right_token_is_needed() -> Result<()> {
    let world = World::new()?;
    let tokens = world.tokens("ivanova")?;
    let id_token = text(&tokens, "id_token")?;
    for token in ["", "x", &id_token] {
        let answer = world.bearer("/rs/prns/1000299353", token)?;
        assert_eq!(
            answer.json(401)?,
            json!({"code": "ESIA-005011", "message": "SecurityErrorEnum.invalidToken"})
        );
    }
    assert_eq!(world.get("/rs/prns/1000299353", &[])?.status, 401);
    let access = text(&tokens, "access_token")?;
    let basic = [("authorization", access.as_str())];
    assert_eq!(world.get("/rs/prns/1000299353", &basic)?.status, 401);

    // Another person's data, and data of no scope.
    let answer = world.bearer("/rs/prns/1000299354", &access)?;
    assert_eq!(
        (answer.status, answer.esia_code().as_str()),
        (403, "ESIA-005029")
    );
    let answer = world.bearer("/rs/prns/1000299353/ctts", &access)?;
    assert_eq!(
        (answer.status, answer.esia_code().as_str()),
        (403, "ESIA-005029")
    );
    let bare = world.access("ivanova", "openid")?;
    assert_eq!(world.bearer("/rs/prns/1000299353", &bare)?.status, 403);
    assert_eq!(
        world.bearer("/rs/prns/1000299353/nothing", &access)?.status,
        404
    );

    world.simulator.advance(3601);
    let answer = world.bearer("/rs/prns/1000299353", &access)?;
    assert_eq!(
        answer.json(401)?,
        json!({"code": "ESIA-005013", "message": "SecurityErrorEnum.expiredToken"})
    );
    Ok(())
}

#[test]
fn a_collection_in_both_forms() -> Result<()> {
    let world = World::new()?;
    let access = world.access("ivanova", "openid contacts")?;
    let plain = world
        .bearer("/rs/prns/1000299353/ctts", &access)?
        .json(200)?;
    assert_eq!(
        (&plain["stateFacts"], &plain["size"]),
        (&json!(["hasSize"]), &json!(2))
    );
    let address = plain["elements"][0].as_str().unwrap_or_default();
    let (_, path) = address.split_once("/rs/").unwrap_or_default();
    let one = world.bearer(&format!("/rs/{path}"), &access)?.json(200)?;
    assert_eq!(
        (&one["type"], &one["value"], &one["vrfStu"]),
        (&json!("MBT"), &json!("+7(916)1234567"), &json!("VERIFIED"))
    );
    let embedded = world.bearer("/rs/prns/1000299353/ctts?embed=(elements)", &access)?;
    assert_eq!(embedded.json(200)?["elements"][0], one);
    let missing = world.bearer("/rs/prns/1000299353/ctts/1", &access)?;
    assert_eq!(missing.status, 404);
    Ok(())
}

#[test]
fn contacts_by_scope() -> Result<()> {
    let world = World::new()?;
    for (scope, kinds) in [("mobile", vec!["MBT"]), ("email", vec!["EML"])] {
        let access = world.access("ivanova", &format!("openid {scope}"))?;
        let path = "/rs/prns/1000299353/ctts?embed=(elements)";
        let all = world.bearer(path, &access)?.json(200)?;
        assert_eq!(of_each(&all, "type"), kinds);
    }
    Ok(())
}

#[test]
fn the_other_collections() -> Result<()> {
    let world = World::new()?;
    let see = |person: &str, oid: u64, scope: &str, name: &str| -> Result<Value> {
        let access = world.access(person, &format!("openid {scope}"))?;
        world
            .bearer(&format!("/rs/prns/{oid}/{name}?embed=(elements)"), &access)?
            .json(200)
    };
    let documents = see("ivanova", OID, "id_doc", "docs")?;
    assert_eq!(of_each(&documents, "type"), ["RF_PASSPORT"]);
    let child = see("child", 1_000_299_363, "birth_cert_doc", "docs")?;
    assert_eq!(of_each(&child, "type"), ["RF_BRTH_CERT"]);
    let addresses = see("ivanova", OID, "addresses", "addrs")?;
    assert_eq!(of_each(&addresses, "type"), ["PRG"]);
    assert_eq!(see("ivanova", OID, "vehicles", "vhls")?["size"], 0);
    let kids = see(
        "mother",
        1_000_299_362,
        "kid_fullname kid_birthdate",
        "kids",
    )?;
    assert_eq!(of_each(&kids, "firstName"), ["Дарья", "Егор"]);
    assert_eq!(kids["elements"][0]["birthDate"], "03.02.2018");
    assert!(
        kids["elements"][0].get("snils").is_none(),
        "not in the scope"
    );
    let roles = see("director", 1_000_299_367, "usr_org", "roles")?;
    assert_eq!(
        (
            &roles["elements"][0]["type"],
            &roles["elements"][0]["chief"]
        ),
        (&json!("LEGAL"), &json!(true))
    );
    let organisations = see("director", 1_000_299_367, "usr_org", "orgs")?;
    assert_eq!(organisations["elements"][0]["oid"], 1_000_300_001);
    Ok(())
}

#[test]
fn collections_within_the_person() -> Result<()> {
    let world = World::new()?;
    let access = world.access("ivanova", "openid fullname contacts id_doc")?;
    let answer = world.bearer(
        "/rs/prns/1000299353?embed=(contacts.elements-1,documents.elements,addresses.elements)",
        &access,
    )?;
    let links: Vec<String> = answer
        .headers
        .get_all("link")
        .iter()
        .map(|link| String::from_utf8_lossy(link.as_bytes()).into_owned())
        .collect();
    assert!(
        links.len() == 2 && links[0].contains("/rs/prns/1000299353/ctts>;rel=contacts;"),
        "{links:?}"
    );
    let person = answer.json(200)?;
    assert_eq!(person["contacts"]["size"], 2);
    assert_eq!(person["documents"]["elements"][0]["id"], person["rIdDoc"]);
    assert!(person.get("addresses").is_none(), "not in the scope");
    let plain = world.bearer("/rs/prns/1000299353", &access)?.json(200)?;
    assert!(plain.get("contacts").is_none(), "not asked for");
    Ok(())
}

fn of_each<'a>(collection: &'a Value, name: &str) -> Vec<&'a str> {
    let elements = collection["elements"].as_array();
    elements
        .into_iter()
        .flatten()
        .filter_map(|element| element[name].as_str())
        .collect()
}
