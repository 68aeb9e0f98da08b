//! `/aas/oauth2/ac` and `/aas/oauth2/te`: `client_secret` is a CMS file.

use crate::openssl;
use crate::world::{Answer, Ask, Form, OID, World, changed, encode, parts, text, timestamp};
use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use podpis_esia_sim::CryptoKind;
use serde_json::json;

/// Digest and form of a CMS file; the clients that are in use differ in these.
const FORMS: &[&[&str]] = &[&[], &["-nodetach"], &["-noattr"], &["-noattr", "-nodetach"]];

fn world(crypto: CryptoKind) -> Result<World> {
    World::with(|options, dir| {
        options.crypto = crypto;
        openssl::certificate(dir, "rsa", openssl::RSA)?;
        openssl::certificate(dir, "stranger", openssl::GOST)?;
        options.client_certificates.push(dir.join("rsa.cer.pem"));
        Ok(())
    })
}

impl World {
    fn cms(&self, ask: &Ask, form: &[&str]) -> Result<Vec<u8>> {
        let message = [&*ask.scope, &ask.timestamp, &ask.client_id, &ask.state].concat();
        let digest = if ask.signer == "rsa" {
            "sha256"
        } else {
            "md_gost12_256"
        };
        openssl::cms(
            self.dir.path(),
            &format!("{}.pem", ask.signer),
            &format!("{}.cer.pem", ask.signer),
            &message,
            &[&["-md", digest], form].concat(),
        )
    }

    fn v1_form(&self, ask: &Ask, form: &[&str]) -> Result<Form> {
        Ok(vec![
            ("client_id", ask.client_id.clone()),
            ("scope", ask.scope.clone()),
            ("timestamp", ask.timestamp.clone()),
            ("state", ask.state.clone()),
            (
                "client_secret",
                URL_SAFE_NO_PAD.encode(self.cms(ask, form)?),
            ),
            ("redirect_uri", ask.redirect_uri.clone()),
        ])
    }

    fn authorize_v1(&self, ask: &Ask, form: &[&str]) -> Result<Answer> {
        let mut form = self.v1_form(ask, form)?;
        form.extend([
            ("response_type", "code".into()),
            ("access_type", ask.access_type.into()),
        ]);
        self.get(&format!("/aas/oauth2/ac?{}", encode(&form)), &[])
    }

    fn te_form_v1(&self, ask: &Ask, code: &str, form: &[&str]) -> Result<Form> {
        let mut form = self.v1_form(ask, form)?;
        form.extend([
            ("code", code.into()),
            ("grant_type", "authorization_code".into()),
            ("token_type", "Bearer".into()),
        ]);
        Ok(form)
    }
}

#[test]
fn every_form_of_a_cms_file_with_both_algorithms() -> Result<()> {
    for crypto in [CryptoKind::OpenSsl, CryptoKind::Builtin] {
        let world = world(crypto)?;
        for signer in ["client", "rsa"] {
            let ask = Ask {
                signer: signer.into(),
                ..world.ask()?
            };
            for form in FORMS {
                let answer = world.authorize_v1(&ask, form)?;
                assert!(
                    answer.location.starts_with("/login"),
                    "{crypto:?} {signer} {form:?}: {}",
                    answer.location
                );
            }
        }
    }
    Ok(())
}

#[test]
fn the_whole_way() -> Result<()> {
    let world = world(CryptoKind::OpenSsl)?;
    let ask = Ask {
        signer: "rsa".into(),
        ..world.ask()?
    };
    let answer = world.authorize_v1(&ask, &[])?;
    let back = world.through_pages(&answer, "ivanova", "allow")?;
    let code = back.parameter("code").context("no code")?;
    let form = world.te_form_v1(&ask, &code, &[])?;
    let tokens = world.post("/aas/oauth2/te", &form)?.json(200)?;
    assert_eq!(tokens["state"], ask.state);
    let (_, id) = parts(&text(&tokens, "id_token")?)?;
    assert_eq!((&id["aud"], &id["sub"]), (&json!("PODPIS"), &json!(OID)));
    let access = text(&tokens, "access_token")?;
    assert_eq!(world.bearer("/rs/prns/1000299353/", &access)?.status, 200);
    let again = world.post("/aas/oauth2/te", &form)?;
    assert_eq!(again.esia_code(), "ESIA-007011");
    Ok(())
}

