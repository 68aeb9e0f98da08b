//! What a MIS sends for the personal account: who can be found, what they are told, how a clinic reminds.

use anyhow::{Context as _, Result, ensure};
use http::Method;
use podpis_tests::{Account, Clinic, Person, Right, Stack, Upload, wait_for};
use serde_json::{Value, json};
use time::OffsetDateTime;

#[test]
fn a_person_is_found_by_phone_email_or_snils() -> Result<()> {
    let mut clinic = Stack::shared()?.clinic()?;
    let nobody = || {
        Upload::by_code(Person::IVANOVA)
            .with("/patient/phone", Value::Null)
            .with("/patient/snils", Value::Null)
    };
    for (field, value) in [
        ("phone", "+79160000001"),
        ("email", "Maria@Example.ru"),
        ("snils", "11223344595"),
    ] {
        let upload = nobody().with(&format!("/patient/{field}"), json!(value));
        let id = clinic.send_document(&upload)?;
        let document = clinic.document(&id)?;
        ensure!(
            document["delivery"] == "account" && document["status"] == "sent",
            "{document}"
        );
        let list = clinic.get("/api/v1/documents")?.expect(200)?.json()?;
        ensure!(list["items"][0]["id"] == id.as_str(), "{list}");
    }
    let before = documents_sent(&mut clinic)?;
    clinic.upload(&nobody())?.problem(422, "invalid")?;
    // By link an e-mail is not enough.
    let by_link = nobody()
        .with("/patient/email", json!("m@example.ru"))
        .with("/delivery", json!("link"))
        .with("/method", json!("esia"));
    clinic.upload(&by_link)?.problem(422, "invalid")?;
    ensure!(documents_sent(&mut clinic)? == before);
    Ok(())
}

#[test]
fn methods_that_the_contract_or_the_law_does_not_know_are_refused() -> Result<()> {
    let mut clinic = Stack::shared()?.clinic()?;
    let upload = || Upload::by_code(Person::IVANOVA);
    clinic
        .upload(&upload().with("/method", json!("email")))?
        .problem(422, "invalid")?;
    for medical in ["ids", "refusal", "telemed_consent", "secrecy_disclosure"] {
        let refused = clinic
            .upload(&upload().with("/kind", json!(medical)))?
            .problem(422, "policy")?;
        ensure!(
            refused["rule"].is_string() && refused["law"].is_string(),
            "{refused}"
        );
    }
    clinic
        .upload(&upload().with("/delivery", json!("link")))?
        .problem(422, "policy")?;
    ensure!(clinic.events()?.is_empty());
    Ok(())
}

#[test]
fn the_arrival_is_told_by_a_letter_that_tells_nothing_else() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let (upload, email) = with_email(Upload::by_code(Person::IVANOVA).key("arrival"));
    let id = clinic.send_document(&upload)?;
    clinic.upload(&upload)?.expect(201)?;
    let letter = letter(stack, &email, "новый документ")?;
    let words = format!("{}\n{}", letter["subject"], letter["text"]);
    ensure!(
        words.contains("Клиника «Тест»") && words.contains(&format!("/account/document#{id}")),
        "{words}"
    );
    for secret in [
        "Иванова",
        "Мария",
        "Петровна",
        "Согласие",
        "11223344595",
        upload.phone.as_str(),
    ] {
        ensure!(!words.contains(secret), "{secret}: {words}");
    }
    let delivered = wait_for("message.delivered", || {
        let events = clinic.events()?;
        Ok(events
            .into_iter()
            .find(|event| event["type"] == "message.delivered"))
    })?;
    ensure!(delivered["data"]["channel"] == "email", "{delivered}");
    let mut sandbox = stack.sandbox();
    ensure!(sandbox.messages(&email)?.len() == 1, "told twice");
    ensure!(sandbox.messages(&upload.phone)?.is_empty(), "an SMS");
    Ok(())
}

#[test]
fn a_browser_that_wants_it_is_told_by_push() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let upload = Upload::by_code(Person::IVANOVA);
    let mut account = stack.account();
    account.sign_in(&upload.phone)?;
    account.live_at(12)?;
    let endpoint = format!(
        "https://push.example/{}",
        upload.phone.trim_start_matches('+')
    );
    subscribe(&mut account, &endpoint)?;
    let id = clinic.send_document(&upload)?;
    let message = letter(stack, &endpoint, "новый документ")?;
    ensure!(
        message["channel"] == "push" && message["text"].to_string().contains(&id),
        "{message}"
    );
    // A browser that was signed out is told nothing more.
    account.post("/sign-out", &json!({}))?.expect(204)?;
    let other = clinic.send_document(&Upload::by_code(Person::IVANOVA).to_phone(&upload.phone))?;
    let reminded = clinic
        .post(&format!("/api/v1/documents/{other}/remind"), &json!({}))?
        .expect(200)?
        .json()?;
    ensure!(reminded["channels"] == json!([]), "{reminded}");
    ensure!(stack.sandbox().messages(&endpoint)?.len() == 1);
    Ok(())
}

