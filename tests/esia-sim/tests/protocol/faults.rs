//! `/sim/…`: what goes wrong on demand.

use crate::openssl;
use crate::world::{Answer, World, parts, text};
use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// The answer, or nothing when the connection ended before its end.
type Met = Result<Option<Answer>>;

impl World {
    fn te_again(&self, code: &str) -> Met {
        let form = self.token_form(&self.ask()?, code)?;
        Ok(self.te(&form).ok())
    }
}

#[test]
fn outages_of_the_token_endpoint() -> Result<()> {
    let world = World::new()?;
    for (fault, status) in [
        ("error500", Some(500)),
        ("error503", Some(503)),
        ("html", Some(200)),
        ("closed", None),
    ] {
        let code = world.code("ivanova")?;
        world.fault(&json!({"te": fault}))?;
        let answer = world.te_again(&code)?;
        assert_eq!(answer.as_ref().map(|a| a.status), status, "{fault}");
        if fault == "html" {
            assert!(answer.is_some_and(|a| a.body.starts_with("<html>")));
        }
        let again = world.te_again(&code)?.context("closed again")?;
        assert_eq!(again.status, 200, "{fault}: the code is still good");
    }
    Ok(())
}

/// The answer is lost on the way: for ESIA the code has been used.
#[test]
fn half_an_answer_uses_the_code_up() -> Result<()> {
    let world = World::new()?;
    let code = world.code("ivanova")?;
    world.fault(&json!({"te": "half"}))?;
    assert!(world.te_again(&code)?.is_none());
    let again = world.te_again(&code)?.context("closed again")?;
    assert_eq!(again.esia_code(), "ESIA-007011");
    Ok(())
}

#[test]
fn wrong_answers_of_the_token_endpoint() -> Result<()> {
    let world = World::new()?;
    let with = |fault: Value| -> Result<Answer> {
        let code = world.code("ivanova")?;
        world.fault(&json!({"te": fault}))?;
        world.te_again(&code)?.context("closed")
    };
    let state = world.ask()?.state;
    assert_eq!(with(json!("invalid_grant"))?.esia_code(), "ESIA-007011");
    assert_ne!(with(json!("wrong_state"))?.json(200)?["state"], state);
    assert!(with(json!("no_state"))?.json(200)?.get("state").is_none());
    assert_eq!(
        with(json!("expires_in_string"))?.json(200)?["expires_in"],
        "3600"
    );
    assert!(
        with(json!("no_id_token"))?
            .json(200)?
            .get("id_token")
            .is_none()
    );
    assert!(
        with(json!("no_access_token"))?
            .json(200)?
            .get("access_token")
            .is_none()
    );
    assert!(with(json!("not_an_object"))?.json(200)?.is_array());
    assert_eq!(world.tokens("ivanova")?["expires_in"], 3600);
    Ok(())
}

/// Every code that ESIA is known to have, at both endpoints.
#[test]
fn any_error_of_esia() -> Result<()> {
    let world = World::new()?;
    let code = world.code("ivanova")?;
    for esia in [
        "ESIA-007002",
        "ESIA-007003",
        "ESIA-007004",
        "ESIA-007005",
        "ESIA-007006",
        "ESIA-007007",
        "ESIA-007008",
        "ESIA-007009",
        "ESIA-007011",
        "ESIA-007012",
        "ESIA-007013",
        "ESIA-007014",
        "ESIA-007015",
        "ESIA-007019",
        "ESIA-007023",
        "ESIA-007038",
        "ESIA-007039",
        "ESIA-007040",
        "ESIA-007046",
        "ESIA-007053",
        "ESIA-007055",
        "ESIA-007060",
        "ESIA-007061",
        "ESIA-007062",
        "ESIA-007194",
        "ESIA-008010",
    ] {
        world.fault(&json!({"te": {"error": esia}, "authorize": {"error": esia}}))?;
        let answer = world.te_again(&code)?.context("closed")?;
        assert_eq!((answer.status, answer.esia_code().as_str()), (400, esia));
        let back = world.authorize(&world.authorize_form(&world.ask()?)?)?;
        assert_eq!((back.status, back.esia_code().as_str()), (302, esia));
        assert_eq!(back.parameter("state"), Some(world.ask()?.state));
    }
    let unknown = json!({"te": {"error": "ESIA-000001"}});
    assert_eq!(world.sim("/sim/next", &unknown)?.status, 422);
    assert_eq!(world.te_again(&code)?.context("closed")?.status, 200);
    Ok(())
}

