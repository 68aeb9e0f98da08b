//! What a part of the archive holds.

use super::index::Index;
use crate::archive::{Archive, File, Missing};
use crate::auth::Clinic;
use crate::db::{self, Recorded};
use crate::documents::read::{answer, current};
use bytes::Bytes;
use podpis_journal::{Entry, entry};
use podpis_kit::files::fetch;
use podpis_kit::store::clinic_signatures::{self, ClinicSignature};
use podpis_kit::store::{Document, documents, kept_signatures};
use podpis_kit::{Context, Db, Failure, Result};
use podpis_shared::clinic_signature::Over;
use podpis_shared::problem::Code;
use podpis_shared::wire::mis::{Representative, Signature};
use podpis_shared::{Person, Status, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Version of the archive's format.
const FORMAT: &str = "podpis-archive/1";

/// A document moves a few times in its life: more often than this it can't have moved while it was read.
const READINGS_MAX: usize = 8;

/// Entries of the journal read at a time.
const ENTRIES: i64 = 1000;

/// What one answer holds.
pub(super) struct Part {
    pub(super) clinic: Clinic,
    pub(super) context: Context,
    pub(super) base_url: String,
    pub(super) at: Timestamp,
    pub(super) trust: Vec<Bytes>,
    /// Ids, in their order.
    pub(super) documents: Vec<String>,
    /// With the last documents.
    pub(super) journal: Option<Journal>,
    pub(super) next: Option<String>,
}

/// Entries of the journal, and the signed head over them.
pub(super) struct Journal {
    /// Number of the first entry.
    pub(super) from: i64,
    /// Number of the last entry; smaller than `from` where there is none.
    pub(super) to: i64,
    /// `None`: the journal doesn't add up, so nobody signs it.
    checkpoint: Option<String>,
}

/// What `vault` says of the journal's head.
#[derive(Deserialize)]
struct Head {
    checkpoint: String,
    size: i64,
}

/// Whose document it is, as the MIS sent it.
#[derive(Serialize)]
struct Addressee<'a> {
    patient: &'a Person,
    representative: Option<&'a Representative>,
}

#[derive(Serialize)]
struct Manifest<'a> {
    format: &'static str,
    clinic: serde_json::Value,
    as_of: Timestamp,
    documents: usize,
    journal: Option<serde_json::Value>,
    next: Option<&'a str>,
    files: &'a [File],
    missing: &'a [Missing],
}

/// A document with all that belongs to the same moment.
struct Snapshot {
    document: Document,
    signatures: Vec<Signature>,
    signed: Vec<String>,
    clinic: Vec<ClinicSignature>,
    evidence: Option<Vec<Bytes>>,
}

/// The trust list, as anybody gets it.
///
/// # Errors
/// What `vault` says.
pub(super) async fn trust(context: &Context) -> Result<Vec<Bytes>> {
    fetch(context, "/trust").await
}

/// The entries behind a number, up to the journal's present head.
///
/// # Errors
/// What `vault` says. A journal that doesn't add up is no error: it is exported as it is, without a checkpoint.
pub(super) async fn journal(db: &Db, part: &Part, after: i64) -> Result<Journal> {
    let path = format!("/journal/{}/checkpoint", part.clinic.id);
    let (checkpoint, to) = match fetch(&part.context, &path).await {
        Ok(answer) => {
            let head: Head = serde_json::from_slice(&answer.concat())
                .map_err(|e| Failure::internal("checkpoint", e.to_string()))?;
            (Some(head.checkpoint), head.size)
        }
        Err(failure) if failure.code() == Some(Code::JournalBroken) => {
            (None, db::journal_size(db, &part.clinic.id).await?)
        }
        Err(failure) => return Err(failure),
    };
    Ok(Journal {
        from: after.saturating_add(1),
        to,
        checkpoint,
    })
}

