//! The only door to the server: every HTTP request of the app is made here.
//!
//! The very first `GET /patient/document` and the document's file are asked for by
//! `boot.js` and `worker.js`, long before this module has loaded. Without network, `sw.js` answers for the trust list.

pub(crate) mod account;
pub(crate) mod clinic;

use podpis_shared::problem::{Code, Problem};
use podpis_shared::wire::account::{CodeSent, HistoryItem, TypedCode};
use podpis_shared::wire::patient::{
    CodeStart, Decline, DocumentView, EsiaComplete, EsiaCompleted, EsiaStart, EsiaStarted,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortSignal, Blob, Headers, RequestCache, RequestCredentials, RequestInit, Response,
};

use crate::model::Trouble;
use crate::model::access::Access;
use crate::model::code::{Failure, Sent};
use crate::{boot, dom};

/// Calls by one right: a link's, a document's of the account, or an agreement's.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Api {
    access: Access,
}

impl Api {
    /// Calls by this right.
    pub(crate) fn new(access: Access) -> Self {
        Self { access }
    }

    /// The document; the first call takes the answer that was asked for while the app was loading.
    pub(crate) async fn document(&self) -> Result<DocumentView, Trouble> {
        let response = match boot::take_first_answer() {
            Some(answer) => checked(JsFuture::from(answer).await).await?,
            None => self.send("GET", "/patient/document", None).await?,
        };
        json(&response).await
    }

    /// Tells that the document is on the screen.
    pub(crate) async fn opened(&self) -> Result<(), Trouble> {
        self.send("POST", "/patient/document/opened", None).await?;
        Ok(())
    }

    /// Declines to sign.
    pub(crate) async fn decline(&self, reason: Option<String>) -> Result<(), Trouble> {
        self.post("/patient/document/decline", &Decline { reason })
            .await?;
        Ok(())
    }

    /// Asks where to go for the signature.
    pub(crate) async fn start_esia(&self, start: &EsiaStart) -> Result<EsiaStarted, Trouble> {
        json(&self.post("/esia/start", start).await?).await
    }

    /// Hands in what Gosuslugi answered. Harmless when repeated.
    pub(crate) async fn complete_esia(
        &self,
        answer: &EsiaComplete,
    ) -> Result<EsiaCompleted, Trouble> {
        json(&self.post("/esia/complete", answer).await?).await
    }

    /// Asks for a code to sign with.
    pub(crate) async fn ask_code(&self, start: &CodeStart) -> Result<Sent, Failure> {
        let response = self.post("/patient/document/code", start).await?;
        let sent: CodeSent = json(&response).await?;
        Ok(Sent::new(sent, server_time(&response), dom::unix_now()))
    }

    /// Signs with the typed code. Harmless when repeated.
    pub(crate) async fn sign_by_code(&self, typed: &TypedCode) -> Result<EsiaCompleted, Failure> {
        Ok(json(&self.post("/patient/document/sign", typed).await?).await?)
    }

    /// What has happened to the document.
    pub(crate) async fn history(&self) -> Result<Vec<HistoryItem>, Trouble> {
        #[derive(Deserialize)]
        struct Items {
            items: Vec<HistoryItem>,
        }
        let response = self.send("GET", "/patient/document/history", None).await?;
        json::<Items>(&response).await.map(|answer| answer.items)
    }

    /// The bytes that the clinic sent.
    pub(crate) async fn original(&self) -> Result<Blob, Trouble> {
        self.blob("/patient/document/file").await
    }

    /// A detached signature that came with what is kept.
    pub(crate) async fn kept_signature(&self, number: u32) -> Result<Blob, Trouble> {
        self.blob(&format!("/patient/document/kept-signatures/{number}"))
            .await
    }

    /// The signed PDF.
    pub(crate) async fn signed(&self) -> Result<Blob, Trouble> {
        self.blob("/patient/document/signed").await
    }

    /// The final version, signed by the clinic too.
    pub(crate) async fn last(&self) -> Result<Blob, Trouble> {
        self.blob("/patient/document/final").await
    }

    /// The evidence, as JSON.
    pub(crate) async fn evidence(&self) -> Result<Blob, Trouble> {
        self.blob("/patient/document/evidence").await
    }

    async fn blob(&self, path: &str) -> Result<Blob, Trouble> {
        let response = self.send("GET", path, None).await?;
        let blob = response.blob().map_err(|_| Trouble::Other)?;
        JsFuture::from(blob)
            .await
            .map_err(|_| Trouble::Offline)?
            .dyn_into()
            .map_err(|_| Trouble::Other)
    }

