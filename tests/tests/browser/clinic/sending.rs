//! How the registrar sends: many documents from a table, a file of the clinic's own.

use super::*;

#[test]
fn a_table_makes_documents_once() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let mut person = Staff::joined(&mut clinic, stack.base(), "registrar")?;
    let browser = Browser::start(&DESK)?;
    sign_in(&browser, stack, &mut person)?;
    wait_for_state(&browser, "documents")?;
    let folder = Tools::new()?;
    let file = folder.folder().join("пациенты.csv");
    let (one, two) = (Upload::small().phone, Upload::small().phone);
    let table = format!(
        "Фамилия;Имя;Дата рождения;Телефон\r\nИванова;Мария;12.03.1985;{one}\r\nПетров;Пётр;31.02.1990;{two}\r\n\
         Петров;Пётр;01.07.1990;{two}\r\n"
    );
    fs::write(&file, table)?;
    for round in 1..=2 {
        go(&browser, "documents")?;
        go(&browser, "bulk")?;
        choose(&browser, "bulk-template", "telemed_consent")?;
        browser.choose_files("bulk-file", &[&file])?;
        let states = "[...document.querySelectorAll('[data-testid=\"bulk-line\"]')].map((tr) => tr.dataset.state).join()";
        browser.wait_until("the table", &format!("{states} === 'ready,invalid,ready'"))?;
        axe::judge(&browser, "bulk")?;
        browser.press("bulk-start")?;
        browser.wait_until("all sent", &format!("{states} === 'sent,invalid,sent'"))?;
        let list = clinic.get("/api/v1/documents")?.expect(200)?.json()?;
        let count = list["items"].as_array().map(Vec::len);
        ensure!(count == Some(2), "round {round}: {list}");
    }
    axe::judge(&browser, "bulk sent")
}

#[test]
fn an_own_file_of_a_child_takes_who_may_sign() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let mut person = Staff::joined(&mut clinic, stack.base(), "registrar")?;
    let browser = Browser::start(&DESK)?;
    sign_in(&browser, stack, &mut person)?;
    wait_for_state(&browser, "documents")?;
    let tools = Tools::new()?;
    let file = tools.folder().join("Согласие на осмотр.pdf");
    fs::write(&file, pdf::consent()?)?;
    go(&browser, "send")?;
    browser.text("send-template")?;
    choose(&browser, "send-template", "own-file")?;
    browser.choose_files("send-file", &[&file])?;
    browser.text("send-file-name")?;
    choose(&browser, "send-kind", "ids")?;
    let title = browser.run("return document.querySelector('[data-testid=\"title\"]').value;")?;
    ensure!(title == "Согласие на осмотр", "{title}");
    let upload = Upload::consent(Person::IVANOVA, Vec::new());
    for (field, value) in [
        ("patient.last_name", "Иванов"),
        ("patient.first_name", "Пётр"),
        ("patient.birth_date", "01.02.2019"),
    ] {
        browser.fill(field, value)?;
    }
    // A child of seven signs nothing: the page says why, and sends nothing.
    let law = "document.querySelector('[data-testid=\"law\"] [data-allowed]').dataset.allowed";
    browser.wait_until("the law forbids it", &format!("{law} === 'false'"))?;
    ensure!(!browser.is_usable("send-submit")?, "sent in a child's name");
    axe::judge(&browser, "forbidden")?;
    browser.press("represented")?;
    browser.wait_until("the law lets it", &format!("{law} === 'true'"))?;
    for (field, value) in [
        ("representative.last_name", "Иванова"),
        ("representative.first_name", "Мария"),
        ("representative.birth_date", "12.03.1985"),
        ("representative.phone", upload.phone.as_str()),
        ("representative.basis", "мать"),
        ("representative.record_ref", "карта № 17, л. 2"),
    ] {
        browser.fill(field, value)?;
    }
    axe::judge(&browser, "represented")?;
    browser.press("send-submit")?;
    browser.text("sent")?;
    let id = browser.run("return document.querySelector('[data-testid=\"sent\"]').dataset.id;")?;
    let id = id.as_str().context("no id")?;
    let document = clinic.document(id)?;
    ensure!(
        document["kind"] == "ids" && document["title"] == "Согласие на осмотр",
        "{document}"
    );
    stack.sandbox().link(&upload.phone)?;
    browser.press("sent-open")?;
    wait_for_state(&browser, "document")?;
    browser.press("cancel")?;
    browser.wait_until("a question", "document.querySelector('dialog[open]')")?;
    axe::judge(&browser, "cancel")?;
    browser.press("cancel-confirm")?;
    browser.wait_until(
        "cancelled",
        "document.querySelector('[data-testid=\"document-status\"]')?.dataset.status === 'cancelled'",
    )?;
    ensure!(clinic.document(id)?["status"] == "cancelled");
    Ok(())
}
