//! A clinic: what a MIS does with its key.

use anyhow::{Context as _, Result, ensure};
use http::Method;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::unique;
use crate::client::{Client, Reply};
use crate::wait_for;

/// A person of the ESIA simulator, as a clinic knows them.
#[derive(Clone, Copy, Debug)]
pub struct Person {
    last_name: &'static str,
    first_name: &'static str,
    middle_name: Option<&'static str>,
    birth_date: &'static str,
    snils: Option<&'static str>,
}

impl Person {
    /// The usual addressee; key `ivanova` at the simulator.
    pub const IVANOVA: Self = Self {
        last_name: "Иванова",
        first_name: "Мария",
        middle_name: Some("Петровна"),
        birth_date: "1985-03-12",
        snils: Some("11223344595"),
    };
    /// Has no middle name; key `petrov`.
    pub const PETROV: Self = Self {
        last_name: "Петров",
        first_name: "Пётр",
        middle_name: None,
        birth_date: "1990-07-01",
        snils: None,
    };
    /// Her account is a simplified one; key `sidorova`.
    pub const SIDOROVA: Self = Self {
        last_name: "Сидорова",
        first_name: "Анна",
        middle_name: Some("Сергеевна"),
        birth_date: "1978-11-23",
        snils: None,
    };
}

/// What is sent to be signed; the fields may be changed before.
#[derive(Clone, Debug)]
pub struct Upload {
    /// The `document` part.
    pub document: Value,
    /// The `file` part.
    pub pdf: Vec<u8>,
    /// Its type.
    pub pdf_type: &'static str,
    /// The header of that name.
    pub idempotency_key: Option<String>,
    /// Phone of the addressee: a number of this upload alone, so that its messages are found.
    pub phone: String,
}

impl Upload {
    /// A consent of `person` by link and ESIA.
    pub fn consent(person: Person, pdf: Vec<u8>) -> Self {
        // A Russian mobile number that no other upload of these tests has.
        let digits: String = unique()
            .bytes()
            .fold(7_u64, |sum, byte| {
                sum.wrapping_mul(131).wrapping_add(byte.into())
            })
            .to_string();
        let phone = format!(
            "+79{:0>9}",
            digits
                .get(digits.len().saturating_sub(9)..)
                .unwrap_or_default()
        );
        let document = json!({
            "kind": "ids",
            "title": "Информированное добровольное согласие",
            "external_id": unique(),
            "patient": {
                "last_name": person.last_name, "first_name": person.first_name, "middle_name": person.middle_name,
                "birth_date": person.birth_date, "snils": person.snils, "phone": phone,
            },
            "delivery": "link",
            "method": "esia",
            "parties": "patient",
            "expires_at": in_seconds(14 * 24 * 3600),
            "metadata": {"visit": "123"},
        });
        Self {
            document,
            pdf,
            pdf_type: "application/pdf",
            idempotency_key: None,
            phone,
        }
    }

    /// A document for the personal account, of a kind that a code may sign, to be signed by one; `person` has a phone of
    /// this upload alone.
    pub fn by_code(person: Person) -> Self {
        Self::consent(person, crate::pdf::plain(1, &unique()))
            .with("/kind", "pd_consent".into())
            .with("/title", "Согласие на обработку персональных данных".into())
            .with("/delivery", "account".into())
            .with("/method", "sms".into())
    }

    /// The same to another phone.
    #[must_use]
    pub fn to_phone(mut self, phone: &str) -> Self {
        self.phone = phone.to_owned();
        self.with("/patient/phone", phone.into())
    }

    /// A one-page consent of Иванова that differs from every other.
    pub fn small() -> Self {
        Self::consent(Person::IVANOVA, crate::pdf::plain(1, &unique()))
    }

    /// The same for keeping in the account: signed elsewhere, not to be signed here.
    #[must_use]
    pub fn for_keeping(self) -> Self {
        let mut kept = self
            .with("/purpose", "keeping".into())
            .with("/kind", "paid_contract".into())
            .with("/title", "Договор на бумаге".into())
            .with("/delivery", "account".into());
        if let Some(document) = kept.document.as_object_mut() {
            for field in ["method", "parties", "expires_at"] {
                document.remove(field);
            }
        }
        kept
    }