#[test]
fn a_clinic_reminds_of_a_link_once_a_day() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let upload = Upload::small();
    let (id, first) = clinic.send_with_link(&upload)?;
    let mut account = stack.account();
    account.sign_in(&upload.phone)?;
    account.live_at(12)?;
    let sent = stack.sandbox().messages(&upload.phone)?.len();
    let remind = format!("/api/v1/documents/{id}/remind");
    let headers = [
        ("idempotency-key", "remind-1"),
        ("content-type", "application/json"),
    ];
    let mut again = || clinic.send(Method::POST, &remind, &headers, Some(b"{}".to_vec()));
    let reminded = again()?.expect(200)?;
    ensure!(
        again()?.expect(200)?.body == reminded.body,
        "another answer"
    );
    let reminded = reminded.json()?;
    ensure!(
        reminded["channels"] == json!(["sms"])
            && reminded["id"] == id.as_str()
            && reminded["scheduled_for"].is_null(),
        "{reminded}"
    );
    let second = wait_for("the second SMS", || {
        let link = stack.sandbox().link(&upload.phone)?;
        Ok((link != first).then_some(link))
    })?;
    stack.patient(&second)?.document()?;
    ensure!(stack.sandbox().messages(&upload.phone)?.len() == sent + 1);

    let late = clinic.post(&remind, &json!({}))?;
    let wait: i64 = late.header("retry-after").parse().context("Retry-After")?;
    ensure!((86_000..=86_400).contains(&wait), "{wait}");
    late.problem(429, "too_many_requests")?;
    clinic
        .post(&format!("/api/v1/documents/{id}/cancel"), &json!({}))?
        .expect(200)?;
    clinic
        .post(&remind, &json!({}))?
        .problem(409, "invalid_state")?;
    Ok(())
}

/// At night a link that staff sends goes out at once, for its person may stand at the desk; a reminder is planned for the morning, and
/// the answer says so. A letter wakes nobody, a push message would.
#[test]
fn nobody_is_woken() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let by_link = Upload::small();
    let (for_account, email) =
        with_email(Upload::by_code(Person::IVANOVA).to_phone(&by_link.phone));
    let mut account = stack.account();
    account.sign_in(&by_link.phone)?;
    account.live_at(3)?;
    let endpoint = format!(
        "https://push.example/night-{}",
        by_link.phone.trim_start_matches('+')
    );
    subscribe(&mut account, &endpoint)?;

    // At once: it waits for the link.
    let (linked, first) = clinic.send_with_link(&by_link)?;
    let id = clinic.send_document(&for_account)?;
    letter(stack, &email, "новый документ")?;
    let until_ten = |text: &Value| -> Result<bool> {
        let at = podpis_shared::Timestamp::parse(text.as_str().context("a time")?);
        let minutes = podpis_tests::time::where_it_is(3) * 60;
        let second = (at.context("a time")?.unix() + minutes).rem_euclid(86_400);
        // An hour may end between two lines of this test.
        Ok([10 * 3600, 9 * 3600, 11 * 3600].contains(&second))
    };
    let messages = |clinic: &mut Clinic, id: &str| -> Result<Vec<Value>> {
        let path = format!("/api/v1/documents/{id}/messages");
        let list = clinic.get(&path)?.expect(200)?.json()?;
        Ok(list["items"].as_array().context("items")?.clone())
    };
    let push = messages(&mut clinic, &id)?
        .into_iter()
        .find(|message| message["channel"] == "push")
        .context("no push message")?;
    ensure!(
        push["status"] == "queued" && until_ten(&push["next_attempt_at"])?,
        "{push}"
    );

    for (id, channels) in [(&linked, json!(["sms"])), (&id, json!(["email", "push"]))] {
        let remind = format!("/api/v1/documents/{id}/remind");
        let reminded = clinic.post(&remind, &json!({}))?.expect(200)?.json()?;
        ensure!(
            reminded["channels"] == channels && until_ten(&reminded["scheduled_for"])?,
            "{reminded}"
        );
        let waiting = messages(&mut clinic, id)?;
        let waiting: Vec<_> = waiting.iter().filter(|m| m["status"] == "queued").collect();
        for message in &waiting {
            ensure!(
                message["next_attempt_at"] == reminded["scheduled_for"],
                "{message}"
            );
        }
        ensure!(!waiting.is_empty(), "nothing is planned");
    }
    // A letter that goes out now would have come by then.
    let (other, other_email) = with_email(Upload::by_code(Person::IVANOVA));
    clinic.send_document(&other)?;
    letter(stack, &other_email, "новый документ")?;
    ensure!(
        stack.sandbox().link(&by_link.phone)? == first,
        "an SMS at night"
    );
    ensure!(stack.sandbox().messages(&endpoint)?.is_empty(), "woken");
    Ok(())
}

