//! A person in their personal account over HTTP: does what its pages do, step by step.

use anyhow::{Context as _, Result, ensure};
use http::Method;
use podpis_shared::Method as SigningMethod;
use podpis_shared::hash::Hashes;
use podpis_shared::wire::account::{
    ACCOUNT_HEADER, AGREEMENT_HEADER, AccountView, CodeSent, DOCUMENT_HEADER, DocumentPage,
    TypedCode,
};
use podpis_shared::wire::patient::{CodeStart, EsiaStarted, PageShown, Presentation};
use serde_json::{Value, json};

use super::patient::{Callback, callback_of, walk_esia};
use super::{Sandbox, Visitor};
use crate::client::{Client, Reply};
use crate::wait_for;

/// A browser with, or on its way to, a session of the account.
#[derive(Clone, Debug)]
pub struct Account {
    /// The browser: its cookies stay.
    pub client: Client,
    /// The same browser at ESIA.
    pub esia: Visitor,
}

/// What the account's pages reach: the account itself, one of its documents, or a clinic's agreement.
#[derive(Clone, Copy, Debug)]
pub enum Right<'a> {
    /// `/account`.
    Own,
    /// `/account/document#<id>`.
    Document(&'a str),
    /// `/account/agreement#<clinic>`.
    Agreement(&'a str),
}

impl Account {
    pub(crate) fn new(client: Client, esia: &str) -> Self {
        Self {
            client,
            esia: Visitor::new(esia),
        }
    }

    /// Another browser, not signed in.
    pub fn elsewhere(&self) -> Self {
        Self {
            client: Client::new(self.client.base()),
            esia: self.esia.elsewhere(),
        }
    }

    /// Any call of the account's pages.
    ///
    /// # Errors
    /// When no answer came.
    pub fn send(
        &mut self,
        method: Method,
        right: Right<'_>,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Reply> {
        let header = match right {
            Right::Own => (ACCOUNT_HEADER, "1"),
            Right::Document(id) => (DOCUMENT_HEADER, id),
            Right::Agreement(clinic) => (AGREEMENT_HEADER, clinic),
        };
        let mut headers = vec![header];
        if body.is_some() {
            headers.push(("content-type", "application/json"));
        }
        let body = body.map(|body| body.to_string().into_bytes());
        self.client.send(method, path, &headers, body)
    }

    /// A GET of the account itself; `path` follows `/patient/account`.
    ///
    /// # Errors
    /// When no answer came.
    pub fn get(&mut self, path: &str) -> Result<Reply> {
        let path = format!("/patient/account{path}");
        self.send(Method::GET, Right::Own, &path, None)
    }

    /// A POST likewise.
    ///
    /// # Errors
    /// When no answer came.
    pub fn post(&mut self, path: &str, body: &Value) -> Result<Reply> {
        let path = format!("/patient/account{path}");
        self.send(Method::POST, Right::Own, &path, Some(body))
    }

    /// The browser's clock stands at this hour of the day: what must not wake the person waits or does not wait, whatever the hour is
    /// where the tests run.
    ///
    /// # Errors
    /// When the account doesn't take it.
    pub fn live_at(&mut self, hour: i64) -> Result<()> {
        let clock = json!({ "utc_offset": crate::time::where_it_is(hour) });
        let path = "/patient/account/clock";
        self.send(Method::PUT, Right::Own, path, Some(&clock))?
            .expect(204)
            .map(drop)
    }

    // --- signing in ---

    /// Asks for a code.
    ///
    /// # Errors
    /// When it isn't sent.
    pub fn ask_code(&mut self, contact: &str) -> Result<CodeSent> {
        let asked = self.post("/sign-in", &json!({ "contact": contact }))?;
        Ok(serde_json::from_value(asked.expect(200)?.json()?)?)
    }

    /// The newest code that was sent to a contact.
    ///
    /// # Errors
    /// When there is none.
    pub fn code_at(&self, contact: &str) -> Result<String> {
        let mut sandbox = Sandbox::new(Client::new(self.client.base()));
        wait_for(&format!("a code to {contact}"), || {
            let messages = sandbox.messages(contact)?;
            let newest = messages
                .iter()
                .filter_map(|message| message["text"].as_str())
                .find_map(code_in);
            Ok(newest)
        })
    }

    /// Types a code at the sign-in; whatever the answer.
    ///
    /// # Errors
    /// When no answer came.
    pub fn type_code(&mut self, code_id: &str, code: &str) -> Result<Reply> {
        self.post("/sign-in/code", &typed(code_id, code)?)
    }

    /// Signs in by a code.
    ///
    /// # Errors
    /// When it doesn't work.
    pub fn sign_in(&mut self, contact: &str) -> Result<AccountView> {
        let sent = self.ask_code(contact)?;
        let code = self.code_at(contact)?;
        let view = self.type_code(&sent.code_id, &code)?.expect(200)?.json()?;
        Ok(serde_json::from_value(view)?)
    }

    /// Goes to ESIA as `person` for `purpose` (`sign_in` or `bind`) and comes back; whatever the last answer.
    ///
    /// # Errors
    /// When the way there is broken.
    pub fn by_esia(&mut self, purpose: &str, person: &str) -> Result<Reply> {
        let callback = self.esia_callback(purpose, person)?;
        self.complete(&callback)
    }

    /// Likewise, up to the callback's values.
    ///
    /// # Errors
    /// When the way there is broken.
    pub fn esia_callback(&mut self, purpose: &str, person: &str) -> Result<Callback> {
        let body = json!({ "purpose": purpose });
        let started = self.send(Method::POST, Right::Own, "/esia/account/start", Some(&body))?;
        let started: EsiaStarted = serde_json::from_value(started.expect(200)?.json()?)?;
        let address = walk_esia(
            &mut self.client,
            &mut self.esia,
            &started.location,
            person,
            true,
        )?;
        callback_of(&mut self.client, &address, "/account#esia?")
    }

    /// Hands over what ESIA gave; whatever the answer.
    ///
    /// # Errors
    /// When no answer came.
    pub fn complete(&mut self, callback: &Callback) -> Result<Reply> {
        let body = serde_json::to_value(callback)?;
        self.send(Method::POST, Right::Own, "/esia/complete", Some(&body))
    }

    /// The account as it is now.
    ///
    /// # Errors
    /// When nobody is signed in.
    pub fn view(&mut self) -> Result<AccountView> {
        Ok(serde_json::from_value(self.get("")?.expect(200)?.json()?)?)
    }

    // --- documents ---

    /// The first documents of a filter: `to_sign`, `signed` or `all`.
    ///
    /// # Errors
    /// When they can't be read.
    pub fn documents(&mut self, filter: &str) -> Result<DocumentPage> {
        let page = self.get(&format!("/documents?filter={filter}&limit=200"))?;
        Ok(serde_json::from_value(page.expect(200)?.json()?)?)
    }

    /// What the page of a document or an agreement shows first.
    ///
    /// # Errors
    /// When it can't be reached.
    pub fn document(&mut self, right: Right<'_>) -> Result<Value> {
        self.send(Method::GET, right, "/patient/document", None)?
            .expect(200)?
            .json()
    }

    /// Reads it to its end, as the page reports it; `method` chooses the words.
    ///
    /// # Errors
    /// When the bytes aren't those that the server announced, or this way isn't offered.
    pub fn read(&mut self, right: Right<'_>, method: SigningMethod) -> Result<CodeStart> {
        let view = self.document(right)?;
        let file = self
            .send(Method::GET, right, "/patient/document/file", None)?
            .expect(200)?;
        let hashes = Hashes::of(&file.body);
        ensure!(
            view["sha256"] == hashes.sha256.as_str(),
            "other bytes than announced"
        );
        let opened = self.send(
            Method::POST,
            right,
            "/patient/document/opened",
            Some(&json!({})),
        )?;
        ensure!(opened.status.is_success(), "opened: {}", opened.text());
        let ways = view["ways"].as_array().context("no ways")?;
        let way = ways.iter().find(|way| way["method"] == method.as_str());
        let version = way.map(|way| &way["consent"]["version"]);
        let version = version.and_then(Value::as_str).context("no words")?;
        let pages = view["pages"].as_u64().context("no pages")?;
        Ok(CodeStart {
            sha256: hashes.sha256,
            streebog256: hashes.streebog256,
            consent_version: version.to_owned(),
            presentation: Presentation {
                total_ms: 20_000,
                pages: (1..=u32::try_from(pages)?)
                    .map(|page| PageShown {
                        page,
                        painted_ms: Some(300),
                        visible_ms: 1_500,
                    })
                    .collect(),
                reached_end: true,
                downloaded: false,
                downloads: 0,
            },
        })
    }

    /// Asks for the code that signs; whatever the answer.
    ///
    /// # Errors
    /// When no answer came.
    pub fn ask_signing_code(&mut self, right: Right<'_>, act: &CodeStart) -> Result<Reply> {
        let body = serde_json::to_value(act)?;
        self.send(Method::POST, right, "/patient/document/code", Some(&body))
    }

    /// Types the code that signs; whatever the answer.
    ///
    /// # Errors
    /// When no answer came.
    pub fn type_signing_code(
        &mut self,
        right: Right<'_>,
        code_id: &str,
        code: &str,
    ) -> Result<Reply> {
        let body = typed(code_id, code)?;
        self.send(Method::POST, right, "/patient/document/sign", Some(&body))
    }

    /// Reads, asks for a code, and signs or accepts with it; the last answer.
    ///
    /// # Errors
    /// When the way to the last step is broken.
    pub fn sign_by_code(&mut self, right: Right<'_>, contact: &str) -> Result<Reply> {
        let act = self.read(right, SigningMethod::Sms)?;
        let sent = self.ask_signing_code(right, &act)?.expect(200)?.json()?;
        let sent: CodeSent = serde_json::from_value(sent)?;
        let code = self.code_at(contact)?;
        self.type_signing_code(right, &sent.code_id, &code)
    }

    /// Reads a document and signs it through ESIA as `person`; the last answer.
    ///
    /// # Errors
    /// When the way to the last step is broken.
    pub fn sign_by_esia(&mut self, id: &str, person: &str) -> Result<Reply> {
        let right = Right::Document(id);
        let callback = self.signing_callback(right, person)?;
        let body = serde_json::to_value(callback)?;
        self.send(Method::POST, right, "/esia/complete", Some(&body))
    }

    /// Reads a clinic's agreement and accepts it through ESIA as `person`; the last answer.
    ///
    /// # Errors
    /// When the way to the last step is broken.
    pub fn accept_by_esia(&mut self, clinic: &str, person: &str) -> Result<Reply> {
        let callback = self.signing_callback(Right::Agreement(clinic), person)?;
        self.complete_acceptance(clinic, &callback)
    }

    /// Hands over what ESIA gave for a clinic's agreement; whatever the answer.
    ///
    /// # Errors
    /// When no answer came.
    pub fn complete_acceptance(&mut self, clinic: &str, callback: &Callback) -> Result<Reply> {
        let body = serde_json::to_value(callback)?;
        let right = Right::Agreement(clinic);
        self.send(Method::POST, right, "/esia/complete", Some(&body))
    }

    /// Presses the button that leads to ESIA; whatever the answer.
    ///
    /// # Errors
    /// When no answer came.
    pub fn start_esia(&mut self, right: Right<'_>, act: &CodeStart) -> Result<Reply> {
        let body = serde_json::to_value(act)?;
        self.send(Method::POST, right, "/esia/start", Some(&body))
    }

    /// Reads a document or an agreement, goes to ESIA as `person` and comes back; the callback's values.
    ///
    /// # Errors
    /// When the way there is broken.
    pub fn signing_callback(&mut self, right: Right<'_>, person: &str) -> Result<Callback> {
        let page = match right {
            Right::Own => "/account#esia?",
            Right::Document(_) => "/account/document#esia?",
            Right::Agreement(_) => "/account/agreement#esia?",
        };
        let act = self.read(right, SigningMethod::Esia)?;
        let started = self.start_esia(right, &act)?;
        let started: EsiaStarted = serde_json::from_value(started.expect(200)?.json()?)?;
        let address = walk_esia(
            &mut self.client,
            &mut self.esia,
            &started.location,
            person,
            true,
        )?;
        callback_of(&mut self.client, &address, page)
    }
}

/// The six digits of a message: those after the `#` of its last line, else the first ones that stand alone.
fn code_in(text: &str) -> Option<String> {
    let six = |part: &str| part.len() == 6 && part.bytes().all(|b| b.is_ascii_digit());
    let bound = text.lines().last()?.rsplit_once('#').map(|(_, code)| code);
    bound
        .filter(|code| six(code))
        .or_else(|| {
            text.split(|c: char| !c.is_ascii_digit())
                .find(|part| six(part))
        })
        .map(str::to_owned)
}

fn typed(code_id: &str, code: &str) -> Result<Value> {
    let typed = TypedCode {
        code_id: code_id.to_owned(),
        code: code.to_owned(),
    };
    serde_json::to_value(typed).context("a typed code")
}
