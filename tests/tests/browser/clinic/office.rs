//! What the head of a clinic reads and sets: who did what, and when patients are reminded.

use http::Method;
use podpis_tests::browser::Browser;
use serde_json::Value;

use super::*;

/// A head at the desk, signed in.
fn head(stack: &Stack, clinic: &mut Clinic) -> Result<Browser> {
    let mut person = Staff::joined(clinic, stack.base(), "head")?;
    let browser = Browser::start(&DESK)?;
    sign_in(&browser, stack, &mut person)?;
    wait_for_state(&browser, "documents")?;
    Ok(browser)
}

/// A field of every entry on the screen, in their order.
fn shown(browser: &Browser, field: &str) -> Result<Vec<String>> {
    let entries = "document.querySelectorAll('[data-testid=\"act\"]')";
    let found = browser.run(&format!(
        "return [...{entries}].map((li) => li.dataset.{field});"
    ))?;
    Ok(serde_json::from_value(found)?)
}

/// Every act as the API tells it, newest first.
fn acts(clinic: &mut Clinic) -> Result<Vec<Value>> {
    let list = clinic.get("/api/v1/acts?limit=200")?.expect(200)?.json()?;
    ensure!(list["next"].is_null(), "more than a page");
    Ok(serde_json::from_value(list["items"].clone())?)
}

fn set(clinic: &mut Clinic, settings: &Value) -> Result<()> {
    let json = [("content-type", "application/json")];
    let body = Some(settings.to_string().into_bytes());
    let path = "/api/v1/settings";
    clinic.send(Method::PUT, path, &json, body)?.expect(200)?;
    Ok(())
}

#[test]
fn who_did_what_is_told_in_words() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let id = clinic.send_document(&Upload::small())?;
    // More than a page of them.
    for round in 0..52 {
        set(
            &mut clinic,
            &json!({ "reminders_before_hours": [round + 1] }),
        )?;
    }
    let browser = head(stack, &mut clinic)?;
    go(&browser, "journal")?;
    browser.text("acts")?;
    let all = acts(&mut clinic)?;
    let field = |name: &str| -> Vec<String> {
        let texts = all.iter().map(|act| act[name].as_str().unwrap_or_default());
        texts.map(str::to_owned).collect()
    };
    let ids = field("id");
    ensure!(ids.len() > 54, "{all:?}");
    ensure!(shown(&browser, "id")? == ids[..50], "not newest first");
    axe::judge(&browser, "journal")?;
    fits(&browser)?;
    browser.press("journal-more")?;
    let count = "document.querySelectorAll('[data-testid=\"act\"]').length";
    browser.wait_until("all of them", &format!("{count} === {}", ids.len()))?;
    ensure!(shown(&browser, "id")? == ids, "another order");
    ensure!(!browser.is_usable("journal-more")?, "more than all");

    let words = browser.text("acts")?.replace('\u{a0}', " ");
    for said in [
        "Вход в кабинет",
        "Приглашение принято",
        "Отправлено приглашение сотруднику",
        "Изменены реквизиты или напоминания",
        "Документ отправлен",
        "Ключ API",
    ] {
        ensure!(words.contains(said), "{said} is not in {words}");
    }
    for kind in field("type") {
        ensure!(!words.contains(&kind), "{kind} has no words");
    }

    // The person's own acts, and no others.
    let own = all.iter().find(|act| act["type"] == "staff.signed_in");
    let own = own.and_then(|act| act["by"].as_str());
    let own = own.context("who signed in")?;
    choose(&browser, "journal-by", own)?;
    let of_own = "[...document.querySelectorAll('[data-testid=\"act\"]')].every";
    browser.wait_until(
        "only theirs",
        &format!("{count} > 0 && {of_own}((li) => li.dataset.by === '{own}')"),
    )?;
    let expected = all.iter().filter(|act| act["by"] == own).count();
    ensure!(shown(&browser, "id")?.len() == expected, "some are missing");
    // Nothing was done by the operator but what made the clinic, so another choice is another list.
    choose(&browser, "journal-by", "")?;
    browser.wait_until("everybody's", &format!("{count} === 50"))?;
    browser.press("journal-more")?;
    browser.wait_until("all of them", &format!("{count} === {}", ids.len()))?;
    browser.screenshots("92-console-journal")?;
    browser.run("document.querySelector('[data-type=\"document.sent\"] a').click();")?;
    wait_for_state(&browser, "document")?;
    let open = browser.run("return location.hash;")?;
    ensure!(open == format!("#documents/{id}"), "{open}");
    Ok(())
}

