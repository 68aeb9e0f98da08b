//! The clinic's УКЭП, by OpenSSL with its GOST engine: handed in, checked, bound to what the patient signed, and the end of the document.

use std::fs;

use anyhow::{Context as _, Result, ensure};
use http::Method;
use podpis_tests::ukep::{OWN, SIGNER, Tools, hand_in};
use podpis_tests::{Clinic, Stack, Upload};
use serde_json::{Value, json};

/// A document that waits for the clinic.
fn signed(stack: &Stack, clinic: &mut Clinic, upload: &Upload) -> Result<(String, Vec<u8>)> {
    let (id, link) = clinic.send_with_link(upload)?;
    stack.patient(&link)?.sign_as("ivanova")?.expect(200)?;
    let path = format!("/api/v1/documents/{id}/signed");
    let pdf = clinic.get(&path)?.expect(200)?.body;
    ensure!(clinic.document(&id)?["status"] == "patient_signed");
    Ok((id, pdf))
}

fn clinics_own(document: &Value) -> Vec<Value> {
    let all = document["signatures"].as_array().into_iter().flatten();
    all.filter(|one| one["party"] == "clinic")
        .cloned()
        .collect()
}

#[test]
fn a_consent_is_completed_by_the_clinics_signature_and_by_no_other() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let tools = Tools::trusted(stack)?;
    tools.certificate("root", "clinic", OWN, SIGNER)?;
    tools.certificate(
        "root",
        "stranger",
        "O=ООО Чужая\nINNLE=7710140679\nCN=Чужой",
        SIGNER,
    )?;
    tools.certificate("root", "medic", "CN=Врач\nSNILS=11223344595", SIGNER)?;
    tools.certificate("root", "unfit", OWN, "keyUsage=critical,keyEncipherment")?;
    let foreign = Tools::new()?;
    foreign.certificate("root", "clinic", OWN, SIGNER)?;

    let (id, pdf) = signed(stack, &mut clinic, &Upload::small())?;
    let good = tools.sign(&pdf, "clinic", "")?;
    let mut broken = good.clone();
    let end = broken.len() - 5;
    broken[end] ^= 1;
    for (signature, code) in [
        (b"no signature".to_vec(), "signature_invalid"),
        (broken, "signature_invalid"),
        (
            tools.sign(&pdf[..pdf.len() - 1], "clinic", "")?,
            "digest_mismatch",
        ),
        (
            tools.sign(&pdf, "clinic", "-nodetach")?,
            "signature_not_detached",
        ),
        (tools.sign(&pdf, "unfit", "")?, "certificate_usage"),
        (foreign.sign(&pdf, "clinic", "")?, "certificate_untrusted"),
        (tools.sign(&pdf, "stranger", "")?, "wrong_signer"),
        (tools.sign(&pdf, "medic", "")?, "wrong_signer"),
    ] {
        hand_in(&mut clinic, &id, &[("signature", &signature)], None)?
            .problem(422, code)
            .with_context(|| code.to_owned())?;
    }
    let parts: [(&str, &[u8]); 2] = [("over", b"original"), ("signature", &good)];
    hand_in(&mut clinic, &id, &parts, None)?.problem(422, "digest_mismatch")?;
    hand_in(
        &mut clinic,
        &id,
        &[("role", b"head"), ("signature", &good)],
        None,
    )?
    .problem(409, "signer_role")?;
    hand_in(&mut clinic, &id, &[("over", b"signed")], None)?.problem(400, "bad_request")?;
    let before = clinic.document(&id)?;
    ensure!(
        before["status"] == "patient_signed" && clinics_own(&before).is_empty(),
        "{before}"
    );
    ensure!(
        !clinic
            .event_types(&id)?
            .iter()
            .any(|kind| kind == "document.clinic_signed")
    );

    let answer = hand_in(&mut clinic, &id, &[("signature", &good)], Some("once"))?
        .expect(200)?
        .json()?;
    ensure!(answer["status"] == "completed", "{answer}");
    let [own] =
        <[Value; 1]>::try_from(clinics_own(&answer)).map_err(|_| anyhow::anyhow!("{answer}"))?;
    ensure!(
        own["name"] == "Петрова Анна Сергеевна" && own["level"] == "CAdES-BES",
        "{own}"
    );
    ensure!(own["clinic"]["over"] == "signed" && own["clinic"]["time_evidence"] == "signing_time");
    // Again, with and without the key: the same answer.
    for key in [Some("once"), None] {
        let again = hand_in(&mut clinic, &id, &[("signature", &good)], key)?;
        ensure!(again.expect(200)?.json()? == answer);
    }
    hand_in(&mut clinic, &id, &[("signature", b"another")], Some("once"))?
        .problem(409, "idempotency_conflict")?;
    let late = tools.sign(&pdf, "clinic", "-keyid")?;
    hand_in(&mut clinic, &id, &[("signature", &late)], None)?.problem(409, "invalid_state")?;
    let types = clinic.event_types(&id)?;
    let place = |kind: &str| types.iter().position(|one| one == kind);
    let (taken, completed) = (place("document.clinic_signed"), place("document.completed"));
    ensure!(taken.is_some() && taken < completed, "{types:?}");

    let evidence = clinic
        .get(&format!("/api/v1/documents/{id}/evidence"))?
        .expect(200)?
        .json()?;
    let kept = &evidence["clinic_signatures"][0];
    ensure!(
        kept["certificate"]["owner"] == "Петрова Анна Сергеевна",
        "{kept}"
    );
    ensure!(
        kept["check"]["notice"]
            .as_str()
            .is_some_and(|text| text.contains("63-ФЗ"))
    );
    let journal = evidence["journal"]["entries"].to_string();
    ensure!(journal.contains("document.clinic_signed") && !journal.contains("Петрова"));
    Ok(())
}

