//! Push messages to browsers (RFC 8030, 8291, 8292): what a service gets, what a browser reads, and what follows from the
//! service's answers. The browser's side is a package that we did not write (tests/witness/README.md).

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::Method;
use podpis_tests::push::{Browser, Got, PushService};
use podpis_tests::{Account, Clinic, Person, Right, Settings, Stack, Upload, wait_for};
use serde_json::{Value, json};

/// Of RFC 8291's example, as the tools for web push write keys.
const PRIVATE: &str = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw";
const PUBLIC: &str =
    "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8";

struct Scene {
    stack: Stack,
    service: PushService,
    clinic: Clinic,
}

impl Scene {
    fn up() -> Result<Option<Self>> {
        let service = PushService::start()?;
        let settings = Settings {
            variables: vec![
                ("PUSH_MORE_URL", service.url.clone()),
                ("PUSH_PRIVATE_KEY", PRIVATE.to_owned()),
                ("PUSH_CONTACT", "mailto:push@example.ru".to_owned()),
                ("DELIVERY_TIMES", "retry_first=1".to_owned()),
            ],
            ..Settings::default()
        };
        let Some(stack) = Stack::alone(settings)? else {
            return Ok(None);
        };
        let clinic = stack.clinic()?;
        Ok(Some(Self {
            stack,
            service,
            clinic,
        }))
    }

    /// A person who is signed in, with a browser that takes messages, and the upload that goes to them.
    fn person(&self, path: &str) -> Result<(Account, Browser, Upload)> {
        let upload = Upload::by_code(Person::IVANOVA);
        let mut account = self.stack.account();
        account.sign_in(&upload.phone)?;
        account.live_at(12)?;
        let key = account.get("/push/key")?.expect(200)?.json()?;
        let key = key["key"].as_str().context("no key")?;
        let browser = self.service.browser(path, key)?;
        subscribe(&mut account, &browser.subscription())?.expect(204)?;
        Ok((account, browser, upload))
    }

    /// Waits until the service has got so many for a browser.
    fn got(&self, browser: &Browser, count: usize) -> Result<Vec<Got>> {
        wait_for(&format!("{count} push messages"), || {
            let got = self.service.got(browser)?;
            Ok((got.len() >= count).then_some(got))
        })
    }

    /// Waits for what the clinic is told of the push message about a document.
    fn told(&mut self, document: &str) -> Result<Value> {
        wait_for("an event of the push message", || {
            let events = self.clinic.events()?;
            Ok(events.into_iter().find(|event| {
                event["document_id"] == document
                    && event["data"]["channel"] == "push"
                    && event["type"]
                        .as_str()
                        .is_some_and(|t| t.starts_with("message."))
            }))
        })
    }
}

fn subscribe(account: &mut Account, body: &Value) -> Result<podpis_tests::client::Reply> {
    account.send(Method::PUT, Right::Own, "/patient/account/push", Some(body))
}

#[test]
fn a_message_reaches_its_browser_and_tells_the_service_nothing() -> Result<()> {
    let Some(mut scene) = Scene::up()? else {
        return Ok(());
    };
    let (_, browser, upload) = scene.person("/push/one")?;
    let id = scene.clinic.send_document(&upload)?;
    let got = scene.got(&browser, 1)?.remove(0);
    ensure!(got.status == 201, "{got:?}");
    let opened = browser.open(&got)?;
    ensure!(opened.key == PUBLIC, "{opened:?}");
    ensure!(
        opened.claims["sub"] == "mailto:push@example.ru",
        "{opened:?}"
    );
    let message = &opened.message;
    ensure!(
        message["title"] == "Клиника «Тест»: новый документ"
            && message["path"] == format!("/account/document#{id}"),
        "{message}"
    );
    let body = message["body"].as_str().context("no words")?;
    ensure!(
        body.contains("для вас есть документ") && !body.contains("http"),
        "{body}"
    );
    for secret in [
        "Иванова",
        "Мария",
        "Согласие",
        "11223344595",
        upload.phone.as_str(),
    ] {
        ensure!(!message.to_string().contains(secret), "{secret}: {message}");
    }
    // Kept as long as the document may be signed, two weeks.
    let ttl: i64 = got.headers["ttl"].parse()?;
    ensure!((13 * 86_400..=14 * 86_400).contains(&ttl), "{ttl}");
    // The service sees no words: not of the document, not even their length.
    ensure!(
        !got.headers.values().any(|value| value.contains(&id)),
        "{got:?}"
    );
    let cancel = format!("/api/v1/documents/{id}/cancel");
    scene.clinic.post(&cancel, &json!({}))?.expect(200)?;
    let again = scene.got(&browser, 2)?.remove(1);
    let other = browser.open(&again)?.message;
    ensure!(other["body"].to_string().len() != message["body"].to_string().len());
    ensure!(again.body.len() == got.body.len() && got.body.len() < 4096);
    ensure!(
        again.headers["topic"] == got.headers["topic"],
        "the newest is enough"
    );
    ensure!(scene.told(&id)?["type"] == "message.delivered");
    // The sandbox keeps them as ever.
    ensure!(scene.stack.sandbox().messages(&browser.endpoint)?.len() == 2);
    Ok(())
}