    /// The same with a field set to another value.
    #[must_use]
    pub fn with(mut self, pointer: &str, value: Value) -> Self {
        if let Some((parent, name)) = pointer.rsplit_once('/')
            && let Some(object) = self
                .document
                .pointer_mut(parent)
                .and_then(Value::as_object_mut)
        {
            object.insert(name.to_owned(), value);
        }
        self
    }

    /// The same with another file.
    #[must_use]
    pub fn file(mut self, pdf: Vec<u8>) -> Self {
        self.pdf = pdf;
        self
    }

    /// The same with an idempotency key.
    #[must_use]
    pub fn key(mut self, key: &str) -> Self {
        self.idempotency_key = Some(key.to_owned());
        self
    }

    /// Content type and body of the request. A document with `template` or `file_of` has no part `file`, unless one was set.
    pub fn multipart(&self) -> (String, Vec<u8>) {
        const BOUNDARY: &str = "podpis-tests-7c1d05e4b2";
        let media = format!("multipart/form-data; boundary={BOUNDARY}");
        let made = |field| self.document.get(field).is_some();
        if self.pdf.is_empty() && (made("template") || made("file_of")) {
            let body = format!(
                "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"document\"\r\nContent-Type: application/json\r\n\r\n\
                 {}\r\n--{BOUNDARY}--\r\n",
                self.document
            );
            return (media, body.into_bytes());
        }
        let head = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"document\"\r\nContent-Type: application/json\r\n\r\n\
             {}\r\n--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"d.pdf\"\r\n\
             Content-Type: {}\r\n\r\n",
            self.document, self.pdf_type
        );
        let body = [
            head.as_bytes(),
            &self.pdf,
            format!("\r\n--{BOUNDARY}--\r\n").as_bytes(),
        ]
        .concat();
        (media, body)
    }
}

/// RFC 3339 in UTC, so many seconds from now.
pub(crate) fn in_seconds(seconds: i64) -> String {
    let then = OffsetDateTime::now_utc() + time::Duration::seconds(seconds);
    then.replace_nanosecond(0)
        .unwrap_or(then)
        .format(&Rfc3339)
        .unwrap_or_default()
}

/// A clinic's MIS with its key.
#[derive(Clone, Debug)]
pub struct Clinic {
    client: Client,
    /// Id of the clinic.
    pub id: String,
    /// Its API key.
    pub api_key: String,
}

impl Clinic {
    pub(crate) fn new(client: Client, id: &str, api_key: &str) -> Self {
        Self {
            client,
            id: id.to_owned(),
            api_key: api_key.to_owned(),
        }
    }

