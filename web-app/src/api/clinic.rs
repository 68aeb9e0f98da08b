//! Calls of the console: the session is a cookie, and a header says that it is our own page that asks. Signing in is
//! `/staff/…` ([`entry`]); everything else is the API of a MIS.

pub(crate) mod entry;

use std::collections::BTreeMap;
use std::rc::Rc;

use js_sys::{Array, Uint8Array};
use podpis_shared::staff::Role;
use podpis_shared::wire::mis::{Agreement, Document, NewDocument, Page, Reminded, Settings};
use podpis_shared::wire::staff::STAFF_HEADER;
use podpis_shared::{Email, Snils, Status};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::json;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, BlobPropertyBag, File, FormData, Headers, RequestCache, RequestCredentials, RequestInit,
    Response,
};

use crate::model::clinic::journal::Names;
use crate::model::clinic::seen::{
    Act, Colleague, Key, Look, Message, NewKey, NewLook, Preview, Push, Signer, Template, Usage,
    Webhook,
};
use crate::model::clinic::trouble::{Trouble, What};

/// What a call comes to.
pub(crate) type Answer<T> = Result<T, Trouble>;

/// Documents of one page of the list.
const PAGE: u32 = 50;

/// Every row of a list.
#[derive(Deserialize)]
struct Items<T> {
    items: Vec<T>,
}

/// What goes with a request.
enum Body {
    None,
    Json(String),
    Form(FormData),
}

/// Whose documents are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Query {
    /// In this state only.
    pub(crate) status: Option<Status>,
    /// What is searched for; everything where it is empty.
    pub(crate) words: String,
}

/// Documents, newest first.
pub(crate) async fn documents(query: Query, after: Option<String>) -> Answer<Page<Document>> {
    let mut path = format!("/documents?limit={PAGE}");
    let optional = [
        ("status", query.status.map(Status::as_str)),
        (
            "q",
            Some(query.words.trim()).filter(|words| !words.is_empty()),
        ),
        ("after", after.as_deref()),
    ];
    for (name, value) in optional {
        if let Some(value) = value {
            path += &format!("&{name}={}", js_sys::encode_uri_component(value));
        }
    }
    get(&path).await
}

/// One document.
pub(crate) async fn document(id: String) -> Answer<Document> {
    get(&format!("/documents/{id}")).await
}

/// What was sent about it.
pub(crate) async fn messages(id: String) -> Answer<Vec<Message>> {
    items(&format!("/documents/{id}/messages")).await
}

/// Reminds its signer.
pub(crate) async fn remind(id: String, once: String) -> Answer<Reminded> {
    let path = format!("/documents/{id}/remind");
    parse(send("POST", &api(&path), Body::None, Some(&once)).await).await
}

/// Takes it back.
pub(crate) async fn cancel(id: String, once: String) -> Answer<Document> {
    let path = format!("/documents/{id}/cancel");
    parse(send("POST", &api(&path), Body::None, Some(&once)).await).await
}

/// A file of a document: `original`, `signed`, `final`, `final?format=zip` or `evidence`.
pub(crate) async fn file(id: String, which: &'static str) -> Answer<Blob> {
    blob(
        send(
            "GET",
            &api(&format!("/documents/{id}/{which}")),
            Body::None,
            None,
        )
        .await,
    )
    .await
}

/// A detached signature that a document for keeping came with.
pub(crate) async fn kept_signature(id: String, number: u32) -> Answer<Blob> {
    let path = api(&format!("/documents/{id}/kept-signatures/{number}"));
    blob(send("GET", &path, Body::None, None).await).await
}

/// Hands in a signature of the clinic. `role` where the document demands several.
pub(crate) async fn sign(
    id: String,
    file: File,
    pdf: bool,
    role: Option<String>,
) -> Answer<Document> {
    let form = FormData::new().map_err(|_| other())?;
    let part = if pdf { "final" } else { "signature" };
    form.append_with_blob(part, &file).map_err(|_| other())?;
    if let Some(role) = role {
        form.append_with_str("role", &role).map_err(|_| other())?;
    }
    let path = api(&format!("/documents/{id}/clinic-signature"));
    parse(send("POST", &path, Body::Form(form), None).await).await
}

