//! Denial, single sign-on, and the way out.

use crate::world::{OID, REDIRECT, STATE, World, changed, encode, parts};
use anyhow::{Context as _, Result};
use serde_json::json;

#[test]
fn a_person_may_deny() -> Result<()> {
    let world = World::new()?;
    let answer = world.authorize(&world.authorize_form(&world.ask()?)?)?;
    let back = world.through_pages(&answer, "ivanova", "deny")?;
    assert_eq!(back.parameter("error").as_deref(), Some("access_denied"));
    assert_eq!(
        back.parameter("error_description").as_deref(),
        Some("ESIA-007004: The resource owner or authorization server denied the request.")
    );
    assert_eq!(back.parameter("state").as_deref(), Some(STATE));
    Ok(())
}

/// The button below the people.
#[test]
fn a_person_may_go_back_without_signing_in() -> Result<()> {
    let world = World::new()?;
    let answer = world.authorize(&world.authorize_form(&world.ask()?)?)?;
    let page = world.get(&answer.location, &[])?;
    assert!(page.body.contains("data-testid=\"esia-cancel\""));
    let id = answer
        .location
        .strip_prefix("/login?id=")
        .context("no page")?;
    let form = vec![("id", id.to_owned()), ("decision", "deny".to_owned())];
    assert_eq!(
        world.post("/login/decision", &form)?.esia_code(),
        "ESIA-007004"
    );
    assert_eq!(world.get(&answer.location, &[])?.status, 400, "it is over");
    Ok(())
}

#[test]
fn pages_take_no_nonsense() -> Result<()> {
    let world = World::new()?;
    let answer = world.authorize(&world.authorize_form(&world.ask()?)?)?;
    let id = answer
        .location
        .strip_prefix("/login?id=")
        .context("no page")?;
    let form = vec![
        ("id", id.to_owned()),
        ("person", "ivanova".to_owned()),
        ("decision", "allow".to_owned()),
    ];
    for (name, value) in [
        ("id", Some("no-such-page")),
        ("person", Some("nobody")),
        ("person", None),
        ("decision", Some("perhaps")),
    ] {
        let answer = world.post("/login/decision", &changed(form.clone(), name, value))?;
        assert_eq!(answer.status, 400, "{name} = {value:?}");
    }
    assert_eq!(world.post("/login/decision", &form)?.status, 302);
    Ok(())
}

#[test]
fn single_sign_on_gives_the_old_sign_in_until_logout() -> Result<()> {
    let world = World::new()?;
    world.set(&json!({"single_sign_on": true}))?;
    let answer = world.authorize(&world.authorize_form(&world.ask()?)?)?;
    let back = world.through_pages(&answer, "ivanova", "allow")?;
    let cookie = back.headers["set-cookie"].to_str()?;
    let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
    let first = parts(&back.parameter("code").context("no code")?)?.1;

    let with_cookie = |path: &str| world.get(path, &[("cookie", &cookie)]);
    let authorize = || {
        let form = world.authorize_form(&world.ask()?)?;
        with_cookie(&format!("/aas/oauth2/v2/ac?{}", encode(&form)))
    };
    world.simulator.advance(60);
    let again = authorize()?;
    assert!(again.location.starts_with(REDIRECT), "straight back");
    let second = parts(&again.parameter("code").context("no code")?)?.1;
    assert_eq!(second["auth_time"], first["auth_time"]);
    assert_eq!(second["urn:esia:sid"], first["urn:esia:sid"]);
    assert_eq!(second["urn:esia:sbj"]["urn:esia:sbj:oid"], OID);
    assert_ne!(second["iat"], first["iat"]);

    let logout = |client: &str, name: &'static str, target: &str| {
        let form = vec![("client_id", client.into()), (name, target.into())];
        with_cookie(&format!("/idp/ext/Logout?{}", encode(&form)))
    };
    let target = "http://localhost:3000/esia/login";
    for (client, name, target, code) in [
        (
            "PODPIS",
            "redirect_url",
            "https://evil.example/",
            "ESIA-007023",
        ),
        ("OTHER", "redirect_url", target, "ESIA-007005"),
        ("PODPIS", "redirect_uri", target, "ESIA-007014"),
    ] {
        assert_eq!(logout(client, name, target)?.esia_code(), code);
    }
    assert!(authorize()?.location.starts_with(REDIRECT), "still there");
    assert_eq!(logout("PODPIS", "redirect_url", target)?.location, target);
    assert!(authorize()?.location.starts_with("/login"), "asks again");
    Ok(())
}

#[test]
fn without_single_sign_on_everyone_is_asked() -> Result<()> {
    let world = World::new()?;
    let answer = world.authorize(&world.authorize_form(&world.ask()?)?)?;
    let back = world.through_pages(&answer, "ivanova", "allow")?;
    assert!(!back.headers.contains_key("set-cookie"));
    Ok(())
}
