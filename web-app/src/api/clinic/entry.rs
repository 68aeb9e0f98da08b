//! `/staff/…`: signing in, invitations, and what belongs to the person.

use podpis_shared::sensitive::Sensitive;
use podpis_shared::wire::staff::{
    AcceptInvitation, ChangePassword, ChooseClinic, ConfirmTotp, Enrolled, Invitation,
    InvitationView, Me, NewPasskey, PasskeyOptions, PasskeyView, Reset, Second, SessionView,
    SignIn, Step,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Answer, Body, Items, body, done, parse, send};

/// Who is signed in.
pub(crate) async fn me() -> Answer<Me> {
    get("/me").await
}

/// The first step.
pub(crate) async fn sign_in(email: String, password: String) -> Answer<Step> {
    let password = Sensitive::new(password);
    post("/sign-in", &SignIn { email, password }).await
}

/// The second step.
pub(crate) async fn second(proof: Second) -> Answer<Me> {
    post("/second", &proof).await
}

/// What a letter's link is for.
pub(crate) async fn invitation(token: String) -> Answer<InvitationView> {
    let token = Sensitive::new(token);
    post("/invitation", &Invitation { token }).await
}

/// Takes it.
pub(crate) async fn accept(accept: AcceptInvitation) -> Answer<Step> {
    post("/invitation/accept", &accept).await
}

/// The first code of a new app.
pub(crate) async fn confirm_totp(code: String) -> Answer<Enrolled> {
    let code = Sensitive::new(code);
    post("/totp/confirm", &ConfirmTotp { code }).await
}

/// Asks for a letter to set the password anew.
pub(crate) async fn forgot(email: String) -> Answer<()> {
    done(send("POST", "/staff/reset", body(&Reset { email })?, None).await)
}

/// Acts for another clinic.
pub(crate) async fn choose(id: String) -> Answer<Me> {
    post("/clinic", &ChooseClinic { id }).await
}

/// Ends this session.
pub(crate) async fn sign_out() -> Answer<()> {
    done(send("POST", "/staff/sign-out", Body::None, None).await)
}

/// Where the person is signed in.
pub(crate) async fn sessions() -> Answer<Vec<SessionView>> {
    Ok(get::<Items<SessionView>>("/sessions").await?.items)
}

/// Ends every other session.
pub(crate) async fn end_others() -> Answer<()> {
    done(send("DELETE", "/staff/sessions", Body::None, None).await)
}

/// Another password.
pub(crate) async fn change_password(old: String, new: String) -> Answer<()> {
    let (old, new) = (Sensitive::new(old), Sensitive::new(new));
    let change = body(&ChangePassword { old, new })?;
    done(send("POST", "/staff/password", change, None).await)
}

/// The person's passkeys.
pub(crate) async fn passkeys() -> Answer<Vec<PasskeyView>> {
    Ok(get::<Items<PasskeyView>>("/passkeys").await?.items)
}

/// What a new passkey is to be made of.
pub(crate) async fn begin_passkey() -> Answer<PasskeyOptions> {
    parse(send("POST", "/staff/passkeys/begin", Body::None, None).await).await
}

/// Adds it.
pub(crate) async fn add_passkey(passkey: NewPasskey) -> Answer<()> {
    done(send("POST", "/staff/passkeys", body(&passkey)?, None).await)
}

/// Removes one.
pub(crate) async fn remove_passkey(id: String) -> Answer<()> {
    let path = format!("/staff/passkeys/{id}");
    done(send("DELETE", &path, Body::None, None).await)
}

async fn get<T: DeserializeOwned>(path: &str) -> Answer<T> {
    parse(send("GET", &format!("/staff{path}"), Body::None, None).await).await
}

async fn post<T: DeserializeOwned>(path: &str, of: &impl Serialize) -> Answer<T> {
    parse(send("POST", &format!("/staff{path}"), body(of)?, None).await).await
}
