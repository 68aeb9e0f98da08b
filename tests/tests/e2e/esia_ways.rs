//! The whole signing over every way that ESIA offers, with OpenSSL's GOST engine on one side or on both.

use std::fs;

use anyhow::{Context as _, Result, ensure};
use http::Method;
use podpis_tests::{Esia, Person, Settings, Stack, Upload, judges, pdf};
use serde_json::json;

/// Signs a consent in a stack of its own, and has the PDF judged; the stack for more.
fn signs(esia: Esia) -> Result<Option<Stack>> {
    let Some(stack) = Stack::alone(esia.into())? else {
        return Ok(None);
    };
    let mut clinic = stack.clinic()?;
    let upload = Upload::consent(Person::IVANOVA, pdf::consent()?);
    let (id, link) = clinic.send_with_link(&upload)?;
    stack.patient(&link)?.sign_as("ivanova")?.expect(200)?;
    let path = format!("/api/v1/documents/{id}/signed");
    let signed = clinic.get(&path)?.expect(200)?.body;
    judges::judge(&upload.pdf, &signed)?;
    Ok(Some(stack))
}

#[test]
fn v2_with_gost_of_our_own_on_both_sides() -> Result<()> {
    let ours = Esia {
        openssl: false,
        ..Esia::USUAL
    };
    signs(ours).map(drop)
}

/// Nothing of ours signs or checks a signature between client and ESIA, but the client's check of the tokens.
#[test]
fn v2_with_openssl_on_both_sides() -> Result<()> {
    let theirs = Esia {
        signer: true,
        ..Esia::USUAL
    };
    let Some(stack) = signs(theirs)? else {
        return Ok(());
    };
    // One signature to begin, one for the exchange.
    ensure!(stack.esia_signer()?.signed() == 2);
    Ok(())
}

#[test]
fn v1_with_a_cms_over_gost() -> Result<()> {
    for openssl in [true, false] {
        let v1 = Esia {
            v1: true,
            openssl,
            ..Esia::USUAL
        };
        signs(v1).with_context(|| format!("OpenSSL at ESIA: {openssl}"))?;
    }
    Ok(())
}

#[test]
fn v1_with_a_signer_beside_us() -> Result<()> {
    let v1 = Esia {
        v1: true,
        signer: true,
        ..Esia::USUAL
    };
    signs(v1).map(drop)
}

#[test]
fn a_proof_key_where_esia_asks_for_one() -> Result<()> {
    let pkce = Esia {
        pkce: true,
        ..Esia::USUAL
    };
    signs(pkce.clone())?;

    // ESIA asks and we are not told to: its refusal is a mistake of ours, and the journal names it.
    let Some(stack) = Stack::alone(Settings {
        variables: vec![("ESIA_PKCE", "off".to_owned())],
        ..pkce.into()
    })?
    else {
        return Ok(());
    };
    let mut clinic = stack.clinic()?;
    let (id, link) = clinic.send_with_link(&Upload::small())?;
    let answer = stack.patient(&link)?.sign_as("ivanova")?;
    answer.problem(502, "esia_rejected")?;
    let failures = clinic.failures(&id)?;
    ensure!(failures[0]["esia"] == "ESIA-007039", "{failures:?}");
    Ok(())
}

#[test]
fn rs256_by_setting_only() -> Result<()> {
    let rsa = Esia {
        rs256: true,
        ..Esia::USUAL
    };
    signs(rsa)?;

    // ESIA's RSA certificate is known as well, but GOST alone is expected: known keys don't widen what is accepted.
    let Some(mut stack) = Stack::alone(Settings::default())? else {
        return Ok(());
    };
    let (_, link) = stack.clinic()?.send_with_link(&Upload::small())?;
    let certificate = stack.folder()?.join("keys/esia.rsa.cer.pem");
    let body = json!({"pem": fs::read_to_string(certificate)?});
    let path = "/api/v1/operator/esia-certificates";
    stack
        .operator()
        .call(Method::POST, path, Some(&body))?
        .expect(201)?;
    let mut patient = stack.patient(&link)?;
    stack.esia_set(&json!({"token_alg": "rs256"}))?;
    let answer = patient.sign_as("ivanova")?;
    answer.problem(502, "esia_token_algorithm")?;
    stack.esia_set(&json!({"token_alg": "gost"}))?;
    patient.sign_as("ivanova")?.expect(200)?;
    Ok(())
}
