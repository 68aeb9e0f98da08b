//! What a clinic has chosen about notices: `/api/v1/settings`.

use crate::answer::{FromJson, Json};
use crate::auth::Session;
use podpis_kit::store::{Event, journal, settings};
use podpis_kit::{Failure, Result, now};
use podpis_shared::problem::Code;
use podpis_shared::wire::mis::Settings;
use serde_json::json;

/// `GET /api/v1/settings`.
///
/// # Errors
/// As the database says.
pub(crate) async fn read(Session { clinic, db }: Session) -> Result<Json<Settings>> {
    Ok(Json(settings::of_clinic(&db, &clinic.id).await?))
}

/// `PUT /api/v1/settings`: for documents sent from now on. The same settings again change nothing.
///
/// # Errors
/// `invalid`.
pub(crate) async fn put(
    Session { clinic, db }: Session,
    FromJson(new): FromJson<Settings>,
) -> Result<Json<Settings>> {
    new.check()
        .map_err(|detail| Failure::new(Code::Invalid, detail))?;
    let (tx, at) = (db.begin().await?, now());
    if settings::of_clinic(&tx, &clinic.id).await? != new {
        settings::keep(&tx, &clinic.id, &new, at).await?;
        let (event, facts) = (Event::SettingsChanged, clinic.by.signed(json!(new)));
        journal::append(&tx, &clinic.id, None, event, at, facts).await?;
    }
    tx.commit().await?;
    Ok(Json(new))
}
