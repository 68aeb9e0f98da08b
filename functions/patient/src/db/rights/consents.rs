//! Consents to advertising.

use podpis_kit::Tx;
use podpis_kit::db::{Db, DbError, Row};
use podpis_shared::wire::account::{ClinicRef, ConsentItem};
use podpis_shared::wire::mis::Representative;
use podpis_shared::{Person, Purpose, Timestamp};

/// Consents to advertising that this account's person has given, for themselves or for somebody they represent, or that a
/// representative has given for them; the newest first. Who may see a document may take its consent back, a representative as
/// long as they act for the patient. One that was signed elsewhere counts like the others: the law asks who consented, not where.
pub(crate) async fn consents(
    db: &Db,
    account_id: &str,
    at: Timestamp,
) -> Result<Vec<ConsentItem>, DbError> {
    let sql = "SELECT d.id, c.id, c.name, d.title, coalesce(d.signed_at, d.created_at) AS given_at, w.at, d.purpose, d.patient, \
               d.representative, o.role FROM account_documents o \
               JOIN documents d ON d.id = o.document_id JOIN clinic_looks c ON c.id = d.clinic_id \
               LEFT JOIN withdrawals w ON w.document_id = d.id WHERE o.account_id = ?1 \
               AND o.role IN ('signer', 'patient') AND (o.until IS NULL OR o.until > ?2) \
               AND d.kind = 'marketing_consent' AND d.status IN ('patient_signed', 'completed') \
               AND (d.signed_at IS NOT NULL OR d.purpose = 'keeping') ORDER BY given_at DESC, d.id";
    let rows = db.query(sql, [account_id.into(), at.unix().into()]).await?;
    rows.iter().map(consent).collect()
}

fn consent(row: &Row) -> Result<ConsentItem, DbError> {
    let corrupt = || DbError::corrupt("document");
    let (id, name) = (row.text(1)?, row.text(2)?);
    let patient: Person = serde_json::from_str(&row.text(7)?).map_err(|_| corrupt())?;
    let representative: Option<Representative> = row
        .opt_text(8)?
        .map(|text| serde_json::from_str(&text).map_err(|_| corrupt()))
        .transpose()?;
    let is_signer = row.text(9)? == "signer";
    let (on_behalf_of, signed_for_me_by) = match representative {
        Some(_) if is_signer => (Some(patient.full_name()), None),
        Some(representative) => (None, Some(representative.person.full_name())),
        None => (None, None),
    };
    Ok(ConsentItem {
        document_id: row.text(0)?,
        clinic: ClinicRef {
            id,
            name,
            logo: None,
        },
        title: row.text(3)?,
        signed_at: Timestamp::from_unix(row.int(4)?),
        kept: Purpose::parse(&row.text(6)?).ok_or_else(corrupt)? == Purpose::Keeping,
        on_behalf_of,
        signed_for_me_by,
        withdrawn_at: row.opt_int(5)?.map(Timestamp::from_unix),
    })
}

/// Takes a consent back; `false` where it was taken back before.
pub(crate) async fn withdraw(
    tx: &Tx,
    document_id: &str,
    account_id: &str,
    at: Timestamp,
) -> Result<bool, DbError> {
    let sql = "INSERT INTO withdrawals (document_id, account_id, at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
    let params = [document_id.into(), account_id.into(), at.unix().into()];
    Ok(tx.execute(sql, params).await? > 0)
}
