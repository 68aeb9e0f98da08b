//! Calls of the account's pages: the session is a cookie, and a header says that it is our own page that asks.

use js_sys::Promise;
use podpis_shared::Timestamp;
use podpis_shared::wire::account::{
    ACCOUNT_HEADER, AcceptedAgreement, AccountView, Clock, CodeSent, ConsentItem, DOCUMENT_HEADER,
    Device, DocumentPage, Erased, GateAnswer, HistoryItem, LoginPurpose, LoginStart, NewContact,
    Notices, PushSubscription, SignIn, TypedCode,
};
use podpis_shared::wire::patient::{EsiaComplete, EsiaStarted};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, Response};

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
    /// Path of its logo.
    #[serde(default)]
    pub(crate) logo: Option<String>,
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
    let answer = match first {
        Some(answer) => text(checked(JsFuture::from(answer).await).await).await,
        None => get("").await,
    };
    parse(answer)
}

/// Asks for a code to sign in.
pub(crate) async fn sign_in(contact: String) -> Answer<(CodeSent, Now)> {
    code("/sign-in", body(&SignIn { contact })).await
}

/// Signs in by a code.
pub(crate) async fn sign_in_code(typed: TypedCode) -> Answer<AccountView> {
    parse(post("/sign-in/code", body(&typed)).await)
}

/// Ends this session.
pub(crate) async fn sign_out() -> Answer<()> {
    done(post("/sign-out", None).await)
}

/// Ends every session.
pub(crate) async fn sign_out_everywhere() -> Answer<()> {
    done(post("/sign-out-everywhere", None).await)
}

/// Answers what stands before the account.
pub(crate) async fn gate(answer: GateAnswer) -> Answer<AccountView> {
    parse(post("/gate", body(&answer)).await)
}

/// Asks where to go for a sign-in at Gosuslugi.
pub(crate) async fn start_esia(purpose: LoginPurpose) -> Answer<EsiaStarted> {
    let start = body(&LoginStart { purpose });
    parse(text(send("POST", "/esia/account/start", start, OWN).await).await)
}

/// Hands in what Gosuslugi answered. Harmless when repeated.
pub(crate) async fn complete_esia(answer: &EsiaComplete) -> Answer<()> {
    send("POST", "/esia/complete", body(answer), OWN).await?;
    Ok(())
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
    parse(get(&path).await)
}

/// A clinic by its id.
pub(crate) async fn clinic(id: &str) -> Answer<Invitation> {
    let id = js_sys::encode_uri_component(id);
    parse(get(&format!("/clinics/{id}")).await)
}

/// Asks for a code to a further contact.
pub(crate) async fn new_contact(contact: String) -> Answer<(CodeSent, Now)> {
    code("/contacts", body(&NewContact { contact })).await
}

/// Adds a contact by its code.
pub(crate) async fn contact_code(typed: TypedCode) -> Answer<AccountView> {
    parse(post("/contacts/code", body(&typed)).await)
}

/// Takes a contact away.
pub(crate) async fn remove_contact(id: String) -> Answer<AccountView> {
    parse(own("DELETE", &format!("/contacts/{id}"), None).await)
}

/// Chooses the channels of notices.
pub(crate) async fn set_notices(notices: Notices) -> Answer<AccountView> {
    parse(own("PUT", "/notices", body(&notices)).await)
}

/// The server's key for push messages, base64url; `None` where it sends none.
pub(crate) async fn push_key() -> Answer<Option<String>> {
    let key: PushKey = parse(get("/push/key").await)?;
    Ok(key.key)
}

/// What this browser's clock says, so that reminders come by day.
pub(crate) async fn set_clock(clock: Clock) -> Answer<()> {
    done(own("PUT", "/clock", body(&clock)).await)
}

/// This browser takes push messages.
pub(crate) async fn subscribe(subscription: &PushSubscription) -> Answer<()> {
    done(own("PUT", "/push", body(subscription)).await)
}

/// This browser takes no more of them.
pub(crate) async fn unsubscribe(subscription: &PushSubscription) -> Answer<()> {
    done(own("DELETE", "/push", body(subscription)).await)
}

/// Where the account is signed in.
pub(crate) async fn devices() -> Answer<Vec<Device>> {
    items(get("/devices").await)
}