impl Part {
    /// `podpis-<clinic>-<date in Moscow>.zip`, for a later part with its cursor.
    pub(super) fn file_name(&self, after: Option<&str>) -> String {
        let (year, month, day) = self.at.moscow_date();
        let part = after.map_or_else(String::new, |after| format!("-after-{after}"));
        format!(
            "podpis-{}-{year:04}-{month:02}-{day:02}{part}.zip",
            self.clinic.id
        )
    }

    /// Sends everything.
    ///
    /// # Errors
    /// What database and `vault` say; the archive is then without its end.
    pub(super) async fn write(&self, mut archive: Archive) -> Result<()> {
        let readme = include_str!("README.ru.txt").replace("{base_url}", &self.base_url);
        let readme = format!("\u{feff}{}", readme.replace('\n', "\r\n"));
        archive
            .add("README.txt".into(), vec![readme.into()])
            .await?;
        archive.add("trust.json".into(), self.trust.clone()).await?;
        let mut index = Index::new();
        for id in &self.documents {
            self.document(&mut archive, &mut index, id).await?;
        }
        if let Some(journal) = &self.journal {
            self.journal(&mut archive, journal).await?;
        }
        archive
            .add("index.csv".into(), vec![index.finish().into()])
            .await?;
        let manifest = self.manifest(&archive)?;
        archive.add("manifest.json".into(), vec![manifest]).await?;
        archive.finish().await
    }

    async fn document(&self, archive: &mut Archive, index: &mut Index, id: &str) -> Result<()> {
        let Snapshot {
            document,
            signatures,
            signed,
            clinic,
            evidence,
        } = self.snapshot(id).await?;
        let folder = format!("documents/{id}");
        let people = Addressee {
            patient: &document.patient,
            representative: document.representative.as_ref(),
        };
        archive
            .add(format!("{folder}/addressee.json"), pretty(&people)?)
            .await?;
        let mut files = vec![(document.original_blob.clone(), "original.pdf".to_owned())];
        for (number, blob) in signed.into_iter().enumerate() {
            let newest = document.signed_blob.as_ref() == Some(&blob);
            let name = match newest {
                true => "signed.pdf".into(),
                false => format!("signed-{}.pdf", number + 1),
            };
            files.push((blob, name));
        }
        for (blob, name) in &files {
            let bytes = fetch(&self.context, &format!("/blobs/{blob}")).await?;
            archive.add(format!("{folder}/{name}"), bytes).await?;
        }
        if !clinic.is_empty() {
            self.clinic(archive, &document, clinic, &mut files).await?;
        }
        if document.is_kept() {
            self.kept(archive, id, &mut files).await?;
        }
        let evidence_path = format!("{folder}/evidence.json");
        match evidence {
            Some(evidence) => archive.add(evidence_path, evidence).await?,
            None => archive.miss(evidence_path, Code::JournalBroken.as_str()),
        }
        index.add(
            &document,
            &folder,
            files.iter().map(|(_, name)| name.as_str()),
        );
        let view = answer(&Db::open().await?, document, signatures).await?;
        archive
            .add(format!("{folder}/document.json"), pretty(&view)?)
            .await
    }

    /// The clinic's own signatures, and with the last of them the final version. `files` gets their names.
    async fn clinic(
        &self,
        archive: &mut Archive,
        document: &Document,
        signatures: Vec<ClinicSignature>,
        files: &mut Vec<(String, String)>,
    ) -> Result<()> {
        let folder = format!("documents/{}", document.id);
        for (number, signature) in (1..).zip(signatures) {
            if signature.over != Over::Final {
                let name = format!("podpis-clinic-{number}.sig");
                let der = Bytes::from(signature.der);
                archive.add(format!("{folder}/{name}"), vec![der]).await?;
                files.push((signature.id, name));
            }
        }
        if document.status == Status::Completed {
            let path = format!("/documents/{}/final", document.id);
            let last = fetch(&self.context, &path).await?;
            archive.add(format!("{folder}/final.pdf"), last).await?;
            files.push((path, "final.pdf".into()));
        }
        Ok(())
    }

