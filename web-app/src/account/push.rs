//! Push messages of this browser (W3C Push API): whether it takes them, and taking them.

use gloo::timers::future::TimeoutFuture;
use js_sys::{Array, Object, Promise, Reflect};
use podpis_shared::wire::account::PushSubscription as Wire;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::{JsFuture, future_to_promise, spawn_local};
use web_sys::{
    Notification, NotificationPermission, PushManager, PushSubscription,
    PushSubscriptionOptionsInit, ServiceWorkerRegistration,
};

use super::boot;
use crate::api::account as api;
use crate::model::account::trouble::{Trouble, What};

/// How long a push service may take to take a browser in, in milliseconds.
const SUBSCRIBE_MS: u32 = 15_000;

/// What this browser can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ability {
    /// It shows no such messages.
    Unsupported,
    /// The server sends none.
    NoKey,
    /// The person has forbidden them.
    Denied,
    /// It could; the server's key.
    Off(String),
    /// It takes them; the server's key.
    On(String),
}

/// What this browser can do now.
pub(super) async fn ability() -> Ability {
    let Some(manager) = manager().await else {
        return Ability::Unsupported;
    };
    let Ok(Some(key)) = api::push_key().await else {
        return Ability::NoKey;
    };
    match (Notification::permission(), subscription(&manager).await) {
        (NotificationPermission::Denied, _) => Ability::Denied,
        (NotificationPermission::Granted, Some(_)) => Ability::On(key),
        _ => Ability::Off(key),
    }
}

/// Asks the person, then the browser's push service, then tells the server.
///
/// # Errors
/// `Other` where the person or the browser refuses; else the server's.
pub(super) async fn turn_on(key: String) -> Result<(), Trouble> {
    let refused = || Trouble::new(What::Other);
    let asked = Notification::request_permission().map_err(|_| refused())?;
    let allowed = JsFuture::from(asked).await.map_err(|_| refused())?;
    if allowed.as_string().as_deref() != Some("granted") {
        return Err(refused());
    }
    let manager = manager().await.ok_or_else(refused)?;
    // One that was made for another key of the server would stand in the way.
    if let Some(old) = subscription(&manager).await {
        end(&old).await;
    }
    let options = PushSubscriptionOptionsInit::new();
    options.set_user_visible_only(true);
    options.set_application_server_key_opt_str(Some(&key));
    let subscribing = manager
        .subscribe_with_options(&options)
        .map_err(|_| refused())?;
    // A browser that can't reach its push service may ask for ever.
    let late = future_to_promise(async {
        TimeoutFuture::new(SUBSCRIBE_MS).await;
        Err(JsValue::NULL)
    });
    let first = Promise::race(&Array::of2(&subscribing, &late));
    let subscribed = JsFuture::from(first).await.map_err(|_| refused())?;
    let subscription = subscribed.dyn_into().map_err(|_| refused())?;
    api::subscribe(&wire(&subscription).ok_or_else(refused)?).await
}

/// Tells the server, then the browser's push service.
///
/// # Errors
/// The server's.
pub(super) async fn turn_off() -> Result<(), Trouble> {
    let Some(manager) = manager().await else {
        return Ok(());
    };
    let Some(subscription) = subscription(&manager).await else {
        return Ok(());
    };
    if let Some(wire) = wire(&subscription) {
        api::unsubscribe(&wire).await?;
    }
    end(&subscription).await;
    Ok(())
}

/// When the session ends: whoever uses this browser next gets no messages of this account.
///
/// The server forgets the subscription with the session by itself, so nobody waits for this.
pub(super) fn forget() {
    spawn_local(async {
        let Some(manager) = manager().await else {
            return;
        };
        if let Some(subscription) = subscription(&manager).await {
            end(&subscription).await;
        }
    });
}

async fn end(subscription: &PushSubscription) {
    if let Ok(ending) = subscription.unsubscribe() {
        // The server sends nothing any more, whatever the browser says.
        let _ = JsFuture::from(ending).await;
    }
}

async fn manager() -> Option<PushManager> {
    let window = web_sys::window()?;
    let has = |name: &str| Reflect::has(&window, &name.into()).unwrap_or(false);
    if !(has("PushManager") && has("Notification")) {
        return None;
    }
    let registration = JsFuture::from(boot::registration()?).await.ok()?;
    let registration: ServiceWorkerRegistration = registration.dyn_into().ok()?;
    registration.push_manager().ok()
}

async fn subscription(manager: &PushManager) -> Option<PushSubscription> {
    let found = JsFuture::from(manager.get_subscription().ok()?)
        .await
        .ok()?;
    found.dyn_into().ok()
}

fn wire(subscription: &PushSubscription) -> Option<Wire> {
    let json: JsValue = subscription.to_json().ok()?.into();
    let keys: Object = Reflect::get(&json, &"keys".into()).ok()?.dyn_into().ok()?;
    let key = |name: &str| Reflect::get(&keys, &name.into()).ok()?.as_string();
    Some(Wire {
        endpoint: subscription.endpoint(),
        p256dh: key("p256dh")?,
        auth: key("auth")?,
    })
}
