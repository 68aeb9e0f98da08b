//! Calls of the account's pages: the session is a cookie, and a header says that it is our own page that asks.

use js_sys::Promise;
use podpis_shared::Timestamp;
use podpis_shared::wire::account::{
    ACCOUNT_HEADER, AcceptedAgreement, AccountView, CodeSent, ConsentItem, DOCUMENT_HEADER, Device,
    DocumentPage, Erased, GateAnswer, HistoryItem, LoginPurpose, LoginStart, NewContact, Notices,
    PushSubscription, SignIn, TypedCode,
};
use podpis_shared::wire::patient::{EsiaComplete, EsiaStarted};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, Headers, RequestCache, RequestCredentials, RequestInit, Response};

use crate::dom;
use crate::model::account::list::{PAGE, Query};
use crate::model::account::proof::Now;
use crate::model::account::trouble::{Trouble, What};

/// What a call comes to.
pub(crate) type Answer<T> = Result<T, Trouble>;

/// A clinic, and whether its agreement waits: `GET /patient/account/clinics/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Invitation {
    /// Our id.
    pub(crate) id: String,
    /// Its name.
    pub(crate) name: String,
    /// `none`, `due` or `accepted`; absent while nobody is signed in.
    #[serde(default)]
    pub(crate) agreement: Option<String>,
}

/// Every row of a short list.
#[derive(Deserialize)]
struct Items<T> {
    items: Vec<T>,
}

/// The server's key for push messages.
#[derive(Deserialize)]
struct PushKey {
    key: Option<String>,
}

#[derive(Serialize)]
struct Confirm {
    confirm: bool,
}

/// The account; `first` is the answer that was asked for while the app was loading.
pub(crate) async fn view(first: Option<Promise>) -> Answer<AccountView> {
    let response = match first {
        Some(answer) => checked(JsFuture::from(answer).await).await?,
        None => get("").await?,
    };
    json(&response).await
}

/// Asks for a code to sign in.
pub(crate) async fn sign_in(contact: String) -> Answer<(CodeSent, Now)> {
    code(post("/sign-in", &SignIn { contact }).await?).await
}

/// Signs in by a code.
pub(crate) async fn sign_in_code(typed: TypedCode) -> Answer<AccountView> {
    json(&post("/sign-in/code", &typed).await?).await
}

/// Ends this session.
pub(crate) async fn sign_out() -> Answer<()> {
    post("/sign-out", &()).await.map(drop)
}

/// Ends every session.
pub(crate) async fn sign_out_everywhere() -> Answer<()> {
    post("/sign-out-everywhere", &()).await.map(drop)
}

/// Answers what stands before the account.
pub(crate) async fn gate(answer: GateAnswer) -> Answer<AccountView> {
    json(&post("/gate", &answer).await?).await
}

/// Asks where to go for a sign-in at Gosuslugi.
pub(crate) async fn start_esia(purpose: LoginPurpose) -> Answer<EsiaStarted> {
    let start = LoginStart { purpose };
    json(&send("POST", "/esia/account/start", Some(&text_of(&start)?), None).await?).await
}

/// Hands in what Gosuslugi answered. Harmless when repeated.
pub(crate) async fn complete_esia(answer: &EsiaComplete) -> Answer<()> {
    send("POST", "/esia/complete", Some(&text_of(answer)?), None)
        .await
        .map(drop)
}

/// Documents that are looked for, after a cursor.
pub(crate) async fn documents(
    query: &Query,
    after: Option<&str>,
    limit: Option<u32>,
) -> Answer<DocumentPage> {
    let mut path = format!(
        "/documents?filter={}&limit={}",
        query.filter.as_str(),
        limit.unwrap_or(PAGE)
    );
    let optional = [
        ("clinic", query.clinic.as_deref()),
        (
            "q",
            Some(query.words.as_str()).filter(|words| !words.is_empty()),
        ),
        ("after", after),
    ];
    for (name, value) in optional {
        if let Some(value) = value {
            path += &format!("&{name}={}", js_sys::encode_uri_component(value));
        }
    }
    json(&get(&path).await?).await
}

/// A clinic by its id.
pub(crate) async fn clinic(id: &str) -> Answer<Invitation> {
    let id = js_sys::encode_uri_component(id);
    json(&get(&format!("/clinics/{id}")).await?).await
}

/// Asks for a code to a further contact.
pub(crate) async fn new_contact(contact: String) -> Answer<(CodeSent, Now)> {
    code(post("/contacts", &NewContact { contact }).await?).await
}

/// Adds a contact by its code.
pub(crate) async fn contact_code(typed: TypedCode) -> Answer<AccountView> {
    json(&post("/contacts/code", &typed).await?).await
}

/// Takes a contact away.
pub(crate) async fn remove_contact(id: String) -> Answer<AccountView> {
    json(&delete(&format!("/contacts/{id}"), None).await?).await
}

/// Chooses the channels of notices.
pub(crate) async fn set_notices(notices: Notices) -> Answer<AccountView> {
    json(&own("PUT", "/notices", Some(&text_of(&notices)?)).await?).await
}

/// The server's key for push messages, base64url; `None` where it sends none.
pub(crate) async fn push_key() -> Answer<Option<String>> {
    let key: PushKey = json(&get("/push/key").await?).await?;
    Ok(key.key)
}

