//! The operator of the installation.

use anyhow::{Context as _, Result};
use http::Method;
use serde_json::{Value, json};

use super::Clinic;
use crate::client::{Client, Reply};

/// Holds the operator's token.
#[derive(Debug)]
pub struct Operator {
    client: Client,
    bearer: String,
}

impl Operator {
    pub(crate) fn new(client: Client, token: &str) -> Self {
        Self {
            client,
            bearer: format!("Bearer {token}"),
        }
    }

    /// Any call.
    ///
    /// # Errors
    /// When no answer came.
    pub fn call(&mut self, method: Method, path: &str, body: Option<&Value>) -> Result<Reply> {
        let headers = [
            ("authorization", self.bearer.as_str()),
            ("content-type", "application/json"),
        ];
        self.client.send(
            method,
            path,
            &headers,
            body.map(|body| body.to_string().into_bytes()),
        )
    }

    /// Posts a file.
    ///
    /// # Errors
    /// When no answer came.
    pub fn post_bytes(&mut self, path: &str, bytes: Vec<u8>) -> Result<Reply> {
        let headers = [
            ("authorization", self.bearer.as_str()),
            ("content-type", "application/octet-stream"),
        ];
        self.client.send(Method::POST, path, &headers, Some(bytes))
    }

    /// A new clinic and its MIS.
    ///
    /// # Errors
    /// When it can't be made.
    pub fn create_clinic(&mut self, name: &str) -> Result<Clinic> {
        let body = json!({"name": name, "inn": "7707083893", "timezone": "Europe/Moscow"});
        let clinic = self
            .call(Method::POST, "/api/v1/operator/clinics", Some(&body))?
            .expect(201)?
            .json()?;
        let field = |name: &str| {
            clinic[name]
                .as_str()
                .map(str::to_owned)
                .with_context(|| format!("no {name}"))
        };
        Ok(Clinic::new(
            self.client.clone(),
            &field("id")?,
            &field("api_key")?,
        ))
    }
}