#[test]
fn the_schedule_of_reminders_is_set() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let details = json!({ "address": "Москва, ул. Лесная, д. 1" });
    set(&mut clinic, &json!({ "details": details }))?;
    let browser = head(stack, &mut clinic)?;
    go(&browser, "clinic")?;
    let value = |id: &str| browser.run(&format!("return document.getElementById('{id}').value;"));
    browser.text("reminders-plan")?;
    ensure!(value("reminders-hours")? == "24" && value("reminders-sms")? == "");
    let plan = browser.text("reminders-plan")?.replace('\u{a0}', " ");
    ensure!(plan == "Напомним за 1 день до конца срока.", "{plan}");
    let night = browser.text("reminders")?.replace('\u{a0}', " ");
    ensure!(night.contains("с 10:00 до 21:00"), "{night}");

    // What is wrong stands at its field, and nothing is sent.
    for (field, wrong, right) in [
        ("reminders-hours", "24, 72, 24", "24, 72"),
        ("reminders-sms", "721", "4"),
    ] {
        browser.fill(field, wrong)?;
        browser.press("reminders-save")?;
        browser.wait_until(
            "an error at its field",
            &format!(
                "document.getElementById('{field}').getAttribute('aria-invalid') === 'true' \
                 && document.getElementById('{field}-error').textContent !== '' && document.activeElement.id === '{field}'"
            ),
        )?;
        axe::judge(&browser, "a schedule that is wrong")?;
        fits(&browser)?;
        browser.fill(field, right)?;
        browser.wait_until(
            "told no more",
            &format!("document.getElementById('{field}-error').textContent === ''"),
        )?;
    }
    let before = clinic.get("/api/v1/settings")?.expect(200)?.json()?;
    ensure!(before["reminders_before_hours"] == json!([24]), "{before}");
    browser.press("reminders-save")?;
    browser.text("note")?;
    let now = clinic.get("/api/v1/settings")?.expect(200)?.json()?;
    ensure!(
        now["reminders_before_hours"] == json!([72, 24]) && now["sms_fallback_after_hours"] == 4,
        "{now}"
    );
    ensure!(now["details"]["address"] == details["address"], "{now}");
    browser.screenshots("93-console-reminders")?;

    // The other part of the page leaves it as it is.
    browser.fill("details-phone", "+74951234567")?;
    browser.press("details-save")?;
    wait_for("the phone", || {
        let settings = clinic.get("/api/v1/settings")?.expect(200)?.json()?;
        Ok((settings["details"]["phone"] == "+74951234567").then_some(settings))
    })
    .and_then(|settings| {
        ensure!(
            settings["reminders_before_hours"] == json!([72, 24]),
            "{settings}"
        );
        Ok(())
    })?;
    browser.reload()?;
    wait_for_state(&browser, "clinic")?;
    browser.text("reminders-plan")?;
    ensure!(value("reminders-hours")? == "72, 24" && value("reminders-sms")? == "4");
    // An empty field is no reminder at all.
    browser.fill("reminders-hours", " ")?;
    browser.press("reminders-save")?;
    wait_for("no reminders", || {
        let settings = clinic.get("/api/v1/settings")?.expect(200)?.json()?;
        Ok((settings["reminders_before_hours"] == json!([])).then_some(()))
    })
}
