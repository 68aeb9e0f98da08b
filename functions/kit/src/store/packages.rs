//! Packages: documents of one signer that are told of in one message (`docs/packages.md`).
//!
//! A group is what has the same clinic, package and signer. It is told of when its last document has come, or when a while has
//! passed since the latest one. What comes after that is told of by itself. What was told of is reminded of together, too
//! (`deliver`), each message about what is still open then.

use crate::db::{Db, DbError, Row, Tx};
use crate::store::documents::{self, COLUMNS, Document};
use crate::store::notices::{self, About, Notice};
use crate::store::planned::{self, Kind};
use podpis_shared::hash::sha256_hex;
use podpis_shared::wire::mis::Package;
use podpis_shared::{Person, Status, Timestamp};

/// How long the rest of a package is waited for after its latest document, in seconds.
pub const WAIT: i64 = 15 * 60;

/// Where a new document stands in its package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The package says another number of documents than those before it.
    OtherSize(i64),
    /// All documents of the package have come already.
    Full,
    /// It was taken in.
    Taken {
        /// It is the last one: now the signer is told.
        last: bool,
    },
}

/// Puts a new document into its package; where it is not the last one, plans to tell of it nevertheless.
///
/// # Errors
/// As the database says.
pub async fn put(tx: &Tx, document: &Document, package: &Package) -> Result<Place, DbError> {
    let signer = signer_key(document.signer());
    let size = i64::from(package.of);
    let sql = "SELECT p.document_id, p.size, d.status FROM document_packages p JOIN documents d ON d.id = p.document_id \
               WHERE p.clinic_id = ?1 AND p.package = ?2 AND p.signer = ?3";
    let group = [
        document.clinic_id.as_str().into(),
        package.id.as_str().into(),
        signer.as_str().into(),
    ];
    let rows = tx.query(sql, group.clone()).await?;
    let mut standing = 0;
    for row in &rows {
        let status = Status::parse(&row.text(2)?).ok_or_else(|| DbError::corrupt("status"))?;
        // What was taken back is replaced by what comes.
        if status.is_withdrawn() {
            continue;
        }
        if row.int(1)? != size {
            return Ok(Place::OtherSize(row.int(1)?));
        }
        standing += 1;
    }
    if standing >= size {
        return Ok(Place::Full);
    }
    for row in &rows {
        planned::forget(tx, &row.text(0)?, &Kind::Package).await?;
    }
    let sql = "INSERT INTO document_packages (document_id, clinic_id, package, signer, size) VALUES (?1, ?2, ?3, ?4, ?5)";
    let [clinic_id, package, signer] = group;
    let params = [
        document.id.as_str().into(),
        clinic_id,
        package,
        signer,
        size.into(),
    ];
    tx.execute(sql, params).await?;
    let last = standing + 1 == size;
    if !last {
        planned::plan(
            tx,
            &document.id,
            &Kind::Package,
            document.created_at.plus(WAIT),
        )
        .await?;
    }
    Ok(Place::Taken { last })
}

/// Tells the signer of what has come of a document's package and was not told of yet, in one message. It leads to the
/// document that ends first; of a single one it is the notice of every document.
///
/// # Errors
/// As the database says.
pub async fn tell(
    tx: &Tx,
    document_id: &str,
    clinic: &str,
    base_url: &str,
    now: Timestamp,
) -> Result<(), DbError> {
    let sql = format!(
        "SELECT d.id FROM {GROUP} AND q.told_at IS NULL AND d.status IN ('sent', 'opened') AND d.expires_at > ?2 \
         ORDER BY d.expires_at, d.position"
    );
    let waiting = tx
        .query(&sql, [document_id.into(), now.unix().into()])
        .await?;
    let told = "UPDATE document_packages SET told_at = ?2 WHERE told_at IS NULL AND document_id IN (\
                SELECT q.document_id FROM document_packages p JOIN document_packages q ON q.clinic_id = p.clinic_id \
                AND q.package = p.package AND q.signer = p.signer WHERE p.document_id = ?1)";
    tx.execute(told, [document_id.into(), now.unix().into()])
        .await?;
    let waiting: Vec<String> = waiting
        .iter()
        .map(|row| row.text(0))
        .collect::<Result<_, _>>()?;
    let Some((first, others)) = waiting.split_first() else {
        return Ok(());
    };
    let Some(document) = documents::find(tx, first).await? else {
        return Ok(());
    };
    let about = About {
        notice: Notice::Arrived.of(waiting.len()),
        document: &document,
        clinic,
        base_url,
        due: now,
    };
    notices::queue_together(tx, about, others, now)
        .await
        .map(|_| ())
}

/// What can still be signed of a document's package and was told of, itself in any case: the one that ends first comes first. Nothing
/// where it came alone.
///
/// # Errors
/// As the database says.
pub async fn open(db: &Db, document_id: &str, now: Timestamp) -> Result<Vec<Document>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM documents WHERE status IN ('sent', 'opened') AND expires_at > ?2 AND id IN (\
         SELECT q.document_id FROM {ROWS} AND (q.told_at IS NOT NULL OR q.document_id = ?1)) ORDER BY expires_at, position"
    );
    let rows = db
        .query(&sql, [document_id.into(), now.unix().into()])
        .await?;
    rows.iter().map(Document::of).collect()
}

