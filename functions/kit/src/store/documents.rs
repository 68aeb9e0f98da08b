//! Documents: reading them, and moving them from state to state.

mod expiry;

use crate::db::{Db, DbError, Row, Tx, Value};
use crate::store::consultations;
use crate::store::journal::{self, Event};
use podpis_shared::clinic_signature::{Over, TimeEvidence};
use podpis_shared::policy::{Agreement, Question};
use podpis_shared::wire::mis::{self, Representative};
use podpis_shared::{Delivery, Hashes, Kind, Method, Parties, Person, Purpose, Status, Timestamp};
use serde_json::json;
use std::collections::HashMap;

pub use expiry::expire;

/// A row of `documents`.
#[derive(Clone, Debug)]
pub struct Document {
    /// Our id.
    pub id: String,
    /// Its clinic.
    pub clinic_id: String,
    /// Order within the clinic.
    pub position: i64,
    /// Kind.
    pub kind: Kind,
    /// Title.
    pub title: String,
    /// The MIS's own id.
    pub external_id: Option<String>,
    /// Whose document it is.
    pub patient: Person,
    /// Who signs on the patient's behalf.
    pub representative: Option<Representative>,
    /// What it was sent for.
    pub purpose: Purpose,
    /// Way of delivery.
    pub delivery: Delivery,
    /// Way of signing; says nothing of what is kept.
    pub method: Method,
    /// Whose signatures it needs; says nothing of what is kept.
    pub parties: Parties,
    /// JSON of the MIS.
    pub metadata: String,
    /// State.
    pub status: Status,
    /// File as received.
    pub original_blob: String,
    /// Signed PDF.
    pub signed_blob: Option<String>,
    /// Hashes of the bytes received.
    pub hashes: Hashes,
    /// Size of the bytes received.
    pub size: u64,
    /// Number of pages.
    pub pages: u32,
    /// When it was received.
    pub created_at: Timestamp,
    /// Until when it can be signed; [`Timestamp::MAX`] of what is kept.
    pub expires_at: Timestamp,
    /// When the person's page showed it first.
    pub opened_at: Option<Timestamp>,
    /// When the person signed.
    pub signed_at: Option<Timestamp>,
    /// When the last needed signature was there.
    pub completed_at: Option<Timestamp>,
}

/// Columns in the order of [`Document::of`]; queries over documents start with `SELECT` and this.
pub const COLUMNS: &str = "id, clinic_id, position, kind, title, external_id, patient, representative, delivery, \
    method, parties, metadata, status, original_blob, signed_blob, sha256, streebog256, size, pages, created_at, \
    expires_at, opened_at, signed_at, completed_at, purpose";

impl Document {
    /// Who is to sign: the representative where there is one, else the patient.
    pub fn signer(&self) -> &Person {
        self.representative
            .as_ref()
            .map_or(&self.patient, |r| &r.person)
    }

    /// The clinic sent it for keeping: nobody signs it here.
    pub fn is_kept(&self) -> bool {
        self.purpose == Purpose::Keeping
    }

    /// What the policy is asked of this document before its signer may sign it by `method`.
    pub fn question(&self, now: Timestamp, method: Method, agreement: Agreement) -> Question {
        Question {
            kind: self.kind,
            delivery: self.delivery,
            method,
            patient_born: self.patient.birth_date,
            acting: self.representative.as_ref().map(Representative::acting),
            agreement,
            today: now.moscow_date(),
        }
    }

    /// The person may sign or decline at this moment.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.status.is_open() && now < self.expires_at
    }

    /// Reads a row with [`COLUMNS`].
    ///
    /// # Errors
    /// When a stored value is not what the code expects.
    pub fn of(row: &Row) -> Result<Self, DbError> {
        let time = |column| Ok::<_, DbError>(row.opt_int(column)?.map(Timestamp::from_unix));
        let json = |text: &str| serde_json::from_str(text).map_err(|_| DbError::corrupt("person"));
        Ok(Self {
            id: row.text(0)?,
            clinic_id: row.text(1)?,
            position: row.int(2)?,
            kind: named(Kind::parse(&row.text(3)?))?,
            title: row.text(4)?,
            external_id: row.opt_text(5)?,
            patient: json(&row.text(6)?)?,
            representative: row
                .opt_text(7)?
                .map(|text| {
                    serde_json::from_str(&text).map_err(|_| DbError::corrupt("representative"))
                })
                .transpose()?,
            delivery: named(Delivery::parse(&row.text(8)?))?,
            method: named(Method::parse(&row.text(9)?))?,
            parties: named(Parties::parse(&row.text(10)?))?,
            metadata: row.text(11)?,
            status: named(Status::parse(&row.text(12)?))?,
            original_blob: row.text(13)?,
            signed_blob: row.opt_text(14)?,
            hashes: Hashes {
                sha256: row.text(15)?,
                streebog256: row.text(16)?,
            },
            size: u64::try_from(row.int(17)?).map_err(|_| DbError::corrupt("size"))?,
            pages: u32::try_from(row.int(18)?).map_err(|_| DbError::corrupt("pages"))?,
            created_at: Timestamp::from_unix(row.int(19)?),
            expires_at: Timestamp::from_unix(row.int(20)?),
            opened_at: time(21)?,
            signed_at: time(22)?,
            completed_at: time(23)?,
            purpose: named(Purpose::parse(&row.text(24)?))?,
        })
    }
}

