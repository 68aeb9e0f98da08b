//! A clinic takes everything along. Python opens the archives and counts: its ZIP, its hashes, its own Merkle tree.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context as _, Result, ensure};
use podpis_tests::client::Reply;
use podpis_tests::ukep::{OWN, SIGNER, Tools};
use podpis_tests::{Clinic, Stack, Upload, judges, pdf};
use serde_json::{Value, json};

/// Checks an archive against its manifest, and unpacks it.
const UNPACK: &str = r#"
import hashlib, json, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as archive:
    assert archive.testzip() is None
    names = archive.namelist()
    assert len(set(names)) == len(names) and names[-1] == "manifest.json", names
    manifest = json.loads(archive.read("manifest.json"))
    assert [file["path"] for file in manifest["files"]] == names[:-1]
    for file in manifest["files"]:
        data = archive.read(file["path"])
        assert len(data) == file["size"], file
        assert hashlib.sha256(data).hexdigest() == file["sha256"], file
    archive.extractall(sys.argv[2])
"#;

/// Builds the journal's tree again, as RFC 6962 says and `README.txt` tells, and compares it with the checkpoint.
const JOURNAL: &str = r#"
import base64, hashlib, json, sys
def sha(data): return hashlib.sha256(data).digest()
def root(leaves):
    if len(leaves) < 2: return leaves[0] if leaves else sha(b"")
    half = 1 << ((len(leaves) - 1).bit_length() - 1)
    return sha(b"\1" + root(leaves[:half]) + root(leaves[half:]))
leaves = []
for line in open(sys.argv[1] + "/journal.jsonl", encoding="utf-8"):
    written = line[len('{"entry":'):line.rindex(',"leaf_hash"')]
    line = json.loads(line)
    assert json.loads(written) == line["entry"] and line["entry"]["seq"] == len(leaves) + 1, line
    leaves.append(sha(b"\0" + written.encode()))
    assert leaves[-1].hex() == line["leaf_hash"], line
checkpoint = open(sys.argv[1] + "/checkpoint.txt", encoding="utf-8").read().split("\n")
assert int(checkpoint[1]) == len(leaves), checkpoint
assert base64.b64decode(checkpoint[2]) == root(leaves), checkpoint
"#;

/// An archive, unpacked.
struct Archive {
    folder: PathBuf,
    files: BTreeMap<String, Vec<u8>>,
    manifest: Value,
}

#[test]
fn the_archive_has_everything_of_the_clinic() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let kept = documents_in_every_state(stack, &mut clinic)?;
    let events = clinic.events()?;
    let foreign = stack.clinic()?.send_document(&Upload::small())?;

    let reply = clinic.get("/api/v1/export")?.expect(200)?;
    ensure!(
        reply.header("content-type") == "application/zip" && reply.header("podpis-next").is_empty()
    );
    let name = reply.header("content-disposition");
    ensure!(
        name.contains(&clinic.id) && name.ends_with(".zip\""),
        "{name}"
    );
    let archive = unpack(&reply)?;
    let manifest = &archive.manifest;
    ensure!(
        manifest["format"] == "podpis-archive/1" && manifest["clinic"]["id"] == clinic.id.as_str(),
        "{manifest}"
    );
    ensure!(
        manifest["next"].is_null() && manifest["missing"] == json!([]),
        "{manifest}"
    );

    ensure!(archive.documents() == kept.keys().map(String::as_str).collect());
    for (id, upload) in &kept {
        holds_document(&archive, &mut clinic, id, upload).with_context(|| id.clone())?;
    }
    python(JOURNAL, &[&archive.folder])?;
    let journal = archive.text("journal.jsonl")?;
    for event in events {
        let id = event["id"].as_str().context("an event without an id")?;
        ensure!(journal.contains(id), "the journal lacks {event}");
    }
    let trust = archive.json("trust.json")?;
    let public = clinic.get("/api/v1/trust")?.expect(200)?.json()?;
    ensure!(
        trust["seal_roots"] == public["seal_roots"]
            && trust["journal_keys"] == public["journal_keys"]
    );
    let index = archive.text("index.csv")?;
    ensure!(
        index.starts_with('\u{feff}') && index.lines().count() == kept.len() + 1,
        "{index}"
    );
    ensure!(
        archive
            .text("README.txt")?
            .contains(&format!("{}/verify", stack.base()))
    );
    ensure!(!journal.contains(&foreign) && !index.contains(&foreign));
    Ok(())
}

