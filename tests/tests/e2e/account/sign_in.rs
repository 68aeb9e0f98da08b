//! Signing in by a code, and what keeps a session safe.

use anyhow::{Context as _, Result, ensure};
use http::Method;
use podpis_shared::wire::account::Level;
use podpis_tests::client::Reply;
use podpis_tests::{Person, Stack, Upload};
use serde_json::json;

#[test]
fn by_a_code_to_a_phone_and_to_an_address() -> Result<()> {
    let stack = Stack::shared()?;
    let upload = Upload::by_code(Person::IVANOVA);
    let address = format!("m{}@example.ru", upload.phone.trim_start_matches('+'));
    let mut clinic = stack.clinic()?;
    let id = clinic.send_document(
        &upload
            .clone()
            .with("/patient/email", address.clone().into()),
    )?;
    for contact in [&upload.phone, &address] {
        let mut account = stack.account();
        let view = account.sign_in(contact)?;
        ensure!(
            view.level == Level::Contact && view.gate.is_none(),
            "{view:?}"
        );
        ensure!(
            view.name.as_deref() == Some("Иванова Мария Петровна"),
            "{view:?}"
        );
        ensure!((view.to_sign, view.unread) == (1, 1), "{view:?}");
        ensure!(account.documents("to_sign")?.items[0].id == id);
    }
    Ok(())
}

#[test]
fn a_phone_is_taken_as_people_type_it() -> Result<()> {
    let stack = Stack::shared()?;
    let phone = Upload::small().phone;
    let digits = &phone[2..];
    let typed = format!("8 ({}) {}-{}", &digits[..3], &digits[3..6], &digits[6..]);
    let mut account = stack.account();
    let sent = account.ask_code(&typed)?;
    let code = account.code_at(&phone)?;
    account.type_code(&sent.code_id, &code)?.expect(200)?;
    for wrong in ["", "916", "кто-то", "a@b"] {
        stack
            .account()
            .post("/sign-in", &json!({ "contact": wrong }))?
            .problem(422, "invalid")?;
    }
    Ok(())
}

#[test]
fn nobody_learns_whether_a_contact_is_known() -> Result<()> {
    let stack = Stack::shared()?;
    let (known, unknown) = (Upload::small().phone, Upload::small().phone);
    stack.account().sign_in(&known)?;
    let headers = |reply: &Reply| {
        let names = reply.headers.keys().map(|name| name.as_str().to_owned());
        names.collect::<std::collections::BTreeSet<_>>()
    };
    let ask = |phone: &str| {
        stack
            .account()
            .post("/sign-in", &json!({ "contact": phone }))
    };
    // The first code to the known phone is under a minute old, so both have had one before.
    stack.account().ask_code(&unknown)?;
    let (one, other) = (ask(&known)?, ask(&unknown)?);
    ensure!(
        one.status == other.status,
        "{} {}",
        one.text(),
        other.text()
    );
    ensure!(headers(&one) == headers(&other));
    let shape = |reply: &Reply| -> Result<Vec<String>> {
        let body = reply.json()?;
        let object = body.as_object().cloned().unwrap_or_default();
        Ok(object.keys().cloned().collect())
    };
    ensure!(shape(&one)? == shape(&other)?);
    Ok(())
}

#[test]
fn a_code_works_once_in_its_own_browser_and_five_wrong_ones_end_it() -> Result<()> {
    let stack = Stack::shared()?;
    let phone = Upload::small().phone;
    let mut account = stack.account();
    let sent = account.ask_code(&phone)?;
    let code = account.code_at(&phone)?;
    let stolen = stack.account().type_code(&sent.code_id, &code)?;
    ensure!(
        stolen.status == 403 || stolen.status == 410,
        "{}",
        stolen.text()
    );

    let other = Upload::small().phone;
    let mut account = stack.account();
    let sent = account.ask_code(&other)?;
    let code = account.code_at(&other)?;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    for _ in 0..4 {
        account
            .type_code(&sent.code_id, wrong)?
            .problem(403, "code_wrong")?;
    }
    account
        .type_code(&sent.code_id, wrong)?
        .expect_any(&[403, 410])?;
    account
        .type_code(&sent.code_id, &code)?
        .problem(410, "code_expired")?;
    Ok(())
}