#[test]
fn medic_and_head_sign_in_their_order() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let tools = Tools::trusted(stack)?;
    tools.certificate("root", "head", OWN, SIGNER)?;
    tools.certificate("root", "medic", "CN=Врач\nSNILS=11223344595", SIGNER)?;
    let person = json!({"name": "Врач", "snils": "112-233-445 95", "role": "medic"});
    let listed = clinic
        .post("/api/v1/clinic-signers", &person)?
        .expect(201)?
        .json()?;
    let list = clinic.get("/api/v1/clinic-signers")?.expect(200)?.json()?;
    ensure!(list["items"] == json!([listed]), "{list}");

    let upload = Upload::small()
        .with(
            "/clinic_signers",
            json!([{"role": "medic"}, {"role": "head"}]),
        )
        .with("/clinic_signers_ordered", json!(true));
    let (id, pdf) = signed(stack, &mut clinic, &upload)?;
    let (medic, head) = (
        tools.sign(&pdf, "medic", "")?,
        tools.sign(&pdf, "head", "")?,
    );
    hand_in(
        &mut clinic,
        &id,
        &[("role", b"head"), ("signature", &head)],
        None,
    )?
    .problem(409, "signer_role")?;
    let answer = hand_in(&mut clinic, &id, &[("signature", &medic)], None)?.expect(200)?;
    ensure!(answer.json()?["status"] == "patient_signed");
    // Nobody signs twice.
    let again = tools.sign(&pdf, "medic", "-keyid")?;
    ensure!(
        hand_in(&mut clinic, &id, &[("signature", &again)], None)?
            .status
            .is_client_error()
    );
    let original = clinic
        .get(&format!("/api/v1/documents/{id}/original"))?
        .expect(200)?
        .body;
    let over = tools.sign(&original, "head", "")?;
    let parts: [(&str, &[u8]); 2] = [("over", b"original"), ("signature", &over)];
    let answer = hand_in(&mut clinic, &id, &parts, None)?
        .expect(200)?
        .json()?;
    ensure!(answer["status"] == "completed", "{answer}");
    let roles: Vec<_> = clinics_own(&answer)
        .iter()
        .map(|one| one["clinic"]["role"].clone())
        .collect();
    ensure!(roles == [json!("medic"), json!("head")], "{roles:?}");

    // Off the list, the medic signs nothing new.
    let path = format!(
        "/api/v1/clinic-signers/{}",
        listed["id"].as_str().context("id")?
    );
    stack
        .clinic()?
        .send(Method::DELETE, &path, &[], None)?
        .problem(404, "not_found")?;
    clinic.send(Method::DELETE, &path, &[], None)?.expect(204)?;
    let (id, pdf) = signed(stack, &mut clinic, &Upload::small())?;
    let medic = tools.sign(&pdf, "medic", "")?;
    hand_in(&mut clinic, &id, &[("signature", &medic)], None)?.problem(422, "wrong_signer")?;
    Ok(())
}

