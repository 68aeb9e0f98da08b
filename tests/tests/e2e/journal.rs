//! The journal: heads and proofs that anybody can check, and tampering that is named.

use anyhow::{Context as _, Result, ensure};
use http::Method;
use podpis_journal::entry::json_leaf_hash;
use podpis_journal::{
    Checkpoint, Hash, NoteVerifier, checkpoint, from_hex, to_hex, verify_consistency,
    verify_inclusion,
};
use podpis_tests::{Clinic, Settings, Stack, Upload, wait_for};
use serde_json::{Value, json};

use crate::tamper::{self, Tamper};

/// The note as a checkpoint, signed by the key that the trust list names.
pub(crate) fn open(stack: &Stack, clinic: &Clinic, note: &Value) -> Result<Checkpoint> {
    let trust = stack
        .anonymous()
        .get("/api/v1/trust")?
        .expect(200)?
        .json()?;
    let keys = trust["journal_keys"].as_array().context("journal_keys")?;
    let keys = keys
        .iter()
        .map(|key| NoteVerifier::parse(key.as_str().unwrap_or_default()))
        .collect::<Result<Vec<_>, _>>()?;
    let opened = checkpoint::open(note.as_str().context("no note")?, &keys)?;
    ensure!(
        opened.origin.ends_with(&format!("/{}", clinic.id)),
        "of another journal: {}",
        opened.origin
    );
    Ok(opened)
}

fn hashes(list: &Value) -> Result<Vec<Hash>> {
    let list = list.as_array().context("no proof")?;
    list.iter()
        .map(|hash| hash.as_str().and_then(from_hex).context("no hash"))
        .collect()
}

/// Two documents, and everything that follows them written.
fn fill(clinic: &mut Clinic) -> Result<String> {
    let (id, _) = clinic.send_with_link(&Upload::small())?;
    clinic.send_with_link(&Upload::small())?;
    wait_for("the messages' receipts", || {
        let events = clinic.events()?;
        let delivered = events.iter().filter(|e| e["type"] == "message.delivered");
        Ok((delivered.count() == 2).then_some(()))
    })?;
    Ok(id)
}

#[test]
fn every_entry_is_proven_and_every_head_continues_the_one_before() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let empty = clinic
        .get("/api/v1/journal/checkpoint")?
        .expect(200)?
        .json()?;
    ensure!(open(stack, &clinic, &empty["checkpoint"])?.size == 0);
    let id = fill(&mut clinic)?;
    let mut heads = vec![open(stack, &clinic, &empty["checkpoint"])?];
    let proof = clinic
        .get(&format!("/api/v1/documents/{id}/proof"))?
        .expect(200)?
        .json()?;
    let head = open(stack, &clinic, &proof["checkpoint"])?;
    let entries = proof["entries"].as_array().context("entries")?;
    ensure!(entries.len() >= 3, "{proof}");
    for entry in entries {
        let leaf = json_leaf_hash(&entry["entry"]);
        ensure!(entry["leaf_hash"] == to_hex(&leaf), "{entry}");
        ensure!(entry["entry"]["document_id"] == id, "{entry}");
        let index = entry["seq"].as_u64().context("seq")? - 1;
        let path = hashes(&entry["proof"])?;
        ensure!(
            verify_inclusion(&leaf, index, head.size, &path, &head.root),
            "{entry}"
        );
    }
    heads.push(head);
    for _ in 0..3 {
        clinic.send_document(&Upload::small())?;
        let list = clinic
            .get("/api/v1/events?limit=200")?
            .expect(200)?
            .json()?;
        let head = open(stack, &clinic, &list["checkpoint"])?;
        let last = list["items"].as_array().and_then(|items| items.last());
        let last = last
            .and_then(|event| event["seq"].as_u64())
            .context("seq")?;
        ensure!(head.size >= last, "the head covers {} of {last}", head.size);
        heads.push(head);
    }
    for (number, old) in heads.iter().enumerate() {
        for new in &heads[number..] {
            let path = format!(
                "/api/v1/journal/consistency?from={}&to={}",
                old.size, new.size
            );
            let answer = clinic.get(&path)?.expect(200)?.json()?;
            let proof = hashes(&answer["proof"])?;
            ensure!(
                verify_consistency(old.size, new.size, &old.root, &new.root, &proof),
                "{answer}"
            );
        }
    }
    Ok(())
}

