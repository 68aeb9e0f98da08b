//! User agreements of clinics, their acceptances, and what a signature by code may rest on.

use crate::db::{Db, DbError, Row, Tx};
use crate::random;
use podpis_shared::wire::vault::Stored;
use podpis_shared::{Hashes, Method, Person, Timestamp};

/// A version of a clinic's user agreement: a row of `agreements`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreement {
    /// Our id.
    pub id: String,
    /// Whose it is.
    pub clinic_id: String,
    /// From 1; the highest is in force.
    pub version: i64,
    /// Title by the clinic.
    pub title: String,
    /// The file.
    pub blob: String,
    /// Hashes of its bytes.
    pub hashes: Hashes,
    /// Its size in bytes.
    pub size: u64,
    /// Number of pages.
    pub pages: u32,
    /// When it came.
    pub created_at: Timestamp,
}

/// An accepted version: a row of `acceptances` with what belongs to it.
#[derive(Clone, Debug)]
pub struct Acceptance {
    /// The document with the sealed PDF.
    pub document_id: String,
    /// The version.
    pub agreement_id: String,
    /// Its number.
    pub version: i64,
    /// Its title.
    pub title: String,
    /// SHA-256 of the agreement's file.
    pub sha256: String,
    /// Whose agreement it is.
    pub clinic_id: String,
    /// Who accepted it.
    pub account_id: String,
    /// Order within the clinic, from 1: the cursor of lists.
    pub position: i64,
    /// The phone that the agreement names for codes, E.164, where there was one.
    pub phone: Option<String>,
    /// The e-mail that it was accepted with, lower case.
    pub email: Option<String>,
    /// By what it was accepted.
    pub method: Method,
    /// When.
    pub accepted_at: Timestamp,
    /// The person behind the contact, as known then ([`Person::is_named`]).
    pub person: Person,
}

/// What a signature by code rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Basis {
    /// The document that holds it.
    pub document_id: String,
    /// Its title.
    pub title: String,
    /// SHA-256 of its text: the file before it was signed.
    pub sha256: String,
    /// When it was accepted or signed.
    pub accepted_at: Timestamp,
    /// By what method: `esia`, `sms`.
    pub how: String,
}

const AGREEMENT: &str =
    "id, clinic_id, version, title, blob, sha256, streebog256, size, pages, created_at";

const ACCEPTANCE: &str = "a.document_id, a.agreement_id, g.version, g.title, g.sha256, a.clinic_id, a.account_id, \
    a.position, a.phone, a.email, a.accepted_at, d.patient, d.method FROM acceptances a JOIN agreements g ON g.id = a.agreement_id \
    JOIN documents d ON d.id = a.document_id";

/// The account `?1` and those that were merged into it.
const SAME_ACCOUNT: &str = "WITH RECURSIVE own (id) AS (SELECT ?1 UNION SELECT m.id FROM accounts m JOIN own \
    ON m.merged_into = own.id)";

/// The version in force.
///
/// # Errors
/// As the database says.
pub async fn current(db: &Db, clinic_id: &str) -> Result<Option<Agreement>, DbError> {
    let sql = format!(
        "SELECT {AGREEMENT} FROM agreements WHERE clinic_id = ?1 ORDER BY version DESC LIMIT 1"
    );
    let row = db.first(&sql, [clinic_id.into()]).await?;
    row.as_ref().map(agreement).transpose()
}

/// The version with this id.
///
/// # Errors
/// As the database says.
pub async fn find(db: &Db, id: &str) -> Result<Option<Agreement>, DbError> {
    let sql = format!("SELECT {AGREEMENT} FROM agreements WHERE id = ?1");
    let row = db.first(&sql, [id.into()]).await?;
    row.as_ref().map(agreement).transpose()
}

