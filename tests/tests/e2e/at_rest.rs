//! What a thief of the disk finds: no token of ESIA, no signed file, nothing of them in the logs.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use podpis_tests::{Clinic, Person, Settings, Stack, Upload, judges, pdf};

/// Bytes that are looked for at once: a database's page may end inside anything longer.
const PIECE: usize = 40;

/// A signed consent, its id and the bytes of `/signed`.
fn signed(stack: &Stack, clinic: &mut Clinic) -> Result<(String, Vec<u8>)> {
    let upload = Upload::consent(Person::IVANOVA, pdf::consent()?);
    let (id, link) = clinic.send_with_link(&upload)?;
    stack.patient(&link)?.sign_as("ivanova")?.expect(200)?;
    let bytes = file(clinic, &id)?;
    judges::judge(&upload.pdf, &bytes)?;
    Ok((id, bytes))
}

fn file(clinic: &mut Clinic, id: &str) -> Result<Vec<u8>> {
    let path = format!("/api/v1/documents/{id}/signed");
    Ok(clinic.get(&path)?.expect(200)?.body)
}

/// All files below a folder, one after the other.
fn everything(folder: &Path, into: &mut Vec<u8>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            everything(&path, into)?;
        } else {
            into.extend(fs::read(path)?);
        }
    }
    Ok(())
}

fn contains(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|window| window == what)
}

/// What base64url makes of `text` inside something longer, in each of the three places that it can have there.
fn encoded(text: &str) -> [String; 3] {
    [0, 1, 2].map(|before| {
        let shifted = URL_SAFE_NO_PAD.encode([&vec![0; before], text.as_bytes()].concat());
        // The ends depend on the neighbours.
        let inner = shifted.get(before + 1..shifted.len() - 2);
        inner.unwrap_or_default().to_owned()
    })
}

#[test]
fn neither_database_nor_log_holds_what_esia_said() -> Result<()> {
    let Some(mut stack) = Stack::alone(Settings::default())? else {
        return Ok(());
    };
    let mut clinic = stack.clinic()?;
    let (id, _) = signed(&stack, &mut clinic)?;
    // One act that was cut short as well: a token that failed a check.
    let (_, link) = clinic.send_with_link(&Upload::small())?;
    let mut patient = stack.patient(&link)?;
    let act = patient.read()?;
    let callback = patient.sign_in(&act, "ivanova", true)?;
    stack.esia_fault(&serde_json::json!({"token": "wrong_iss"}))?;
    patient
        .complete(&callback)?
        .problem(502, "esia_token_issuer")?;

    let path = format!("/api/v1/documents/{id}/evidence");
    let evidence = clinic.get(&path)?.expect(200)?.json()?;
    let esia = &evidence["signatures"][0]["esia"];
    let token = esia["id_token"].as_str().context("no id_token")?;
    let mut hidden: Vec<(&str, Vec<u8>)> = Vec::new();
    for part in token.split('.').skip(1) {
        hidden.extend(
            part.as_bytes()
                .chunks(PIECE)
                .map(|c| ("the id_token", c.to_vec())),
        );
        // Decoded it would be just as bad.
        let plain = URL_SAFE_NO_PAD.decode(part)?;
        hidden.extend(plain.chunks(PIECE).map(|c| ("its payload", c.to_vec())));
    }
    hidden.retain(|(_, piece)| piece.len() >= PIECE / 2);
    for text in ["\"sbt\":\"access\"", "urn:esia:sbj_id", "\"sbt\":\"id\""] {
        hidden.push(("a token's text", text.into()));
        hidden.extend(encoded(text).map(|text| ("a token", text.into_bytes())));
    }
    hidden.push(("the seal of a signed file", b"/ByteRange".to_vec()));
    let code = callback.code.context("no code")?;
    let secret = code.rsplit('.').next().unwrap_or_default();
    hidden.push(("a code", secret.as_bytes().to_vec()));

    let folder = stack.folder()?;
    for state in ["running", "stopped"] {
        let (mut database, log) = (Vec::new(), fs::read(folder.join("runtime.log"))?);
        everything(&folder.join("db"), &mut database)?;
        // The scan sees what is there: a document's own bytes are not encrypted.
        ensure!(contains(&database, b"esia.failed") && contains(&database, b"%PDF-"));
        for (what, bytes) in &hidden {
            ensure!(
                !contains(&database, bytes),
                "{state}: the database holds {what}: {}",
                String::from_utf8_lossy(bytes)
            );
            ensure!(!contains(&log, bytes), "{state}: the log holds {what}");
        }
        if state == "running" {
            stack.stop()?;
        }
    }
    Ok(())
}

#[test]
fn keys_at_rest_rotate_and_without_them_nothing_is_given() -> Result<()> {
    let Some(mut stack) = Stack::alone(Settings::default())? else {
        return Ok(());
    };
    let mut clinic = stack.clinic()?;
    let (id, before) = signed(&stack, &mut clinic)?;
    ensure!(file(&mut clinic, &id)? == before, "not the same twice");

    let old = fs::read_to_string(stack.folder()?.join("keys/storage.key"))?;
    let new = "5a".repeat(32);
    let with = |keys: String| Settings {
        variables: vec![("STORAGE_KEY", keys)],
        ..Settings::default()
    };
    stack.stop()?;
    stack.start_again(with(format!("{new} {}", old.trim())))?;
    ensure!(file(&mut clinic, &id)? == before, "the new key changes it");
    let (later, _) = signed(&stack, &mut clinic)?;

    // The old key is gone: what it covers can't be read, and the rest goes on.
    stack.stop()?;
    stack.start_again(with(new))?;
    file(&mut clinic, &later)?;
    let path = format!("/api/v1/documents/{id}/signed");
    let lost = clinic.get(&path)?;
    ensure!(lost.status.is_server_error(), "{}", lost.status);
    ensure!(!contains(&lost.body, b"%PDF-"));
    signed(&stack, &mut clinic)?;
    Ok(())
}
