//! A document that was signed elsewhere is sent for keeping, with its signatures beside it.

use super::*;

/// Whose certificates sign.
fn signer() -> Result<Tools> {
    let tools = Tools::new()?;
    tools.certificate("root", "own", OWN, SIGNER)?;
    Ok(tools)
}

#[test]
fn what_was_signed_elsewhere_is_kept_with_its_signatures() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let known = Tools::trusted(stack)?;
    known.certificate("root", "own", OWN, SIGNER)?;
    let foreign = signer()?;
    let folder = known.folder().join("kept");
    fs::create_dir_all(&folder)?;
    let contract = pdf::consent()?;
    let write = |name: &str, bytes: &[u8]| -> Result<std::path::PathBuf> {
        let path = folder.join(name);
        fs::write(&path, bytes)?;
        Ok(path)
    };
    let file = write("Договор.pdf", &contract)?;
    let right = known.sign(&contract, "own", "")?;
    let good = write("Договор.pdf.sig", &right)?;
    let unproven = write("Договор.p7s", &foreign.sign(&contract, "own", "")?)?;
    let wrong = write("другой.sig", &known.sign(b"another", "own", "")?)?;

    let mut person = Staff::joined(&mut clinic, stack.base(), "registrar")?;
    let browser = Browser::start(&DESK)?;
    sign_in(&browser, stack, &mut person)?;
    wait_for_state(&browser, "documents")?;
    go(&browser, "send")?;
    choose(&browser, "send-template", "own-file")?;
    choose(&browser, "send-kind", "paid_contract")?;
    ensure!(
        !browser.is_usable("send-signatures")?,
        "nothing to sign yet"
    );
    // Without a file the page says so where the file belongs.
    browser.press("purpose-keeping")?;
    browser.press("send-submit")?;
    browser.wait_until(
        "the focus is on the file",
        "document.activeElement.id === 'send-file'",
    )?;
    browser.choose_files("send-file", &[&file])?;
    browser.text("send-file-name")?;
    for (field, value) in [
        ("patient.last_name", "Иванова"),
        ("patient.first_name", "Мария"),
        ("patient.middle_name", "Петровна"),
        ("patient.birth_date", "12.03.1985"),
        ("patient.phone", &Upload::small().phone),
    ] {
        browser.fill(field, value)?;
    }
    ensure!(!browser.is_usable("method-esia")?, "asks how to sign");

    // A signature of another file is refused at its field, and nothing is kept.
    browser.choose_files("send-signatures", &[&wrong])?;
    let given = "document.querySelectorAll('[data-testid=\"send-signature\"]').length";
    browser.wait_until("one signature", &format!("{given} === 1"))?;
    browser.press("send-submit")?;
    let error = browser
        .text("send-signatures-error")?
        .replace('\u{a0}', " ");
    ensure!(error.contains("под другим файлом"), "{error}");
    axe::judge(&browser, "a signature of another file")?;
    fits(&browser)?;
    let list = clinic.get("/api/v1/documents")?.expect(200)?.json()?;
    ensure!(list["items"] == json!([]), "{list}");
    browser.press("send-signature-remove")?;
    browser.wait_until("none", &format!("{given} === 0"))?;
    browser.choose_files("send-signatures", &[&good, &unproven])?;
    browser.wait_until("two signatures", &format!("{given} === 2"))?;
    axe::judge(&browser, "sending for keeping")?;
    browser.screenshots("94-console-send-for-keeping")?;
    browser.press("send-submit")?;
    browser.text("sent")?;
    let id = browser.run("return document.querySelector('[data-testid=\"sent\"]').dataset.id;")?;
    let id = id.as_str().context("no id")?.to_owned();
    let document = clinic.document(&id)?;
    let verdicts = document["kept_signatures"].as_array().map(|all| {
        let verdicts = all.iter().map(|one| one["verdict"].clone());
        verdicts.collect::<Vec<_>>()
    });
    ensure!(
        document["purpose"] == "keeping"
            && verdicts == Some(vec![json!("valid"), json!("unproven")]),
        "{document}"
    );

    // Its page tells whose they are and what was found, and has the files.
    browser.press("sent-open")?;
    wait_for_state(&browser, "document")?;
    let said = browser.text("kept-signatures")?.replace('\u{a0}', " ");
    for words in [
        "Петрова Анна Сергеевна",
        "Подпись верна",
        "Проверить до конца не удалось: кто выдал её сертификат, здесь не известно",
    ] {
        ensure!(said.contains(words), "{words} is not in {said}");
    }
    axe::judge(&browser, "kept signatures")?;
    fits(&browser)?;
    browser.screenshots("95-console-kept-signatures")?;
    let downloads = folder.join("downloads");
    fs::create_dir_all(&downloads)?;
    let to = json!({ "behavior": "allow", "downloadPath": downloads });
    browser.cdp("Browser.setDownloadBehavior", to)?;
    browser.press("kept-download-1")?;
    ensure!(downloaded(&downloads, ".sig")? == right, "another file");
    Ok(())
}

#[test]
fn a_document_without_signatures_says_so() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let id = clinic.send_document(&Upload::small().for_keeping())?;
    let mut person = Staff::joined(&mut clinic, stack.base(), "medic")?;
    let browser = Browser::start(&DESK)?;
    sign_in(&browser, stack, &mut person)?;
    wait_for_state(&browser, "documents")?;
    browser.run(&format!("location.hash = 'documents/{id}';"))?;
    wait_for_state(&browser, "document")?;
    let said = browser.text("kept-none")?.replace('\u{a0}', " ");
    ensure!(said.contains("подписей"), "{said}");
    axe::judge(&browser, "kept without signatures")
}