#[test]
fn the_same_head_gives_the_same_note() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    fill(&mut clinic)?;
    let mut ask = || {
        clinic
            .get("/api/v1/journal/checkpoint")?
            .expect(200)?
            .json()
    };
    ensure!(ask()? == ask()?);
    Ok(())
}

#[test]
fn sizes_that_the_journal_never_had() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    for query in [
        "",
        "?from=1",
        "?from=0&to=1",
        "?from=x",
        "?from=-1",
        "?from=1&to=0",
        "?from=18446744073709551615",
    ] {
        clinic
            .get(&format!("/api/v1/journal/consistency{query}"))?
            .problem(400, "bad_request")
            .context(query)?;
    }
    for path in ["checkpoint", "consistency?from=0"] {
        stack
            .anonymous()
            .get(&format!("/api/v1/journal/{path}"))?
            .problem(401, "unauthorized")?;
    }
    clinic
        .get("/api/v1/operator/journal")?
        .problem(401, "unauthorized")?;
    Ok(())
}

/// Each clinic's journal is tampered with in its own way while the product is stopped.
#[test]
fn whatever_is_tampered_with_is_named() -> Result<()> {
    let Some(mut stack) = Stack::alone(Settings::default())? else {
        return Ok(());
    };
    let mut clinics = Vec::new();
    for tamper in Tamper::ALL {
        let mut clinic = stack.clinic()?;
        fill(&mut clinic)?;
        clinics.push((clinic, tamper));
    }
    let mut untouched = stack.clinic()?;
    fill(&mut untouched)?;
    let report = audit(&stack)?;
    ensure!(
        report["state"] == "ok" && report["complete"] == true && report["items"] == json!([]),
        "before: {report}"
    );
    let health = stack.anonymous().get("/api/health")?.expect(200)?.json()?;
    ensure!(
        health["status"] == "ok" && health["journal"]["state"] == "ok",
        "{health}"
    );

    stack.stop()?;
    let database = stack.database()?;
    let (clean, text) = tamper::xtask_verify(&database, &[])?;
    ensure!(clean, "before: {text}");
    for (clinic, tamper) in &clinics {
        tamper.apply(&database, &clinic.id)?;
    }
    let (clean, text) = tamper::xtask_verify(&database, &[])?;
    ensure!(!clean, "xtask sees nothing: {text}");
    for (clinic, tamper) in &clinics {
        let part = text.split(&clinic.id).nth(1).context("not listed")?;
        let part = part.split("cl_").next().unwrap_or_default();
        if tamper.seen_without_a_key() {
            ensure!(
                part.contains(&format!("  {}: ", tamper.name())),
                "{}: {text}",
                tamper.name()
            );
        }
    }

    stack.start_again(Settings::default())?;
    wait_for("the tick's audit", || {
        let health = stack.anonymous().get("/api/health")?.expect(200)?.json()?;
        Ok(
            (health["status"] == "degraded" && health["journal"]["state"] == "broken")
                .then_some(()),
        )
    })?;
    let report = audit(&stack)?;
    ensure!(report["clinics_broken"] == clinics.len(), "{report}");
    let items = report["items"].as_array().context("items")?;
    for (clinic, tamper) in &mut clinics {
        let item = items.iter().find(|item| item["clinic_id"] == clinic.id);
        let item = item.with_context(|| format!("{}: not found: {report}", tamper.name()))?;
        let problems = item["problems"].as_array().context("problems")?;
        ensure!(
            problems
                .iter()
                .any(|problem| problem["kind"] == tamper.name()),
            "{}: {item}",
            tamper.name()
        );
        // Events are given all the same; a head is signed only where it continues the last one.
        let list = clinic.get("/api/v1/events")?.expect(200)?.json()?;
        if tamper.stops_signing() {
            ensure!(list["checkpoint"].is_null(), "{}: {list}", tamper.name());
            clinic
                .get("/api/v1/journal/checkpoint")?
                .problem(500, "journal_broken")?;
        }
    }
    ensure!(
        !items.iter().any(|item| item["clinic_id"] == untouched.id),
        "{report}"
    );
    fill_once_more(&mut untouched)
}

