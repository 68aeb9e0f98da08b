//! `/aas/oauth2/v3/te`: what it gives and what it refuses.

use crate::openssl;
use crate::world::{Ask, Form, OID, STATE, World, changed, encode, parts, text, timestamp};
use anyhow::Result;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

#[test]
fn the_whole_way() -> Result<()> {
    let world = World::new()?;
    let code = world.code("ivanova")?;
    let (header, payload) = parts(&code)?;
    assert_eq!(
        header,
        json!({"ver": 1, "typ": "JWT", "sbt": "authorization_code", "alg": "GOST3410_2012_256"})
    );
    assert_eq!(payload["urn:esia:client:state"], STATE);
    assert_eq!(payload["auth_mthd"], "PWD");
    assert_eq!(payload["urn:esia:sbj"]["urn:esia:sbj:oid"], OID);
    assert_eq!(payload["params"]["remote_ip"], "127.0.0.1");
    assert_eq!(seconds(&payload)?, 240);

    let tokens = world.te(&world.token_form(&world.ask()?, &code)?)?;
    assert_eq!(
        tokens.headers["content-type"],
        "application/json;charset=UTF-8"
    );
    let tokens = tokens.json(200)?;
    assert_eq!(
        (&tokens["state"], &tokens["token_type"]),
        (&json!(STATE), &json!("Bearer"))
    );
    assert_eq!(tokens["expires_in"], 3600);
    assert!(tokens.get("refresh_token").is_none());

    let id_token = text(&tokens, "id_token")?;
    let (header, id) = parts(&id_token)?;
    assert_eq!(
        header,
        json!({"ver": 0, "typ": "JWT", "sbt": "id", "alg": "GOST3410_2012_256"})
    );
    let raw = URL_SAFE_NO_PAD.decode(id_token.split('.').nth(1).unwrap_or_default())?;
    let raw = String::from_utf8(raw)?;
    assert!(
        raw.contains(r#""iss":"http:\/\/esia.gosuslugi.ru\/""#),
        "{raw}"
    );
    assert_eq!((&id["aud"], &id["sub"]), (&json!("PODPIS"), &json!(OID)));
    assert_eq!(
        (&id["amr"], &id["urn:esia:amd"]),
        (&json!("PWD"), &json!("PWD"))
    );
    assert_eq!(
        id["urn:esia:sbj"],
        json!({
            "urn:esia:sbj:typ": "P", "urn:esia:sbj:is_tru": true, "urn:esia:sbj:oid": OID,
            "urn:esia:sbj:nam": format!("OID.{OID}"), "urn:esia:sbj:lvl": "PR",
        })
    );
    assert_eq!(seconds(&id)?, 10_800);

    let (header, claims) = parts(&text(&tokens, "access_token")?)?;
    assert_eq!(
        (&header["sbt"], &header["ver"]),
        (&json!("access"), &json!(1))
    );
    assert_eq!(claims["urn:esia:sid"], id["urn:esia:sid"]);
    assert_eq!(claims["urn:esia:sbj_id"], OID);
    assert_eq!(
        claims["scope"],
        "openid fullname?oid=1000299353 birthdate?oid=1000299353 snils?oid=1000299353"
    );
    assert!(claims.get("aud").is_none());
    assert_eq!(seconds(&claims)?, 3600);
    Ok(())
}

#[test]
fn levels_of_accounts() -> Result<()> {
    let world = World::new()?;
    for (person, confirmed, level) in [
        ("ivanova", true, "PR"),
        ("sidorova", false, "P"),
        ("standard", false, "P"),
        ("child", true, "KD"),
    ] {
        let (_, id) = parts(&text(&world.tokens(person)?, "id_token")?)?;
        let subject = &id["urn:esia:sbj"];
        assert_eq!(
            subject.get("urn:esia:sbj:is_tru"),
            confirmed.then_some(&json!(true)),
            "{person}"
        );
        assert_eq!(subject["urn:esia:sbj:lvl"], level, "{person}");
    }
    Ok(())
}

#[test]
fn wrong_requests() -> Result<()> {
    let world = World::new()?;
    let table: &[(&str, Option<&str>, &str)] = &[
        ("grant_type", None, "ESIA-007014"),
        ("grant_type", Some("password"), "ESIA-007012"),
        ("grant_type", Some("client_credentials"), "ESIA-007012"),
        ("client_id", Some("OTHER"), "ESIA-007005"),
        ("token_type", Some("Mac"), "ESIA-007003"),
        ("state", None, "ESIA-007014"),
        ("state", Some("x"), "ESIA-007003"),
        ("code", None, "ESIA-007014"),
        ("code", Some("a.b.c"), "ESIA-007053"),
        (
            "redirect_uri",
            Some("http://localhost:3000/"),
            "ESIA-007053",
        ),
        ("redirect_uri", None, "ESIA-007014"),
        ("scope", Some("openid"), "ESIA-007053"),
        ("scope", None, "ESIA-007014"),
        (
            "timestamp",
            Some("2013.01.25 14:36:11 +0400"),
            "ESIA-007015",
        ),
        ("client_certificate_hash", None, "ESIA-007014"),
        ("client_certificate_hash", Some("00"), "ESIA-007053"),
        ("client_secret", None, "ESIA-007014"),
        ("client_secret", Some("AAAA"), "ESIA-007053"),
    ];
    let ask = world.ask()?;
    let code = world.code("ivanova")?;
    let form = world.token_form(&ask, &code)?;
    for (name, value, esia) in table {
        let answer = world.te(&changed(form.clone(), name, *value))?;
        assert_eq!(
            (answer.status, answer.esia_code().as_str()),
            (400, *esia),
            "{name} = {value:?}: {}",
            answer.body
        );
    }
    let mut twice = form.clone();
    twice.push(("code", code.clone()));
    assert_eq!(world.te(&twice)?.esia_code(), "ESIA-007003");
    // A signature without the code in it does not do, and none of all this used the code up.
    let mut short = world.authorize_form(&ask)?;
    short.extend([
        ("code", code),
        ("grant_type", "authorization_code".into()),
        ("token_type", "Bearer".into()),
    ]);
    assert_eq!(world.te(&short)?.esia_code(), "ESIA-007053");
    assert_eq!(world.te(&form)?.status, 200);
    Ok(())
}

/// Signed properly, but for what was not asked.
#[test]
fn a_code_belongs_to_its_request() -> Result<()> {
    let world = World::new()?;
    let code = world.code("ivanova")?;
    for ask in [
        Ask {
            scope: "openid fullname".into(),
            ..world.ask()?
        },
        Ask {
            redirect_uri: "http://localhost:3000/other".into(),
            ..world.ask()?
        },
        Ask {
            scope_org: Some("http://esia.gosuslugi.ru/org_inf?org_oid=1".into()),
            ..world.ask()?
        },
    ] {
        let answer = world.te(&world.token_form(&ask, &code)?)?;
        assert_eq!(answer.esia_code(), "ESIA-007011");
    }
    let foreign = world.token_form(&world.ask()?, "no.such.code")?;
    assert_eq!(world.te(&foreign)?.esia_code(), "ESIA-007011");
    assert_eq!(
        world.te(&world.token_form(&world.ask()?, &code)?)?.status,
        200
    );
    Ok(())
}

#[test]
fn a_code_belongs_to_its_client() -> Result<()> {
    let world = World::with(|options, dir| {
        openssl::certificate(dir, "other", openssl::GOST)?;
        options
            .other_clients
            .push(("OTHER".into(), dir.join("other.cer.pem")));
        Ok(())
    })?;
    let other = Ask {
        client_id: "OTHER".into(),
        signer: "other".into(),
        ..world.ask()?
    };
    let ours = world.code("ivanova")?;
    let answer = world.te(&world.token_form(&other, &ours)?)?;
    assert_eq!(answer.esia_code(), "ESIA-007011");
    // The other system is a client in its own right, with its own certificate only.
    let (_, id) = parts(&text(&world.tokens_for(&other, "ivanova")?, "id_token")?)?;
    assert_eq!(id["aud"], "OTHER");
    let mixed = Ask {
        signer: "client".into(),
        ..other
    };
    let answer = world.authorize(&world.authorize_form(&mixed)?)?;
    assert_eq!(answer.esia_code(), "ESIA-007053");
    Ok(())
}

#[test]
fn a_code_works_once() -> Result<()> {
    let world = World::new()?;
    let code = world.code("ivanova")?;
    let form = world.token_form(&world.ask()?, &code)?;
    assert_eq!(world.te(&form)?.status, 200);
    let again = world.te(&form)?;
    assert_eq!(again.esia_code(), "ESIA-007011");
    let body = again.json(400)?;
    assert_eq!(
        (&body["error"], &body["state"]),
        (&json!("invalid_grant"), &json!(STATE))
    );
    Ok(())
}

#[test]
fn a_code_lives_four_minutes() -> Result<()> {
    let world = World::new()?;
    let (first, second) = (world.code("ivanova")?, world.code("ivanova")?);
    world.simulator.advance(230);
    let form = world.token_form(&world.ask()?, &first)?;
    assert_eq!(world.te(&form)?.status, 200);
    world.simulator.advance(11);
    let form = world.token_form(&world.ask()?, &second)?;
    assert_eq!(world.te(&form)?.esia_code(), "ESIA-007011");
    Ok(())
}

#[test]
fn the_parameters_may_stand_in_the_query() -> Result<()> {
    let world = World::new()?;
    let query = encode(&world.token_form(&world.ask()?, &world.code("ivanova")?)?);
    let answer = world.post(&format!("/aas/oauth2/v3/te?{query}"), &Form::new())?;
    assert_eq!(answer.status, 200, "{}", answer.body);
    Ok(())
}

/// The state of the answer is the token request's; with the strict setting it must be a new one.
#[test]
fn the_state_of_the_token_request() -> Result<()> {
    const OTHER: &str = "11111111-2222-4333-8444-555555555555";
    let world = World::new()?;
    let other = Ask {
        state: OTHER.into(),
        ..world.ask()?
    };
    let code = world.code("ivanova")?;
    let tokens = world.te(&world.token_form(&other, &code)?)?.json(200)?;
    assert_eq!(tokens["state"], OTHER);

    let strict = World::with(|options, _| {
        options.strict_state = true;
        Ok(())
    })?;
    let code = strict.code("ivanova")?;
    let same = strict.te(&strict.token_form(&strict.ask()?, &code)?)?;
    assert_eq!(same.esia_code(), "ESIA-007003");
    let fresh = strict.te(&strict.token_form(&other, &code)?)?;
    assert_eq!(fresh.status, 200, "{}", fresh.body);
    Ok(())
}

#[test]
fn without_openid_there_is_no_id_token() -> Result<()> {
    let world = World::new()?;
    let ask = Ask {
        scope: "fullname".into(),
        ..world.ask()?
    };
    let tokens = world.tokens_for(&ask, "ivanova")?;
    assert!(tokens.get("id_token").is_none() && tokens.get("access_token").is_some());
    Ok(())
}

/// Both forms of the refresh request that are in use.
#[test]
fn refresh_tokens_come_offline_and_work_once() -> Result<()> {
    let world = World::new()?;
    let ask = Ask {
        access_type: "offline",
        ..world.ask()?
    };
    let tokens = world.tokens_for(&ask, "ivanova")?;
    let refresh = |form: Form, token: &str| {
        let mut form = form;
        form.extend([
            ("grant_type", "refresh_token".into()),
            ("refresh_token", token.to_owned()),
            ("token_type", "Bearer".into()),
        ]);
        world.te(&form)
    };
    // client_id‖scope‖timestamp‖state‖redirect_uri, with the certificate's hash.
    let first = text(&tokens, "refresh_token")?;
    let mut form = world.signed(&ask, &ask.redirect_uri)?;
    form.push(("redirect_uri", ask.redirect_uri.clone()));
    let answer = refresh(form.clone(), &first)?.json(200)?;
    let (_, old) = parts(&text(&tokens, "id_token")?)?;
    let (_, new) = parts(&text(&answer, "id_token")?)?;
    assert_eq!(old["auth_time"], new["auth_time"]);
    assert_eq!(refresh(form, &first)?.esia_code(), "ESIA-007011");

    // client_id‖scope‖timestamp‖state‖refresh_token, without hash and address.
    let second = text(&answer, "refresh_token")?;
    let bare = |tail: &str| -> Result<Form> {
        Ok(changed(
            world.signed(&ask, tail)?,
            "client_certificate_hash",
            None,
        ))
    };
    assert_eq!(
        refresh(bare("something else")?, &second)?.esia_code(),
        "ESIA-007053"
    );
    assert_eq!(refresh(bare(&second)?, &second)?.status, 200);
    Ok(())
}

/// A code lived long enough, its certificate not: the clock is the simulator's.
#[test]
fn the_request_time_counts_here_too() -> Result<()> {
    let world = World::new()?;
    let code = world.code("ivanova")?;
    let late = Ask {
        timestamp: timestamp(-660)?,
        ..world.ask()?
    };
    let answer = world.te(&world.token_form(&late, &code)?)?;
    assert_eq!(answer.esia_code(), "ESIA-007015");
    Ok(())
}

fn seconds(claims: &Value) -> Result<i64> {
    let at = |name: &str| claims[name].as_i64().unwrap_or_default();
    assert_eq!(claims["nbf"], claims["iat"]);
    Ok(at("exp") - at("iat"))
}