/// The document with this id.
///
/// # Errors
/// As the database says.
pub async fn find(db: &Db, id: &str) -> Result<Option<Document>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM documents WHERE id = ?1");
    db.first(&sql, [id.into()])
        .await?
        .as_ref()
        .map(Document::of)
        .transpose()
}

/// Signatures of a document: the person's, then those of the clinic in the order of acceptance.
///
/// # Errors
/// As the database says.
pub async fn signatures(db: &Db, id: &str) -> Result<Vec<mis::Signature>, DbError> {
    let mut by_document = signatures_of(db, &[id]).await?;
    Ok(by_document.remove(id).unwrap_or_default())
}

/// Likewise of several documents, by their ids; at most 200 of them.
///
/// # Errors
/// As the database says.
pub async fn signatures_of(
    db: &Db,
    ids: &[&str],
) -> Result<HashMap<String, Vec<mis::Signature>>, DbError> {
    let marks: Vec<String> = (1..=ids.len()).map(|n| format!("?{n}")).collect();
    let marks = marks.join(", ");
    let params = || ids.iter().map(|id| (*id).into());
    let mut by_document: HashMap<String, Vec<mis::Signature>> = HashMap::new();
    if ids.is_empty() {
        return Ok(by_document);
    }
    let sql = format!(
        "SELECT document_id, party, name, method, signed_at, on_behalf_of, level FROM signatures \
         WHERE document_id IN ({marks}) ORDER BY signed_at, id"
    );
    for row in db.query(&sql, params()).await? {
        let signature = mis::Signature {
            party: row.text(1)?,
            name: row.text(2)?,
            method: row.text(3)?,
            signed_at: Timestamp::from_unix(row.int(4)?),
            on_behalf_of: row.opt_text(5)?,
            level: row.opt_text(6)?,
            clinic: None,
        };
        let own = by_document.entry(row.text(0)?).or_default();
        own.push(signature);
    }
    let sql = format!(
        "SELECT document_id, owner_name, signed_at, level, role, covers, time_evidence, accepted_at, certificate_serial, \
         issuer, valid_from, valid_to FROM clinic_signatures WHERE document_id IN ({marks}) ORDER BY ordinal"
    );
    for row in db.query(&sql, params()).await? {
        let own = by_document.entry(row.text(0)?).or_default();
        own.push(of_clinic(&row)?);
    }
    Ok(by_document)
}

fn of_clinic(row: &Row) -> Result<mis::Signature, DbError> {
    let time = |column| Ok::<_, DbError>(Timestamp::from_unix(row.int(column)?));
    Ok(mis::Signature {
        party: "clinic".into(),
        name: row.text(1)?,
        method: "ukep".into(),
        signed_at: time(2)?,
        on_behalf_of: None,
        level: Some(row.text(3)?),
        clinic: Some(mis::ClinicMark {
            role: row.text(4)?,
            over: named(Over::parse(&row.text(5)?))?,
            time_evidence: named(TimeEvidence::parse(&row.text(6)?))?,
            accepted_at: time(7)?,
            certificate_serial: row.text(8)?,
            issuer: row.text(9)?,
            valid_from: time(10)?,
            valid_to: time(11)?,
        }),
    })
}

/// Moves a document to a state: compare-and-set, together with its journal entry, and that of the consultation whose consent it is.
///
/// Gives `false`, and changes nothing, where the state at this moment has no edge to it.
///
/// # Errors
/// As the database says.
pub async fn transition(
    tx: &Tx,
    document: &Document,
    to: Status,
    event: Event,
    at: Timestamp,
    data: serde_json::Value,
) -> Result<bool, DbError> {
    let from: Vec<String> = Status::ALL
        .iter()
        .filter(|from| document.purpose.allows(**from, to))
        .map(|from| format!("'{}'", from.as_str()))
        .collect();
    let stamp = match to {
        Status::Opened => ", opened_at = ?3",
        Status::PatientSigned => ", signed_at = ?3",
        Status::Completed => ", signed_at = coalesce(signed_at, ?3), completed_at = ?3",
        _ => "",
    };
    let sql = format!(
        "UPDATE documents SET status = ?1{stamp} WHERE id = ?2 AND status IN ({})",
        from.join(", ")
    );
    let mut params: Vec<Value> = vec![to.as_str().into(), document.id.as_str().into()];
    if !stamp.is_empty() {
        params.push(at.unix().into());
    }
    if tx.execute(&sql, params).await? == 0 {
        return Ok(false);
    }
    let by = data.get("by").cloned();
    journal::append(tx, &document.clinic_id, Some(&document.id), event, at, data).await?;
    consultations::follow(tx, document, to, by, at).await?;
    Ok(true)
}

/// Notes that the person's page has shown a document that is kept: its state stays as it is. `false`, and nothing noted, where
/// it was shown before, or was withdrawn meanwhile.
///
/// # Errors
/// As the database says.
pub async fn kept_opened(tx: &Tx, document: &Document, at: Timestamp) -> Result<bool, DbError> {
    let sql = "UPDATE documents SET opened_at = ?1 WHERE id = ?2 AND purpose = 'keeping' AND status = 'completed' \
               AND opened_at IS NULL";
    if tx
        .execute(sql, [at.unix().into(), document.id.as_str().into()])
        .await?
        == 0
    {
        return Ok(false);
    }
    let (clinic, id) = (&document.clinic_id, Some(document.id.as_str()));
    journal::append(tx, clinic, id, Event::Opened, at, json!({})).await?;
    Ok(true)
}

fn named<T>(value: Option<T>) -> Result<T, DbError> {
    value.ok_or_else(|| DbError::corrupt("name"))
}
