//! Passkeys, as the browser keeps them (WebAuthn level 2).

use js_sys::{Array, Function, Object, Promise, Reflect, Uint8Array};
use podpis_shared::wire::staff::{
    NewPasskey, PasskeyAnswer, PasskeyChallenge, PasskeyOptions, Second,
};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::api::clinic::Answer;
use crate::model::clinic::passkey::NoPasskey;
use crate::model::clinic::trouble::{Trouble, What};

/// ES256 (RFC 9053).
const ES256: i32 = -7;

/// Whether the browser knows passkeys; not on a page that came over http.
pub(super) fn is_possible() -> bool {
    let known = || {
        let window: JsValue = web_sys::window()?.into();
        let at = |of: &JsValue, name: &str| Reflect::get(of, &name.into()).ok();
        let credentials = at(&at(&window, "navigator")?, "credentials")?;
        let class = at(&window, "PublicKeyCredential")?;
        Some(class.is_function() && credentials.is_object())
    };
    known().unwrap_or(false)
}

/// Whether it also tells a new one's key in a form that needs no CBOR (WebAuthn level 2).
pub(in crate::clinic) fn can_be_made() -> bool {
    let known = || {
        let window: JsValue = web_sys::window()?.into();
        let at = |of: &JsValue, name: &str| Reflect::get(of, &name.into()).ok();
        let class = at(&window, "AuthenticatorAttestationResponse")?;
        Some(at(&at(&class, "prototype")?, "getPublicKey")?.is_function())
    };
    is_possible() && known().unwrap_or(false)
}

/// Has a passkey sign the challenge.
pub(super) async fn prove(challenge: &PasskeyChallenge) -> Answer<Second> {
    let asked = async {
        let list = challenge.credentials.iter().map(|id| credential(id));
        let options = object(&[
            ("challenge", binary(&challenge.challenge)?),
            ("rpId", challenge.rp_id.as_str().into()),
            (
                "allowCredentials",
                list.collect::<Result<Array, _>>()?.into(),
            ),
            ("userVerification", "required".into()),
        ]);
        let made = call("get", &options).await?;
        let response = Reflect::get(&made, &"response".into())?;
        Ok::<_, JsValue>(PasskeyAnswer {
            credential_id: text(&made, "rawId")?,
            authenticator_data: text(&response, "authenticatorData")?,
            client_data_json: text(&response, "clientDataJSON")?,
            signature: text(&response, "signature")?,
        })
    };
    let answer = asked.await.map(Second::Passkey);
    answer.map_err(|e| refused(NoPasskey::when_asked(&name_of(&e))))
}

/// Makes a new passkey, called `name`.
pub(in crate::clinic) async fn create(options: PasskeyOptions, name: String) -> Answer<NewPasskey> {
    let asked = async {
        let exclude = options.exclude.iter().map(|id| credential(id));
        let algorithm = object(&[("type", "public-key".into()), ("alg", ES256.into())]);
        let user = object(&[
            ("id", binary(&options.user_id)?),
            ("name", options.user_name.as_str().into()),
            ("displayName", options.display_name.as_str().into()),
        ]);
        let rp = object(&[
            ("id", options.rp_id.as_str().into()),
            ("name", options.rp_name.as_str().into()),
        ]);
        let selection = object(&[
            ("residentKey", "discouraged".into()),
            ("userVerification", "required".into()),
        ]);
        let wanted = object(&[
            ("challenge", binary(&options.challenge)?),
            ("rp", rp.into()),
            ("user", user.into()),
            ("pubKeyCredParams", Array::of1(&algorithm).into()),
            (
                "excludeCredentials",
                exclude.collect::<Result<Array, _>>()?.into(),
            ),
            ("authenticatorSelection", selection.into()),
            ("attestation", "none".into()),
        ]);
        let made = call("create", &wanted).await?;
        let response = Reflect::get(&made, &"response".into())?;
        let algorithm = answer(&response, "getPublicKeyAlgorithm")?.as_f64();
        Ok::<_, JsValue>(NewPasskey {
            name,
            credential_id: text(&made, "rawId")?,
            public_key: encode(&answer(&response, "getPublicKey")?),
            algorithm: algorithm.unwrap_or_default() as i64,
            authenticator_data: encode(&answer(&response, "getAuthenticatorData")?),
            client_data_json: text(&response, "clientDataJSON")?,
        })
    };
    let answer = asked.await;
    answer.map_err(|e| refused(NoPasskey::when_made(&name_of(&e))))
}

/// `navigator.credentials.get` or `.create`.
async fn call(what: &str, options: &Object) -> Result<JsValue, JsValue> {
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let credentials = Reflect::get(&window.navigator(), &"credentials".into())?;
    let function: Function = Reflect::get(&credentials, &what.into())?.dyn_into()?;
    let argument = object(&[("publicKey", options.clone().into())]);
    let promise: Promise = function.call1(&credentials, &argument)?.dyn_into()?;
    JsFuture::from(promise).await
}

fn credential(id: &str) -> Result<JsValue, JsValue> {
    let id = binary(id)?;
    Ok(object(&[("type", "public-key".into()), ("id", id)]).into())
}

fn object(fields: &[(&str, JsValue)]) -> Object {
    let object = Object::new();
    for (name, value) in fields {
        // A fresh plain object takes any field.
        let _ = Reflect::set(&object, &(*name).into(), value);
    }
    object
}

fn answer(of: &JsValue, method: &str) -> Result<JsValue, JsValue> {
    let function: Function = Reflect::get(of, &method.into())?.dyn_into()?;
    function.call0(of)
}

fn text(of: &JsValue, field: &str) -> Result<String, JsValue> {
    Reflect::get(of, &field.into()).map(|value| encode(&value))
}

/// Base64url without padding, as the API takes it.
fn encode(buffer: &JsValue) -> String {
    let latin: String = Uint8Array::new(buffer)
        .to_vec()
        .into_iter()
        .map(char::from)
        .collect();
    let window = web_sys::window();
    let base64 = window.and_then(|window| window.btoa(&latin).ok());
    let base64 = base64.unwrap_or_default();
    base64
        .trim_end_matches('=')
        .replace('+', "-")
        .replace('/', "_")
}

fn binary(base64url: &str) -> Result<JsValue, JsValue> {
    let base64 = base64url.replace('-', "+").replace('_', "/");
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let bytes: Vec<u8> = window.atob(&base64)?.chars().map(|c| c as u8).collect();
    Ok(Uint8Array::from(bytes.as_slice()).into())
}

/// Name of an exception; empty where it is none.
fn name_of(exception: &JsValue) -> String {
    let name = Reflect::get(exception, &"name".into()).ok();
    name.and_then(|name| name.as_string()).unwrap_or_default()
}

const fn refused(why: NoPasskey) -> Trouble {
    Trouble::new(What::Passkey(why))
}
