//! What `account-boot.js` began before the app was there, and what outlives a way through another page.

use js_sys::{Promise, Reflect};
use podpis_shared::wire::account::LoginPurpose;
use podpis_shared::wire::patient::EsiaComplete;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::Storage;

use crate::boot::{RETURN_TO, field};
use crate::model::account::proof::Kept;
use crate::model::account::route::Route;
use crate::model::fragment::parse_return;

/// What Gosuslugi answered, as `account-boot.js` keeps it until the server has heard it.
const RETURN: &str = "podpis-login-return";
/// The code that is on its way to sign in.
const CODE: &str = "podpis-login-code";
/// The invitation and the fragment of the page that a way through Gosuslugi began on; `account-boot.js` reads it.
const PLACE: &str = "podpis-login-place";
/// What that way was for.
const PURPOSE: &str = "podpis-login-purpose";
/// The name of the clinic whose agreement is being read.
const CLINIC: &str = "podpis-agreement-of";

/// The address's fragment, with its `#`.
pub(super) fn fragment() -> String {
    let window = web_sys::window();
    let hash = window.and_then(|window| window.location().hash().ok());
    hash.unwrap_or_default()
}

/// The clinic of an invitation: `/account?clinic=<id>`.
pub(super) fn invited() -> Option<String> {
    let query = web_sys::window()?.location().search().ok()?;
    let mut pairs = query.trim_start_matches('?').split('&');
    let id = pairs.find_map(|pair| pair.strip_prefix("clinic="))?;
    (!id.is_empty()).then(|| id.to_owned())
}

/// The first `GET /patient/account`; can be taken once.
pub(super) fn take_first_answer() -> Option<Promise> {
    let answer = field("view")?.dyn_into().ok();
    set("view", &JsValue::NULL);
    answer
}

/// Resolves to the service worker's registration, or to nothing where there is none.
pub(super) fn registration() -> Option<Promise> {
    field("registration")?.dyn_into().ok()
}

/// The browser's own offer to install the page, where it made one.
pub(super) fn install_offer() -> Option<JsValue> {
    field("install")
}

/// It is taken once.
pub(super) fn forget_install_offer() {
    set("install", &JsValue::NULL);
}

/// Gosuslugi's answer that the server has not heard yet; it outlives a reload.
pub(super) fn esia_answer() -> Option<EsiaComplete> {
    parse_return(&field("returned")?.as_string()?)
}

/// The server has heard Gosuslugi's answer.
pub(super) fn forget_esia_answer() {
    set("returned", &JsValue::NULL);
    take(RETURN);
}

/// The code that is on its way to sign in, where this tab has asked for one; it outlives a reload.
pub(super) fn code() -> Option<Kept> {
    serde_json::from_str(&storage()?.get_item(CODE).ok()??).ok()
}

/// One is on its way.
pub(super) fn keep_code(code: &Kept) {
    if let Ok(text) = serde_json::to_string(code) {
        keep(CODE, &text);
    }
}

/// None is waited for any more.
pub(super) fn forget_code() {
    take(CODE);
}

/// Before the browser leaves for Gosuslugi: where it comes back to, and what for.
pub(super) fn remember_way(route: Route, purpose: LoginPurpose) {
    // Whoever was invited by a clinic is asked for its agreement afterwards.
    let invitation = invited().map(|id| format!("?clinic={id}"));
    keep(PLACE, &(invitation.unwrap_or_default() + &route.href()));
    let purpose = match purpose {
        LoginPurpose::SignIn => "sign_in",
        LoginPurpose::Bind => "bind",
    };
    keep(PURPOSE, purpose);
}

/// Whether the way through Gosuslugi that just ended was to confirm an account.
pub(super) fn take_was_bind() -> bool {
    take(PURPOSE).is_some_and(|purpose| purpose == "bind")
}

/// Whether the browser comes back from an agreement that was accepted there; told once.
pub(super) fn take_accepted() -> bool {
    let loaded = field("accepted").is_some_and(|accepted| accepted.is_truthy());
    set("accepted", &JsValue::NULL);
    // The page was open already, and only its fragment changed.
    let here = fragment() == "#accepted";
    if here {
        set_address("/account");
    }
    loaded || here
}

/// Puts another address into the bar without going there.
pub(super) fn set_address(address: &str) {
    let history = web_sys::window().and_then(|window| window.history().ok());
    // A browser that refuses keeps the old address, which leads to the same page.
    let _ =
        history.map(|history| history.replace_state_with_url(&JsValue::NULL, "", Some(address)));
}

/// The page of a document or an agreement that sent the person here to sign in; told once. No other address counts.
pub(super) fn take_return() -> Option<String> {
    const OWN: [&str; 2] = ["/account/document#", "/account/agreement#"];
    let address = take(RETURN_TO)?;
    OWN.iter()
        .any(|page| address.starts_with(page))
        .then_some(address)
}

/// Before the browser leaves for a clinic's agreement.
pub(super) fn remember_agreement(clinic: &str) {
    keep(CLINIC, clinic);
}

/// The clinic whose agreement the browser comes back from.
pub(super) fn take_agreement() -> Option<String> {
    take(CLINIC)
}

fn keep(key: &str, value: &str) {
    if let Some(storage) = storage() {
        // Without storage the way ends on the list: a loss of comfort only.
        let _ = storage.set_item(key, value);
    }
}

fn take(key: &str) -> Option<String> {
    let storage = storage()?;
    let value = storage.get_item(key).ok().flatten();
    // What can't be removed ends with the tab.
    let _ = storage.remove_item(key);
    value
}

fn storage() -> Option<Storage> {
    web_sys::window()?.session_storage().ok()?
}

fn set(name: &str, value: &JsValue) {
    let started = Reflect::get(&js_sys::global(), &"podpis".into());
    if let Ok(started) = started
        && started.is_object()
    {
        // A plain object of our own takes any field.
        let _ = Reflect::set(&started, &name.into(), value);
    }
}