/// Documents that were told of in the same message as this one, itself among them; nothing where it came alone.
///
/// # Errors
/// As the database says.
pub async fn told_together(db: &Db, document_id: &str) -> Result<Vec<Document>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM documents WHERE id IN (SELECT q.document_id FROM {ROWS} AND q.told_at = p.told_at) \
         ORDER BY expires_at, position"
    );
    let rows = db.query(&sql, [document_id.into()]).await?;
    rows.iter().map(Document::of).collect()
}

/// Whether others of a document's package that were told of end until then, or have ended and the message about that is planned.
///
/// # Errors
/// As the database says.
pub async fn others_end(db: &Db, document_id: &str, until: Timestamp) -> Result<bool, DbError> {
    let sql = format!(
        "SELECT 1 FROM {GROUP} AND q.document_id <> ?1 AND q.told_at IS NOT NULL \
         AND ((d.status IN ('sent', 'opened') AND d.expires_at <= ?2) OR EXISTS (SELECT 1 FROM planned_notices n \
         WHERE n.document_id = d.id AND n.kind = ?3)) LIMIT 1"
    );
    let params = [
        document_id.into(),
        until.unix().into(),
        planned::EXPIRED.into(),
    ];
    Ok(db.first(&sql, params).await?.is_some())
}

/// Tells the signer that a document of a package has ended, and every other one of it of which the same is planned.
///
/// # Errors
/// As the database says.
pub async fn tell_of_the_end(
    tx: &Tx,
    document_id: &str,
    clinic: &str,
    now: Timestamp,
) -> Result<(), DbError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM documents WHERE status = 'expired' AND id IN (SELECT q.document_id FROM {ROWS}) \
         AND (id = ?1 OR EXISTS (SELECT 1 FROM planned_notices n WHERE n.document_id = documents.id AND n.kind = ?2)) \
         ORDER BY expires_at, position"
    );
    let params = [document_id.into(), planned::EXPIRED.into()];
    let ended: Vec<Document> = tx
        .query(&sql, params)
        .await?
        .iter()
        .map(Document::of)
        .collect::<Result<_, _>>()?;
    for document in &ended {
        planned::forget(tx, &document.id, &Kind::Expired).await?;
    }
    let Some((first, others)) = ended.split_first() else {
        return Ok(());
    };
    let others: Vec<String> = others.iter().map(|other| other.id.clone()).collect();
    let about = About {
        notice: Notice::Expired.of(ended.len()),
        document: first,
        clinic,
        // Nothing is to be done any more.
        base_url: "",
        due: now,
    };
    notices::queue_together(tx, about, &others, now)
        .await
        .map(|_| ())
}

/// Whether a document waits for the rest of its package, and its signer knows nothing of it yet.
///
/// # Errors
/// As the database says.
pub async fn is_untold(db: &Db, document_id: &str) -> Result<bool, DbError> {
    let sql = "SELECT 1 FROM document_packages WHERE document_id = ?1 AND told_at IS NULL";
    Ok(db.first(sql, [document_id.into()]).await?.is_some())
}

/// The package of a document; `None` where it came alone.
///
/// # Errors
/// As the database says.
pub async fn of_document(db: &Db, document_id: &str) -> Result<Option<Package>, DbError> {
    let sql = "SELECT package, size FROM document_packages WHERE document_id = ?1";
    let row = db.first(sql, [document_id.into()]).await?;
    row.map(|row| package(&row, 0)).transpose()
}

/// The packages of a clinic's documents from one position to another, both included, by the documents' ids.
///
/// # Errors
/// As the database says.
pub async fn of_positions(
    db: &Db,
    clinic_id: &str,
    from: i64,
    to: i64,
) -> Result<Vec<(String, Package)>, DbError> {
    let sql = "SELECT p.document_id, p.package, p.size FROM documents d \
               JOIN document_packages p ON p.document_id = d.id \
               WHERE d.clinic_id = ?1 AND d.position BETWEEN ?2 AND ?3";
    let params = [clinic_id.into(), from.into(), to.into()];
    let rows = db.query(sql, params).await?;
    let of = |row: &Row| Ok((row.text(0)?, package(row, 1)?));
    rows.iter().map(of).collect()
}

/// Documents `d` with their rows `q` that are of one group with `?1`.
const GROUP: &str = "document_packages p JOIN document_packages q ON q.clinic_id = p.clinic_id AND q.package = p.package \
                     AND q.signer = p.signer JOIN documents d ON d.id = q.document_id WHERE p.document_id = ?1";

/// The rows `q` alone; `p` is that of `?1`.
const ROWS: &str = "document_packages p JOIN document_packages q ON q.clinic_id = p.clinic_id AND q.package = p.package \
                    AND q.signer = p.signer WHERE p.document_id = ?1";

fn package(row: &Row, first: usize) -> Result<Package, DbError> {
    Ok(Package {
        id: row.text(first)?,
        of: u8::try_from(row.int(first + 1)?).map_err(|_| DbError::corrupt("size"))?,
    })
}

/// Who signs, and where they are reached: whoever differs in one of these gets a message of their own.
fn signer_key(person: &Person) -> String {
    let born = person.birth_date.map(String::from).unwrap_or_default();
    let text = [
        person.full_name().to_lowercase(),
        born,
        person
            .snils
            .as_ref()
            .map_or("", |snils| snils.expose())
            .to_owned(),
        person
            .phone
            .as_ref()
            .map_or("", |phone| phone.expose())
            .to_owned(),
        person
            .email
            .as_ref()
            .map_or("", |email| email.expose())
            .to_lowercase(),
    ];
    sha256_hex(text.join("\n").as_bytes())
}