#[test]
fn a_session_is_bound_to_its_cookie_and_to_our_own_pages() -> Result<()> {
    let stack = Stack::shared()?;
    let phone = Upload::small().phone;
    let mut account = stack.account();
    let sent = account.ask_code(&phone)?;
    let code = account.code_at(&phone)?;
    let reply = account.type_code(&sent.code_id, &code)?.expect(200)?;
    let cookies: Vec<&str> = reply
        .headers
        .get_all("set-cookie")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .collect();
    let session = cookies
        .iter()
        .find(|cookie| cookie.starts_with("podpis-account="));
    ensure!(
        session.is_some_and(|cookie| cookie.contains("HttpOnly")
            && cookie.contains("SameSite=Strict")
            && cookie.contains("Path=/")
            && !cookie.contains("Domain")),
        "{cookies:?}"
    );
    // Without the header that only our pages send.
    let bare = account
        .client
        .send(Method::GET, "/patient/account", &[], None)?;
    bare.problem(400, "bad_request")?;
    let foreign = [
        ("podpis-account", "1"),
        ("sec-fetch-site", "cross-site"),
        ("content-type", "application/json"),
    ];
    let posted = account.client.send(
        Method::POST,
        "/patient/account/sign-out-everywhere",
        &foreign,
        Some(b"{}".to_vec()),
    )?;
    ensure!(
        posted.status == 403 || posted.status == 400,
        "{}",
        posted.text()
    );
    account.view()?;
    stack.account().get("")?.problem(401, "signed_out")?;
    Ok(())
}

#[test]
fn signing_in_again_changes_the_cookie_and_signing_out_ends_it() -> Result<()> {
    let stack = Stack::shared()?;
    let phone = Upload::small().phone;
    let address = format!("r{}@example.ru", phone.trim_start_matches('+'));
    let mut account = stack.account();
    account.sign_in(&phone)?;
    let first = account.clone();
    account.sign_in(&address)?;
    ensure!(first.client.cookies["podpis-account"] != account.client.cookies["podpis-account"]);
    let replaced = first.clone().get("")?.problem(401, "signed_out")?;
    let signed_in = account.clone();
    account.post("/sign-out", &json!({}))?.expect(204)?;
    let left = signed_in.clone().get("")?.problem(401, "signed_out")?;
    // The person's own doing needs no reason.
    ensure!(replaced.get("ended").is_none() && left.get("ended").is_none());
    Ok(())
}

#[test]
fn every_device_is_listed_and_can_be_signed_out_from_afar() -> Result<()> {
    let stack = Stack::shared()?;
    let phone = Upload::small().phone;
    let mut here = stack.account();
    here.sign_in(&phone)?;
    // The next code to this phone may be asked for in a minute; an address serves as well.
    let address = format!("d{}@example.ru", phone.trim_start_matches('+'));
    let sent = here
        .post("/contacts", &json!({ "contact": address }))?
        .expect(200)?
        .json()?;
    let code = here.code_at(&address)?;
    let typed = json!({ "code_id": sent["code_id"], "code": code });
    here.post("/contacts/code", &typed)?.expect(200)?;
    // Another purpose has a code of its own.
    let mut there = stack.account();
    there.sign_in(&address)?;
    let devices = here.get("/devices")?.expect(200)?.json()?;
    let devices = devices["items"].as_array().cloned().unwrap_or_default();
    ensure!(devices.len() == 2, "{devices:?}");
    ensure!(
        devices
            .iter()
            .filter(|device| device["current"] == true)
            .count()
            == 1
    );
    here.post("/sign-out-everywhere", &json!({}))?.expect(204)?;
    let told = here.get("")?.problem(401, "signed_out")?;
    ensure!(told.get("ended").is_none(), "its cookie is gone: {told}");
    // The other browser still has its cookie, and learns why; a stranger's cookie, or none, learns nothing.
    let told = there.get("")?.problem(401, "signed_out")?;
    ensure!(told["ended"] == "everywhere", "{told}");
    let mut stranger = there.clone();
    let cookie = stranger.client.cookies.get_mut("podpis-account");
    *cookie.context("no cookie")? = "A".repeat(43);
    let told = stranger.get("")?.problem(401, "signed_out")?;
    ensure!(told.get("ended").is_none(), "{told}");
    Ok(())
}
