//! Codes that come by themselves: WebOTP (the phone reads the SMS that names this site), and pasting.

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{AbortController, Event};

/// Listening to SMS, until dropped.
pub(crate) struct Listening(Option<AbortController>);

impl Drop for Listening {
    fn drop(&mut self) {
        if let Some(controller) = &self.0 {
            controller.abort();
        }
    }
}

/// Asks the browser for the code of the next SMS that ends with `@<this site> #<code>`; the person is asked first.
/// Does nothing where the browser has no WebOTP.
pub(crate) fn listen(heard: impl Fn(String) + 'static) -> Listening {
    let window = js_sys::global();
    let can = Reflect::has(&window, &"OTPCredential".into()).unwrap_or(false);
    let controller = can.then(|| AbortController::new().ok()).flatten();
    let asked = controller
        .as_ref()
        .and_then(|controller| ask(controller).ok());
    if let Some(answer) = asked {
        spawn_local(async move {
            // Refused by the person or ended by us: the code is typed then.
            if let Ok(credential) = JsFuture::from(answer).await
                && let Some(code) = text(&credential, "code")
            {
                heard(code);
            }
        });
    }
    Listening(controller)
}

/// `navigator.credentials.get({otp: {transport: ["sms"]}, signal})`.
fn ask(controller: &AbortController) -> Result<Promise, JsValue> {
    let otp = Object::new();
    Reflect::set(&otp, &"transport".into(), &Array::of1(&"sms".into()))?;
    let options = Object::new();
    Reflect::set(&options, &"otp".into(), &otp)?;
    Reflect::set(&options, &"signal".into(), &controller.signal())?;
    let navigator = web_sys::window().ok_or(JsValue::NULL)?.navigator();
    let credentials = Reflect::get(&navigator, &"credentials".into())?;
    let get: Function = Reflect::get(&credentials, &"get".into())?.dyn_into()?;
    get.call1(&credentials, &options)?.dyn_into()
}

/// What a paste event brings.
pub(crate) fn pasted(event: &Event) -> Option<String> {
    let clipboard = Reflect::get(event, &"clipboardData".into()).ok()?;
    let get: Function = Reflect::get(&clipboard, &"getData".into())
        .ok()?
        .dyn_into()
        .ok()?;
    get.call1(&clipboard, &"text".into()).ok()?.as_string()
}

fn text(object: &JsValue, name: &str) -> Option<String> {
    Reflect::get(object, &name.into()).ok()?.as_string()
}
