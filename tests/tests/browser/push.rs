//! Push messages in a real browser, as far as one without a push service goes: the person's permission, the switch, a message
//! that the service worker gets, the notification that it shows, and where a click leads.

use anyhow::{Context as _, Result, ensure};
use podpis_tests::browser::{Browser, Look};
use podpis_tests::{Person, Stack, Upload, wait_for};
use serde_json::{Value, json};

use crate::account::sign_in;

/// A browser with fresh profile names its first registration so.
const REGISTRATION: &str = "0";

/// So often a notification is looked for before its message is pushed again: some seconds.
const AGAIN: u32 = 100;

struct Scene {
    browser: Browser,
    origin: String,
}

impl Scene {
    /// Somebody signed in, on the profile, who has allowed or forbidden notifications (`granted` or `denied`).
    fn up(stack: &Stack, setting: &str) -> Result<Self> {
        let browser = Browser::start(&Look::default())?;
        let origin = stack.base().to_owned();
        let permission = json!({
            "permission": {"name": "notifications"}, "setting": setting, "origin": origin,
        });
        browser.cdp("Browser.setPermission", permission)?;
        browser.open(&format!("{origin}/account"))?;
        sign_in(&browser, stack, &Upload::by_code(Person::IVANOVA).phone)?;
        browser.text("documents-list")?;
        browser.open(&format!("{origin}/account#profile"))?;
        browser.wait_until("the switch", "document.getElementById('notice-push')")?;
        Ok(Self { browser, origin })
    }

    /// Hands a message to the service worker as the browser's push service does.
    fn push(&self, data: &str) -> Result<()> {
        let ready =
            "const done = arguments[0]; navigator.serviceWorker.ready.then(() => done(true));";
        self.browser.run_async(ready)?;
        self.browser.cdp("ServiceWorker.enable", json!({}))?;
        let message =
            json!({ "origin": self.origin, "registrationId": REGISTRATION, "data": data });
        self.browser
            .cdp("ServiceWorker.deliverPushMessage", message)?;
        Ok(())
    }

    /// The one notification with this tag, when there is one: title, text, where it leads.
    fn shown(&self, tag: &str) -> Result<Option<Value>> {
        let script = format!(
            "const done = arguments[0]; navigator.serviceWorker.ready.then((r) => r.getNotifications({{ tag: '{tag}' }}))\
             .then((all) => done(all.map((n) => [n.title, n.body, n.data])));"
        );
        let all = self.browser.run_async(&script)?;
        let all = all.as_array().context("no list of notifications")?;
        ensure!(all.len() < 2, "several: {all:?}");
        Ok(all.first().cloned())
    }

    /// Pushes until the worker shows what is wanted. A push service delivers again as well; and a browser under load may
    /// forget a notification that takes the place of another at that moment.
    fn push_until_shown(&self, data: &str, tag: &str, wanted: &Value) -> Result<()> {
        let mut asked = 0;
        wait_for("a notification", || {
            if asked % AGAIN == 0 {
                self.push(data)?;
            }
            asked += 1;
            let shown = self.shown(tag)?;
            Ok(shown.filter(|shown| shown == wanted).map(drop))
        })
        .with_context(|| format!("{data}: {wanted} wanted, {:?} is shown", self.shown(tag)))
    }

    /// Takes away what is shown with this tag.
    fn close(&self, tag: &str) -> Result<()> {
        let script = format!(
            "const done = arguments[0]; navigator.serviceWorker.ready.then((r) => r.getNotifications({{ tag: '{tag}' }}))\
             .then((all) => {{ all.forEach((n) => n.close()); done(true); }});"
        );
        wait_for("no notification", || {
            self.browser.run_async(&script)?;
            Ok(self.shown(tag)?.is_none().then_some(()))
        })
    }