fn fill_once_more(clinic: &mut Clinic) -> Result<()> {
    clinic.send_document(&Upload::small())?;
    let list = clinic
        .get("/api/v1/events?limit=200")?
        .expect(200)?
        .json()?;
    ensure!(list["checkpoint"].is_string(), "{list}");
    Ok(())
}

/// Whoever rewrites everything, checkpoints included, is found by the head that the clinic has kept.
#[test]
fn a_kept_checkpoint_finds_what_the_database_alone_cannot() -> Result<()> {
    let Some(mut stack) = Stack::alone(Settings::default())? else {
        return Ok(());
    };
    let mut clinic = stack.clinic()?;
    fill(&mut clinic)?;
    let list = clinic.get("/api/v1/events")?.expect(200)?.json()?;
    let note = list["checkpoint"].as_str().context("note")?.to_owned();
    let kept = open(&stack, &clinic, &list["checkpoint"])?;
    stack.stop()?;
    let database = stack.database()?;
    let file = database.with_file_name("kept.txt");
    std::fs::write(&file, note)?;
    let (clean, text) = tamper::xtask_verify(&database, &[&file])?;
    ensure!(clean, "before: {text}");
    tamper::rewrite_everything(&database, &clinic.id)?;
    let (clean, text) = tamper::xtask_verify(&database, &[])?;
    ensure!(clean, "the database is consistent in itself: {text}");
    let (clean, text) = tamper::xtask_verify(&database, &[&file])?;
    ensure!(!clean && text.contains("kept_checkpoint"), "{text}");

    stack.start_again(Settings::default())?;
    ensure!(audit(&stack)?["state"] == "ok");
    let path = format!("/api/v1/journal/consistency?from={}", kept.size);
    let answer = clinic.get(&path)?.expect(200)?.json()?;
    let new = open(&stack, &clinic, &answer["checkpoint"])?;
    let proof = hashes(&answer["proof"])?;
    ensure!(
        !verify_consistency(kept.size, new.size, &kept.root, &new.root, &proof),
        "a rewritten history passes for the old one"
    );
    Ok(())
}

/// Entries from before there were trees are folded in, once, by the next use.
#[test]
fn a_journal_without_a_tree_gets_one() -> Result<()> {
    let Some(mut stack) = Stack::alone(Settings::default())? else {
        return Ok(());
    };
    let (mut one, mut other) = (stack.clinic()?, stack.clinic()?);
    let document = fill(&mut one)?;
    fill(&mut other)?;
    let before = one.get("/api/v1/journal/checkpoint")?.expect(200)?.json()?;
    stack.stop()?;
    tamper::forget_trees(&stack.database()?)?;
    stack.start_again(Settings::default())?;
    // One is read first, the other written first.
    let after = one.get("/api/v1/journal/checkpoint")?.expect(200)?.json()?;
    ensure!(after == before, "{before} {after}");
    one.get(&format!("/api/v1/documents/{document}/proof"))?
        .expect(200)?;
    fill_once_more(&mut other)?;
    let report = audit(&stack)?;
    ensure!(report["state"] == "ok", "{report}");
    Ok(())
}

fn audit(stack: &Stack) -> Result<Value> {
    stack
        .operator()
        .call(Method::GET, "/api/v1/operator/journal", None)?
        .expect(200)?
        .json()
}
