//! One file for several recipients, and packages: documents that are told of in one message, each signed on its own.

mod reminders;

use anyhow::{Context as _, Result, ensure};
use podpis_tests::{Clinic, Crash, Esia, Person, Right, Settings, Stack, Upload, wait_for};
use rusqlite::Connection;
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

/// A document of a package for the account of Иванова, who has this phone and an e-mail made of it.
fn of_package(package: &str, of: u8, phone: &str) -> Upload {
    Upload::by_code(Person::IVANOVA)
        .with("/method", json!("esia"))
        .to_phone(phone)
        .with("/patient/email", json!(email(phone)))
        .with("/package", json!({"id": package, "of": of}))
}

fn email(phone: &str) -> String {
    format!("p{}@example.ru", phone.trim_start_matches('+'))
}

/// A phone that nobody else has.
fn phone() -> String {
    Upload::small().phone
}

/// What was queued about documents: their numbers in `ids`, ways and notices. What tells of several is there for each.
fn told(clinic: &mut Clinic, ids: &[String]) -> Result<Vec<(usize, String, String)>> {
    let mut told = Vec::new();
    for (index, id) in ids.iter().enumerate() {
        let path = format!("/api/v1/documents/{id}/messages");
        let list = clinic.get(&path)?.expect(200)?.json()?;
        for message in list["items"].as_array().context("items")? {
            let word = |name: &str| message[name].as_str().unwrap_or_default().to_owned();
            told.push((index, word("channel"), word("notice")));
        }
    }
    Ok(told)
}

/// The id of the one letter of this notice that each of the documents names.
fn shared(clinic: &mut Clinic, ids: &[String], notice: &str) -> Result<String> {
    let mut found = Vec::new();
    for id in ids {
        let path = format!("/api/v1/documents/{id}/messages");
        let list = clinic.get(&path)?.expect(200)?.json()?;
        let all = list["items"].as_array().context("items")?.iter();
        let letters = all.filter(|one| one["notice"] == notice && one["channel"] == "email");
        found.extend(letters.filter_map(|one| Some(one["id"].as_str()?.to_owned())));
    }
    ensure!(
        found.len() == ids.len() && found.iter().all(|id| *id == found[0]),
        "{notice}: {found:?}"
    );
    found.into_iter().next().context("no document")
}

fn letter(index: usize, notice: &str) -> (usize, String, String) {
    (index, "email".to_owned(), notice.to_owned())
}

/// Waits for the first letter to a person.
fn first_letter(stack: &Stack, phone: &str) -> Result<Value> {
    wait_for("a letter", || {
        Ok(stack.sandbox().messages(&email(phone))?.into_iter().next())
    })
}

#[test]
fn one_file_goes_to_several_people() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let first = Upload::small();
    let first_id = clinic.send_document(&first)?;
    let again = |id: &str| Upload::consent(Person::IVANOVA, Vec::new()).with("/file_of", json!(id));
    let second = again(&first_id).key("second");
    let made = clinic.upload(&second)?.expect(201)?;
    let document = made.json()?;
    let second_id = document["id"].as_str().context("id")?.to_owned();
    let source = clinic.document(&first_id)?;
    for same in ["sha256", "streebog256", "size", "pages"] {
        ensure!(document[same] == source[same], "{same}: {document}");
    }
    ensure!(second_id != first_id && document["status"] == "sent");
    // The same request is the same document, and takes no file away.
    ensure!(clinic.upload(&second)?.expect(201)?.body == made.body);
    let child = again(&first_id).with("/patient/birth_date", json!("2020-02-02"));
    clinic.upload(&child)?.problem(422, "policy")?;
    let other = again(&second_id).key("second");
    clinic
        .upload(&other)?
        .problem(409, "idempotency_conflict")?;
    clinic
        .post(&format!("/api/v1/documents/{first_id}/cancel"), &json!({}))?
        .expect(200)?;
    for id in [&first_id, &second_id] {
        let path = format!("/api/v1/documents/{id}/original");
        ensure!(clinic.get(&path)?.expect(200)?.body == first.pdf, "{id}");
    }
    let link = stack.sandbox().link(&second.phone)?;
    stack.patient(&link)?.sign_as("ivanova")?.expect(200)?;
    let signed = clinic.get(&format!("/api/v1/documents/{second_id}/signed"))?;
    ensure!(signed.expect(200)?.body.starts_with(&first.pdf));
    Ok(())
}

