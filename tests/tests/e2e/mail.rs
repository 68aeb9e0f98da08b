//! Letters leave by a relay that we did not write, under TLS or not at all.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, ensure};
use podpis_tests::mail_service::MailService;
use podpis_tests::relay::Relay;
use podpis_tests::{Clinic, Settings, Stack, Upload, production, wait_for};
use serde_json::Value;

/// An installation outside the sandbox with a relay; `None` where the runtime is not ours to start.
fn stack(relay: &Relay, way: &str, more: &[(&'static str, String)]) -> Result<Option<Stack>> {
    stack_with(relay.variables(way), more)
}

fn stack_with(
    way: Vec<(&'static str, String)>,
    more: &[(&'static str, String)],
) -> Result<Option<Stack>> {
    let mut variables = production::keys()?;
    variables.extend(way);
    let times = "timeout_ms=3000 retry_first=1 retry_max=1 message_for=4 breaker_first=1";
    variables.push(("DELIVERY_TIMES", times.to_owned()));
    variables.extend_from_slice(more);
    Stack::alone(Settings {
        sandbox: false,
        variables,
        ..Settings::default()
    })
}

/// A document for the account; its notice goes by e-mail.
fn send(clinic: &mut Clinic, to: &str) -> Result<String> {
    let upload = Upload::small()
        .with("/delivery", "account".into())
        .with("/patient/email", to.into());
    clinic.send_document(&upload)
}

/// Waits for what became of the letter about a document.
fn outcome(clinic: &mut Clinic, document: &str) -> Result<(String, String)> {
    wait_for("the outcome of a letter", || {
        let events = clinic.events()?;
        let about = events.iter().find(|event| {
            let kind = event["type"].as_str().unwrap_or_default();
            event["document_id"] == document && kind.starts_with("message.")
        });
        let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Ok(about.map(|event| (word(&event["type"]), word(&event["data"]["outcome"]))))
    })
}

fn failed(clinic: &mut Clinic, document: &str, reason: &str) -> Result<()> {
    let found = outcome(clinic, document)?;
    ensure!(
        found == ("message.failed".to_owned(), reason.to_owned()),
        "{found:?}"
    );
    Ok(())
}

#[test]
fn a_letter_is_read_by_others_as_it_was_meant() -> Result<()> {
    let relay = Relay::start()?;
    let Some(stack) = stack(&relay, "starttls", &[])? else {
        return Ok(());
    };
    let mut clinic = stack.clinic()?;
    let document = send(&mut clinic, "m@example.ru")?;
    let letter = relay.letter("m@example.ru")?;
    ensure!(letter["defects"] == Value::Array(Vec::new()), "{letter:#}");
    ensure!(
        letter["tls"] == true && letter["login"] == "podpis",
        "{letter:#}"
    );
    ensure!(letter["mail_from"] == "no-reply@sign.example", "{letter:#}");
    ensure!(letter["type"] == "multipart/alternative", "{letter:#}");
    ensure!(letter["ascii"] == true && letter["bare"] == 0, "{letter:#}");
    ensure!(
        letter["longest"].as_u64().is_some_and(|n| n <= 998),
        "{letter:#}"
    );
    let clinic_name = letter["from"][0][0].as_str().context("no name")?;
    ensure!(
        letter["from"][0][1] == "no-reply@sign.example",
        "{letter:#}"
    );
    let headers = &letter["headers"];
    for (name, value) in [
        ("to", "m@example.ru".to_owned()),
        ("reply-to", "help@sign.example".to_owned()),
        ("subject", format!("{clinic_name}: новый документ")),
        ("auto-submitted", "auto-generated".to_owned()),
        (
            "list-unsubscribe-post",
            "List-Unsubscribe=One-Click".to_owned(),
        ),
    ] {
        ensure!(headers[name] == value.as_str(), "{name}: {letter:#}");
    }
    let id = headers["message-id"].as_str().context("no id")?;
    ensure!(
        id.starts_with("<msg_") && id.ends_with("@sign.example>"),
        "{id}"
    );
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs_f64();
    let date = letter["date"].as_f64().context("no date")?;
    ensure!((now - date).abs() < 120.0, "{date} at {now}");
    let mut names: Vec<_> = letter["names"]
        .as_array()
        .context("no headers")?
        .iter()
        .collect();
    let count = names.len();
    names.sort_by_key(|name| name.to_string());
    names.dedup();
    ensure!(names.len() == count, "a header stands twice: {letter:#}");
    for part in ["text", "html"] {
        let words = letter[part].as_str().context("no words")?;
        ensure!(
            words.contains("Здравствуйте!") && words.contains(clinic_name),
            "{words}"
        );
        ensure!(
            words.contains(&format!("/account/document#{document}")),
            "{words}"
        );
        for secret in ["Иванова", "Мария", "79161234567", "согласие", "example.ru"]
        {
            ensure!(!words.contains(secret), "{part} tells {secret}: {words}");
        }
    }
    let found = outcome(&mut clinic, &document)?;
    ensure!(
        found == ("message.delivered".to_owned(), "sent".to_owned()),
        "{found:?}"
    );
    Ok(())
}

#[test]
fn a_relay_that_is_busy_is_asked_again_and_its_refusal_is_final() -> Result<()> {
    let relay = Relay::start()?;
    let Some(stack) = stack(&relay, "starttls", &[])? else {
        return Ok(());
    };
    let mut clinic = stack.clinic()?;
    let later = send(&mut clinic, "later@example.ru")?;
    let nobody = send(&mut clinic, "nobody@example.ru")?;
    let spam = send(&mut clinic, "spam@example.ru")?;
    failed(&mut clinic, &nobody, "no_recipient")?;
    failed(&mut clinic, &spam, "rejected")?;
    relay.letter("later@example.ru")?;
    let found = outcome(&mut clinic, &later)?;
    ensure!(found.0 == "message.delivered", "{found:?}");
    let refused = relay.said()?;
    ensure!(
        refused
            .iter()
            .any(|line| line["refused"] == "later@example.ru")
    );
    Ok(())
}

#[test]
fn implicit_tls_and_the_older_login_work_too() -> Result<()> {
    let relay = Relay::start()?;
    let Some(stack) = stack(&relay, "tls", &[])? else {
        return Ok(());
    };
    let mut clinic = stack.clinic()?;
    send(&mut clinic, "m@example.ru")?;
    let letter = relay.letter("m@example.ru")?;
    ensure!(
        letter["way"] == "tls" && letter["login"] == "podpis",
        "{letter:#}"
    );
    Ok(())
}

/// No letter goes to a relay that is not the right one, and none in clear text; the clinic learns why.
#[test]
fn a_wrong_relay_gets_nothing() -> Result<()> {
    let (relay, other) = (Relay::start()?, Relay::start()?);
    let set = |name: &'static str, value: &str| vec![(name, value.to_owned())];
    for (way, more, reason) in [
        ("starttls", set("SMTP_PASSWORD", "wrong"), "not_configured"),
        ("starttls", set("SMTP_ROOTS", &other.roots), "tls"),
        ("starttls", set("SMTP_NAME", "elsewhere.test"), "tls"),
        ("tls", set("SMTP_ROOTS", ""), "tls"),
        ("plain", Vec::new(), "tls"),
        ("silent", Vec::new(), "timeout"),
    ] {
        let Some(stack) = stack(&relay, way, &more)? else {
            return Ok(());
        };
        let mut clinic = stack.clinic()?;
        let document = send(&mut clinic, "m@example.ru")?;
        let why = format!("{way} with {:?}", more.first().map(|(name, _)| name));
        failed(&mut clinic, &document, reason).context(why)?;
    }
    ensure!(relay.said()?.is_empty(), "{:?}", relay.said()?);
    Ok(())
}

#[test]
fn one_click_ends_letters_and_looking_does_not() -> Result<()> {
    let relay = Relay::start()?;
    let Some(stack) = stack(&relay, "starttls", &[])? else {
        return Ok(());
    };
    let mut clinic = stack.clinic()?;
    send(&mut clinic, "M@example.ru")?;
    let letter = relay.letter("M@example.ru")?;
    let url = letter["headers"]["list-unsubscribe"]
        .as_str()
        .context("no address")?;
    let url = url.trim_matches(['<', '>']);
    let at = url
        .find("/patient/unsubscribe/")
        .context("another address")?;
    let path = url.get(at..).unwrap_or_default();
    let mut anybody = stack.anonymous();
    for _ in 0..2 {
        let page = anybody.get(path)?.expect(200)?;
        ensure!(page.text().contains("<form method=\"post\">"));
    }
    send(&mut clinic, "m@example.ru")?;
    relay.letter("m@example.ru")?;
    let click = |client: &mut podpis_tests::client::Client, path: &str| {
        let form = [("content-type", "application/x-www-form-urlencoded")];
        let body = b"List-Unsubscribe=One-Click".to_vec();
        client.send(http::Method::POST, path, &form, Some(body))
    };
    for _ in 0..2 {
        click(&mut anybody, path)?.expect(200)?;
    }
    click(&mut anybody, "/patient/unsubscribe/unknown")?.expect(404)?;
    anybody.get("/patient/unsubscribe/unknown")?.expect(404)?;
    let letters = |relay: &Relay| -> Result<usize> {
        let said = relay.said()?;
        let to = |l: &&Value| {
            l["rcpt_tos"][0]
                .as_str()
                .is_some_and(|a| a.eq_ignore_ascii_case("m@example.ru"))
        };
        Ok(said.iter().filter(to).count())
    };
    let before = letters(&relay)?;
    send(&mut clinic, "m@example.ru")?;
    // A letter to somebody else comes; by then the other one would have come too.
    send(&mut clinic, "n@example.ru")?;
    relay.letter("n@example.ru")?;
    ensure!(letters(&relay)? == before, "a letter came all the same");
    Ok(())
}

/// A code goes by the same relay, at once and past the outbox.
#[test]
fn a_code_comes_by_letter_and_opens_the_account() -> Result<()> {
    let relay = Relay::start()?;
    let Some(stack) = stack(&relay, "starttls", &[])? else {
        return Ok(());
    };
    let mut account = stack.account();
    let sent = account.ask_code("code@example.ru")?;
    let letter = relay.letter("code@example.ru")?;
    ensure!(
        letter["tls"] == true && letter["defects"] == Value::Array(Vec::new()),
        "{letter:#}"
    );
    ensure!(
        letter["headers"]["list-unsubscribe"].is_null(),
        "{letter:#}"
    );
    let text = letter["text"].as_str().context("no words")?;
    let code = text
        .split(|c: char| !c.is_ascii_digit())
        .find(|digits| digits.len() == 6)
        .context("no code")?;
    let subject = letter["headers"]["subject"].as_str().unwrap_or_default();
    ensure!(!subject.contains(code), "{subject}");
    account.type_code(&sent.code_id, code)?.expect(200)?;
    Ok(())
}

/// Where sockets are not allowed, an e-mail service over HTTP: it gets the whole letter, and its answers are heeded.
#[test]
fn a_service_over_http_takes_letters_and_its_answers_are_heeded() -> Result<()> {
    let service = MailService::start()?;
    let times = "timeout_ms=3000 retry_first=1 retry_max=1 message_for=9 breaker_first=1";
    let more = [("DELIVERY_TIMES", times.to_owned())];
    let Some(stack) = stack_with(service.variables(), &more)? else {
        return Ok(());
    };
    let mut clinic = stack.clinic()?;
    let document = send(&mut clinic, "m@example.ru")?;
    let delivered = ("message.delivered".to_owned(), "sent".to_owned());
    ensure!(outcome(&mut clinic, &document)? == delivered);
    let [asked] = <[_; 1]>::try_from(service.asked("m@example.ru"))
        .map_err(|asked| anyhow::anyhow!("{asked:?}"))?;
    let letter = asked.letter;
    ensure!(asked.status == 202, "{letter:#}");
    let name = letter["from"]["name"].as_str().context("no name")?;
    ensure!(
        letter["from"]["email"] == "no-reply@sign.example"
            && letter["reply_to"] == "help@sign.example"
            && letter["subject"] == format!("{name}: новый документ"),
        "{letter:#}"
    );
    let id = letter["id"].as_str().context("no id")?;
    ensure!(
        id.starts_with("msg_") && letter["message_id"] == format!("{id}@sign.example"),
        "{letter:#}"
    );
    let headers = &letter["headers"];
    let one_click = headers["List-Unsubscribe"].as_str().unwrap_or_default();
    ensure!(
        headers["Auto-Submitted"] == "auto-generated"
            && headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
            && one_click.contains("/patient/unsubscribe/"),
        "{letter:#}"
    );
    for part in ["text", "html"] {
        let words = letter[part].as_str().context("no words")?;
        ensure!(words.contains(&format!("/account/document#{document}")));
        for secret in ["Иванова", "Мария", "79161234567", "согласие"] {
            ensure!(!words.contains(secret), "{part} tells {secret}: {words}");
        }
    }
    // For now: again, as the same message. 429 says when.
    for (to, refusal) in [("later", 429), ("busy", 503), ("moved", 302)] {
        let to = format!("{to}@example.ru");
        let document = send(&mut clinic, &to)?;
        let asked = service.wait(&to, 2)?;
        let statuses: Vec<u16> = asked.iter().map(|asked| asked.status).collect();
        ensure!(statuses == [refusal, 202], "{to}: {statuses:?}");
        ensure!(asked[0].letter["message_id"] == asked[1].letter["message_id"]);
        ensure!(outcome(&mut clinic, &document)? == delivered, "{to}");
    }
    // For good: never again. And what never gets through is given up, with its reason.
    let nobody = send(&mut clinic, "nobody@example.ru")?;
    failed(&mut clinic, &nobody, "rejected")?;
    let outage = send(&mut clinic, "outage@example.ru")?;
    failed(&mut clinic, &outage, "unavailable")?;
    ensure!(service.asked("nobody@example.ru").len() == 1);
    ensure!(service.asked("outage@example.ru").len() > 1);
    // A code goes by it too, at once and without a way to end such letters.
    let mut account = stack.account();
    let sent = account.ask_code("code@example.ru")?;
    let letter = service.wait("code@example.ru", 1)?.remove(0).letter;
    ensure!(
        letter["headers"]["List-Unsubscribe"].is_null(),
        "{letter:#}"
    );
    let text = letter["text"].as_str().context("no words")?;
    let code = text
        .split(|c: char| !c.is_ascii_digit())
        .find(|digits| digits.len() == 6)
        .context("no code")?;
    account.type_code(&sent.code_id, code)?.expect(200)?;
    Ok(())
}

/// A wrong token is ours to mend: nothing is lost at once, and the clinic learns why nothing came.
#[test]
fn a_service_that_does_not_know_us_gets_no_letter_twice() -> Result<()> {
    let service = MailService::start()?;
    let wrong = [("MAIL_SERVICE_TOKEN", "another".to_owned())];
    let Some(stack) = stack_with(service.variables(), &wrong)? else {
        return Ok(());
    };
    let mut clinic = stack.clinic()?;
    let document = send(&mut clinic, "m@example.ru")?;
    failed(&mut clinic, &document, "not_configured")?;
    ensure!(service.count() > 1, "it was not tried again");
    Ok(())
}