/// Signs one device out.
pub(crate) async fn end_device(id: String) -> Answer<()> {
    done(own("DELETE", &format!("/devices/{id}"), None).await)
}

/// What happened to the account.
pub(crate) async fn log() -> Answer<Vec<HistoryItem>> {
    items(get("/log").await)
}

/// Accepted agreements.
pub(crate) async fn agreements() -> Answer<Vec<AcceptedAgreement>> {
    items(get("/agreements").await)
}

/// Consents that can be withdrawn.
pub(crate) async fn consents() -> Answer<Vec<ConsentItem>> {
    items(get("/consents").await)
}

/// Withdraws a consent, at once.
pub(crate) async fn withdraw(document_id: String) -> Answer<Vec<ConsentItem>> {
    items(post(&format!("/consents/{document_id}/withdraw"), None).await)
}

/// Everything that is stored about the person.
pub(crate) async fn export() -> Answer<Blob> {
    blob(send("GET", "/patient/account/export", None, OWN).await).await
}

/// The signed PDF of a document.
pub(crate) async fn signed(document_id: &str) -> Answer<Blob> {
    let right = (DOCUMENT_HEADER, document_id);
    blob(send("GET", "/patient/document/signed", None, right).await).await
}

/// What a deletion would do.
pub(crate) async fn erasure() -> Answer<Erased> {
    parse(get("/erase").await)
}

/// Deletes the account.
pub(crate) async fn erase() -> Answer<Erased> {
    parse(post("/erase", body(&Confirm { confirm: true })).await)
}

/// The header of the account's own pages.
const OWN: (&str, &str) = (ACCOUNT_HEADER, "1");

/// A code's answer, with the moment at which it came.
async fn code(path: &str, body: Option<String>) -> Answer<(CodeSent, Now)> {
    let response = send("POST", &format!("/patient/account{path}"), body, OWN).await?;
    // Our own clock where the answer does not tell.
    let server = super::server_time(&response).unwrap_or_else(dom::unix_now);
    let now = Now {
        page_ms: dom::now_ms(),
        server: Timestamp::from_unix(server),
    };
    Ok((parse(text(Ok(response)).await)?, now))
}

async fn get(path: &str) -> Answer<String> {
    own("GET", path, None).await
}

async fn post(path: &str, body: Option<String>) -> Answer<String> {
    own("POST", path, body).await
}

/// A call of the account itself; the body of its answer.
async fn own(method: &str, path: &str, body: Option<String>) -> Answer<String> {
    text(send(method, &format!("/patient/account{path}"), body, OWN).await).await
}

/// `right`: the header by which it is asked, and its value.
async fn send(
    method: &str,
    path: &str,
    body: Option<String>,
    right: (&str, &str),
) -> Answer<Response> {
    let request = super::request(right, method, body.as_deref()).map_err(|_| other())?;
    let window = web_sys::window().ok_or_else(other)?;
    checked(JsFuture::from(window.fetch_with_str_and_init(path, &request)).await).await
}

/// The answer when it is a good one, else what is wrong.
async fn checked(answer: Result<JsValue, JsValue>) -> Answer<Response> {
    let response: Response = answer
        .map_err(|_| offline())?
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

async fn text(response: Answer<Response>) -> Answer<String> {
    super::text(&response?).await.map_err(|_| offline())
}

async fn blob(response: Answer<Response>) -> Answer<Blob> {
    let blob = response?.blob().map_err(|_| other())?;
    JsFuture::from(blob)
        .await
        .map_err(|_| offline())?
        .dyn_into()
        .map_err(|_| other())
}

fn parse<T: DeserializeOwned>(answer: Answer<String>) -> Answer<T> {
    serde_json::from_str(&answer?).map_err(|_| other())
}

fn items<T: DeserializeOwned>(answer: Answer<String>) -> Answer<Vec<T>> {
    Ok(parse::<Items<T>>(answer)?.items)
}

fn done(answer: Answer<String>) -> Answer<()> {
    answer.map(drop)
}

/// A body of ours can always be written.
fn body(of: &impl Serialize) -> Option<String> {
    serde_json::to_string(of).ok()
}

const fn offline() -> Trouble {
    Trouble::new(What::Offline)
}

const fn other() -> Trouble {
    Trouble::new(What::Other)
}