#[test]
fn a_signature_comes_only_where_it_is_waited_for() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let tools = Tools::trusted(stack)?;
    tools.certificate("root", "clinic", OWN, SIGNER)?;
    let (open, _) = clinic.send_with_link(&Upload::small())?;
    let early = tools.sign(b"%PDF-1.7", "clinic", "")?;
    hand_in(&mut clinic, &open, &[("signature", &early)], None)?.problem(409, "not_signed")?;
    let alone = Upload::small().with("/kind", json!("pd_consent"));
    let (id, link) = clinic.send_with_link(&alone)?;
    stack.patient(&link)?.sign_as("ivanova")?.expect(200)?;
    let pdf = clinic
        .get(&format!("/api/v1/documents/{id}/signed"))?
        .expect(200)?
        .body;
    let signature = tools.sign(&pdf, "clinic", "")?;
    hand_in(&mut clinic, &id, &[("signature", &signature)], None)?.problem(409, "invalid_state")?;
    let contradicts = alone.with("/clinic_signers", json!([{"role": "medic"}]));
    clinic.upload(&contradicts)?.problem(422, "invalid")?;

    // A revoked certificate, and an authority that the operator has retired.
    let (id, pdf) = signed(stack, &mut clinic, &Upload::small())?;
    let signature = tools.sign(&pdf, "clinic", "")?;
    fs::write(
        tools.folder().join("ca.cnf"),
        "[ca]\ndefault_ca=c\n[c]\ndatabase=index.txt\ndefault_md=md_gost12_256\ndefault_crl_days=30\nunique_subject=no\n",
    )?;
    fs::write(tools.folder().join("index.txt"), "")?;
    let ca = "ca -engine gost -config ca.cnf -cert root.pem -keyfile root.key";
    tools.openssl(&format!("{ca} -revoke clinic.pem"))?;
    tools.openssl(&format!("{ca} -gencrl -out list.crl"))?;
    let list = fs::read_to_string(tools.folder().join("list.crl"))?;
    let brought = stack
        .operator()
        .post_bytes("/api/v1/operator/revocation-lists", list.into_bytes())?
        .expect(201)?
        .json()?;
    ensure!(brought["revoked"] == 1, "{brought}");
    hand_in(&mut clinic, &id, &[("signature", &signature)], None)?
        .problem(422, "certificate_revoked")?;
    let other = Tools::trusted(stack)?;
    other.certificate("root", "clinic", OWN, SIGNER)?;
    let signature = other.sign(&pdf, "clinic", "")?;
    let authorities = "/api/v1/operator/signing-authorities";
    let all = stack
        .operator()
        .call(Method::GET, authorities, None)?
        .expect(200)?
        .json()?;
    let newest = all["items"].as_array().into_iter().flatten();
    let name = other.folder().display().to_string();
    let sha256 = newest
        .filter(|one| {
            one["subject"]
                .as_str()
                .is_some_and(|text| text.ends_with(&name))
        })
        .find_map(|one| one["sha256"].as_str())
        .context("the authority")?;
    let path = format!("{authorities}/{sha256}");
    stack
        .operator()
        .call(Method::DELETE, &path, None)?
        .expect(204)?;
    hand_in(&mut clinic, &id, &[("signature", &signature)], None)?
        .problem(422, "certificate_untrusted")?;
    Ok(())
}

#[test]
fn the_sandbox_brings_an_authority_of_its_own() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let tools = Tools::of_the_sandbox()?;
    let (id, pdf) = signed(stack, &mut clinic, &Upload::small())?;
    let signature = tools.sign(&pdf, "clinic", "")?;
    hand_in(&mut clinic, &id, &[("signature", &signature)], None)?.expect(200)?;
    ensure!(clinic.document(&id)?["status"] == "completed");
    Ok(())
}