    async fn post(&self, path: &str, body: &impl Serialize) -> Result<Response, Failure> {
        let body = serde_json::to_string(body).map_err(|_| Trouble::Other)?;
        self.send("POST", path, Some(&body)).await
    }

    async fn send(
        &self,
        method: &str,
        path: &str,
        body: Option<&str>,
    ) -> Result<Response, Failure> {
        let right = (self.access.header(), self.access.value());
        send(right, method, path, body).await
    }
}

/// One request with the header that gives the right, and the session's cookie where there is one.
pub(crate) async fn send(
    right: (&str, &str),
    method: &str,
    path: &str,
    body: Option<&str>,
) -> Result<Response, Failure> {
    let request = request(right, method, body).map_err(|_| Trouble::Other)?;
    let window = web_sys::window().ok_or(Trouble::Other)?;
    checked(JsFuture::from(window.fetch_with_str_and_init(path, &request)).await).await
}

fn request(
    (header, value): (&str, &str),
    method: &str,
    body: Option<&str>,
) -> Result<RequestInit, JsValue> {
    let headers = Headers::new()?;
    headers.set(header, value)?;
    let request = RequestInit::new();
    request.set_method(method);
    request.set_cache(RequestCache::NoStore);
    request.set_credentials(RequestCredentials::SameOrigin);
    if let Some(body) = body {
        headers.set("content-type", "application/json")?;
        request.set_body(&JsValue::from_str(body));
    }
    request.set_headers(&headers);
    Ok(request)
}

/// The operator's trust list, as JSON.
pub(crate) struct TrustList {
    /// The list.
    pub(crate) text: String,
    /// It is the copy that the service worker keeps, since the server did not answer.
    pub(crate) kept: bool,
}

/// Asks for the trust list; a public thing, so no link's token goes along.
pub(crate) async fn trust() -> Result<TrustList, Trouble> {
    /// The service worker is less patient, and has a copy.
    const PATIENCE_MS: u32 = 8_000;
    let request = RequestInit::new();
    request.set_cache(RequestCache::NoStore);
    request.set_credentials(RequestCredentials::Omit);
    request.set_signal(Some(&AbortSignal::timeout_with_u32(PATIENCE_MS)));
    let window = web_sys::window().ok_or(Trouble::Other)?;
    let answer = window.fetch_with_str_and_init("/api/v1/trust", &request);
    let response = checked(JsFuture::from(answer).await).await?;
    Ok(TrustList {
        kept: response.headers().has("podpis-kept").unwrap_or(false),
        text: text(&response).await?,
    })
}

/// The answer when it is a good one, else what is wrong.
async fn checked(answer: Result<JsValue, JsValue>) -> Result<Response, Failure> {
    let response: Response = answer
        .map_err(|_| Trouble::Offline)?
        .dyn_into()
        .map_err(|_| Trouble::Other)?;
    if response.ok() {
        return Ok(response);
    }
    let body = text(&response).await.unwrap_or_default();
    let problem: Option<Problem> = serde_json::from_str(&body).ok();
    let code = problem.as_ref().and_then(|said| Code::parse(&said.code));
    let retry_after = response.headers().get("retry-after").ok().flatten();
    Err(Failure {
        trouble: Trouble::of(code, response.status(), retry_after.is_some()),
        detail: problem.map(|said| said.detail).unwrap_or_default(),
        retry_after_s: retry_after.and_then(|seconds| seconds.parse().ok()),
    })
}

/// When the server gave the answer, in unix seconds by its own clock.
pub(crate) fn server_time(response: &Response) -> Option<i64> {
    let date = response.headers().get("date").ok()??;
    let ms = js_sys::Date::parse(&date);
    ms.is_finite().then_some((ms / 1000.0) as i64)
}

/// The body of a good answer.
pub(crate) async fn json<T: DeserializeOwned>(response: &Response) -> Result<T, Trouble> {
    serde_json::from_str(&text(response).await?).map_err(|_| Trouble::Other)
}

async fn text(response: &Response) -> Result<String, Trouble> {
    let text = response.text().map_err(|_| Trouble::Other)?;
    JsFuture::from(text)
        .await
        .map_err(|_| Trouble::Offline)?
        .as_string()
        .ok_or(Trouble::Other)
}