#[test]
fn faults_of_the_authorise_endpoint() -> Result<()> {
    let world = World::new()?;
    let form = || world.authorize_form(&world.ask()?);
    world.fault(&json!({"authorize": "overloaded"}))?;
    assert_eq!(world.authorize(&form()?)?.esia_code(), "ESIA-007008");
    for (fault, state) in [("wrong_state", true), ("no_state", false)] {
        world.fault(&json!({"authorize": fault}))?;
        let answer = world.authorize(&form()?)?;
        let back = world.through_pages(&answer, "ivanova", "allow")?;
        assert_ne!(back.parameter("state"), Some(world.ask()?.state));
        assert_eq!(back.parameter("state").is_some(), state, "{fault}");
    }
    world.fault(&json!({"authorize": "malformed_code"}))?;
    let back = world.authorize(&form()?)?;
    assert_eq!(back.parameter("code").as_deref(), Some("not-a-token"));
    world.fault(&json!({"authorize": "html"}))?;
    assert!(world.authorize(&form()?)?.body.contains("недоступен"));
    assert!(world.authorize(&form()?)?.location.starts_with("/login"));
    Ok(())
}

/// What each fault changes in the id_token, header first.
#[test]
fn faults_of_the_tokens() -> Result<()> {
    type Check = fn(&Value, &Value) -> bool;
    const SUBJECT: &str = "urn:esia:sbj";
    let table: &[(&str, Check)] = &[
        ("expired", |_, id| {
            id["exp"].as_i64() < id["auth_time"].as_i64()
        }),
        ("not_yet_valid", |_, id| {
            id["nbf"].as_i64() > id["auth_time"].as_i64().map(|t| t + 3500)
        }),
        ("no_exp", |_, id| id.get("exp").is_none()),
        ("wrong_iss", |_, id| {
            id["iss"] != "http://esia.gosuslugi.ru/"
        }),
        ("wrong_aud", |_, id| id["aud"] == "OTHER"),
        ("alg_none", |header, _| header["alg"] == "none"),
        ("wrong_alg", |header, _| header["alg"] == "RS256"),
        ("other_alg", |header, _| header["alg"] == "RS256"),
        ("sbt_substituted", |header, _| header["sbt"] == "access"),
        ("other_subject", |_, id| {
            id["sub"] != id[SUBJECT]["urn:esia:sbj:oid"]
        }),
        ("sub_string", |_, id| id["sub"] == "1000299353"),
        ("old_auth_time", |_, id| {
            id["auth_time"].as_i64() < id["iat"].as_i64().map(|t| t - 3500)
        }),
        ("future_auth_time", |_, id| {
            id["auth_time"].as_i64() > id["iat"].as_i64()
        }),
        ("auth_time_ms", |_, id| {
            id["auth_time"].as_i64() > Some(100_000_000_000)
        }),
        ("no_auth_time", |_, id| id.get("auth_time").is_none()),
        ("no_is_tru", |_, id| {
            id[SUBJECT].get("urn:esia:sbj:is_tru").is_none()
        }),
        ("level_p", |_, id| id[SUBJECT]["urn:esia:sbj:lvl"] == "P"),
        ("level_kd", |_, id| id[SUBJECT]["urn:esia:sbj:lvl"] == "KD"),
    ];
    let world = World::new()?;
    for (fault, check) in table {
        world.fault(&json!({"token": fault}))?;
        let (header, id) = parts(&text(&world.tokens("ivanova")?, "id_token")?)?;
        assert!(check(&header, &id), "{fault}: {header} {id}");
        let (header, id) = parts(&text(&world.tokens("ivanova")?, "id_token")?)?;
        assert!(!check(&header, &id), "{fault} is over: {header} {id}");
    }
    for (fault, parts) in [("malformed", 2), ("not_json", 3)] {
        world.fault(&json!({"token": fault}))?;
        let token = text(&world.tokens("ivanova")?, "id_token")?;
        assert_eq!(token.split('.').count(), parts);
        assert!(crate::world::parts(&token).is_err() == (fault == "not_json"));
    }
    Ok(())
}

