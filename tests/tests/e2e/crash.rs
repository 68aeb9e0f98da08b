//! The machine stops at the worst moment: nothing is signed twice, nothing that was signed is lost. What a transaction has not
//! committed is gone whichever statement was its last, so a crash comes before and after each commit ([`Crash::at`]).

use anyhow::{Context as _, Result, ensure};
use http::Method;
use podpis_tests::client::Reply;
use podpis_tests::{Clinic, Crash, Esia, Person, Right, Settings, Stack, Upload};
use serde_json::json;

use crate::sign::signed_once;
use crate::usage::counted_once;

/// More moments to crash at than the longest request has; the loops end earlier.
const MOMENTS: u32 = 200;

/// No tick: its statements would be counted as well.
const QUIET: Settings = Settings {
    sandbox: true,
    tick: false,
    crash: None,
    esia: Esia::USUAL,
    variables: Vec::new(),
};

#[test]
fn a_crash_around_any_commit_of_the_signing_signs_once() -> Result<()> {
    let Some(mut stack) = Stack::alone(Settings::default())? else {
        return Ok(());
    };
    let mut clinic = stack.clinic()?;
    let mut crashes = 0;
    for moment in 1..MOMENTS {
        let (id, link) = clinic.send_with_link(&Upload::small())?;
        let mut patient = stack.patient(&link)?;
        let act = patient.read()?;
        let callback = patient.sign_in(&act, "ivanova", true)?;
        stack.stop()?;
        stack
            .start_again(Settings {
                crash: Some(Crash::at(moment)),
                ..QUIET
            })
            .context("before the crash")?;
        let crashed = crashes_during(&mut stack, patient.complete(&callback), 200)?;
        crashes += u32::from(crashed);
        stack
            .start_again(Settings::default())
            .context("after the crash")?;
        let status = clinic.document(&id)?["status"].clone();
        if status == "opened" {
            ensure!(crashed, "nothing crashed, and nothing was signed");
            clinic
                .get(&format!("/api/v1/documents/{id}/signed"))?
                .problem(409, "not_signed")?;
            patient
                .sign_as("ivanova")?
                .expect(200)
                .with_context(|| format!("after a crash at {moment}"))?;
        }
        signed_once(&mut clinic, &id).with_context(|| format!("crash at {moment}"))?;
        counted_once(&mut clinic, "document_signed", &id)
            .with_context(|| format!("crash at {moment}"))?;
        if !crashed {
            ensure!(
                crashes > 5,
                "only {crashes} crashes: is the counting right?"
            );
            return Ok(());
        }
    }
    anyhow::bail!("the signing has over {MOMENTS} moments");
}

#[test]
fn a_crash_around_any_commit_of_the_intake_keeps_one_document_or_none() -> Result<()> {
    let Some(mut stack) = Stack::alone(Settings::default())? else {
        return Ok(());
    };
    let mut clinic = stack.clinic()?;
    let mut crashes = 0;
    for moment in 1..MOMENTS {
        let upload = Upload::small().key(&format!("crash-{moment}"));
        stack.stop()?;
        stack
            .start_again(Settings {
                crash: Some(Crash::at(moment)),
                ..QUIET
            })
            .context("before the crash")?;
        let crashed = crashes_during(&mut stack, clinic.upload(&upload), 201)?;
        crashes += u32::from(crashed);
        stack
            .start_again(Settings::default())
            .context("after the crash")?;
        // What a MIS does that got no answer: the same request again.
        let context = || format!("crash at {moment}");
        let again = clinic
            .upload(&upload)?
            .expect(201)
            .with_context(context)?
            .json()?;
        let id = again["id"].as_str().context("id")?;
        ensure!(
            documents_of(&mut clinic, &upload)? == 1,
            "{}: not one document",
            context()
        );
        ensure!(
            clinic.event_types(id)? == ["document.sent"],
            "{}",
            context()
        );
        let link = stack.sandbox().link(&upload.phone).with_context(context)?;
        stack.patient(&link)?.document()?;
        counted_once(&mut clinic, "storage", id).with_context(context)?;
        if !crashed {
            ensure!(
                crashes > 5,
                "only {crashes} crashes: is the counting right?"
            );
            return Ok(());
        }
    }
    anyhow::bail!("the intake has over {MOMENTS} moments");
}

#[test]
fn a_crash_around_any_commit_of_signing_by_a_code_signs_once() -> Result<()> {
    let Some(mut stack) = Stack::alone(Settings::default())? else {
        return Ok(());
    };
    let mut clinic = stack.clinic()?;
    clinic.publish_agreement()?;
    let upload = Upload::by_code(Person::IVANOVA);
    let mut account = stack.account();
    account.sign_in(&upload.phone)?;
    account
        .sign_by_code(Right::Agreement(&clinic.id), &upload.phone)?
        .expect(200)?;
    let mut crashes = 0;
    for moment in 1..MOMENTS {
        let context = || format!("crash at {moment}");
        let next = Upload::by_code(Person::IVANOVA).to_phone(&upload.phone);
        let id = clinic.send_document(&next)?;
        account.documents("all")?;
        let right = Right::Document(&id);
        let act = account.read(right, podpis_shared::Method::Sms)?;
        let sent = account
            .ask_signing_code(right, &act)?
            .expect(200)
            .with_context(context)?
            .json()?;
        let code_id = sent["code_id"].as_str().context("code_id")?;
        let code = account.code_at(&upload.phone)?;
        stack.stop()?;
        stack.start_again(Settings {
            crash: Some(Crash::at(moment)),
            ..QUIET
        })?;
        let answer = account.type_signing_code(right, code_id, &code);
        let crashed = crashes_during(&mut stack, answer, 200)?;
        crashes += u32::from(crashed);
        stack.start_again(Settings::default())?;
        // What the page does that got no answer: the same request again.
        account
            .type_signing_code(right, code_id, &code)?
            .expect(200)
            .with_context(context)?;
        signed_once(&mut clinic, &id).with_context(context)?;
        counted_once(&mut clinic, "document_signed", &id).with_context(context)?;
        if !crashed {
            ensure!(
                crashes > 5,
                "only {crashes} crashes: is the counting right?"
            );
            return Ok(());
        }
    }
    anyhow::bail!("signing by a code has over {MOMENTS} moments");
}