#[test]
fn whose_file_it_may_be() -> Result<()> {
    let stack = Stack::shared()?;
    let (mut clinic, mut other) = (stack.clinic()?, stack.clinic()?);
    let own = clinic.send_document(&Upload::small())?;
    let foreign = other.send_document(&Upload::small())?;
    let template = clinic
        .get("/api/v1/templates/telemed_consent")?
        .expect(200)?
        .json()?;
    let fields = json!({"id": "telemed_consent", "fields": {}});
    let made = Upload::consent(Person::IVANOVA, Vec::new())
        .with("/kind", template["kind"].clone())
        .with("/template", fields.clone());
    let made = clinic.send_document(&made)?;
    let of = |id: &str| Upload::consent(Person::IVANOVA, Vec::new()).with("/file_of", json!(id));
    let mut refused = |upload: &Upload| -> Result<String> {
        let problem = clinic.upload(upload)?.problem(422, "invalid")?;
        Ok(problem["detail"].as_str().unwrap_or_default().to_owned())
    };
    // What is another clinic's is as unknown as what never was.
    let unknown = refused(&of("doc_unknown"))?;
    ensure!(unknown.contains("file_of"), "{unknown}");
    ensure!(refused(&of(&foreign))? == unknown);
    let named = refused(&of(&made))?;
    ensure!(
        named.contains("file_of") && named.contains("template"),
        "{named}"
    );
    let both = refused(&of(&own).with("/template", fields))?;
    ensure!(both.contains("contradicts"), "{both}");
    let with_file = Upload::small().with("/file_of", json!(own));
    clinic.upload(&with_file)?.problem(400, "bad_request")?;
    let list = clinic.get("/api/v1/documents")?.expect(200)?.json()?;
    ensure!(
        list["items"].as_array().is_some_and(|all| all.len() == 2),
        "{list}"
    );
    Ok(())
}

#[test]
fn a_package_makes_one_letter_and_each_is_signed_on_its_own() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let phone = phone();
    let ids = [
        clinic.send_document(&of_package("visit-1", 3, &phone))?,
        clinic.send_document(&of_package("visit-1", 3, &phone))?,
    ];
    ensure!(
        told(&mut clinic, &ids)?.is_empty(),
        "told before it was whole"
    );
    // It ends before the others, so the letter leads to it.
    let soon = OffsetDateTime::now_utc() + Duration::hours(48);
    let soon = soon.replace_nanosecond(0)?.format(&Rfc3339)?;
    let last = of_package("visit-1", 3, &phone).with("/expires_at", json!(soon));
    let [first, second] = ids;
    let ids = [first, second, clinic.send_document(&last)?];
    let all = [0, 1, 2].map(|index| letter(index, "package"));
    ensure!(told(&mut clinic, &ids)? == all);
    shared(&mut clinic, &ids, "package")?;
    let letter = first_letter(stack, &phone)?;
    let words = format!("{}\n{}", letter["subject"], letter["text"]).replace('\u{a0}', " ");
    ensure!(words.contains("3 документа на подпись"), "{words}");
    ensure!(
        words.contains(&format!("/account/document#{}", ids[2])),
        "{words}"
    );
    for secret in [
        "Иванова",
        "Мария",
        "Согласие на обработку",
        "visit-1",
        &phone,
    ] {
        ensure!(!words.contains(secret), "{secret}: {words}");
    }
    let package = json!({"id": "visit-1", "of": 3});
    for id in &ids {
        ensure!(clinic.document(id)?["package"] == package);
    }
    let list = clinic.get("/api/v1/documents")?.expect(200)?.json()?;
    let listed = list["items"].as_array().context("items")?;
    ensure!(listed.len() == 3 && listed.iter().all(|one| one["package"] == package));

    let mut account = stack.account();
    account.sign_in(&phone)?;
    let mut waiting = |id: &str| -> Result<Value> {
        Ok(account.document(Right::Document(id))?["package_waiting"].clone())
    };
    ensure!(waiting(&ids[2])? == json!([ids[0], ids[1]]));
    ensure!(
        waiting(&ids[1])? == json!([ids[2], ids[0]]),
        "the one that ends first comes first"
    );
    account.sign_by_esia(&ids[2], "ivanova")?.expect(200)?;
    for (id, status) in ids.iter().zip(["sent", "sent", "completed"]) {
        ensure!(clinic.document(id)?["status"] == status, "{id}");
    }
    let left = account.document(Right::Document(&ids[2]))?["package_waiting"].clone();
    ensure!(left == json!([ids[0], ids[1]]), "{left}");
    let left = account.document(Right::Document(&ids[0]))?["package_waiting"].clone();
    ensure!(left == json!([ids[1]]), "{left}");
    Ok(())
}

