//! The only door to the server: every HTTP request of the app is made here.
//!
//! The very first `GET /patient/document` and the document's file are asked for by
//! `boot.js` and `worker.js`, long before this module has loaded. Without network, `sw.js` answers for the trust list.

use podpis_shared::problem::{Code, Problem};
use podpis_shared::wire::patient::{
    Decline, DocumentView, EsiaComplete, EsiaCompleted, EsiaStart, EsiaStarted, LINK_HEADER,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortSignal, Blob, Headers, RequestCache, RequestCredentials, RequestInit, Response,
};

use crate::boot;
use crate::model::Trouble;

/// Calls on behalf of one link.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Api {
    token: String,
}

impl Api {
    /// Calls with this link's token.
    pub(crate) fn new(token: String) -> Self {
        Self { token }
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
        self.send("POST", "/patient/document/opened", None)
            .await
            .map(drop)
    }

    /// Declines to sign.
    pub(crate) async fn decline(&self, reason: Option<String>) -> Result<(), Trouble> {
        self.post("/patient/document/decline", &Decline { reason })
            .await
            .map(drop)
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

    /// The bytes that the clinic sent.
    pub(crate) async fn original(&self) -> Result<Blob, Trouble> {
        self.blob("/patient/document/file").await
    }

    /// The signed PDF.
    pub(crate) async fn signed(&self) -> Result<Blob, Trouble> {
        self.blob("/patient/document/signed").await
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

    async fn post(&self, path: &str, body: &impl Serialize) -> Result<Response, Trouble> {
        let body = serde_json::to_string(body).map_err(|_| Trouble::Other)?;
        self.send("POST", path, Some(&body)).await
    }

    async fn send(
        &self,
        method: &str,
        path: &str,
        body: Option<&str>,
    ) -> Result<Response, Trouble> {
        let request = self.request(method, body).map_err(|_| Trouble::Other)?;
        let window = web_sys::window().ok_or(Trouble::Other)?;
        checked(JsFuture::from(window.fetch_with_str_and_init(path, &request)).await).await
    }

    fn request(&self, method: &str, body: Option<&str>) -> Result<RequestInit, JsValue> {
        let headers = Headers::new()?;
        headers.set(LINK_HEADER, &self.token)?;
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
async fn checked(answer: Result<JsValue, JsValue>) -> Result<Response, Trouble> {
    let response: Response = answer
        .map_err(|_| Trouble::Offline)?
        .dyn_into()
        .map_err(|_| Trouble::Other)?;
    if response.ok() {
        return Ok(response);
    }
    let code = text(&response).await.ok().and_then(|body| {
        let problem: Problem = serde_json::from_str(&body).ok()?;
        Code::parse(&problem.code)
    });
    let may_repeat = response.headers().has("retry-after").unwrap_or(false);
    Err(Trouble::of(code, response.status(), may_repeat))
}

async fn json<T: DeserializeOwned>(response: &Response) -> Result<T, Trouble> {
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
