//! The proof key for code exchange.

use crate::world::{World, changed};
use anyhow::{Context as _, Result};
use serde_json::json;

/// RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

#[test]
fn it_is_checked_whenever_it_is_used() -> Result<()> {
    let world = World::new()?;
    let ask = world.ask()?;
    let mut form = world.authorize_form(&ask)?;
    form.extend([
        ("code_challenge", CHALLENGE.into()),
        ("code_challenge_method", "S256".into()),
    ]);
    let answer = world.authorize(&form)?;
    let back = world.through_pages(&answer, "ivanova", "allow")?;
    let code = back.parameter("code").context("no code")?;
    let without = world.token_form(&ask, &code)?;
    assert_eq!(world.te(&without)?.esia_code(), "ESIA-007040");
    let with = |verifier: &str| {
        let mut form = without.clone();
        form.push(("code_verifier", verifier.into()));
        world.te(&form)
    };
    assert_eq!(with(CHALLENGE)?.esia_code(), "ESIA-007040");
    // None of these used the code up.
    assert_eq!(with(VERIFIER)?.status, 200);

    // A verifier for a code without a challenge.
    let mut form = world.token_form(&ask, &world.code("ivanova")?)?;
    form.push(("code_verifier", VERIFIER.into()));
    assert_eq!(world.te(&form)?.esia_code(), "ESIA-007040");
    Ok(())
}

#[test]
fn the_server_may_demand_it() -> Result<()> {
    let world = World::new()?;
    world.set(&json!({"pkce": "required"}))?;
    let mut form = world.authorize_form(&world.ask()?)?;
    assert_eq!(world.authorize(&form)?.esia_code(), "ESIA-007039");
    form.push(("code_challenge", CHALLENGE.into()));
    assert!(world.authorize(&form)?.location.starts_with("/login"));
    world.set(&json!({"pkce": "off"}))?;
    assert!(!world.code("ivanova")?.is_empty());
    Ok(())
}

#[test]
fn only_s256_of_the_right_length() -> Result<()> {
    let world = World::new()?;
    let mut form = world.authorize_form(&world.ask()?)?;
    form.extend([
        ("code_challenge", CHALLENGE.into()),
        ("code_challenge_method", "S256".into()),
    ]);
    for (name, value) in [
        ("code_challenge_method", "plain"),
        ("code_challenge", "E9Melhoa2OwvFrEMTJguCHao"),
        (
            "code_challenge",
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM",
        ),
    ] {
        let answer = world.authorize(&changed(form.clone(), name, Some(value)))?;
        assert_eq!(answer.esia_code(), "ESIA-007003", "{name} = {value}");
    }
    Ok(())
}