/// What ends before the morning is reminded of at once: nothing else is left.
#[test]
fn a_reminder_that_the_morning_would_bring_too_late_goes_out_at_once() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let end = OffsetDateTime::now_utc().unix_timestamp() + 3 * 3600;
    let end = podpis_shared::Timestamp::from_unix(end);
    let upload = Upload::small().with("/expires_at", json!(end));
    let mut account = stack.account();
    account.sign_in(&upload.phone)?;
    account.live_at(3)?;
    let (id, first) = clinic.send_with_link(&upload)?;
    let remind = format!("/api/v1/documents/{id}/remind");
    let reminded = clinic.post(&remind, &json!({}))?.expect(200)?.json()?;
    ensure!(reminded["scheduled_for"].is_null(), "{reminded}");
    wait_for("the second SMS", || {
        let link = stack.sandbox().link(&upload.phone)?;
        Ok((link != first).then_some(()))
    })
}

#[test]
fn a_clinic_reminds_of_the_account_by_letter() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let (upload, email) = with_email(Upload::by_code(Person::IVANOVA));
    let mut account = stack.account();
    account.sign_in(&upload.phone)?;
    account.live_at(12)?;
    let id = clinic.send_document(&upload)?;
    let remind = format!("/api/v1/documents/{id}/remind");
    let reminded = clinic.post(&remind, &json!({}))?.expect(200)?.json()?;
    ensure!(reminded["channels"] == json!(["email"]), "{reminded}");
    letter(stack, &email, "документ ждёт вас")?;
    clinic
        .post(&remind, &json!({}))?
        .problem(429, "too_many_requests")?;
    // Whom nobody can reach yet is told of honestly.
    let unknown = clinic.send_document(&Upload::by_code(Person::IVANOVA))?;
    let reminded = clinic
        .post(&format!("/api/v1/documents/{unknown}/remind"), &json!({}))?
        .expect(200)?
        .json()?;
    ensure!(reminded["channels"] == json!([]), "{reminded}");
    Ok(())
}

#[test]
fn what_was_taken_back_or_signed_is_told() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let (upload, email) = with_email(Upload::by_code(Person::IVANOVA));
    let id = clinic.send_document(&upload)?;
    letter(stack, &email, "новый документ")?;
    clinic
        .post(&format!("/api/v1/documents/{id}/cancel"), &json!({}))?
        .expect(200)?;
    letter(stack, &email, "документ отозван")?;

    let (upload, email) =
        with_email(Upload::by_code(Person::IVANOVA).with("/method", json!("esia")));
    let id = clinic.send_document(&upload)?;
    let mut account = stack.account();
    account.sign_in(&upload.phone)?;
    ensure!(account.documents("to_sign")?.items.len() == 1);
    account.document(Right::Document(&id))?;
    account.sign_by_esia(&id, "ivanova")?.expect(200)?;
    letter(stack, &email, "документ подписан")?;
    Ok(())
}

#[test]
fn a_letter_is_of_its_clinic() -> Result<()> {
    let stack = Stack::shared()?;
    let mut one = stack.operator().create_clinic("Клиника «Один»")?;
    let mut other = stack.operator().create_clinic("Клиника «Два»")?;
    let (upload, email) = with_email(Upload::by_code(Person::IVANOVA));
    one.send_document(&upload)?;
    other.send_document(&upload)?;
    let subjects = wait_for("two letters", || {
        let messages = stack.sandbox().messages(&email)?;
        Ok((messages.len() == 2).then_some(messages))
    })?;
    for name in ["«Один»", "«Два»"] {
        let of = |message: &&Value| message["subject"].to_string().contains(name);
        ensure!(subjects.iter().filter(of).count() == 1, "{subjects:?}");
    }
    Ok(())
}

/// With an address of this upload alone.
fn with_email(upload: Upload) -> (Upload, String) {
    let email = format!("m{}@example.ru", upload.phone.trim_start_matches('+'));
    let upload = upload.with("/patient/email", json!(email));
    (upload, email)
}

/// Waits for the message to an address whose subject ends so.
fn letter(stack: &Stack, to: &str, ends: &str) -> Result<Value> {
    wait_for(&format!("«{ends}» to {to}"), || {
        let messages = stack.sandbox().messages(to)?;
        Ok(messages.into_iter().find(|message| {
            let subject = message["subject"].as_str();
            subject.is_some_and(|subject| subject.ends_with(ends))
        }))
    })
}

fn subscribe(account: &mut Account, endpoint: &str) -> Result<()> {
    let body = json!({ "endpoint": endpoint, "p256dh": P256DH, "auth": "tBHItJI5svbpez7KI4CCXg" });
    let path = "/patient/account/push";
    let reply = account.send(Method::PUT, Right::Own, path, Some(&body))?;
    reply.expect(204).map(drop)
}

/// The browser's key in the example of RFC 8291.
const P256DH: &str =
    "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";

fn documents_sent(clinic: &mut Clinic) -> Result<usize> {
    let events = clinic.events()?;
    let sent = events
        .iter()
        .filter(|event| event["type"] == "document.sent");
    Ok(sent.count())
}