/// This browser takes push messages.
pub(crate) async fn subscribe(subscription: &PushSubscription) -> Answer<()> {
    own("PUT", "/push", Some(&text_of(subscription)?))
        .await
        .map(drop)
}

/// This browser takes no more of them.
pub(crate) async fn unsubscribe(subscription: &PushSubscription) -> Answer<()> {
    delete("/push", Some(&text_of(subscription)?))
        .await
        .map(drop)
}

/// Where the account is signed in.
pub(crate) async fn devices() -> Answer<Vec<Device>> {
    items("/devices").await
}

/// Signs one device out.
pub(crate) async fn end_device(id: String) -> Answer<()> {
    delete(&format!("/devices/{id}"), None).await.map(drop)
}

/// What happened to the account.
pub(crate) async fn log() -> Answer<Vec<HistoryItem>> {
    items("/log").await
}

/// Accepted agreements.
pub(crate) async fn agreements() -> Answer<Vec<AcceptedAgreement>> {
    items("/agreements").await
}

/// Consents that can be withdrawn.
pub(crate) async fn consents() -> Answer<Vec<ConsentItem>> {
    items("/consents").await
}

/// Withdraws a consent, at once.
pub(crate) async fn withdraw(document_id: String) -> Answer<Vec<ConsentItem>> {
    let path = format!("/consents/{document_id}/withdraw");
    let answer: Items<_> = json(&post(&path, &()).await?).await?;
    Ok(answer.items)
}

/// Everything that is stored about the person.
pub(crate) async fn export() -> Answer<Blob> {
    blob(&get("/export").await?).await
}

/// The signed PDF of a document.
pub(crate) async fn signed(document_id: &str) -> Answer<Blob> {
    let document = Some((DOCUMENT_HEADER, document_id));
    blob(&send("GET", "/patient/document/signed", None, document).await?).await
}

/// What a deletion would do.
pub(crate) async fn erasure() -> Answer<Erased> {
    json(&get("/erase").await?).await
}

/// Deletes the account.
pub(crate) async fn erase() -> Answer<Erased> {
    json(&post("/erase", &Confirm { confirm: true }).await?).await
}

async fn items<T: DeserializeOwned>(path: &str) -> Answer<Vec<T>> {
    let answer: Items<T> = json(&get(path).await?).await?;
    Ok(answer.items)
}

/// A code's answer, with the moment at which it came.
async fn code(response: Response) -> Answer<(CodeSent, Now)> {
    let told = response.headers().get("date").ok().flatten();
    // Our own clock where a browser hides the header.
    let server_ms = told.map_or(f64::NAN, |date| js_sys::Date::parse(&date));
    let server_ms = if server_ms.is_nan() {
        js_sys::Date::now()
    } else {
        server_ms
    };
    let now = Now {
        page_ms: dom::now_ms(),
        server: Timestamp::from_unix((server_ms / 1e3) as i64),
    };
    Ok((json(&response).await?, now))
}

async fn get(path: &str) -> Answer<Response> {
    own("GET", path, None).await
}

async fn post(path: &str, body: &impl Serialize) -> Answer<Response> {
    own("POST", path, Some(&text_of(body)?)).await
}

async fn delete(path: &str, body: Option<&str>) -> Answer<Response> {
    own("DELETE", path, body).await
}

async fn own(method: &str, path: &str, body: Option<&str>) -> Answer<Response> {
    send(method, &format!("/patient/account{path}"), body, None).await
}

/// `right` names a document where it is one that is asked for, not the account.
async fn send(
    method: &str,
    path: &str,
    body: Option<&str>,
    right: Option<(&str, &str)>,
) -> Answer<Response> {
    let request = request(method, body, right).map_err(|_| other())?;
    let window = web_sys::window().ok_or_else(other)?;
    checked(JsFuture::from(window.fetch_with_str_and_init(path, &request)).await).await
}

fn request(
    method: &str,
    body: Option<&str>,
    right: Option<(&str, &str)>,
) -> Result<RequestInit, JsValue> {
    let headers = Headers::new()?;
    let (name, value) = right.unwrap_or((ACCOUNT_HEADER, "1"));
    headers.set(name, value)?;
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

/// The answer when it is a good one, else what is wrong.
async fn checked(answer: Result<JsValue, JsValue>) -> Answer<Response> {
    let response: Response = answer
        .map_err(|_| Trouble::new(What::Offline))?
        .dyn_into()
        .map_err(|_| other())?;
    if response.ok() {
        return Ok(response);
    }
    let wait_s = response.headers().get("retry-after").ok().flatten();
    let wait_s = wait_s.and_then(|seconds| seconds.trim().parse().ok());
    let body = super::text(&response).await.unwrap_or_default();
    Err(Trouble::of_answer(response.status(), &body, wait_s))
}

async fn json<T: DeserializeOwned>(response: &Response) -> Answer<T> {
    let text = super::text(response)
        .await
        .map_err(|_| Trouble::new(What::Offline))?;
    serde_json::from_str(&text).map_err(|_| other())
}

async fn blob(response: &Response) -> Answer<Blob> {
    let blob = response.blob().map_err(|_| other())?;
    JsFuture::from(blob)
        .await
        .map_err(|_| Trouble::new(What::Offline))?
        .dyn_into()
        .map_err(|_| other())
}

fn text_of(body: &impl Serialize) -> Answer<String> {
    serde_json::to_string(body).map_err(|_| other())
}

const fn other() -> Trouble {
    Trouble::new(What::Other)
}