/// Sends a document; a file goes with it unless it is made of a template, and `signatures` with what is for keeping. The same
/// `once` sends it once.
pub(crate) async fn send_document(
    new: NewDocument,
    file: Option<File>,
    signatures: Rc<Vec<File>>,
    once: String,
) -> Answer<Document> {
    let form = FormData::new().map_err(|_| other())?;
    let text = serde_json::to_string(&new).map_err(|_| other())?;
    let options = BlobPropertyBag::new();
    options.set_type("application/json");
    let document = Blob::new_with_str_sequence_and_options(&Array::of1(&text.into()), &options);
    let document = document.map_err(|_| other())?;
    form.append_with_blob("document", &document)
        .map_err(|_| other())?;
    if let Some(file) = file {
        form.append_with_blob("file", &file).map_err(|_| other())?;
    }
    for signature in signatures.iter() {
        form.append_with_blob("signature", signature)
            .map_err(|_| other())?;
    }
    parse(send("POST", &api("/documents"), Body::Form(form), Some(&once)).await).await
}

/// The templates in force today.
pub(crate) async fn templates() -> Answer<Vec<Template>> {
    items("/templates").await
}

/// The PDF that a template would make.
pub(crate) async fn preview(id: String, fields: BTreeMap<String, String>) -> Answer<Blob> {
    let path = api(&format!("/templates/{id}/preview"));
    blob(send("POST", &path, body(&Preview { fields })?, None).await).await
}

/// A month's account; `month` is `YYYY-MM`.
pub(crate) async fn usage(month: String) -> Answer<Usage> {
    get(&format!("/usage?month={month}")).await
}

/// Likewise as a file for accounting: by `lines`, or every row.
pub(crate) async fn usage_csv(month: String, rows: bool) -> Answer<Blob> {
    let what = if rows { "/usage/rows" } else { "/usage" };
    let path = api(&format!("{what}?month={month}&format=csv"));
    blob(send("GET", &path, Body::None, None).await).await
}

/// The clinic's look.
pub(crate) async fn look() -> Answer<Look> {
    get("/branding").await
}

/// Sets it.
pub(crate) async fn set_look(look: NewLook) -> Answer<Look> {
    parse(send("PUT", &api("/branding"), body(&look)?, None).await).await
}

/// What the clinic has chosen about notices, and what its documents say of it.
pub(crate) async fn settings() -> Answer<Settings> {
    get("/settings").await
}

/// Sets it: what is left out is as usual again.
pub(crate) async fn set_settings(settings: Settings) -> Answer<Settings> {
    parse(send("PUT", &api("/settings"), body(&settings)?, None).await).await
}

/// Who signs for the clinic with a personal certificate.
pub(crate) async fn signers() -> Answer<Vec<Signer>> {
    items("/clinic-signers").await
}

/// Adds one.
pub(crate) async fn add_signer(name: String, snils: Snils) -> Answer<()> {
    let body = Body::Json(json!({ "name": name, "snils": snils }).to_string());
    done(send("POST", &api("/clinic-signers"), body, None).await)
}

/// Takes one off the list.
pub(crate) async fn remove_signer(id: String) -> Answer<()> {
    let path = api(&format!("/clinic-signers/{id}"));
    done(send("DELETE", &path, Body::None, None).await)
}

/// The user agreement in force, if there is one.
pub(crate) async fn agreement() -> Answer<Option<Agreement>> {
    match get("/agreement").await {
        Ok(agreement) => Ok(Some(agreement)),
        Err(trouble) if trouble.is("not_found") => Ok(None),
        Err(trouble) => Err(trouble),
    }
}