#[test]
fn what_a_package_may_be() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let phone = phone();
    for wrong in [
        json!({"id": "", "of": 2}),
        json!({"id": "x".repeat(65), "of": 2}),
        json!({"id": "a\nb", "of": 2}),
        json!({"id": "a", "of": 0}),
        json!({"id": "a", "of": 21}),
        json!({"id": "a"}),
        json!({"id": "a", "of": 2, "more": 1}),
        json!("a"),
    ] {
        let upload = of_package("a", 2, &phone).with("/package", wrong.clone());
        clinic
            .upload(&upload)?
            .problem(422, "invalid")
            .with_context(|| wrong.to_string())?;
    }
    let package = json!({"id": "a", "of": 2});
    for other in [Upload::small(), Upload::small().for_keeping()] {
        let upload = other.with("/package", package.clone());
        let refused = clinic.upload(&upload)?.problem(422, "invalid")?;
        ensure!(
            refused["detail"].to_string().contains("package"),
            "{refused}"
        );
    }
    let one = clinic.send_document(&of_package("a", 2, &phone))?;
    clinic
        .upload(&of_package("a", 3, &phone))?
        .problem(422, "invalid")?;
    let two = clinic.send_document(&of_package("a", 2, &phone))?;
    let more = clinic
        .upload(&of_package("a", 2, &phone))?
        .problem(422, "invalid")?;
    ensure!(more["detail"].to_string().contains("package"), "{more}");
    // One that was taken back makes room for another, which is told of by itself.
    clinic
        .post(&format!("/api/v1/documents/{two}/cancel"), &json!({}))?
        .expect(200)?;
    let three = clinic.send_document(&of_package("a", 2, &phone))?;
    let ids = [one, two, three];
    let expected = [
        letter(0, "package"),
        letter(1, "package"),
        letter(1, "cancelled"),
        letter(2, "arrived"),
    ];
    let told = told(&mut clinic, &ids)?;
    ensure!(told == expected, "{told:?}");
    // The same words of another clinic are another package.
    let mut stranger = stack.clinic()?;
    let apart = [stranger.send_document(&of_package("a", 5, &phone))?];
    ensure!(self::told(&mut stranger, &apart)? == []);
    Ok(())
}

#[test]
fn each_signer_gets_a_letter_of_their_own() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let (one, two) = (phone(), phone());
    let ids = [
        clinic.send_document(&of_package("family", 2, &one))?,
        clinic.send_document(&of_package("family", 1, &two))?,
        clinic.send_document(&of_package("family", 2, &one))?,
    ];
    let told = told(&mut clinic, &ids)?;
    let expected = [
        letter(0, "package"),
        letter(1, "arrived"),
        letter(2, "package"),
    ];
    ensure!(told == expected, "{told:?}");
    for phone in [&one, &two] {
        first_letter(stack, phone)?;
        let letters = stack.sandbox().messages(&email(phone))?;
        ensure!(letters.len() == 1, "{letters:?}");
    }
    // Nobody is led to somebody else's document.
    let mut account = stack.account();
    account.sign_in(&two)?;
    let shown = account.document(Right::Document(&ids[1]))?;
    ensure!(shown.get("package_waiting").is_none(), "{shown}");
    Ok(())
}

