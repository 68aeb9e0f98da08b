//! `/aas/oauth2/v2/ac`: what is refused, and how.

use crate::openssl;
use crate::world::{Ask, REDIRECT, SCOPE, STATE, World, changed, encode, timestamp};
use anyhow::Result;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use serde_json::json;

#[test]
fn wrong_requests() -> Result<()> {
    let world = World::new()?;
    // What is changed, to what (nothing: left out), the code, whether it goes back to the client.
    let table: &[(&str, Option<&str>, &str, bool)] = &[
        ("client_id", None, "ESIA-007014", false),
        ("client_id", Some("OTHER"), "ESIA-007005", false),
        ("redirect_uri", None, "ESIA-007014", false),
        (
            "redirect_uri",
            Some("https://evil.example/"),
            "ESIA-007023",
            false,
        ),
        (
            "redirect_uri",
            Some("http://localhost:3000/other"),
            "ESIA-007053",
            true,
        ),
        ("response_type", None, "ESIA-007014", true),
        ("response_type", Some("token"), "ESIA-007009", true),
        ("access_type", None, "ESIA-007014", true),
        ("access_type", Some("sometimes"), "ESIA-007003", true),
        ("scope", None, "ESIA-007014", true),
        ("scope", Some("openid fullname"), "ESIA-007053", true),
        ("state", None, "ESIA-007014", true),
        ("state", Some("1"), "ESIA-007003", true),
        (
            "state",
            Some("00000000-0000-4000-8000-000000000000"),
            "ESIA-007053",
            true,
        ),
        ("timestamp", None, "ESIA-007014", true),
        (
            "timestamp",
            Some("2013.01.25 14:36:11 0400"),
            "ESIA-007014",
            true,
        ),
        (
            "timestamp",
            Some("2013.01.25 14:36:11 +0400"),
            "ESIA-007015",
            true,
        ),
        ("client_secret", None, "ESIA-007014", true),
        ("client_secret", Some("AAAA"), "ESIA-007053", true),
        ("client_certificate_hash", None, "ESIA-007014", true),
        ("client_certificate_hash", Some("AB"), "ESIA-007053", true),
    ];
    let ask = world.ask()?;
    for (name, value, code, back) in table {
        let answer = world.authorize(&changed(world.authorize_form(&ask)?, name, *value))?;
        assert_eq!(answer.esia_code(), *code, "{name} = {value:?}");
        assert_eq!(
            (answer.status, !answer.location.is_empty()),
            if *back { (302, true) } else { (400, false) },
            "{name}"
        );
        if *back {
            assert!(answer.parameter("error").is_some());
            let state = if *name == "state" {
                *value
            } else {
                Some(STATE)
            };
            assert_eq!(
                answer.parameter("state").unwrap_or_default(),
                state.unwrap_or_default()
            );
        }
    }
    Ok(())
}

/// Even one that nothing reads, and whatever it says.
#[test]
fn a_parameter_that_comes_twice() -> Result<()> {
    let world = World::new()?;
    for pair in [("scope", SCOPE), ("access_type", "online")] {
        let mut form = world.authorize_form(&world.ask()?)?;
        form.push((pair.0, pair.1.into()));
        assert_eq!(world.authorize(&form)?.esia_code(), "ESIA-007003");
    }
    let mut form = world.authorize_form(&world.ask()?)?;
    form.extend([("unknown", "1".into()), ("unknown", "1".into())]);
    assert_eq!(world.authorize(&form)?.esia_code(), "ESIA-007003");
    Ok(())
}

#[test]
fn an_error_has_the_shape_of_oauth() -> Result<()> {
    let world = World::new()?;
    let form = changed(
        world.authorize_form(&world.ask()?)?,
        "client_secret",
        Some("AAAA"),
    );
    let answer = world.authorize(&form)?;
    assert!(answer.location.starts_with(&format!("{REDIRECT}?")));
    assert_eq!(answer.parameter("error").as_deref(), Some("access_denied"));
    assert_eq!(
        answer.parameter("error_description").as_deref(),
        Some("ESIA-007053: OAuthErrorEnum.clientSecretWrong")
    );
    assert_eq!(answer.parameter("state").as_deref(), Some(STATE));
    Ok(())
}

