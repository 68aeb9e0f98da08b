//! HTTP as the tests speak it: every status is an answer, redirects are not followed, cookies are kept.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use http::{HeaderMap, Method, Request, StatusCode};
use serde_json::Value;

/// Past the largest answer: a signed PDF of 25 MiB and its protocol.
const ANSWER_MAX: u64 = 64 * 1024 * 1024;

/// A client of one address, with a cookie jar like a browser's profile.
#[derive(Clone, Debug)]
pub struct Client {
    agent: ureq::Agent,
    base: String,
    /// Cookies by name; sent to every path of the address.
    pub cookies: BTreeMap<String, String>,
}

impl Client {
    /// `base` without a slash at the end.
    pub fn new(base: &str) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(Duration::from_secs(120)))
            .user_agent("podpis-tests")
            .build();
        Self {
            agent: config.into(),
            base: base.to_owned(),
            cookies: BTreeMap::new(),
        }
    }

    /// The address.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Sends a request; `path` begins with a slash, or is a whole address.
    ///
    /// # Errors
    /// Only when no answer came.
    pub fn send(
        &mut self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Vec<u8>>,
    ) -> Result<Reply> {
        let url = if path.starts_with('/') {
            format!("{}{path}", self.base)
        } else {
            path.to_owned()
        };
        let what = format!("{method} {path}");
        let mut request = Request::builder().method(method).uri(&url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if !self.cookies.is_empty() {
            let cookies: Vec<String> = self
                .cookies
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            request = request.header("cookie", cookies.join("; "));
        }
        let response = match body {
            Some(body) => self.agent.run(request.body(body)?),
            None => self.agent.run(request.body(())?),
        };
        let (parts, mut body) = response.with_context(|| what.clone())?.into_parts();
        self.keep_cookies(&parts.headers);
        let body = body
            .with_config()
            .limit(ANSWER_MAX)
            .read_to_vec()
            .with_context(|| what.clone())?;
        Ok(Reply {
            what,
            status: parts.status,
            headers: parts.headers,
            body,
        })
    }

    /// A GET.
    ///
    /// # Errors
    /// As [`Client::send`].
    pub fn get(&mut self, path: &str) -> Result<Reply> {
        self.send(Method::GET, path, &[], None)
    }

    fn keep_cookies(&mut self, headers: &HeaderMap) {
        for cookie in headers
            .get_all("set-cookie")
            .iter()
            .filter_map(|value| value.to_str().ok())
        {
            let mut parts = cookie.split(';').map(str::trim);
            let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else {
                continue;
            };
            if parts.any(|attribute| attribute.eq_ignore_ascii_case("max-age=0")) {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

/// An answer.
#[derive(Debug)]
pub struct Reply {
    what: String,
    /// Status.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// Body, whole.
    pub body: Vec<u8>,
}

impl Reply {
    /// A header's text; empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// When it isn't JSON.
    pub fn json(&self) -> Result<Value> {
        serde_json::from_slice(&self.body)
            .with_context(|| format!("{}: not JSON: {}", self.what, self.text()))
    }

    /// Demands a status.
    ///
    /// # Errors
    /// Another status; shows the answer.
    pub fn expect(self, status: u16) -> Result<Self> {
        ensure!(
            self.status == status,
            "{}: {} instead of {status}: {}",
            self.what,
            self.status,
            self.text()
        );
        Ok(self)
    }

    /// Demands one of some statuses.
    ///
    /// # Errors
    /// Another status; shows the answer.
    pub fn expect_any(self, statuses: &[u16]) -> Result<Self> {
        ensure!(
            statuses.contains(&self.status.as_u16()),
            "{}: {} instead of one of {statuses:?}: {}",
            self.what,
            self.status,
            self.text()
        );
        Ok(self)
    }

    /// Demands a problem of RFC 9457 with this status and code, complete and of the right type.
    ///
    /// # Errors
    /// Anything else; shows the answer.
    pub fn problem(self, status: u16, code: &str) -> Result<Value> {
        let reply = self.expect(status)?;
        let what = &reply.what;
        ensure!(
            reply
                .header("content-type")
                .starts_with("application/problem+json"),
            "{what}: {:?}",
            reply.headers
        );
        let problem = reply.json()?;
        ensure!(
            problem["code"] == code,
            "{what}: code {} instead of {code}",
            problem["code"]
        );
        ensure!(
            problem["status"] == status,
            "{what}: status in the body: {problem}"
        );
        for field in ["type", "title", "detail"] {
            ensure!(problem[field].is_string(), "{what}: no {field}: {problem}");
        }
        Ok(problem)
    }
}