/// What is planned, in the documents' order.
fn plans(stack: &mut Stack, kind: &str) -> Result<Vec<String>> {
    let database = Connection::open(stack.database()?)?;
    let sql = "SELECT p.document_id FROM planned_notices p JOIN documents d ON d.id = p.document_id WHERE p.kind = ?1 \
               ORDER BY d.position";
    let mut statement = database.prepare(sql)?;
    let rows = statement.query_map([kind], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

#[test]
fn what_never_comes_is_not_waited_for_long() -> Result<()> {
    let Some(mut stack) = Stack::alone(Settings::default())? else {
        return Ok(());
    };
    let mut clinic = stack.clinic()?;
    let phone = phone();
    let upload = || of_package("visit", 4, &phone).with("/sms_fallback_after_hours", json!(5));
    let mut ids = vec![clinic.send_document(&upload())?];
    ids.push(clinic.send_document(&upload())?);
    ids.push(clinic.send_document(&upload())?);
    ensure!(
        plans(&mut stack, "package")? == [ids[2].clone()],
        "from the latest on"
    );
    ensure!(
        plans(&mut stack, "unopened")? == ids,
        "whichever is due first brings the one SMS"
    );
    // Whoever knows nothing of a document does not learn that it is gone, not even where the plan is about it.
    clinic
        .post(&format!("/api/v1/documents/{}/cancel", ids[2]), &json!({}))?
        .expect(200)?;
    ensure!(told(&mut clinic, &ids)? == []);
    stack.stop()?;
    let database = Connection::open(stack.database()?)?;
    database.execute_batch("UPDATE planned_notices SET at = 0 WHERE kind = 'package'")?;
    drop(database);
    stack.start_again(Settings::default())?;
    let letter_of_two = first_letter(&stack, &phone)?;
    let subject = letter_of_two["subject"].to_string().replace('\u{a0}', " ");
    ensure!(subject.contains("2 документа на подпись"), "{subject}");
    ensure!(plans(&mut stack, "package")?.is_empty());
    // Late ones: the third waits for the fourth, and then both are told of together.
    ids.push(clinic.send_document(&upload())?);
    ensure!(plans(&mut stack, "package")? == [ids[3].clone()]);
    ids.push(clinic.send_document(&upload())?);
    let told = told(&mut clinic, &ids)?;
    ensure!(
        told == [0, 1, 3, 4].map(|index| letter(index, "package")),
        "{told:?}"
    );
    ensure!(plans(&mut stack, "package")?.is_empty());
    Ok(())
}

#[test]
fn a_crash_while_the_last_one_comes_makes_one_letter() -> Result<()> {
    /// No tick: its statements would be counted as well.
    const QUIET: Settings = Settings {
        sandbox: true,
        tick: false,
        crash: None,
        esia: Esia::USUAL,
        variables: Vec::new(),
    };
    let Some(mut stack) = Stack::alone(Settings::default())? else {
        return Ok(());
    };
    let mut clinic = stack.clinic()?;
    for (crashes, moment) in (1..200).enumerate() {
        let context = || format!("crash at {moment}");
        let (phone, package) = (phone(), format!("visit-{moment}"));
        let first = clinic.send_document(&of_package(&package, 2, &phone))?;
        let last = of_package(&package, 2, &phone).key(&package);
        stack.stop()?;
        stack.start_again(Settings {
            crash: Some(Crash::at(moment)),
            ..QUIET
        })?;
        let crashed = match clinic.upload(&last) {
            Ok(reply) => {
                reply.expect(201).with_context(context)?;
                stack.stop()?;
                false
            }
            Err(_) => {
                stack.ended()?;
                true
            }
        };
        stack.start_again(Settings::default())?;
        let again = clinic.upload(&last)?.expect(201).with_context(context)?;
        let id = again.json()?["id"].as_str().context("id")?.to_owned();
        shared(&mut clinic, &[first, id], "package").with_context(context)?;
        ensure!(plans(&mut stack, "package")?.is_empty(), "{}", context());
        if !crashed {
            ensure!(
                crashes > 2,
                "only {crashes} crashes: is the counting right?"
            );
            return Ok(());
        }
    }
    anyhow::bail!("the intake has over 200 moments");
}
