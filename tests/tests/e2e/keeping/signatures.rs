//! Signatures that a kept document comes with: inside of it and beside it, checked and shown.

use super::*;

fn signatures_of(clinic: &mut Clinic, id: &str) -> Result<Vec<Value>> {
    let document = clinic.document(id)?;
    let list = clinic.get("/api/v1/documents")?.expect(200)?.json()?;
    let listed = list["items"].as_array().context("items")?;
    let listed = listed.iter().find(|one| one["id"] == id);
    let listed = listed.context("not listed")?;
    ensure!(listed["kept_signatures"] == document["kept_signatures"]);
    let found = document["kept_signatures"].as_array();
    Ok(found.cloned().unwrap_or_default())
}

fn summary(found: &Value) -> [&str; 3] {
    ["place", "verdict", "code"].map(|name| found[name].as_str().unwrap_or_default())
}

/// Two companies' tools: the operator knows the authority of the first.
fn companies(stack: &Stack) -> Result<(Tools, Tools)> {
    let (known, unknown) = (Tools::trusted(stack)?, Tools::new()?);
    for tools in [&known, &unknown] {
        tools.certificate("root", "own", OWN, SIGNER)?;
    }
    Ok((known, unknown))
}

#[test]
fn a_signature_inside_is_told_whatever_it_is() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let (known, unknown) = companies(stack)?;
    let pdf = known.sign_inside("signed elsewhere", "own")?;
    let id = clinic.send_document(&kept().file(pdf.clone()))?;
    let found = signatures_of(&mut clinic, &id)?;
    ensure!(
        found.len() == 1 && summary(&found[0]) == ["inside", "valid", ""],
        "{found:?}"
    );
    let one = &found[0];
    ensure!(one["owner"] == "Петрова Анна Сергеевна" && one["organisation"] == "ООО Клиника");
    ensure!(
        one["level"] == "PAdES-BES" && one["file"].is_null() && one["covers_all"] == true,
        "{one}"
    );

    let foreign = unknown.sign_inside("signed elsewhere", "own")?;
    let id = clinic.send_document(&kept().file(foreign))?;
    let found = signatures_of(&mut clinic, &id)?;
    let told = ["inside", "unproven", "certificate_untrusted"];
    ensure!(summary(&found[0]) == told, "{found:?}");

    // Another text than the one that was signed: it is kept, and shown for what it is.
    let at = pdf.windows(9).position(|bytes| bytes == b"elsewhere");
    let mut changed = pdf;
    changed[at.context("no text")?] = b'E';
    let upload = kept().file(changed);
    let id = clinic.send_document(&upload)?;
    let found = signatures_of(&mut clinic, &id)?;
    let told = ["inside", "invalid", "digest_mismatch"];
    ensure!(summary(&found[0]) == told, "{found:?}");
    let mut account = stack.account();
    account.sign_in(&upload.phone)?;
    let shown = account.document(Right::Document(&id))?;
    ensure!(shown["kept_signatures"] == json!(found), "{shown}");
    Ok(())
}