#[test]
fn the_time_window_has_two_sides() -> Result<()> {
    let world = World::new()?;
    for (offset, fine) in [(-590, true), (590, true), (-660, false), (660, false)] {
        let ask = Ask {
            timestamp: timestamp(offset)?,
            ..world.ask()?
        };
        let answer = world.authorize(&world.authorize_form(&ask)?)?;
        let expected = if fine { "" } else { "ESIA-007015" };
        assert_eq!(answer.esia_code(), expected, "{offset}");
    }
    let narrow = World::with(|options, _| {
        options.clock_window_s = 60;
        Ok(())
    })?;
    let ask = Ask {
        timestamp: timestamp(-90)?,
        ..narrow.ask()?
    };
    let answer = narrow.authorize(&narrow.authorize_form(&ask)?)?;
    assert_eq!(answer.esia_code(), "ESIA-007015");
    Ok(())
}

#[test]
fn an_unescaped_plus_is_a_space() -> Result<()> {
    let world = World::new()?;
    let query = encode(&world.authorize_form(&world.ask()?)?).replace("%2B0000", "+0000");
    let answer = world.get(&format!("/aas/oauth2/v2/ac?{query}"), &[])?;
    assert!(
        answer.location.contains("timestamp") && answer.esia_code() == "ESIA-007014",
        "{}",
        answer.location
    );
    Ok(())
}

#[test]
fn unknown_scopes() -> Result<()> {
    let world = World::new()?;
    for (scope, code) in [
        ("openid secrets", "ESIA-007006"),
        ("openid  fullname", "ESIA-007006"),
        (" ", "ESIA-007013"),
        ("openid id_doc", ""),
        ("http://esia.gosuslugi.ru/usr_inf", ""),
    ] {
        let ask = Ask {
            scope: scope.into(),
            ..world.ask()?
        };
        let answer = world.authorize(&world.authorize_form(&ask)?)?;
        assert_eq!(answer.esia_code(), code, "{scope:?}");
    }
    Ok(())
}

#[test]
fn scopes_of_organisations_are_signed_too_and_need_an_employee() -> Result<()> {
    let world = World::new()?;
    let ask = Ask {
        scope_org: Some("http://esia.gosuslugi.ru/org_inf?org_oid=1000300001".into()),
        ..world.ask()?
    };
    let form = changed(world.authorize_form(&ask)?, "scope_org", None);
    assert_eq!(world.authorize(&form)?.esia_code(), "ESIA-007053");
    let wrong = Ask {
        scope_org: Some("http://esia.gosuslugi.ru/org_inf".into()),
        ..world.ask()?
    };
    let answer = world.authorize(&world.authorize_form(&wrong)?)?;
    assert_eq!(answer.esia_code(), "ESIA-007006");

    let answer = world.authorize(&world.authorize_form(&ask)?)?;
    let back = world.through_pages(&answer, "ivanova", "allow")?;
    assert_eq!(back.esia_code(), "ESIA-007194");
    let tokens = world.tokens_for(&ask, "director")?;
    let (_, access) = crate::world::parts(&crate::world::text(&tokens, "access_token")?)?;
    let scope = crate::world::text(&access, "scope")?;
    assert!(
        scope.ends_with(" http://esia.gosuslugi.ru/org_inf?org_oid=1000300001"),
        "{scope}"
    );
    Ok(())
}

#[test]
fn signatures_in_any_base64() -> Result<()> {
    let world = World::new()?;
    let form = world.authorize_form(&world.ask()?)?;
    let raw = URL_SAFE_NO_PAD.decode(&form[4].1)?;
    assert_eq!(raw.len(), 64);
    for engine in [&URL_SAFE, &URL_SAFE_NO_PAD, &STANDARD, &STANDARD_NO_PAD] {
        let form = changed(form.clone(), "client_secret", Some(&engine.encode(&raw)));
        let answer = world.authorize(&form)?;
        assert!(answer.location.starts_with("/login"), "{}", answer.location);
    }
    Ok(())
}

