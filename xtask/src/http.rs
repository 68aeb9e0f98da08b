//! The little HTTP that `up` and `doctor` need: plain, local, JSON.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

/// An HTTP client for one address.
#[derive(Debug)]
pub(crate) struct Http {
    agent: ureq::Agent,
    base: String,
}

impl Http {
    /// `base` without a slash at the end.
    pub(crate) fn new(base: &str) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(60)))
            .build();
        Self {
            agent: config.into(),
            base: base.to_owned(),
        }
    }

    /// GET; the status and the JSON body (null where it isn't JSON).
    pub(crate) fn get(&self, path: &str, bearer: Option<&str>) -> Result<(u16, Value)> {
        let mut request = self.agent.get(format!("{}{path}", self.base));
        if let Some(token) = bearer {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        answer(request.call().with_context(|| format!("GET {path}"))?)
    }

    /// PUT of `body`; the answer must be 200.
    pub(crate) fn put(
        &self,
        path: &str,
        bearer: &str,
        content_type: &str,
        body: &[u8],
    ) -> Result<Value> {
        let request = self
            .agent
            .put(format!("{}{path}", self.base))
            .header("authorization", format!("Bearer {bearer}"))
            .header("content-type", content_type);
        let (status, json) = answer(request.send(body).with_context(|| format!("PUT {path}"))?)?;
        if status != 200 {
            bail!("PUT {path} answered {status}: {json}");
        }
        Ok(json)
    }

    /// POST of `body`; the answer must be 201.
    pub(crate) fn create(
        &self,
        path: &str,
        bearer: &str,
        content_type: &str,
        body: &[u8],
    ) -> Result<Value> {
        let request = self
            .agent
            .post(format!("{}{path}", self.base))
            .header("authorization", format!("Bearer {bearer}"))
            .header("content-type", content_type);
        let (status, json) = answer(request.send(body).with_context(|| format!("POST {path}"))?)?;
        if status != 201 {
            bail!("POST {path} answered {status}: {json}");
        }
        Ok(json)
    }
}

fn answer(mut response: ureq::http::Response<ureq::Body>) -> Result<(u16, Value)> {
    let body = response
        .body_mut()
        .read_to_vec()
        .context("reading the answer")?;
    Ok((
        response.status().as_u16(),
        serde_json::from_slice(&body).unwrap_or(Value::Null),
    ))
}