/// Publishes a version of it.
pub(crate) async fn publish_agreement(file: File) -> Answer<Agreement> {
    let form = FormData::new().map_err(|_| other())?;
    form.append_with_blob("file", &file).map_err(|_| other())?;
    parse(send("PUT", &api("/agreement"), Body::Form(form), None).await).await
}

/// Who works here.
pub(crate) async fn staff() -> Answer<Vec<Colleague>> {
    items("/staff?limit=100").await
}

/// Invites a person.
pub(crate) async fn invite(email: Email, name: Option<String>, role: Role) -> Answer<()> {
    let body = json!({ "email": email, "name": name, "role": role });
    done(send("POST", &api("/staff"), Body::Json(body.to_string()), None).await)
}

/// Sends the invitation again.
pub(crate) async fn invite_again(id: String) -> Answer<()> {
    let path = api(&format!("/staff/{id}/invite"));
    done(send("POST", &path, Body::None, None).await)
}

/// Gives a person another role.
pub(crate) async fn set_role(id: String, role: Role) -> Answer<()> {
    let body = Body::Json(json!({ "role": role }).to_string());
    done(send("PUT", &api(&format!("/staff/{id}")), body, None).await)
}

/// Takes a person off.
pub(crate) async fn remove_colleague(id: String) -> Answer<()> {
    done(send("DELETE", &api(&format!("/staff/{id}")), Body::None, None).await)
}

/// Who did what, newest first; `by` as the entries have it, everybody where it is empty.
pub(crate) async fn acts(by: String, after: Option<String>) -> Answer<Page<Act>> {
    let mut path = format!("/acts?limit={PAGE}");
    for (name, value) in [("by", Some(by)), ("after", after)] {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            path += &format!("&{name}={}", js_sys::encode_uri_component(&value));
        }
    }
    get(&path).await
}

/// Who may stand in the journal.
pub(crate) async fn names() -> Answer<Names> {
    Ok(Names::of(&staff().await?, &keys().await?))
}

/// Keys of the API.
pub(crate) async fn keys() -> Answer<Vec<Key>> {
    items("/keys").await
}

/// Makes one.
pub(crate) async fn make_key(label: Option<String>) -> Answer<NewKey> {
    let body = Body::Json(json!({ "label": label }).to_string());
    parse(send("POST", &api("/keys"), body, None).await).await
}

/// Revokes one.
pub(crate) async fn revoke_key(id: String) -> Answer<()> {
    done(send("DELETE", &api(&format!("/keys/{id}")), Body::None, None).await)
}

/// The webhook, if there is one.
pub(crate) async fn webhook() -> Answer<Option<Webhook>> {
    match get("/webhook").await {
        Ok(webhook) => Ok(Some(webhook)),
        Err(trouble) if trouble.is("not_found") => Ok(None),
        Err(trouble) => Err(trouble),
    }
}

/// Sets it.
pub(crate) async fn set_webhook(url: String) -> Answer<Webhook> {
    let body = Body::Json(json!({ "url": url }).to_string());
    parse(send("PUT", &api("/webhook"), body, None).await).await
}

/// Removes it.
pub(crate) async fn remove_webhook() -> Answer<()> {
    done(send("DELETE", &api("/webhook"), Body::None, None).await)
}

/// Pushed events, newest first.
pub(crate) async fn pushes(status: String, after: Option<String>) -> Answer<Page<Push>> {
    let mut path = format!("/webhook/deliveries?limit={PAGE}");
    for (name, value) in [("status", Some(status)), ("after", after)] {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            path += &format!("&{name}={}", js_sys::encode_uri_component(&value));
        }
    }
    get(&path).await
}

/// Pushes one again.
pub(crate) async fn push_again(id: String, once: String) -> Answer<()> {
    let path = api(&format!("/webhook/deliveries/{id}/replay"));
    done(send("POST", &path, Body::None, Some(&once)).await)
}