/// Writes the clinic's next version. The file was staged: the caller claims it in the same transaction.
///
/// # Errors
/// As the database says.
pub async fn insert(
    tx: &Tx,
    clinic_id: &str,
    title: &str,
    stored: &Stored,
    at: Timestamp,
) -> Result<Agreement, DbError> {
    let sql = "SELECT coalesce(max(version), 0) + 1 FROM agreements WHERE clinic_id = ?1";
    let version = tx
        .first(sql, [clinic_id.into()])
        .await?
        .map_or(Ok(1), |row| row.int(0))?;
    let agreement = Agreement {
        id: random::id("agr").map_err(|e| DbError::host("random", e))?,
        clinic_id: clinic_id.into(),
        version,
        title: title.into(),
        blob: stored.blob.clone(),
        hashes: stored.hashes.clone(),
        size: stored.size,
        pages: stored.pages,
        created_at: at,
    };
    let sql = format!(
        "INSERT INTO agreements ({AGREEMENT}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"
    );
    let params = [
        agreement.id.as_str().into(),
        clinic_id.into(),
        version.into(),
        title.into(),
        agreement.blob.as_str().into(),
        agreement.hashes.sha256.as_str().into(),
        agreement.hashes.streebog256.as_str().into(),
        i64::try_from(agreement.size).unwrap_or(i64::MAX).into(),
        agreement.pages.into(),
        at.unix().into(),
    ];
    tx.execute(&sql, params).await?;
    Ok(agreement)
}

/// The newest acceptance of a version by an account, whatever contact it was accepted with.
///
/// # Errors
/// As the database says.
pub async fn accepted(
    db: &Db,
    agreement_id: &str,
    account_id: &str,
) -> Result<Option<Acceptance>, DbError> {
    let sql = format!(
        "{SAME_ACCOUNT} SELECT {ACCEPTANCE} WHERE a.account_id IN (SELECT id FROM own) AND a.agreement_id = ?2 \
         ORDER BY a.accepted_at DESC, a.position DESC LIMIT 1"
    );
    let row = db
        .first(&sql, [account_id.into(), agreement_id.into()])
        .await?;
    row.as_ref().map(acceptance).transpose()
}

/// What a code to this phone may rest on at this clinic, for this account: the newest acceptance that names the phone, of any
/// version (a renewed agreement asks again, and the old one stays valid until then), or an agreement of this account's that was
/// signed by ESIA and names the phone of its signer.
///
/// `None`: the person is to accept or sign one first. A number that changed hands rests on nothing of its earlier owner's,
/// because an agreement binds the account that made it.
///
/// # Errors
/// As the database says.
pub async fn valid_for_phone(
    db: &Db,
    clinic_id: &str,
    account_id: &str,
    phone: &str,
) -> Result<Option<Basis>, DbError> {
    let sql = format!(
        "{SAME_ACCOUNT} SELECT d.id, d.title, d.sha256, a.accepted_at, d.method FROM acceptances a \
         JOIN documents d ON d.id = a.document_id \
         WHERE a.account_id IN (SELECT id FROM own) AND a.clinic_id = ?2 AND a.phone = ?3 \
         UNION ALL SELECT d.id, d.title, d.sha256, d.signed_at, s.method FROM addressees p \
         JOIN documents d ON d.id = p.document_id \
         JOIN signatures s ON s.document_id = d.id AND s.party = 'patient' AND s.method = 'esia' \
         JOIN account_documents o ON o.document_id = d.id AND o.role = 'signer' \
         WHERE p.kind = 'phone' AND p.value = ?3 \
         AND p.role = CASE WHEN d.representative IS NULL THEN 'patient' ELSE 'representative' END \
         AND d.clinic_id = ?2 AND d.kind IN ('edo_agreement', 'user_agreement') \
         AND d.status IN ('patient_signed', 'completed') AND d.signed_at IS NOT NULL \
         AND o.account_id IN (SELECT id FROM own) ORDER BY 4 DESC, 1 LIMIT 1"
    );
    let params = [account_id.into(), clinic_id.into(), phone.into()];
    let of = |row: &Row| {
        Ok(Basis {
            document_id: row.text(0)?,
            title: row.text(1)?,
            sha256: row.text(2)?,
            accepted_at: Timestamp::from_unix(row.int(3)?),
            how: row.text(4)?,
        })
    };
    let row = db.first(&sql, params).await?;
    row.as_ref().map(of).transpose()
}