/// What CryptoPro answers, and what half of a guess would make of it.
#[test]
fn signatures_of_another_byte_order() -> Result<()> {
    let world = World::new()?;
    let form = world.authorize_form(&world.ask()?)?;
    let raw = URL_SAFE_NO_PAD.decode(&form[4].1)?;
    let reversed: Vec<u8> = raw.iter().rev().copied().collect();
    let swapped = [&raw[32..], &raw[..32]].concat();
    let longer = [&raw[..], &[0]].concat();
    for wrong in [&reversed, &swapped, &longer] {
        let secret = URL_SAFE_NO_PAD.encode(wrong);
        let answer = world.authorize(&changed(form.clone(), "client_secret", Some(&secret)))?;
        assert_eq!(answer.esia_code(), "ESIA-007053");
    }
    Ok(())
}

#[test]
fn the_certificate_hash_in_small_letters() -> Result<()> {
    let world = World::new()?;
    let form = world.authorize_form(&world.ask()?)?;
    let small = form[5].1.to_ascii_lowercase();
    let answer = world.authorize(&changed(form, "client_certificate_hash", Some(&small)))?;
    assert!(answer.location.starts_with("/login"), "{}", answer.location);
    Ok(())
}

/// Only what is registered counts, even when hash and signature agree with each other.
#[test]
fn certificates_are_registered_ones() -> Result<()> {
    let stranger = World::with(|_, dir| openssl::certificate(dir, "other", openssl::GOST))?;
    let ask = Ask {
        signer: "other".into(),
        ..stranger.ask()?
    };
    let answer = stranger.authorize(&stranger.authorize_form(&ask)?)?;
    assert_eq!(answer.esia_code(), "ESIA-007053");
    // The hash of one with the signature of another.
    let form = stranger.authorize_form(&stranger.ask()?)?;
    let hash = stranger.authorize_form(&ask)?[5].1.clone();
    let answer = stranger.authorize(&changed(form, "client_certificate_hash", Some(&hash)))?;
    assert_eq!(answer.esia_code(), "ESIA-007053");

    let registered = World::with(|options, dir| {
        openssl::certificate(dir, "other", openssl::GOST)?;
        options.client_certificates.push(dir.join("other.cer.pem"));
        Ok(())
    })?;
    let ask = Ask {
        signer: "other".into(),
        ..registered.ask()?
    };
    let answer = registered.authorize(&registered.authorize_form(&ask)?)?;
    assert!(answer.location.starts_with("/login"), "{}", answer.location);
    Ok(())
}

#[test]
fn a_certificate_that_ran_out() -> Result<()> {
    const TWO_YEARS: i64 = 2 * 366 * 86_400;
    let world = World::new()?;
    world.simulator.advance(TWO_YEARS);
    let ask = Ask {
        timestamp: timestamp(TWO_YEARS)?,
        ..world.ask()?
    };
    let answer = world.authorize(&world.authorize_form(&ask)?)?;
    assert_eq!(answer.esia_code(), "ESIA-007053");
    Ok(())
}

#[test]
fn only_confirmed_accounts_by_setting() -> Result<()> {
    let world = World::new()?;
    world.set(&json!({"confirmed_only": true}))?;
    let answer = world.authorize(&world.authorize_form(&world.ask()?)?)?;
    let back = world.through_pages(&answer, "sidorova", "allow")?;
    assert_eq!(back.esia_code(), "ESIA-007055");
    assert!(!world.code("ivanova")?.is_empty());
    Ok(())
}

/// v2 is GOST's: a registered RSA certificate signs nothing here.
#[test]
fn an_rsa_certificate_is_for_v1_only() -> Result<()> {
    let world = World::with(|options, dir| {
        openssl::certificate(dir, "rsa", openssl::RSA)?;
        options.client_certificates.push(dir.join("rsa.cer.pem"));
        Ok(())
    })?;
    let hash = openssl::certificate_hash(world.dir.path(), "rsa.cer.pem")?;
    let form = world.authorize_form(&world.ask()?)?;
    let answer = world.authorize(&changed(form, "client_certificate_hash", Some(&hash)))?;
    assert_eq!(answer.esia_code(), "ESIA-007053");
    Ok(())
}

#[test]
fn an_address_with_parameters_of_its_own() -> Result<()> {
    let world = World::new()?;
    let ask = Ask {
        redirect_uri: format!("{REDIRECT}?act=1"),
        ..world.ask()?
    };
    let answer = world.authorize(&world.authorize_form(&ask)?)?;
    let back = world.through_pages(&answer, "ivanova", "allow")?;
    assert!(
        back.location
            .starts_with(&format!("{REDIRECT}?act=1&code="))
    );
    Ok(())
}
