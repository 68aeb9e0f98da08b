//! The clinic's list of those who sign for it with a personal certificate: its medics.

use crate::answer::{Done, FromJson, Json, Made};
use crate::auth::{Clinic, Session};
use podpis_kit::extract::Path;
use podpis_kit::store::clinic_signers::{self, ClinicSigner};
use podpis_kit::store::{Event, journal};
use podpis_kit::{Failure, Result, Tx, now, random};
use podpis_shared::clinic_signature::Demand;
use podpis_shared::problem::Code;
use podpis_shared::{Snils, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Most people on a clinic's list.
const LIST_MAX: usize = 1000;

/// Longest name, in characters.
const NAME_MAX: usize = 200;

/// A person to be added: `snils`, `certificate_sha256` or both must be there.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(
    test,
    derive(schemars::JsonSchema),
    schemars(rename = "NewClinicSigner")
)]
pub(crate) struct New {
    #[cfg_attr(test, schemars(length(min = 1, max = NAME_MAX)))]
    name: String,
    /// As it stands in the certificate.
    #[serde(default)]
    snils: Option<Snils>,
    /// SHA-256 of the certificate in DER: then this one and no other.
    #[serde(default)]
    #[cfg_attr(test, schemars(regex(pattern = "^[0-9a-fA-F]{64}$")))]
    certificate_sha256: Option<String>,
    /// The only role that this person signs in; any where absent.
    #[serde(default)]
    #[cfg_attr(test, schemars(regex(pattern = "^[a-z0-9_]{1,32}$")))]
    role: Option<String>,
}

/// A person of the list.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "ClinicSigner"))]
pub(crate) struct Item {
    id: String,
    name: String,
    snils: Option<Snils>,
    /// SHA-256 of the certificate in DER.
    certificate_sha256: Option<String>,
    /// The only role that this person signs in; null: any.
    role: Option<String>,
    created_at: Timestamp,
}

/// All of them.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(inline))]
pub(crate) struct List {
    items: Vec<Item>,
    /// There is one page.
    next: (),
}

/// `GET /api/v1/clinic-signers`: all of them; there is no second page.
pub(crate) async fn list(Session { clinic, db }: Session) -> Result<Json<List>> {
    let all = clinic_signers::all(&db, &clinic.id).await?;
    let items = all.into_iter().map(item).collect();
    Ok(Json(List { items, next: () }))
}

/// `POST /api/v1/clinic-signers`: a person by SNILS, a certificate by its fingerprint. One who is there in the same role comes
/// back as it is.
///
/// # Errors
/// `invalid`.
pub(crate) async fn add(
    Session { clinic, db }: Session,
    FromJson(new): FromJson<New>,
) -> Result<Made<Item>> {
    let signer = check(new)?;
    let tx = db.begin().await?;
    let all = clinic_signers::all(&tx, &clinic.id).await?;
    let key = |one: &ClinicSigner| {
        (
            one.snils.clone(),
            one.certificate_sha256.clone(),
            one.role.clone(),
        )
    };
    if let Some(there) = all.iter().find(|one| key(one) == key(&signer)) {
        return Ok(Json(item(there.clone())));
    }
    if all.len() >= LIST_MAX {
        let detail = format!("{LIST_MAX} signers are on the list already");
        return Err(Failure::new(Code::Invalid, detail));
    }
    clinic_signers::insert(&tx, &clinic.id, &signer).await?;
    note(
        &tx,
        &clinic,
        Event::SignerAdded,
        &signer.id,
        signer.created_at,
    )
    .await?;
    tx.commit().await?;
    Ok(Json(item(signer)))
}

/// `DELETE /api/v1/clinic-signers/{id}`: signs nothing new from now on. Repeating it is harmless.
pub(crate) async fn remove(
    Session { clinic, db }: Session,
    Path(id): Path<String>,
) -> Result<Done> {
    let (tx, at) = (db.begin().await?, now());
    let removed = clinic_signers::remove(&tx, &clinic.id, &id, at).await?;
    if removed.ok_or_else(Failure::not_found)? {
        note(&tx, &clinic, Event::SignerRemoved, &id, at).await?;
    }
    tx.commit().await?;
    Ok(Done)
}

/// The journal entry.
async fn note(tx: &Tx, clinic: &Clinic, event: Event, id: &str, at: Timestamp) -> Result<()> {
    let facts = clinic.by.signed(json!({ "signer_id": id }));
    journal::append(tx, &clinic.id, None, event, at, facts).await?;
    Ok(())
}

fn check(new: New) -> Result<ClinicSigner> {
    let invalid = |detail: &str| Failure::new(Code::Invalid, detail);
    let name = new.name.trim();
    if name.is_empty() || name.chars().count() > NAME_MAX || name.chars().any(char::is_control) {
        return Err(invalid("name is 1 to 200 characters"));
    }
    let certificate = new.certificate_sha256.map(|hex| hex.to_ascii_lowercase());
    let is_hash = |hex: &String| hex.len() == 64 && hex.bytes().all(|b| b.is_ascii_hexdigit());
    if certificate.as_ref().is_some_and(|hex| !is_hash(hex)) {
        return Err(invalid(
            "certificate_sha256 is 64 hex digits: the SHA-256 of the certificate in DER",
        ));
    }
    if new.snils.is_none() && certificate.is_none() {
        return Err(invalid("give snils, certificate_sha256 or both"));
    }
    if let Some(role) = &new.role {
        let demand = Demand {
            roles: vec![role.clone()],
            ordered: false,
        };
        demand
            .check()
            .map_err(|_| invalid("role is 1 to 32 characters of a-z, 0-9 and _"))?;
    }
    Ok(ClinicSigner {
        id: random::id("sgn")?,
        name: name.to_owned(),
        snils: new.snils,
        certificate_sha256: certificate,
        role: new.role,
        created_at: now(),
    })
}

fn item(signer: ClinicSigner) -> Item {
    Item {
        id: signer.id,
        name: signer.name,
        snils: signer.snils,
        certificate_sha256: signer.certificate_sha256,
        role: signer.role,
        created_at: signer.created_at,
    }
}
