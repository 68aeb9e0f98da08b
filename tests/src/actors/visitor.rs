//! A browser at ESIA.

use anyhow::{Context as _, Result, bail, ensure};
use http::Method;

use crate::client::Client;

/// A browser at the ESIA simulator; its cookies stay.
#[derive(Clone, Debug)]
pub struct Visitor {
    client: Client,
    /// How often ESIA has asked who this is.
    pub asked: u32,
}

impl Visitor {
    /// A fresh browser; `esia` without a slash at the end.
    pub fn new(esia: &str) -> Self {
        Self {
            client: Client::new(esia),
            asked: 0,
        }
    }

    /// Another fresh browser at the same ESIA.
    pub(crate) fn elsewhere(&self) -> Self {
        Self::new(self.client.base())
    }

    /// Goes to an address of ESIA, signs in as `person` where it asks, and says yes or no; the first address outside
    /// ESIA that the browser is sent to.
    ///
    /// # Errors
    /// When ESIA shows an error.
    pub fn walk(&mut self, address: &str, person: &str, allow: bool) -> Result<String> {
        let mut url = address.to_owned();
        // A sign-in and its redirects are fewer.
        for _ in 0..5 {
            let reply = self.client.get(&url)?;
            url = if reply.status.is_redirection() {
                reply.header("location").to_owned()
            } else {
                let page = reply.expect(200)?.text();
                let (_, id) = url
                    .split_once("/login?id=")
                    .with_context(|| format!("not the login page: {url}"))?;
                self.asked += 1;
                self.choose(&page, id, person, allow)?
            };
            if !url.starts_with('/') && !url.starts_with(self.client.base()) {
                return Ok(url);
            }
        }
        bail!("redirected too often, last to {url}")
    }

    /// The two forms of the simulator's login; where it sends the browser then.
    fn choose(&mut self, page: &str, id: &str, person: &str, allow: bool) -> Result<String> {
        ensure!(
            page.contains(&format!("data-testid=\"person-{person}\"")),
            "no button for {person}: {page}"
        );
        let mut submit = |path: &str, body: String| {
            let form = [("content-type", "application/x-www-form-urlencoded")];
            self.client
                .send(Method::POST, path, &form, Some(body.into_bytes()))
        };
        let body = format!("id={id}&person={person}");
        let page = submit("/login", body.clone())?.expect(200)?.text();
        ensure!(
            page.contains("data-testid=\"esia-allow\""),
            "nobody asks for permission: {page}"
        );
        let decision = if allow { "allow" } else { "deny" };
        let decided = submit("/login/decision", format!("{body}&decision={decision}"))?;
        Ok(decided.expect(302)?.header("location").to_owned())
    }
}