#[test]
fn faults_of_the_access_token() -> Result<()> {
    let world = World::new()?;
    for (fault, name) in [
        ("other_sid", "urn:esia:sid"),
        ("other_access", "urn:esia:sbj_id"),
    ] {
        world.fault(&json!({"token": fault}))?;
        let tokens = world.tokens("ivanova")?;
        let (_, access) = parts(&text(&tokens, "access_token")?)?;
        let (_, id) = parts(&text(&tokens, "id_token")?)?;
        let expected = match fault {
            "other_sid" => &id["urn:esia:sid"],
            _ => &id["sub"],
        };
        assert_ne!(&access[name], expected, "{fault}");
    }
    Ok(())
}

/// Of all tokens with a wrong signature only the properly signed ones verify, and after a rotation only by the new key.
#[test]
fn faults_of_the_signature() -> Result<()> {
    let world = World::new()?;
    let verifies = |certificate: &str, digest: &[&str]| -> Result<bool> {
        let token = text(&world.tokens("ivanova")?, "id_token")?;
        let (message, signature) = token.rsplit_once('.').context("no token")?;
        let signature = URL_SAFE_NO_PAD.decode(signature)?;
        openssl::verifies(world.dir.path(), certificate, digest, message, &signature)
    };
    for (fault, fine) in [
        ("bad_signature", false),
        ("reversed_signature", false),
        ("foreign_key", false),
        ("wrong_alg", true),
        ("wrong_iss", true),
    ] {
        world.fault(&json!({"token": fault}))?;
        assert_eq!(
            verifies("esia.cer.pem", openssl::GOST_DIGEST)?,
            fine,
            "{fault}"
        );
    }
    world.fault(&json!({"token": "other_alg"}))?;
    assert!(verifies("esia.rsa.cer.pem", openssl::RSA_DIGEST)?);

    let rotated = world.sim("/sim/rotate", &json!({}))?.json(200)?;
    let fresh = text(&rotated, "certificate_pem")?;
    std::fs::write(world.dir.path().join("fresh.cer.pem"), fresh)?;
    assert!(verifies("fresh.cer.pem", openssl::GOST_DIGEST)?);
    assert!(!verifies("esia.cer.pem", openssl::GOST_DIGEST)?);
    assert_eq!(world.sim("/sim/reset", &json!({}))?.status, 204);
    assert!(
        verifies("esia.cer.pem", openssl::GOST_DIGEST)?,
        "as at first"
    );
    Ok(())
}