/// One part of the archive, and where the next one begins.
pub(crate) async fn archive(after: Option<String>) -> Answer<(Blob, Option<String>)> {
    let after = after.map(|after| js_sys::encode_uri_component(&after));
    let after = after.map_or_else(String::new, |after| format!("?after={after}"));
    let path = api(&format!("/export{after}"));
    let response = send("GET", &path, Body::None, None).await?;
    let next = response.headers().get("podpis-next").ok().flatten();
    Ok((blob(Ok(response)).await?, next))
}

/// A new key under which a request is done once.
pub(crate) fn once() -> String {
    let crypto = web_sys::window().and_then(|window| window.crypto().ok());
    // Without it the page is not on a secure origin, where nobody can sign in either.
    crypto.map_or_else(String::new, |crypto| crypto.random_uuid())
}

/// The bytes of a file or an answer.
pub(crate) async fn bytes(blob: &Blob) -> Answer<Vec<u8>> {
    let buffer = JsFuture::from(blob.array_buffer()).await;
    Ok(Uint8Array::new(&buffer.map_err(|_| other())?).to_vec())
}

/// Bytes as a file.
pub(crate) fn blob_of(bytes: &[u8], media: &str) -> Answer<Blob> {
    let options = BlobPropertyBag::new();
    options.set_type(media);
    let parts = Array::of1(&Uint8Array::from(bytes));
    Blob::new_with_u8_array_sequence_and_options(&parts, &options).map_err(|_| other())
}

fn api(path: &str) -> String {
    format!("/api/v1{path}")
}

async fn get<T: DeserializeOwned>(path: &str) -> Answer<T> {
    parse(send("GET", &api(path), Body::None, None).await).await
}

async fn items<T: DeserializeOwned>(path: &str) -> Answer<Vec<T>> {
    Ok(get::<Items<T>>(path).await?.items)
}

/// `once`: the request's `Idempotency-Key`.
async fn send(method: &str, path: &str, body: Body, once: Option<&str>) -> Answer<Response> {
    let request = request(method, body, once).map_err(|_| other())?;
    let window = web_sys::window().ok_or_else(other)?;
    checked(JsFuture::from(window.fetch_with_str_and_init(path, &request)).await).await
}

fn request(method: &str, body: Body, once: Option<&str>) -> Result<RequestInit, JsValue> {
    let headers = Headers::new()?;
    headers.set(STAFF_HEADER, "1")?;
    if let Some(once) = once.filter(|once| !once.is_empty()) {
        headers.set("idempotency-key", once)?;
    }
    let request = RequestInit::new();
    request.set_method(method);
    request.set_cache(RequestCache::NoStore);
    request.set_credentials(RequestCredentials::SameOrigin);
    match body {
        Body::None => {}
        Body::Json(text) => {
            headers.set("content-type", "application/json")?;
            request.set_body(&JsValue::from_str(&text));
        }
        // The browser names the boundary itself.
        Body::Form(form) => request.set_body(&form),
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

async fn parse<T: DeserializeOwned>(response: Answer<Response>) -> Answer<T> {
    let text = super::text(&response?).await;
    let text = text.map_err(|_| Trouble::new(What::Offline))?;
    serde_json::from_str(&text).map_err(|_| other())
}

async fn blob(response: Answer<Response>) -> Answer<Blob> {
    let blob = response?.blob().map_err(|_| other())?;
    let blob = JsFuture::from(blob).await;
    blob.map_err(|_| Trouble::new(What::Offline))?
        .dyn_into()
        .map_err(|_| other())
}

fn done(answer: Answer<Response>) -> Answer<()> {
    answer.map(drop)
}

fn body(of: &impl Serialize) -> Answer<Body> {
    let text = serde_json::to_string(of).map_err(|_| other())?;
    Ok(Body::Json(text))
}

const fn other() -> Trouble {
    Trouble::new(What::Other)
}
