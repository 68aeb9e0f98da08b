//! The operator's API: clinics.

use crate::answer::{FromJson, Json, Made};
use crate::auth::Operator;
use crate::{db, keys, list};
use podpis_kit::extract::Query;
use podpis_kit::store::ledger::{self, Entry};
use podpis_kit::{Db, Failure, Result, now, random};
use podpis_shared::problem::Code;
use podpis_shared::usage::Item;
use podpis_shared::wire::mis::{CLINIC_NAME_MAX, Clinic, NewClinic, Page};
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct ListQuery {
    #[cfg_attr(test, schemars(with = "Option<list::schema::Limit>"))]
    limit: Option<String>,
    #[cfg_attr(test, schemars(with = "Option<list::schema::After>"))]
    after: Option<String>,
}

/// A clinic with its first key.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct CreatedClinic {
    id: String,
    name: String,
    key_id: String,
    /// Shown once.
    api_key: String,
}

/// `POST /api/v1/operator/clinics`: the key is shown once.
pub(crate) async fn create(
    _: Operator,
    FromJson(new): FromJson<NewClinic>,
) -> Result<Made<CreatedClinic>> {
    check(&new)?;
    let (id, at) = (random::id("cl")?, now());
    let tx = Db::open().await?.begin().await?;
    db::insert_clinic(&tx, &id, &new, at).await?;
    let key = keys::insert(&tx, &id, None, at).await?;
    let connection = Entry {
        clinic_id: &id,
        item: Item::Connection,
        cause: &id,
        document_id: None,
        count: 1,
        at,
    };
    ledger::record(&tx, connection).await?;
    tx.commit().await?;
    Ok(Json(CreatedClinic {
        id,
        name: new.name,
        key_id: key.key_id,
        api_key: key.api_key,
    }))
}

/// `GET /api/v1/operator/clinics`.
pub(crate) async fn list(
    _: Operator,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<Clinic>>> {
    let (limit, after) = (
        list::limit(query.limit.as_deref())?,
        list::after(query.after.as_deref())?,
    );
    let (items, next) = db::clinics(&Db::open().await?, after.unwrap_or(0), limit).await?;
    Ok(Json(Page { items, next }))
}

fn check(new: &NewClinic) -> Result<()> {
    let digits = |text: &str, lengths: [usize; 2]| {
        lengths.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
    };
    let name = new.name.trim();
    let wrong = if name.is_empty()
        || name.chars().count() > CLINIC_NAME_MAX
        || name.chars().any(char::is_control)
    {
        "name is 1 to 200 characters"
    } else if !digits(&new.inn, [10, 12]) {
        "inn is 10 or 12 digits"
    } else if new
        .ogrn
        .as_ref()
        .is_some_and(|ogrn| !digits(ogrn, [13, 15]))
    {
        "ogrn is 13 or 15 digits"
    } else if new
        .timezone
        .as_ref()
        .is_some_and(|zone| zone.is_empty() || zone.len() > 64 || !zone.is_ascii())
    {
        "timezone is an IANA name"
    } else {
        return Ok(());
    };
    Err(Failure::new(Code::Invalid, wrong))
}