#[test]
fn a_service_that_cannot_now_is_asked_again_when_it_says() -> Result<()> {
    let Some(mut scene) = Scene::up()? else {
        return Ok(());
    };
    let (_, browser, upload) = scene.person("/push/one")?;
    scene
        .service
        .answer_next(&[(429, "retry-after: 3\r\n"), (503, "")])?;
    let id = scene.clinic.send_document(&upload)?;
    let got = scene.got(&browser, 3)?;
    let statuses: Vec<u16> = got.iter().map(|got| got.status).collect();
    ensure!(statuses == [429, 503, 201], "{statuses:?}");
    let waited = got[1].at.duration_since(got[0].at);
    ensure!(
        waited >= Duration::from_secs(2),
        "asked again after {waited:?}"
    );
    ensure!(scene.told(&id)?["type"] == "message.delivered");
    // The same words, in a cipher of their own each time.
    let (one, last) = (browser.open(&got[0])?, browser.open(&got[2])?);
    ensure!(one.message == last.message && got[0].body != got[2].body);
    Ok(())
}

#[test]
fn a_browser_that_is_gone_is_forgotten_and_a_refusal_is_told() -> Result<()> {
    let Some(mut scene) = Scene::up()? else {
        return Ok(());
    };
    for (number, gone) in [404, 410].into_iter().enumerate() {
        let (mut account, browser, upload) = scene.person(&format!("/push/gone-{number}"))?;
        scene.service.answer_next(&[(gone, "")])?;
        let id = scene.clinic.send_document(&upload)?;
        let told = scene.told(&id)?;
        ensure!(
            told["type"] == "message.failed" && told["data"]["outcome"] == "unsubscribed",
            "{told}"
        );
        let all = account.get("/export")?.expect(200)?.json()?;
        ensure!(all["push_subscriptions"] == json!([]), "{all}");
        let cancel = format!("/api/v1/documents/{id}/cancel");
        scene.clinic.post(&cancel, &json!({}))?.expect(200)?;
        ensure!(scene.got(&browser, 1)?.len() == 1);
    }
    let (mut account, _, upload) = scene.person("/push/large")?;
    scene.service.answer_next(&[(413, "")])?;
    let id = scene.clinic.send_document(&upload)?;
    let told = scene.told(&id)?;
    ensure!(
        told["type"] == "message.failed" && told["data"]["outcome"] == "rejected",
        "{told}"
    );
    let all = account.get("/export")?.expect(200)?.json()?;
    ensure!(
        all["push_subscriptions"]
            .as_array()
            .is_some_and(|rows| rows.len() == 1)
    );
    Ok(())
}

#[test]
fn messages_go_to_no_address_inside() -> Result<()> {
    let stack = Stack::shared()?;
    let mut account = stack.account();
    account.sign_in(&Upload::by_code(Person::IVANOVA).phone)?;
    let keys = |endpoint: &str| json!({ "endpoint": endpoint, "p256dh": PUBLIC, "auth": "tBHItJI5svbpez7KI4CCXg" });
    for endpoint in [
        "http://push.example/1",
        "https://localhost/1",
        "https://127.0.0.1/1",
        "https://10.0.0.1/1",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/1",
        "https://[fd00::1]/1",
        "https://push.example:8443/1",
        "https://push.example@10.0.0.1/1",
    ] {
        subscribe(&mut account, &keys(endpoint))?
            .problem(422, "invalid")
            .with_context(|| endpoint.to_owned())?;
    }
    // A sandbox without a key makes one, and stays with it.
    let key = |account: &mut Account| -> Result<Value> {
        Ok(account.get("/push/key")?.expect(200)?.json()?["key"].take())
    };
    let made = key(&mut account)?;
    let point = URL_SAFE_NO_PAD.decode(made.as_str().context("no key")?)?;
    ensure!(
        point.len() == 65 && point[0] == 4 && made != PUBLIC,
        "{made}"
    );
    ensure!(key(&mut account)? == made);
    Ok(())
}