#[test]
fn faults_of_the_persons_data() -> Result<()> {
    type Check = fn(&Value) -> bool;
    let table: &[(&str, Check)] = &[
        ("untrusted", |p| p["trusted"] == false),
        ("no_trusted", |p| p.get("trusted").is_none()),
        ("deleted", |p| p["status"] == "DELETED"),
        ("no_status", |p| p.get("status").is_none()),
        ("status_spelling", |p| p["status"] == "Registered"),
        ("verifying", |p| p["verifying"] == true),
        ("mismatch", |p| p["birthDate"] == "01.01.1950"),
        ("bad_birth_date", |p| p["birthDate"] == "31.02.1985"),
        ("other_person", |p| p["lastName"] == "Петров"),
        ("no_name", |p| p.get("lastName").is_none()),
        ("no_first_name", |p| p.get("firstName").is_none()),
        ("no_birth_date", |p| p.get("birthDate").is_none()),
        ("no_snils", |p| p.get("snils").is_none()),
    ];
    let world = World::new()?;
    let access = text(&world.tokens("ivanova")?, "access_token")?;
    let see = || world.bearer("/rs/prns/1000299353", &access);
    for (fault, check) in table {
        world.fault(&json!({"prns": fault}))?;
        let person = see()?.json(200)?;
        assert!(check(&person), "{fault}: {person}");
        assert!(!check(&see()?.json(200)?), "{fault} is over");
    }
    for (fault, status, code) in [
        ("expired", 401, "ESIA-005013"),
        ("expired_array", 401, "ESIA-005013"),
        ("invalid_token", 401, "ESIA-005011"),
        ("scope_not_allowed", 403, "ESIA-005029"),
        ("error500", 500, ""),
        ("error503", 503, ""),
        ("html", 200, ""),
    ] {
        world.fault(&json!({"prns": fault}))?;
        let answer = see()?;
        assert_eq!(
            (answer.status, answer.esia_code().as_str()),
            (status, code),
            "{fault}"
        );
        if fault == "expired_array" {
            assert!(answer.json(401)?.is_array());
        }
    }
    for fault in ["closed", "half"] {
        world.fault(&json!({"prns": fault}))?;
        assert!(see().is_err(), "{fault}");
    }
    assert_eq!(see()?.status, 200);
    Ok(())
}

#[test]
fn all_of_esia_is_down() -> Result<()> {
    let world = World::new()?;
    let form = world.authorize_form(&world.ask()?)?;
    let access = text(&world.tokens("ivanova")?, "access_token")?;
    for (down, status) in [
        (json!("refuse"), None),
        (json!("half"), None),
        (json!("html"), Some(200)),
        (json!("error503"), Some(503)),
        (json!(null), Some(302)),
    ] {
        world.set(&json!({"down": down}))?;
        for _ in 0..2 {
            let answer = world.authorize(&form).ok();
            assert_eq!(answer.map(|a| a.status), status, "{down}");
            let answer = world.bearer("/rs/prns/1000299353", &access).ok();
            let expected = status.map(|status| if status == 302 { 200 } else { status });
            assert_eq!(answer.map(|a| a.status), expected, "{down}");
        }
        let settings = world.get("/sim/settings", &[])?.json(200)?;
        assert_eq!(settings["down"], down);
    }
    // Slow, but not for a test.
    world.set(&json!({"down": "slow", "delay_ms": 1}))?;
    assert_eq!(world.authorize(&form)?.status, 302);
    Ok(())
}

#[test]
fn the_algorithm_of_the_tokens_may_change() -> Result<()> {
    let world = World::new()?;
    for (name, alg) in [("rs256", "RS256"), ("gost", "GOST3410_2012_256")] {
        world.set(&json!({"token_alg": name}))?;
        let (header, _) = parts(&text(&world.tokens("ivanova")?, "id_token")?)?;
        assert_eq!(header["alg"], alg);
    }
    for wrong in [json!({"token_alg": "es256"}), json!({"unknown": 1})] {
        assert_eq!(world.sim("/sim/settings", &wrong)?.status, 422);
        assert_eq!(world.sim("/sim/next", &wrong)?.status, 422);
    }
    Ok(())
}

#[test]
fn a_reset_forgets_everything() -> Result<()> {
    let world = World::new()?;
    let code = world.code("ivanova")?;
    world.fault(&json!({"te": "error500", "delay_ms": 1}))?;
    world.set(&json!({"token_alg": "rs256", "down": "html", "pkce": "required"}))?;
    assert_eq!(world.sim("/sim/reset", &json!({}))?.status, 204);
    let settings = world.get("/sim/settings", &[])?.json(200)?;
    assert_eq!(
        settings,
        json!({
            "token_alg": "gost", "pkce": "off", "single_sign_on": false, "confirmed_only": false,
            "down": null, "delay_ms": 30_000,
        })
    );
    let answer = world.te_again(&code)?.context("closed")?;
    assert_eq!(
        answer.esia_code(),
        "ESIA-007011",
        "the code is forgotten, the fault too"
    );
    Ok(())
}
