//! Clinics' own tariffs; where there is none, the default of `shared/tariffs/` holds.

use crate::db::{Db, DbError, Row, Tx};
use podpis_shared::Timestamp;
use podpis_shared::policy::Day;
use podpis_shared::usage::{Schedule, Tariff};

/// What a clinic pays on which day.
///
/// # Errors
/// As the database says.
pub async fn schedule(db: &Db, clinic_id: &str) -> Result<Schedule, DbError> {
    let sql =
        "SELECT valid_from, prices, vat_note FROM tariffs WHERE clinic_id = ?1 ORDER BY position";
    let of = |row: &Row| {
        Ok(Tariff {
            valid_from: Day::parse(&row.text(0)?).ok_or_else(|| DbError::corrupt("day"))?,
            prices: serde_json::from_str(&row.text(1)?).map_err(|_| DbError::corrupt("prices"))?,
            vat_note: row.opt_text(2)?,
        })
    };
    let rows = db.query(sql, [clinic_id.into()]).await?;
    Ok(Schedule::new(
        rows.iter().map(of).collect::<Result<_, DbError>>()?,
    ))
}

/// Adds a tariff, which was checked by the clock under this transaction's lock.
///
/// # Errors
/// As the database says.
pub async fn insert(
    tx: &Tx,
    clinic_id: &str,
    tariff: &Tariff,
    at: Timestamp,
) -> Result<(), DbError> {
    let prices = serde_json::to_string(&tariff.prices).map_err(|e| DbError::host("json", e))?;
    let sql = "INSERT INTO tariffs (clinic_id, position, valid_from, prices, vat_note, set_at) \
               SELECT ?1, coalesce(max(position), 0) + 1, ?2, ?3, ?4, ?5 FROM tariffs WHERE clinic_id = ?1";
    let params = [
        clinic_id.into(),
        String::from(tariff.valid_from).into(),
        prices.into(),
        tariff.vat_note.as_deref().into(),
        at.unix().into(),
    ];
    tx.execute(sql, params).await.map(drop)
}