    /// Clicks on it; the address that the worker asks a window for. Opening one needs a hand, so the asking is caught.
    fn click(&self, tag: &str) -> Result<String> {
        self.browser.run(
            "window.asked = []; navigator.serviceWorker.addEventListener('message', (e) => asked.push(e.data));\
             navigator.serviceWorker.startMessages();",
        )?;
        let targets = self.browser.cdp("Target.getTargets", json!({}))?;
        let targets = targets["targetInfos"].as_array().context("no targets")?;
        let worker = targets
            .iter()
            .find(|target| target["type"] == "service_worker");
        let id = &worker.context("no service worker")?["targetId"];
        let attached = self.browser.cdp(
            "Target.attachToTarget",
            json!({ "targetId": id, "flatten": false }),
        )?;
        let expression = format!(
            "clients.openWindow = async (url) => {{\
               for (const page of await clients.matchAll({{ includeUncontrolled: true }})) page.postMessage(url); }};\
             registration.getNotifications({{ tag: '{tag}' }}).then(([notification]) =>\
               dispatchEvent(new NotificationEvent('notificationclick', {{ notification }})))"
        );
        let message = json!({ "id": 1, "method": "Runtime.evaluate", "params": { "expression": expression } });
        let message = json!({ "sessionId": attached["sessionId"], "message": message.to_string() });
        self.browser.cdp("Target.sendMessageToTarget", message)?;
        wait_for("the worker to ask for a window", || {
            let asked = self.browser.run("return window.asked[0] ?? null;")?;
            Ok(asked.as_str().map(str::to_owned))
        })
    }
}

#[test]
fn a_message_is_shown_and_a_click_leads_to_its_document() -> Result<()> {
    let stack = Stack::shared()?;
    let scene = Scene::up(stack, "granted")?;
    // As functions/deliver/src/push/payload.rs writes it.
    let message = json!({
        "title": "Клиника «Тест»: новый документ", "body": "Клиника «Тест»: для вас есть документ.",
        "path": "/account/document#doc_1", "tag": "doc_1",
    });
    let wanted = json!([message["title"], message["body"], message["path"]]);
    scene.push_until_shown(&message.to_string(), "doc_1", &wanted)?;
    // A later one about the same document takes its place.
    let later = json!({ "title": "Клиника «Тест»: документ отозван", "body": "б", "path": message["path"], "tag": "doc_1" });
    let wanted = json!([later["title"], later["body"], later["path"]]);
    scene.push_until_shown(&later.to_string(), "doc_1", &wanted)?;
    let asked = scene.click("doc_1")?;
    ensure!(
        asked == format!("{}/account/document#doc_1", scene.origin),
        "{asked}"
    );
    // What can't be read is shown with words of ours and leads to the account, whatever it says.
    for odd in [
        "",
        "{",
        "[]",
        "null",
        r#"{"path": "https://evil.example/"}"#,
        r#"{"path": "//evil.example/account"}"#,
    ] {
        let wanted = json!(["Podpis", "Есть новости в личном кабинете.", "/account"]);
        scene.push_until_shown(odd, "podpis-account", &wanted)?;
        // The next one is shown anew, not found from before.
        scene.close("podpis-account")?;
    }
    Ok(())
}

#[test]
fn a_browser_without_a_push_service_says_so() -> Result<()> {
    let scene = Scene::up(Stack::shared()?, "granted")?;
    // Away from the bar at the screen's lower edge, as a person scrolls it.
    let middle = "document.getElementById('notice-push').scrollIntoView({ block: 'center' });";
    scene.browser.run(middle)?;
    scene.browser.press("notice-push")?;
    let told = scene.browser.text("error")?;
    ensure!(told.contains("служб"), "{told}");
    // The switch shows what is, and may be tried again.
    ensure!(scene.browser.is_usable("notice-push")?);
    let on = scene
        .browser
        .run("return document.getElementById('notice-push').checked;")?;
    ensure!(on == false, "{on}");
    Ok(())
}

#[test]
fn who_has_forbidden_notifications_reads_how_to_allow_them() -> Result<()> {
    let scene = Scene::up(Stack::shared()?, "denied")?;
    scene.browser.wait_until(
        "the words",
        "document.getElementById('notice-push-why')?.innerText.includes('запретили')",
    )?;
    ensure!(
        !scene.browser.is_usable("notice-push")?,
        "it can be pressed"
    );
    scene.browser.expect_no_sideways_scroll()?;
    scene.browser.screenshots("28-notices-denied")
}