    /// The detached signatures that came with a document for keeping. `files` gets their names.
    async fn kept(
        &self,
        archive: &mut Archive,
        id: &str,
        files: &mut Vec<(String, String)>,
    ) -> Result<()> {
        let kept = kept_signatures::files(&Db::open().await?, id).await?;
        for (number, bytes) in kept {
            let name = format!("original-{number}.sig");
            let path = format!("documents/{id}/{name}");
            archive.add(path.clone(), vec![bytes.into()]).await?;
            files.push((path, name));
        }
        Ok(())
    }

    /// Reads a document until nothing has moved meanwhile.
    async fn snapshot(&self, id: &str) -> Result<Snapshot> {
        for _ in 0..READINGS_MAX {
            let (db, document) = current(Db::open().await?, &self.clinic.id, id).await?;
            let signatures = documents::signatures(&db, id).await?;
            let clinic = clinic_signatures::of_document(&db, id).await?;
            let mut signed = db::signed_revisions(&db, id).await?;
            // What was signed before seals had levels has this one form only.
            signed.retain(|blob| document.signed_blob.as_ref() != Some(blob));
            signed.extend(document.signed_blob.clone());
            drop(db);
            let path = format!("/documents/{id}/evidence");
            let evidence = match fetch(&self.context, &path).await {
                Ok(evidence) => Some(evidence),
                Err(failure) if failure.code() == Some(Code::JournalBroken) => None,
                Err(failure) => return Err(failure),
            };
            let (_, now) = current(Db::open().await?, &self.clinic.id, id).await?;
            let state = |d: &Document| (d.status, d.opened_at, d.signed_blob.clone());
            if state(&now) == state(&document) {
                return Ok(Snapshot {
                    document,
                    signatures,
                    signed,
                    clinic,
                    evidence,
                });
            }
        }
        Err(Failure::busy())
    }

    async fn journal(&self, archive: &mut Archive, journal: &Journal) -> Result<()> {
        match &journal.checkpoint {
            Some(note) => {
                let note = Bytes::from(note.clone());
                archive.add("checkpoint.txt".into(), vec![note]).await?;
            }
            None => archive.miss("checkpoint.txt".into(), Code::JournalBroken.as_str()),
        }
        let (mut lines, mut from) = (Vec::new(), journal.from);
        while from <= journal.to {
            let to = journal.to.min(from + ENTRIES - 1);
            let rows = db::journal(&Db::open().await?, &self.clinic.id, from, to).await?;
            let text: String = rows.iter().map(|row| self.line(row)).collect();
            lines.push(text.into());
            from = to + 1;
        }
        archive.add("journal.jsonl".into(), lines).await
    }

    /// A line of the journal. `entry` stands in the canonical form that its leaf hashes.
    fn line(&self, row: &Recorded) -> String {
        let recorded = Entry {
            clinic_id: &self.clinic.id,
            seq: u64::try_from(row.seq).unwrap_or(0),
            id: &row.id,
            kind: &row.kind,
            document_id: row.document_id.as_deref(),
            at: row.at,
            data: &row.data,
        };
        let line = json!({ "entry": recorded.to_json(), "leaf_hash": row.leaf_hash });
        entry::canonical(&line) + "\n"
    }

    fn manifest(&self, archive: &Archive) -> Result<Bytes> {
        let (files, missing) = archive.listed();
        let range = |journal: &Journal| json!({ "from": journal.from, "to": journal.to });
        let manifest = Manifest {
            format: FORMAT,
            clinic: json!({ "id": self.clinic.id, "name": self.clinic.name }),
            as_of: self.at,
            documents: self.documents.len(),
            journal: self.journal.as_ref().map(range),
            next: self.next.as_deref(),
            files,
            missing,
        };
        Ok(pretty(&manifest)?.concat().into())
    }
}

fn pretty(value: &impl Serialize) -> Result<Vec<Bytes>> {
    let text = serde_json::to_vec_pretty(value);
    text.map(|text| vec![text.into()])
        .map_err(|e| Failure::internal("export", e.to_string()))
}