/// Acceptances at a clinic behind a position, oldest first: for the MIS.
///
/// # Errors
/// As the database says.
pub async fn acceptances(
    db: &Db,
    clinic_id: &str,
    after: i64,
    limit: i64,
) -> Result<Vec<Acceptance>, DbError> {
    let sql = format!(
        "SELECT {ACCEPTANCE} WHERE a.clinic_id = ?1 AND a.position > ?2 ORDER BY a.position LIMIT ?3"
    );
    let rows = db
        .query(&sql, [clinic_id.into(), after.into(), limit.into()])
        .await?;
    rows.iter().map(acceptance).collect()
}

/// Everything that an account has accepted, newest first.
///
/// # Errors
/// As the database says.
pub async fn acceptances_of_account(db: &Db, account_id: &str) -> Result<Vec<Acceptance>, DbError> {
    let sql = format!(
        "{SAME_ACCOUNT} SELECT {ACCEPTANCE} WHERE a.account_id IN (SELECT id FROM own) \
         ORDER BY a.accepted_at DESC, a.document_id"
    );
    let rows = db.query(&sql, [account_id.into()]).await?;
    rows.iter().map(acceptance).collect()
}

/// Writes an acceptance whose document is written in the same transaction. `phone` and `email`: the contact whose code it was,
/// one of them; through ESIA the phone that it names, if any.
///
/// # Errors
/// As the database says; [`DbError::is_conflict`] where this account has accepted this version with this contact.
pub async fn insert_acceptance(
    tx: &Tx,
    agreement: &Agreement,
    account_id: &str,
    document_id: &str,
    phone: Option<&str>,
    email: Option<&str>,
    at: Timestamp,
) -> Result<(), DbError> {
    let sql = "INSERT INTO acceptances (document_id, agreement_id, clinic_id, account_id, position, phone, email, \
               accepted_at) SELECT ?1, ?2, ?3, ?4, coalesce(max(position), 0) + 1, ?5, ?6, ?7 FROM acceptances \
               WHERE clinic_id = ?3";
    let params = [
        document_id.into(),
        agreement.id.as_str().into(),
        agreement.clinic_id.as_str().into(),
        account_id.into(),
        phone.into(),
        email.into(),
        at.unix().into(),
    ];
    tx.execute(sql, params).await.map(|_| ())
}

fn agreement(row: &Row) -> Result<Agreement, DbError> {
    Ok(Agreement {
        id: row.text(0)?,
        clinic_id: row.text(1)?,
        version: row.int(2)?,
        title: row.text(3)?,
        blob: row.text(4)?,
        hashes: Hashes {
            sha256: row.text(5)?,
            streebog256: row.text(6)?,
        },
        size: u64::try_from(row.int(7)?).map_err(|_| DbError::corrupt("size"))?,
        pages: u32::try_from(row.int(8)?).map_err(|_| DbError::corrupt("pages"))?,
        created_at: Timestamp::from_unix(row.int(9)?),
    })
}

fn acceptance(row: &Row) -> Result<Acceptance, DbError> {
    Ok(Acceptance {
        document_id: row.text(0)?,
        agreement_id: row.text(1)?,
        version: row.int(2)?,
        title: row.text(3)?,
        sha256: row.text(4)?,
        clinic_id: row.text(5)?,
        account_id: row.text(6)?,
        position: row.int(7)?,
        phone: row.opt_text(8)?,
        email: row.opt_text(9)?,
        accepted_at: Timestamp::from_unix(row.int(10)?),
        person: serde_json::from_str(&row.text(11)?).map_err(|_| DbError::corrupt("person"))?,
        method: Method::parse(&row.text(12)?).ok_or_else(|| DbError::corrupt("method"))?,
    })
}
