//! What a clinic has chosen about notices, and what its documents say of it.

use crate::db::{Db, DbError, Tx};
use podpis_shared::Timestamp;
use podpis_shared::templates::ClinicDetails;
use podpis_shared::wire::mis::Settings;

/// A clinic's settings; the usual ones where it has chosen none.
///
/// # Errors
/// As the database says.
pub async fn of_clinic(db: &Db, clinic_id: &str) -> Result<Settings, DbError> {
    let sql = "SELECT reminders, sms_fallback, details FROM clinic_settings WHERE clinic_id = ?1";
    let Some(row) = db.first(sql, [clinic_id.into()]).await? else {
        return Ok(Settings::default());
    };
    let hours = |hours: i64| u16::try_from(hours).map_err(|_| DbError::corrupt("hours"));
    Ok(Settings {
        reminders_before_hours: serde_json::from_str(&row.text(0)?)
            .map_err(|_| DbError::corrupt("reminders"))?,
        sms_fallback_after_hours: row.opt_int(1)?.map(hours).transpose()?,
        details: match row.opt_text(2)? {
            Some(text) => serde_json::from_str(&text).map_err(|_| DbError::corrupt("details"))?,
            None => ClinicDetails::default(),
        },
    })
}

/// Keeps a clinic's settings.
///
/// # Errors
/// As the database says.
pub async fn keep(
    tx: &Tx,
    clinic_id: &str,
    settings: &Settings,
    now: Timestamp,
) -> Result<(), DbError> {
    let reminders = serde_json::to_string(&settings.reminders_before_hours)
        .map_err(|e| DbError::host("json", e))?;
    let details = serde_json::to_string(&settings.details).map_err(|e| DbError::host("json", e))?;
    let sql = "INSERT INTO clinic_settings (clinic_id, reminders, sms_fallback, updated_at, details) \
               VALUES (?1, ?2, ?3, ?4, ?5) \
               ON CONFLICT (clinic_id) DO UPDATE SET reminders = ?2, sms_fallback = ?3, updated_at = ?4, details = ?5";
    let params = [
        clinic_id.into(),
        reminders.into(),
        settings.sms_fallback_after_hours.map(i64::from).into(),
        now.unix().into(),
        details.into(),
    ];
    tx.execute(sql, params).await.map(|_| ())
}