    /// Any call with more headers.
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
        let bearer = format!("Bearer {}", self.api_key);
        let headers: Vec<_> = headers
            .iter()
            .copied()
            .chain([("authorization", bearer.as_str())])
            .collect();
        self.client.send(method, path, &headers, body)
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
        self.send(
            Method::POST,
            path,
            &[("content-type", "application/json")],
            Some(body.to_string().into_bytes()),
        )
    }

    /// Sends a document; whatever the answer.
    ///
    /// # Errors
    /// When no answer came.
    pub fn upload(&mut self, upload: &Upload) -> Result<Reply> {
        let (content_type, body) = upload.multipart();
        let mut headers = vec![("content-type", content_type.as_str())];
        headers.extend(
            upload
                .idempotency_key
                .as_deref()
                .map(|key| ("idempotency-key", key)),
        );
        self.send(Method::POST, "/api/v1/documents", &headers, Some(body))
    }

    /// Sends a document with detached signatures behind its file; whatever the answer.
    ///
    /// # Errors
    /// When no answer came.
    pub fn upload_signed(&mut self, upload: &Upload, signatures: &[&[u8]]) -> Result<Reply> {
        let (content_type, mut body) = upload.multipart();
        let boundary = content_type.split_once("boundary=");
        let (_, boundary) = boundary.context("no boundary")?;
        let end = format!("--{boundary}--\r\n");
        body.truncate(body.len() - end.len());
        for signature in signatures {
            let head = format!(
                "--{boundary}\r\nContent-Disposition: form-data; name=\"signature\"\r\n\r\n"
            );
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(signature);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(end.as_bytes());
        let mut headers = vec![("content-type", content_type.as_str())];
        let key = upload.idempotency_key.as_deref();
        headers.extend(key.map(|key| ("idempotency-key", key)));
        self.send(Method::POST, "/api/v1/documents", &headers, Some(body))
    }

    /// Publishes a user agreement, which differs from every other.
    ///
    /// # Errors
    /// When it isn't taken.
    pub fn publish_agreement(&mut self) -> Result<Value> {
        let pdf = crate::pdf::plain(1, &format!("Agreement {}", unique()));
        let pdf_type = [("content-type", "application/pdf")];
        let reply = self.send(Method::PUT, "/api/v1/agreement", &pdf_type, Some(pdf))?;
        ensure!(reply.status.is_success(), "agreement: {}", reply.text());
        reply.json()
    }

    /// Sends a document that must be accepted; the id.
    ///
    /// # Errors
    /// When it isn't accepted.
    pub fn send_document(&mut self, upload: &Upload) -> Result<String> {
        let document = self.upload(upload)?.expect(201)?.json()?;
        document["id"]
            .as_str()
            .map(str::to_owned)
            .context("a document without an id")
    }

    /// Sends a document and waits for the SMS: the id and the patient's link.
    ///
    /// # Errors
    /// When it isn't accepted, or no SMS comes.
    pub fn send_with_link(&mut self, upload: &Upload) -> Result<(String, String)> {
        let id = self.send_document(upload)?;
        let mut sandbox = super::Sandbox::new(Client::new(self.client.base()));
        Ok((id, sandbox.link(&upload.phone)?))
    }

    /// The document as it is now.
    ///
    /// # Errors
    /// When it isn't there.
    pub fn document(&mut self, id: &str) -> Result<Value> {
        self.get(&format!("/api/v1/documents/{id}"))?
            .expect(200)?
            .json()
    }

    /// Waits until the document has this status.
    ///
    /// # Errors
    /// When it never has.
    pub fn wait_for_status(&mut self, id: &str, status: &str) -> Result<Value> {
        wait_for(status, || {
            Ok(Some(self.document(id)?).filter(|document| document["status"] == status))
        })
    }

    /// All events of the clinic, oldest first.
    ///
    /// # Errors
    /// When they can't be read.
    pub fn events(&mut self) -> Result<Vec<Value>> {
        let (mut events, mut after) = (Vec::new(), "0".to_owned());
        loop {
            let path = format!("/api/v1/events?limit=200&after={after}");
            let list = self.get(&path)?.expect(200)?.json()?;
            events.extend(list["items"].as_array().cloned().context("no items")?);
            match list["next"].as_str() {
                Some(next) => after = next.to_owned(),
                None => return Ok(events),
            }
        }
    }

    /// Types of the `document.…` events of one document, oldest first; those of its messages come at their own time.
    ///
    /// # Errors
    /// When they can't be read.
    pub fn event_types(&mut self, id: &str) -> Result<Vec<String>> {
        let events = self
            .events()?
            .into_iter()
            .filter(|event| event["document_id"] == id);
        let types = events.filter_map(|event| event["type"].as_str().map(str::to_owned));
        Ok(types.filter(|kind| kind.starts_with("document.")).collect())
    }

    /// Waits until the person's page has shown a document, whatever that does to its state.
    ///
    /// # Errors
    /// When it doesn't come to that.
    pub fn wait_for_opened(&mut self, id: &str) -> Result<()> {
        wait_for("the document is opened", || {
            Ok(self.document(id)?["opened_at"].as_str().map(drop))
        })
    }

    /// Why acts of one document failed, as the journal keeps it: the data of its `esia.failed` entries, oldest first.
    ///
    /// # Errors
    /// When the journal can't be read.
    pub fn failures(&mut self, id: &str) -> Result<Vec<Value>> {
        let path = format!("/api/v1/documents/{id}/proof");
        let proof = self.get(&path)?.expect(200)?.json()?;
        let entries = proof["entries"].as_array().context("no entries")?;
        Ok(entries
            .iter()
            .map(|proven| &proven["entry"])
            .filter(|entry| entry["type"] == "esia.failed")
            .map(|entry| entry["data"].clone())
            .collect())
    }
}
