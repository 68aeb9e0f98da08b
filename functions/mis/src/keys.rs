//! A clinic's API keys: `/api/v1/keys`, and the operator's way to the same.

use crate::answer::{Done, Json, Made, MaybeJson};
use crate::auth::{Operator, Session};
use crate::db::{self, keys as rows};
use crate::idempotency::{self, Kept};
use podpis_kit::at_rest::Keys;
use podpis_kit::extract::Path;
use podpis_kit::store::webhooks::KEY_VARIABLE;
use podpis_kit::store::{Event, journal};
use podpis_kit::{Actor, Db, Failure, Result, Tx, now, random};
use podpis_shared::Timestamp;
use podpis_shared::hash::sha256_hex;
use podpis_shared::problem::Code;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Most living keys of a clinic.
const KEYS_MAX: usize = 100;

/// Longest label, in characters.
const LABEL_MAX: usize = 100;

/// A key to be made.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(inline))]
pub(crate) struct New {
    /// For the clinic's own list: what the key is for.
    #[serde(default)]
    #[cfg_attr(test, schemars(length(min = 1, max = LABEL_MAX)))]
    label: Option<String>,
}

/// A key that works.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "ApiKey"))]
pub(crate) struct Item {
    id: String,
    label: Option<String>,
    created_at: Timestamp,
    /// The last request with it, to the hour; null: never, or not for as long as that is noted.
    last_used_at: Option<Timestamp>,
}

/// All of them.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(inline))]
pub(crate) struct List {
    items: Vec<Item>,
    /// There is one page.
    next: (),
}

/// A new key.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct CreatedKey {
    pub(crate) key_id: String,
    /// Shown once.
    pub(crate) api_key: String,
}

/// `GET /api/v1/keys`: those that work, oldest first.
pub(crate) async fn list(Session { clinic, db }: Session) -> Result<Json<List>> {
    let all = rows::all(&db, &clinic.id).await?;
    let items = all.into_iter().map(item).collect();
    Ok(Json(List { items, next: () }))
}

/// `POST /api/v1/keys`: shown once.
///
/// # Errors
/// `invalid`.
pub(crate) async fn add(
    Session { clinic, db }: Session,
    key: idempotency::Key,
    MaybeJson { value, bytes }: MaybeJson<New>,
) -> Result<Kept<CreatedKey, 201>> {
    let label = value.label.map(checked).transpose()?;
    let once = idempotency::of(&key, &clinic, "/keys", &bytes)?;
    let keys = Keys::load_named(&db, KEY_VARIABLE).await?;
    let purpose = format!("api_keys.made:{}", clinic.id);
    let tx = db.begin().await?;
    if let Some(once) = &once
        && let Some(first) = once.replay_sealed(&tx, &keys, &purpose).await?
    {
        return Ok(first);
    }
    let made = make(&tx, &clinic.id, label, &clinic.by, now()).await?;
    let answer = Kept::new(&made)?;
    if let Some(once) = &once {
        once.keep_sealed(&tx, &keys, &purpose, &answer).await?;
    }
    tx.commit().await?;
    Ok(answer)
}

/// `DELETE /api/v1/keys/{id}`: works no more. Repeating it is harmless.
///
/// # Errors
/// 404 for what is not the clinic's.
pub(crate) async fn remove(
    Session { clinic, db }: Session,
    Path(id): Path<String>,
) -> Result<Done> {
    revoke(db, &clinic.id, &id, &clinic.by).await
}

/// `POST /api/v1/operator/clinics/{id}/keys`.
pub(crate) async fn add_of_clinic(_: Operator, Path(id): Path<String>) -> Result<Made<CreatedKey>> {
    let tx = Db::open().await?.begin().await?;
    if !db::clinic_exists(&tx, &id).await? {
        return Err(Failure::not_found());
    }
    let made = make(&tx, &id, None, &Actor::Operator, now()).await?;
    tx.commit().await?;
    Ok(Json(made))
}

/// `DELETE /api/v1/operator/clinics/{id}/keys/{key_id}`: repeating it is harmless.
pub(crate) async fn remove_of_clinic(
    _: Operator,
    Path((id, key_id)): Path<(String, String)>,
) -> Result<Done> {
    revoke(Db::open().await?, &id, &key_id, &Actor::Operator).await
}

/// Makes a key, with its journal entry; only its hash is stored.
///
/// # Errors
/// `invalid` where the clinic has too many.
pub(crate) async fn make(
    tx: &Tx,
    clinic_id: &str,
    label: Option<String>,
    by: &Actor,
    at: Timestamp,
) -> Result<CreatedKey> {
    if rows::all(tx, clinic_id).await?.len() >= KEYS_MAX {
        let detail = format!("the clinic has {KEYS_MAX} keys; revoke those that nobody uses");
        return Err(Failure::new(Code::Invalid, detail));
    }
    let made = insert(tx, clinic_id, label, at).await?;
    let facts = by.signed(json!({ "key_id": made.key_id }));
    journal::append(tx, clinic_id, None, Event::KeyMade, at, facts).await?;
    Ok(made)
}

/// The first key of a new clinic, whose journal has not begun.
///
/// # Errors
/// As the database says.
pub(crate) async fn insert(
    tx: &Tx,
    clinic_id: &str,
    label: Option<String>,
    at: Timestamp,
) -> Result<CreatedKey> {
    let key = rows::Key {
        id: random::id("key")?,
        label,
        created_at: at,
        used_at: None,
    };
    let api_key = format!("pk_{}", random::token()?);
    rows::insert(tx, clinic_id, &key, &sha256_hex(api_key.as_bytes())).await?;
    let key_id = key.id;
    Ok(CreatedKey { key_id, api_key })
}

async fn revoke(db: Db, clinic_id: &str, id: &str, by: &Actor) -> Result<Done> {
    let (tx, at) = (db.begin().await?, now());
    let Some(ended) = rows::revoke(&tx, clinic_id, id, at).await? else {
        return Err(Failure::not_found());
    };
    if ended {
        let facts = by.signed(json!({ "key_id": id }));
        journal::append(&tx, clinic_id, None, Event::KeyRevoked, at, facts).await?;
    }
    tx.commit().await?;
    Ok(Done)
}

fn checked(label: String) -> Result<String> {
    let label = label.trim();
    let fits = (1..=LABEL_MAX).contains(&label.chars().count());
    if fits && !label.chars().any(char::is_control) {
        return Ok(label.to_owned());
    }
    let detail = format!("label is 1 to {LABEL_MAX} characters");
    Err(Failure::new(Code::Invalid, detail))
}

fn item(key: rows::Key) -> Item {
    Item {
        id: key.id,
        label: key.label,
        created_at: key.created_at,
        last_used_at: key.used_at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_a_line_of_text() {
        assert_eq!(checked(" МИС ".into()).unwrap(), "МИС");
        for wrong in ["", "  ", "a\nb", &"x".repeat(LABEL_MAX + 1)] {
            let refused = checked(wrong.into()).unwrap_err();
            assert_eq!(refused.code(), Some(Code::Invalid), "{wrong:?}");
        }
    }
}
