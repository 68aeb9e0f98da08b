//! What `boot.js` began before the app was there: the right, the worker, the first answer.
//! On `/verify` that is `verify-boot.js`, and [`crate::verifier`] takes over what it began.

use js_sys::{Array, Promise, Reflect};
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{Storage, Worker};

use crate::model::access::Access;
use crate::model::fragment::parse_return;
use podpis_shared::wire::patient::EsiaComplete;

/// Key in the session storage under which `boot.js` keeps Gosuslugi's answer; the right's value follows.
const RETURN: &str = "podpis-return:";

/// Key in the session storage of the code that is on its way; the right's value follows.
const CODE: &str = "podpis-code:";

/// Key in the session storage of the address that signing in to the account leads back to.
pub(crate) const RETURN_TO: &str = "podpis-return-to";

/// The right that the page was opened with.
pub(crate) fn access() -> Option<Access> {
    Access::of(&field("header")?.as_string()?, field("value")?.as_string()?)
}

/// The worker that fetches and draws the document.
pub(crate) fn worker() -> Option<Worker> {
    field("worker")?.dyn_into().ok()
}

/// What the worker told before somebody listened.
pub(crate) fn take_backlog() -> Vec<JsValue> {
    let backlog = field("backlog").and_then(|backlog| backlog.dyn_into::<Array>().ok());
    backlog
        .map(|backlog| backlog.splice(0, backlog.length(), &JsValue::UNDEFINED))
        .map_or_else(Vec::new, |taken| {
            taken
                .iter()
                .filter(|message| !message.is_undefined())
                .collect()
        })
}

/// The first `GET /patient/document`; can be taken once.
pub(crate) fn take_first_answer() -> Option<Promise> {
    let answer = field("view")?.dyn_into().ok();
    set_field("view", &JsValue::NULL);
    answer
}

/// Gosuslugi's answer that the server has not heard yet; it outlives a reload.
pub(crate) fn esia_answer() -> Option<EsiaComplete> {
    parse_return(&storage()?.get_item(&key(RETURN)?).ok()??)
}

/// The server has heard Gosuslugi's answer.
pub(crate) fn forget_esia_answer() {
    forget(RETURN);
}

/// The code that is on its way, as [`keep_code`] left it; it outlives a reload.
pub(crate) fn code() -> Option<String> {
    storage()?.get_item(&key(CODE)?).ok()?
}

/// A code is on its way; `None`: none is waited for any more.
pub(crate) fn keep_code(code: Option<&str>) {
    match (code, storage(), key(CODE)) {
        (Some(code), Some(storage), Some(key)) => {
            // Without storage a page that is loaded anew asks for another code.
            let _ = storage.set_item(&key, code);
        }
        _ => forget(CODE),
    }
}

/// Once the person has signed in to the account, they come back to this address.
pub(crate) fn come_back_to(address: &str) {
    if let Some(storage) = storage() {
        // Without storage the person finds the document in the account's list.
        let _ = storage.set_item(RETURN_TO, address);
    }
}

fn forget(prefix: &str) {
    if let (Some(storage), Some(key)) = (storage(), key(prefix)) {
        // Without storage there is nothing to forget.
        let _ = storage.remove_item(&key);
    }
}

/// What is kept for one right alone.
fn key(prefix: &str) -> Option<String> {
    Some(format!("{prefix}{}", field("value")?.as_string()?))
}

fn storage() -> Option<Storage> {
    web_sys::window()?.session_storage().ok()?
}

fn started() -> Option<JsValue> {
    Reflect::get(&js_sys::global(), &"podpis".into())
        .ok()
        .filter(JsValue::is_object)
}

/// What `boot.js` or `verify-boot.js` left under a name.
pub(crate) fn field(name: &str) -> Option<JsValue> {
    Reflect::get(&started()?, &name.into())
        .ok()
        .filter(|value| !value.is_null() && !value.is_undefined())
}

fn set_field(name: &str, value: &JsValue) {
    if let Some(started) = started() {
        // A plain object of our own takes any field.
        let _ = Reflect::set(&started, &name.into(), value);
    }
}