#[test]
fn parts_make_up_the_whole() -> Result<()> {
    let mut clinic = Stack::shared()?.clinic()?;
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.push(clinic.send_document(&Upload::small())?);
    }
    let (mut taken, mut after) = (Vec::new(), String::new());
    for part in 1..=3 {
        let reply = clinic
            .get(&format!("/api/v1/export?limit=2{after}"))?
            .expect(200)?;
        let archive = unpack(&reply)?;
        let next = reply.header("podpis-next");
        ensure!(archive.manifest["next"].as_str().unwrap_or_default() == next);
        ensure!(next.is_empty() == (part == 3), "part {part}: next {next:?}");
        ensure!(archive.files.contains_key("journal.jsonl") == (part == 3));
        taken.push(
            archive
                .documents()
                .into_iter()
                .map(str::to_owned)
                .collect::<Vec<_>>(),
        );
        after = format!("&after={next}");
    }
    let sizes: Vec<usize> = taken.iter().map(Vec::len).collect();
    ensure!(sizes == [2, 2, 1], "{sizes:?}");
    for (part, ids) in taken.iter().zip(ids.chunks(2)) {
        ensure!(
            part.iter().collect::<BTreeSet<_>>() == ids.iter().collect(),
            "{part:?}, not {ids:?}"
        );
    }
    // The journal goes on where a part of it ended.
    let rest = unpack(&clinic.get("/api/v1/export?after=5.3")?.expect(200)?)?;
    ensure!(
        rest.documents().is_empty() && rest.manifest["journal"]["from"] == 4,
        "{}",
        rest.manifest
    );
    ensure!(
        rest.text("journal.jsonl")?
            .starts_with(r#"{"entry":{"at":"#)
    );
    ensure!(
        rest.text("journal.jsonl")?.contains(r#""seq":4,"#)
            && !rest.text("journal.jsonl")?.contains(r#""seq":3,"#)
    );
    Ok(())
}

#[test]
fn a_clinic_without_documents_gets_an_archive_too() -> Result<()> {
    let mut clinic = Stack::shared()?.clinic()?;
    let archive = unpack(&clinic.get("/api/v1/export")?.expect(200)?)?;
    ensure!(archive.documents().is_empty() && archive.text("journal.jsonl")?.is_empty());
    python(JOURNAL, &[&archive.folder])
}

#[test]
fn what_is_no_cursor_is_refused() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    for query in [
        "after=",
        "after=x",
        "after=-1",
        "after=1.x",
        "after=1.-1",
        "after=1.2.3",
        "after=99999999999999999999",
        "limit=0",
        "limit=1001",
        "limit=x",
    ] {
        clinic
            .get(&format!("/api/v1/export?{query}"))?
            .problem(400, "bad_request")
            .with_context(|| query.to_owned())?;
    }
    let last = i64::MAX;
    clinic
        .get(&format!("/api/v1/export?after={last}.{last}"))?
        .expect(200)?;
    stack
        .anonymous()
        .get("/api/v1/export")?
        .problem(401, "unauthorized")?;
    Ok(())
}

/// Sent, signed, declined, cancelled.
fn documents_in_every_state(
    stack: &Stack,
    clinic: &mut Clinic,
) -> Result<BTreeMap<String, Upload>> {
    let mut kept = BTreeMap::new();
    let formula = Upload::small().with("/title", json!("=1+1; \"и\""));
    kept.insert(clinic.send_document(&formula)?, formula);
    let upload = Upload::small().file(pdf::consent()?);
    let (signed, link) = clinic.send_with_link(&upload)?;
    stack.patient(&link)?.sign_as("ivanova")?.expect(200)?;
    kept.insert(signed, upload);
    let upload = Upload::small();
    let (declined, link) = clinic.send_with_link(&upload)?;
    let mut patient = stack.patient(&link)?;
    patient.read()?;
    let reply = patient.post("/patient/document/decline", &json!({}))?;
    ensure!(reply.status.is_success(), "{}", reply.text());
    kept.insert(declined, upload);
    let upload = Upload::small();
    let cancelled = clinic.send_document(&upload)?;
    clinic
        .post(&format!("/api/v1/documents/{cancelled}/cancel"), &json!({}))?
        .expect(200)?;
    kept.insert(cancelled, upload);
    let upload = Upload::small().for_keeping();
    let tools = Tools::new()?;
    tools.certificate("root", "own", OWN, SIGNER)?;
    let signature = tools.sign(&upload.pdf, "own", "")?;
    let sent = clinic.upload_signed(&upload, &[&signature])?.expect(201)?;
    let id = sent.json()?["id"].as_str().context("id")?.to_owned();
    kept.insert(id, upload);
    Ok(kept)
}

/// A document in the archive is what the API gives, and what was sent.
fn holds_document(archive: &Archive, clinic: &mut Clinic, id: &str, upload: &Upload) -> Result<()> {
    let file = |name: &str| format!("documents/{id}/{name}");
    let document = clinic.document(id)?;
    ensure!(
        archive.json(&file("document.json"))? == document,
        "other than {document}"
    );
    let original = archive.file(&file("original.pdf"))?;
    ensure!(*original == upload.pdf, "other bytes than sent");
    let people = archive.json(&file("addressee.json"))?;
    ensure!(
        people["patient"]["phone"] == upload.phone.as_str(),
        "{people}"
    );
    if document["purpose"] == "keeping" {
        let path = format!("/api/v1/documents/{id}/kept-signatures/1");
        let given = clinic.get(&path)?.expect(200)?;
        ensure!(*archive.file(&file("original-1.sig"))? == given.body);
    }
    let evidence = archive.json(&file("evidence.json"))?;
    ensure!(
        evidence["document"]["id"] == id && evidence["document"]["status"] == document["status"],
        "{evidence}"
    );
    judges::fits_its_schema(&evidence)?;
    let signed = archive.files.get(&file("signed.pdf"));
    ensure!(signed.is_some() == !document["signed_at"].is_null());
    if let Some(signed) = signed {
        let given = clinic
            .get(&format!("/api/v1/documents/{id}/signed"))?
            .expect(200)?;
        ensure!(*signed == given.body, "another signed file");
        judges::judge(original, signed)?;
    }
    Ok(())
}

impl Archive {
    /// Ids of its documents.
    fn documents(&self) -> BTreeSet<&str> {
        let inside = self
            .files
            .keys()
            .filter_map(|path| path.strip_prefix("documents/"));
        inside.filter_map(|path| path.split('/').next()).collect()
    }

    fn file(&self, path: &str) -> Result<&Vec<u8>> {
        self.files.get(path).with_context(|| format!("no {path}"))
    }

    fn text(&self, path: &str) -> Result<String> {
        Ok(String::from_utf8(self.file(path)?.clone())?)
    }

    fn json(&self, path: &str) -> Result<Value> {
        Ok(serde_json::from_slice(self.file(path)?)?)
    }
}

impl Drop for Archive {
    fn drop(&mut self) {
        _ = fs::remove_dir_all(&self.folder);
    }
}

/// Has Python unpack an archive.
fn unpack(reply: &Reply) -> Result<Archive> {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let name = format!(
        "export-{}-{}",
        std::process::id(),
        NEXT.fetch_add(1, Ordering::Relaxed)
    );
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&folder)?;
    let zip = folder.with_extension("zip");
    fs::write(&zip, &reply.body)?;
    let unpacked = python(UNPACK, &[&zip, &folder]);
    fs::remove_file(&zip)?;
    unpacked?;
    let mut files = BTreeMap::new();
    collect(&folder, "", &mut files)?;
    let manifest = serde_json::from_slice(files.get("manifest.json").context("no manifest")?)?;
    Ok(Archive {
        folder,
        files,
        manifest,
    })
}

fn collect(folder: &Path, prefix: &str, into: &mut BTreeMap<String, Vec<u8>>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .context("a name")?;
        if path.is_dir() {
            collect(&path, &format!("{prefix}{name}/"), into)?;
        } else {
            into.insert(format!("{prefix}{name}"), fs::read(&path)?);
        }
    }
    Ok(())
}

fn python(script: &str, args: &[&PathBuf]) -> Result<()> {
    let output = Command::new("python3")
        .arg("-c")
        .arg(script)
        .args(args)
        .output()
        .context("python3")?;
    ensure!(
        output.status.success(),
        "python3: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}
