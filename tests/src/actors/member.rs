//! A member of a clinic's staff at the API: what the console does with a session in place of a key.

use anyhow::{Context as _, Result};
use http::Method;
use podpis_shared::wire::staff::STAFF_HEADER;
use serde_json::Value;

use super::{Clinic, Staff};
use crate::client::Reply;

/// Somebody who was invited, has joined and is signed in.
#[derive(Clone, Debug)]
pub struct Member {
    /// Id in the clinic's staff.
    pub id: String,
    /// The person.
    pub person: Staff,
}

impl Member {
    pub(crate) fn joined(clinic: &mut Clinic, base: &str, role: &str) -> Result<Self> {
        let mut person = Staff::nobody(base);
        person.invited_by(clinic, role)?;
        let me = person.join()?;
        let id = me["id"].as_str().context("no id")?.to_owned();
        Ok(Self { id, person })
    }

    /// Any call.
    ///
    /// # Errors
    /// When no answer came.
    pub fn send(
        &mut self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Vec<u8>>,
    ) -> Result<Reply> {
        let own = [(STAFF_HEADER, "1")];
        let headers: Vec<_> = headers.iter().copied().chain(own).collect();
        self.person.client.send(method, path, &headers, body)
    }

    /// A GET.
    ///
    /// # Errors
    /// When no answer came.
    pub fn get(&mut self, path: &str) -> Result<Reply> {
        self.send(Method::GET, path, &[], None)
    }

    /// A POST of JSON.
    ///
    /// # Errors
    /// When no answer came.
    pub fn post(&mut self, path: &str, body: &Value) -> Result<Reply> {
        let headers = [("content-type", "application/json")];
        let body = body.to_string().into_bytes();
        self.send(Method::POST, path, &headers, Some(body))
    }
}