#[test]
fn signatures_beside_it_are_checked_and_kept() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let (known, unknown) = companies(stack)?;
    let upload = kept().key("signed");
    let good = known.sign(&upload.pdf, "own", "")?;
    let foreign = unknown.sign(&upload.pdf, "own", "")?;
    let both = [good.as_slice(), &foreign];
    let first = clinic.upload_signed(&upload, &both)?.expect(201)?;
    let id = first.json()?["id"].as_str().context("id")?.to_owned();
    let again = clinic.upload_signed(&upload, &both)?.expect(201)?.json()?;
    ensure!(again["id"] == id.as_str(), "{again}");
    clinic
        .upload_signed(&upload, &[&good])?
        .problem(409, "idempotency_conflict")?;
    let found = signatures_of(&mut clinic, &id)?;
    ensure!(found.len() == 2, "{found:?}");
    ensure!(summary(&found[0]) == ["detached", "valid", ""], "{found:?}");
    let told = ["detached", "unproven", "certificate_untrusted"];
    ensure!(summary(&found[1]) == told, "{found:?}");
    ensure!(found[0]["level"] == "CAdES-BES" && found[0]["time_evidence"] == "signing_time");
    for (number, (one, bytes)) in (1..).zip(found.iter().zip(both)) {
        ensure!(
            one["owner"] == "Петрова Анна Сергеевна" && one["file"] == number,
            "{one}"
        );
        let path = format!("/api/v1/documents/{id}/kept-signatures/{number}");
        ensure!(clinic.get(&path)?.expect(200)?.body == bytes);
        stack.clinic()?.get(&path)?.problem(404, "not_found")?;
    }
    let path = format!("/api/v1/documents/{id}/kept-signatures/3");
    clinic.get(&path)?.problem(404, "not_found")?;
    let events = clinic.events()?;
    let sent = events.iter().find(|event| event["type"] == "document.sent");
    let told = &sent.context("no document.sent")?["data"]["signatures"];
    ensure!(
        told[0]["verdict"] == "valid" && told[1]["verdict"] == "unproven",
        "{told}"
    );
    let evidence = clinic.get(&format!("/api/v1/documents/{id}/evidence"))?;
    judges::fits_its_schema(&evidence.expect(200)?.json()?)?;

    let mut account = stack.account();
    account.sign_in(&upload.phone)?;
    let right = Right::Document(&id);
    let shown = account.document(right)?;
    ensure!(shown["kept_signatures"] == json!(found), "{shown}");
    let path = "/patient/document/kept-signatures/2";
    let file = account.send(Method::GET, right, path, None)?.expect(200)?;
    ensure!(file.body == foreign);
    clinic
        .post(&format!("/api/v1/documents/{id}/cancel"), &json!({}))?
        .expect(200)?;
    let shown = account.document(right)?;
    ensure!(shown.get("kept_signatures").is_none(), "{shown}");
    account
        .send(Method::GET, right, path, None)?
        .problem(409, "invalid_state")?;
    Ok(())
}

#[test]
fn what_is_no_signature_of_the_file_is_refused() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let (known, _) = companies(stack)?;
    let other = known.sign(b"something else", "own", "")?;
    clinic
        .upload_signed(&kept(), &[&other])?
        .problem(422, "digest_mismatch")?;
    clinic
        .upload_signed(&kept(), &[b"no signature"])?
        .problem(422, "signature_invalid")?;
    let upload = kept();
    let attached = known.sign(&upload.pdf, "own", "-nodetach")?;
    clinic
        .upload_signed(&upload, &[&attached])?
        .problem(422, "signature_not_detached")?;
    // What is to be signed here brings none.
    let here = Upload::small();
    let early = known.sign(&here.pdf, "own", "")?;
    let refused = clinic
        .upload_signed(&here, &[&early])?
        .problem(422, "invalid")?;
    ensure!(
        refused["detail"].to_string().contains("keeping"),
        "{refused}"
    );
    let good = known.sign(&upload.pdf, "own", "")?;
    let many = vec![good.as_slice(); 17];
    clinic
        .upload_signed(&upload, &many)?
        .problem(422, "invalid")?;
    ensure!(clinic.events()?.is_empty(), "something is kept");
    let base64 = known.sign(&upload.pdf, "own", "-outform PEM")?;
    let id = clinic.upload_signed(&upload, &[&base64])?.expect(201)?;
    let id = id.json()?["id"].as_str().context("id")?.to_owned();
    let found = signatures_of(&mut clinic, &id)?;
    ensure!(summary(&found[0]) == ["detached", "valid", ""], "{found:?}");
    Ok(())
}

fn sealed_elsewhere(stack: &Stack) -> Result<Vec<u8>> {
    let mut clinic: Clinic = stack.clinic()?;
    let (id, link) = clinic.send_with_link(&Upload::small())?;
    stack.patient(&link)?.sign_as("ivanova")?.expect(200)?;
    let path = format!("/api/v1/documents/{id}/signed");
    Ok(clinic.get(&path)?.expect(200)?.body)
}

/// The very file that this product sealed for another clinic.
#[test]
fn signatures_inside_are_carried_along() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let sealed = sealed_elsewhere(stack)?;
    let id = clinic.send_document(&kept().file(sealed.clone()))?;
    let original = clinic.get(&format!("/api/v1/documents/{id}/original"))?;
    ensure!(original.expect(200)?.body == sealed);
    let found = signatures_of(&mut clinic, &id)?;
    ensure!(found.len() == 1, "{found:?}");
    // The seal's authority is none of those whose signatures clinics bring.
    let told = ["inside", "unproven", "certificate_untrusted"];
    ensure!(summary(&found[0]) == told, "{found:?}");
    ensure!(found[0]["covers_all"] == true && found[0]["owner"].is_string());
    let path = format!("/api/v1/documents/{id}/kept-signatures/1");
    clinic.get(&path)?.problem(404, "not_found")?;
    Ok(())
}