#[test]
fn what_is_refused() -> Result<()> {
    for crypto in [CryptoKind::OpenSsl, CryptoKind::Builtin] {
        let world = world(crypto)?;
        let ask = world.ask()?;
        let stranger = Ask {
            signer: "stranger".into(),
            ..ask.clone()
        };
        assert_eq!(
            world.authorize_v1(&stranger, &[])?.esia_code(),
            "ESIA-007002",
            "{crypto:?}"
        );
        // The file is over another state, attached or not.
        for form in FORMS {
            let mut wrong = world.v1_form(&ask, form)?;
            wrong.extend([
                ("response_type", "code".into()),
                ("access_type", "online".into()),
            ]);
            let other = "00000000-0000-4000-8000-000000000000";
            let wrong = changed(wrong, "state", Some(other));
            let answer = world.get(&format!("/aas/oauth2/ac?{}", encode(&wrong)), &[])?;
            assert_eq!(answer.esia_code(), "ESIA-007053", "{crypto:?} {form:?}");
        }
        // A file without its certificate.
        assert_eq!(
            world.authorize_v1(&ask, &["-nocerts"])?.esia_code(),
            "ESIA-007053",
            "{crypto:?}"
        );
        // A bit of the signature, which stands at the end; no CMS file at all; the raw signature of v2.
        let mut flipped = world.cms(&ask, &[])?;
        let last = flipped.len() - 1;
        flipped[last] ^= 1;
        let raw = world.signed(&ask, "")?[4].1.clone();
        for secret in [
            URL_SAFE_NO_PAD.encode(flipped),
            "AAAA".into(),
            "!".into(),
            raw,
        ] {
            let mut form = changed(world.v1_form(&ask, &[])?, "client_secret", Some(&secret));
            form.extend([
                ("response_type", "code".into()),
                ("access_type", "online".into()),
            ]);
            let answer = world.get(&format!("/aas/oauth2/ac?{}", encode(&form)), &[])?;
            assert_eq!(answer.esia_code(), "ESIA-007053", "{crypto:?} {secret}");
        }
    }
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
    assert_eq!(
        world.authorize_v1(&ask, &[])?.esia_code(),
        "ESIA-007002",
        "no longer a registered one"
    );
    Ok(())
}

#[test]
fn in_any_base64() -> Result<()> {
    let world = World::new()?;
    let ask = world.ask()?;
    let cms = world.cms(&ask, &[])?;
    for engine in [&URL_SAFE, &STANDARD] {
        let mut form = changed(
            world.v1_form(&ask, &[])?,
            "client_secret",
            Some(&engine.encode(&cms)),
        );
        form.extend([
            ("response_type", "code".into()),
            ("access_type", "online".into()),
        ]);
        let answer = world.get(&format!("/aas/oauth2/ac?{}", encode(&form)), &[])?;
        assert!(answer.location.starts_with("/login"), "{}", answer.location);
    }
    Ok(())
}

/// The two versions stand side by side and don't mix.
#[test]
fn a_code_of_one_version_is_none_of_the_other() -> Result<()> {
    let world = World::new()?;
    let ask = world.ask()?;
    let code = world.code("ivanova")?;
    let form = world.te_form_v1(&ask, &code, &[])?;
    let answer = world.post("/aas/oauth2/te", &form)?;
    assert_eq!(answer.esia_code(), "ESIA-007011");
    let answer = world.authorize_v1(&ask, &[])?;
    let back = world.through_pages(&answer, "ivanova", "allow")?;
    let code = back.parameter("code").context("no code")?;
    let answer = world.te(&world.token_form(&ask, &code)?)?;
    assert_eq!(answer.esia_code(), "ESIA-007011");
    Ok(())
}

/// As the PyPI client `esia-connector` does it: `openssl smime`.
#[test]
fn a_file_of_openssl_smime() -> Result<()> {
    let world = world(CryptoKind::Builtin)?;
    let ask = Ask {
        signer: "rsa".into(),
        ..world.ask()?
    };
    let message = [&*ask.scope, &ask.timestamp, &ask.client_id, &ask.state].concat();
    let file = openssl::smime(world.dir.path(), "rsa.pem", "rsa.cer.pem", &message)?;
    let mut form = changed(
        world.v1_form(&ask, &[])?,
        "client_secret",
        Some(&URL_SAFE.encode(file)),
    );
    form.extend([
        ("response_type", "code".into()),
        ("access_type", "online".into()),
    ]);
    let answer = world.get(&format!("/aas/oauth2/ac?{}", encode(&form)), &[])?;
    assert!(answer.location.starts_with("/login"), "{}", answer.location);
    Ok(())
}
