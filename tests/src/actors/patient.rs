//! A patient over HTTP: does what the page does, step by step.

use anyhow::{Context as _, Result, ensure};
use http::Method;
use podpis_shared::hash::Hashes;
use podpis_shared::wire::patient::{
    DocumentView, EsiaComplete, EsiaStart, EsiaStarted, LINK_HEADER, PageShown, Presentation,
};
use serde_json::{Value, json};

use super::Visitor;
use crate::client::{Client, Reply};

/// What ESIA put into the callback's address.
pub type Callback = EsiaComplete;

/// How a signing act ended.
pub type Signature = Reply;

/// A person with a link, in one browser.
#[derive(Clone, Debug)]
pub struct Patient {
    /// The browser: its cookies stay.
    pub client: Client,
    /// The same browser at ESIA.
    pub esia: Visitor,
    /// The link's token.
    pub token: String,
    /// Path of the page that the link opens: `/d/`, or `/c/` of a consultation's consent.
    pub page: String,
}

impl Patient {
    pub(crate) fn open(client: Client, esia: &str, link: &str) -> Result<Self> {
        let (page, token) = link.split_once('#').context("a link without a fragment")?;
        let path = page.strip_prefix(client.base()).unwrap_or_default();
        ensure!(
            ["/d/", "/c/"].contains(&path),
            "the link leads elsewhere: {page}"
        );
        Ok(Self {
            page: path.to_owned(),
            client,
            esia: Visitor::new(esia),
            token: token.to_owned(),
        })
    }

    /// The same link in another browser.
    pub fn elsewhere(&self) -> Self {
        Self {
            client: Client::new(self.client.base()),
            esia: self.esia.elsewhere(),
            token: self.token.clone(),
            page: self.page.clone(),
        }
    }

    /// A GET with the link's token.
    ///
    /// # Errors
    /// When no answer came.
    pub fn get(&mut self, path: &str) -> Result<Reply> {
        let token = self.token.clone();
        self.client
            .send(Method::GET, path, &[(LINK_HEADER, &token)], None)
    }

    /// A POST of JSON with the link's token.
    ///
    /// # Errors
    /// When no answer came.
    pub fn post(&mut self, path: &str, body: &Value) -> Result<Reply> {
        let token = self.token.clone();
        let headers = [
            (LINK_HEADER, token.as_str()),
            ("content-type", "application/json"),
        ];
        self.client.send(
            Method::POST,
            path,
            &headers,
            Some(body.to_string().into_bytes()),
        )
    }

    /// What the page shows first.
    ///
    /// # Errors
    /// When the link doesn't work.
    pub fn document(&mut self) -> Result<DocumentView> {
        Ok(serde_json::from_value(
            self.get("/patient/document")?.expect(200)?.json()?,
        )?)
    }

    /// Reads the document to its end, as the page reports it.
    ///
    /// # Errors
    /// When the link doesn't work, or the bytes aren't those that the server announced.
    pub fn read(&mut self) -> Result<EsiaStart> {
        let view = self.document()?;
        let file = self.get("/patient/document/file")?.expect(200)?;
        let hashes = Hashes::of(&file.body);
        ensure!(
            hashes.sha256 == view.sha256 && hashes.streebog256 == view.streebog256,
            "other bytes than announced"
        );
        let opened = self.post("/patient/document/opened", &json!({}))?;
        ensure!(opened.status.is_success(), "opened: {}", opened.text());
        Ok(EsiaStart {
            sha256: hashes.sha256,
            streebog256: hashes.streebog256,
            consent_version: view.consent.version,
            presentation: Presentation {
                total_ms: 20_000,
                pages: (1..=view.pages)
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

    /// Presses the button; whatever the answer.
    ///
    /// # Errors
    /// When no answer came.
    pub fn start(&mut self, act: &EsiaStart) -> Result<Reply> {
        self.post("/esia/start", &serde_json::to_value(act)?)
    }

    /// Presses the button and walks through ESIA's pages as `person`; what comes back.
    ///
    /// # Errors
    /// When the button doesn't work or ESIA shows an error.
    pub fn sign_in(&mut self, act: &EsiaStart, person: &str, allow: bool) -> Result<Callback> {
        let started: EsiaStarted = serde_json::from_value(self.start(act)?.expect(200)?.json()?)?;
        let back = self.esia_pages(&started.location, person, allow)?;
        self.callback(&back)
    }

    /// Walks through ESIA's pages, and ours between them; the address of our callback that the browser ends at.
    ///
    /// # Errors
    /// When ESIA shows an error, or a redirect leads elsewhere.
    pub fn esia_pages(&mut self, location: &str, person: &str, allow: bool) -> Result<String> {
        walk_esia(&mut self.client, &mut self.esia, location, person, allow)
    }

    /// Follows ESIA's redirect to our callback, which only hands its parameters to the page.
    ///
    /// # Errors
    /// When the callback doesn't lead to the page.
    pub fn callback(&mut self, address: &str) -> Result<Callback> {
        let page = format!("{}#esia?", self.page);
        callback_of(&mut self.client, address, &page)
    }

    /// Hands over what ESIA gave; whatever the answer.
    ///
    /// # Errors
    /// When no answer came.
    pub fn complete(&mut self, callback: &Callback) -> Result<Signature> {
        self.post("/esia/complete", &serde_json::to_value(callback)?)
    }

    /// The whole way: reads, signs in as `person`, allows; how it ended.
    ///
    /// # Errors
    /// When the way to the last step is broken.
    pub fn sign_as(&mut self, person: &str) -> Result<Signature> {
        let act = self.read()?;
        let callback = self.sign_in(&act, person, true)?;
        self.complete(&callback)
    }
}

/// Walks through ESIA's pages, and ours between them; the address of our callback that the browser ends at.
pub(super) fn walk_esia(
    client: &mut Client,
    esia: &mut Visitor,
    location: &str,
    person: &str,
    allow: bool,
) -> Result<String> {
    let callback = format!("{}/esia/callback", client.base());
    let mut url = location.to_owned();
    // A sign-out, a sign-in and what is between them are fewer.
    for _ in 0..5 {
        if url.starts_with(&callback) {
            return Ok(url);
        }
        url = if url.starts_with(client.base()) {
            let reply = client.get(&url)?;
            ensure!(reply.status.is_redirection(), "{url}: {}", reply.text());
            reply.header("location").to_owned()
        } else {
            esia.walk(&url, person, allow)?
        };
    }
    anyhow::bail!("redirected too often, last to {url}")
}

/// Follows ESIA's redirect to our callback, which only hands its parameters to the page at `page`.
pub(super) fn callback_of(client: &mut Client, address: &str, page: &str) -> Result<Callback> {
    let reply = client.get(address)?.expect(303)?;
    let target = reply.header("location");
    let fragment = target
        .strip_prefix(client.base())
        .unwrap_or(target)
        .strip_prefix(page);
    let fragment = fragment.with_context(|| format!("the callback leads to {target}"))?;
    let mut callback = EsiaComplete {
        state: String::new(),
        code: None,
        error: None,
        error_description: None,
    };
    for (name, value) in url::form_urlencoded::parse(fragment.as_bytes()) {
        let value = value.into_owned();
        match &*name {
            "state" => callback.state = value,
            "code" => callback.code = Some(value),
            "error" => callback.error = Some(value),
            "error_description" => callback.error_description = Some(value),
            other => anyhow::bail!("the callback adds {other}"),
        }
    }
    Ok(callback)
}
