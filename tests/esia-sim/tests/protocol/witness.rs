//! OpenSSL on the other side: it signs every request of these tests, and here it judges the tokens, whoever made them.

use crate::openssl;
use crate::world::{World, parts, text};
use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use podpis_esia_sim::{Algorithm, CryptoKind, write_missing};

/// Keys, tokens and checks of either kind, with either algorithm of the tokens.
#[test]
fn openssl_accepts_the_tokens_of_both_kinds() -> Result<()> {
    for crypto in [CryptoKind::OpenSsl, CryptoKind::Builtin] {
        for (algorithm, certificate, digest) in [
            (Algorithm::Gost, "esia.cer.pem", openssl::GOST_DIGEST),
            (Algorithm::Rs256, "esia.rsa.cer.pem", openssl::RSA_DIGEST),
        ] {
            let world = World::with(|options, _| {
                options.crypto = crypto;
                options.settings.token_alg = algorithm;
                Ok(())
            })?;
            let code = world.code("ivanova")?;
            let tokens = world
                .te(&world.token_form(&world.ask()?, &code)?)?
                .json(200)?;
            let id_token = text(&tokens, "id_token")?;
            for token in [&code, &id_token, &text(&tokens, "access_token")?] {
                assert_eq!(parts(token)?.0["alg"], algorithm.name());
                let (message, signature) = token.rsplit_once('.').context("no token")?;
                let signature = URL_SAFE_NO_PAD.decode(signature)?;
                let check = |message: &str| {
                    openssl::verifies(world.dir.path(), certificate, digest, message, &signature)
                };
                assert!(check(message)?, "{crypto:?} {algorithm:?}");
                assert!(!check(&format!("{message}A"))?);
            }
        }
    }
    Ok(())
}

/// Keys and certificates of our own crates are what OpenSSL understands: it signs with one, and the other side, which
/// is OpenSSL too, knows the certificate.
#[test]
fn openssl_signs_with_keys_of_our_own_making() -> Result<()> {
    for crypto in [CryptoKind::OpenSsl, CryptoKind::Builtin] {
        let world = World::with(|options, dir| {
            for entry in std::fs::read_dir(dir)? {
                std::fs::remove_file(entry?.path())?;
            }
            write_missing(dir, CryptoKind::Builtin)?;
            options.crypto = crypto;
            Ok(())
        })?;
        assert!(!world.code("ivanova")?.is_empty(), "{crypto:?}");
        for (name, engine) in [("client", true), ("esia", true), ("esia.rsa", false)] {
            openssl::self_signed_is_sound(world.dir.path(), &format!("{name}.cer.pem"), engine)?;
        }
    }
    Ok(())
}

/// Strict whoever checks: the same refusals of our own crates.
#[test]
fn our_own_crates_refuse_what_openssl_refuses() -> Result<()> {
    let world = World::with(|options, _| {
        options.crypto = CryptoKind::Builtin;
        Ok(())
    })?;
    let form = world.authorize_form(&world.ask()?)?;
    let raw = URL_SAFE_NO_PAD.decode(&form[4].1)?;
    let mut flipped = raw.clone();
    flipped[40] ^= 0x10;
    let reversed: Vec<u8> = raw.iter().rev().copied().collect();
    for wrong in [flipped, reversed, vec![0; 64], vec![0xff; 64]] {
        let secret = URL_SAFE_NO_PAD.encode(wrong);
        let wrong = crate::world::changed(form.clone(), "client_secret", Some(&secret));
        assert_eq!(world.authorize(&wrong)?.esia_code(), "ESIA-007053");
    }
    assert!(world.authorize(&form)?.location.starts_with("/login"));
    Ok(())
}
