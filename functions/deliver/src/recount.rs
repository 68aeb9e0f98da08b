//! Messages about several documents of a package that waited for a morning or for a relay: what was signed or closed meanwhile
//! is not counted any more.

use crate::db;
use crate::db::messages::Message;
use podpis_kit::store::notices::{self, About, Notice};
use podpis_kit::store::{Document, outbox};
use podpis_kit::{Db, Result, now, vars};

/// A message that asks to sign, as it is to go out: about what can still be signed of what it tells of, leading to the one that ends
/// first. It stays as it is where it tells of one document, where nothing has changed, and where nothing is left: then it
/// has become pointless.
///
/// # Errors
/// As the database says.
pub(crate) async fn as_of_now(
    db: &Db,
    mut message: Message,
    document: Document,
) -> Result<(Message, Document)> {
    let Some(notice) = message.notice.as_deref().and_then(Notice::of_package) else {
        return Ok((message, document));
    };
    let (at, others) = (now(), outbox::others(db, &message.id).await?);
    let before = others.len() + 1;
    let mut open: Vec<&Document> = std::iter::once(&document).chain(&others).collect();
    open.retain(|document| document.is_open(at));
    open.sort_by_key(|document| (document.expires_at, document.position));
    let Some(first) = open.first().filter(|_| open.len() < before) else {
        return Ok((message, document));
    };
    let (base_url, clinic) = (
        vars::get("public_url").await?,
        db::clinic_name(db, &first.clinic_id).await?,
    );
    let about = About {
        notice: notice.of(open.len()),
        document: first,
        clinic: &clinic,
        base_url: base_url.trim_end_matches('/'),
        due: at,
    };
    let (subject, text) = notices::worded(db, about, &message.channel, at).await?;
    message.document_id.clone_from(&first.id);
    message.subject = message.subject.map(|_| subject);
    message.text = text;
    let document = (*first).clone();
    Ok((message, document))
}