#[test]
fn a_crash_around_any_commit_of_accepting_through_esia_accepts_once() -> Result<()> {
    let Some(mut stack) = Stack::alone(Settings::default())? else {
        return Ok(());
    };
    let mut clinic = stack.clinic()?;
    let mut account = stack.account();
    account.by_esia("sign_in", "ivanova")?.expect(200)?;
    let mut crashes = 0;
    for moment in 1..MOMENTS {
        let context = || format!("crash at {moment}");
        let version = clinic.publish_agreement()?;
        let callback = account.signing_callback(Right::Agreement(&clinic.id), "ivanova")?;
        stack.stop()?;
        stack.start_again(Settings {
            crash: Some(Crash::at(moment)),
            ..QUIET
        })?;
        let answer = account.complete_acceptance(&clinic.id, &callback);
        let crashed = crashes_during(&mut stack, answer, 200)?;
        crashes += u32::from(crashed);
        stack.start_again(Settings::default())?;
        // What the page does that got no answer. ESIA's code may have been spent before anybody knew who it is.
        let again = account.complete_acceptance(&clinic.id, &callback)?;
        if again.status != 200 {
            again.problem(409, "esia_session").with_context(context)?;
            ensure!(crashed, "nothing crashed, and nothing was accepted");
            account
                .accept_by_esia(&clinic.id, "ivanova")?
                .expect(200)
                .with_context(context)?;
        }
        account.view().with_context(context)?;
        let path = "/api/v1/agreements/acceptances?limit=200";
        let all = clinic.get(path)?.expect(200)?.json()?;
        let of_version = all["items"].as_array().context("items")?.iter();
        let count = of_version
            .filter(|one| one["agreement_id"] == version["id"])
            .count();
        ensure!(count == 1, "{}: accepted {count} times", context());
        if !crashed {
            ensure!(
                crashes > 5,
                "only {crashes} crashes: is the counting right?"
            );
            return Ok(());
        }
    }
    anyhow::bail!("accepting through ESIA has over {MOMENTS} moments");
}

#[test]
fn a_restart_in_the_middle_is_not_noticed() -> Result<()> {
    let Some(mut stack) = Stack::alone(Settings::default())? else {
        return Ok(());
    };
    let mut clinic = stack.clinic()?;
    let (id, link) = clinic.send_with_link(&Upload::small())?;
    let mut patient = stack.patient(&link)?;
    let act = patient.read()?;
    stack.kill()?;
    stack.start_again(Settings::default())?;
    let callback = patient.sign_in(&act, "ivanova", true)?;
    stack.stop()?;
    stack.start_again(Settings::default())?;
    patient.complete(&callback)?.expect(200)?;
    stack.kill()?;
    // Who is identified already needs nothing of ESIA any more, so not our key there either.
    stack.start_again(Settings {
        variables: vec![("ESIA_CLIENT_KEY", String::new())],
        ..Settings::default()
    })?;
    patient.complete(&callback)?.expect(200)?;
    signed_once(&mut clinic, &id)
}

#[test]
fn a_kill_in_the_middle_of_many_uploads_loses_none_that_was_confirmed() -> Result<()> {
    let Some(mut stack) = Stack::alone(Settings::default())? else {
        return Ok(());
    };
    let mut clinic = stack.clinic()?;
    let mut busy = clinic.clone();
    let uploads: Vec<Upload> = (0..200).map(|_| Upload::small()).collect();
    let confirmed = std::thread::scope(|scope| {
        let sender = scope.spawn(move || {
            let confirmed = uploads
                .iter()
                .map_while(|upload| busy.send_document(upload).ok());
            confirmed.collect::<Vec<String>>()
        });
        // Some are through, one is on its way: which one is left to chance.
        podpis_tests::wait_for("five documents", || {
            Ok((clinic.events()?.len() >= 5).then_some(()))
        })?;
        stack.kill()?;
        sender.join().map_err(|_| anyhow::anyhow!("a thread died"))
    })?;
    stack.start_again(Settings::default())?;
    ensure!(!confirmed.is_empty());
    for id in confirmed {
        let cancelled = clinic.send(
            Method::POST,
            &format!("/api/v1/documents/{id}/cancel"),
            &[("content-type", "application/json")],
            Some(json!({}).to_string().into_bytes()),
        )?;
        cancelled
            .expect(200)
            .context("a confirmed document is lost")?;
    }
    Ok(())
}

/// Whether the runtime died before it answered; it is stopped in either case.
fn crashes_during(stack: &mut Stack, answer: Result<Reply>, status: u16) -> Result<bool> {
    let Ok(reply) = answer else {
        stack.ended()?;
        return Ok(true);
    };
    reply.expect(status)?;
    stack.stop()?;
    Ok(false)
}

fn documents_of(clinic: &mut Clinic, upload: &Upload) -> Result<usize> {
    let external = upload.document["external_id"]
        .as_str()
        .context("external_id")?;
    let list = clinic
        .get(&format!("/api/v1/documents?external_id={external}"))?
        .expect(200)?
        .json()?;
    Ok(list["items"].as_array().context("items")?.len())
}
