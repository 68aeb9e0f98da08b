//! A one-time code for a document or an agreement, on its way to `sms`.

use crate::account::codes::host;
use axum::http::HeaderMap;
use podpis_kit::store::accounts::contacts::Contact;
use podpis_kit::{Context, Failure, Result, neighbour, vars};
use podpis_shared::Sensitive;
use podpis_shared::wire::account::CodeSent;
use podpis_shared::wire::code::{Channel, Issue, Issued, Purpose};
use podpis_shared::wire::vault::Act;

/// What is sent.
pub(super) struct Parcel<'a> {
    /// What the code is for.
    pub(super) purpose: Purpose,
    /// What it is bound to.
    pub(super) subject: String,
    /// Where it goes.
    pub(super) contact: &'a Contact,
    /// The clinic's id and name.
    pub(super) clinic: (&'a str, &'a str),
    /// The document that it signs.
    pub(super) document_id: Option<&'a str>,
    /// Title, for the text.
    pub(super) title: &'a str,
    /// What happened on the page: it comes back with the right code.
    pub(super) act: &'a Act,
}

/// Sends it.
///
/// # Errors
/// Those of `sms`: `too_many_requests`, `invalid`, `unavailable`.
pub(super) async fn send(
    context: &Context,
    headers: &HeaderMap,
    parcel: Parcel<'_>,
) -> Result<CodeSent> {
    let channel = match parcel.contact {
        Contact::Phone(_) => Channel::Sms,
        Contact::Email(_) => Channel::Email,
    };
    let act = serde_json::to_string(parcel.act);
    let act = act.map_err(|e| Failure::internal("act", e.to_string()))?;
    let issue = Issue {
        purpose: parcel.purpose,
        subject: parcel.subject,
        channel,
        to: Sensitive::new(parcel.contact.expose().to_owned()),
        clinic_id: Some(parcel.clinic.0.to_owned()),
        clinic_name: Some(parcel.clinic.1.to_owned()),
        document_id: parcel.document_id.map(str::to_owned),
        title: Some(parcel.title.to_owned()),
        host: host(&vars::base_url(headers).await?).to_owned(),
        client_addr: context.client_addr.clone().map(Sensitive::new),
        context: Some(Sensitive::new(act)),
    };
    let issued: Issued = neighbour::post_json(context, "sms", "/codes", &issue).await?;
    Ok(CodeSent {
        code_id: issued.id,
        channel: channel.as_str().into(),
        to: parcel.contact.masked(),
        resend_at: issued.resend_at,
        expires_at: issued.expires_at,
        resends_left: issued.resends_left,
    })
}
