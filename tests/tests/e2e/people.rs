//! Who is the addressee: the people of docs/sandbox.md that differ from the MIS's data in one thing each, and those who
//! sign for somebody else.

use anyhow::{Context as _, Result, ensure};
use podpis_tests::{Settings, Stack, Upload};
use serde_json::{Value, json};

/// The patient as the MIS knows them.
fn patient(last_name: &str, first_name: &str, middle_name: &str, birth_date: &str) -> Value {
    json!({"last_name": last_name, "first_name": first_name, "middle_name": middle_name, "birth_date": birth_date})
}

/// Sends a document to `patient` with its own phone; `person` signs in.
fn sign(patient: Value, person: &str) -> Result<podpis_tests::Signature> {
    let stack = Stack::shared()?;
    let mut upload = Upload::small();
    let phone = json!(upload.phone);
    upload = upload
        .with("/patient", patient)
        .with("/patient/phone", phone);
    let (_, link) = stack.clinic()?.send_with_link(&upload)?;
    stack.patient(&link)?.sign_as(person)
}

#[test]
fn other_ways_to_write_a_name_make_no_other_person() -> Result<()> {
    // ESIA has «СЕМЕНОВА-ТЯН АЛЕНА ИГОРЕВНА».
    for (last_name, first_name, middle_name) in [
        ("Семёнова-Тян", "Алёна", "Игоревна"),
        ("Семенова-Тян", "Алена", "Игоревна"),
        ("семёнова – тян", "алёна", "игоревна"),
        ("Семёнова   Тян", " Алёна ", "Игоревна"),
        (
            "Семе\u{308}нова\u{2011}Тян",
            "Але\u{308}на",
            "Игоре\u{ad}вна",
        ),
    ] {
        sign(
            patient(last_name, first_name, middle_name, "1992-02-29"),
            "semenova",
        )?
        .expect(200)
        .with_context(|| format!("{last_name} {first_name} {middle_name}"))?;
    }
    Ok(())
}

#[test]
fn another_name_is_another_person() -> Result<()> {
    let born = "1992-02-29";
    for (last_name, first_name, middle_name) in [
        ("Семёнова", "Алёна", "Игоревна"),
        ("СеменоваТян", "Алёна", "Игоревна"),
        ("Тян-Семёнова", "Алёна", "Игоревна"),
        ("Семёнова-Тян", "Елена", "Игоревна"),
        ("Семёнова-Тян", "Игоревна", "Алёна"),
    ] {
        sign(
            patient(last_name, first_name, middle_name, born),
            "semenova",
        )?
        .problem(403, "wrong_person")
        .with_context(|| format!("{last_name} {first_name} {middle_name}"))?;
    }
    Ok(())
}

#[test]
fn a_middle_name_is_there_on_both_sides_or_on_none() -> Result<()> {
    let ivanova = patient("Иванова", "Мария", "Петровна", "1985-03-12");
    sign(ivanova.clone(), "no-middle")?.problem(403, "wrong_person")?;
    let mut without = ivanova;
    without["middle_name"] = json!(null);
    sign(without.clone(), "ivanova")?.problem(403, "wrong_person")?;
    sign(without, "no-middle")?.expect(200)?;
    Ok(())
}

#[test]
fn latin_letters_that_look_alike_are_other_letters() -> Result<()> {
    let ivanova = patient("Иванова", "Мария", "Петровна", "1985-03-12");
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let upload = Upload::small();
    let phone = json!(upload.phone);
    let upload = upload
        .with("/patient", ivanova)
        .with("/patient/phone", phone);
    let (id, link) = clinic.send_with_link(&upload)?;
    stack
        .patient(&link)?
        .sign_as("latin")?
        .problem(403, "wrong_person")?;
    // The clinic's operator can find out; whoever holds the link can't.
    let failures = clinic.failures(&id)?;
    ensure!(failures[0]["mismatch"] == "latin", "{failures:?}");
    Ok(())
}

#[test]
fn a_snils_is_compared_only_when_the_mis_gave_one() -> Result<()> {
    let ivanova = patient("Иванова", "Мария", "Петровна", "1985-03-12");
    sign(ivanova.clone(), "no-snils")?.expect(200)?;
    sign(ivanova.clone(), "other-snils")?.expect(200)?;
    let mut with_snils = ivanova;
    with_snils["snils"] = json!("11223344595");
    sign(with_snils.clone(), "no-snils")?.problem(403, "wrong_person")?;
    sign(with_snils, "other-snils")?.problem(403, "wrong_person")?;
    Ok(())
}

#[test]
fn accounts_that_are_not_confirmed_do_not_sign() -> Result<()> {
    for (patient, person, code) in [
        (
            patient("Иванова", "Мария", "Петровна", "1985-03-12"),
            "deleted",
            "esia_account",
        ),
        (
            patient("Орлова", "Вера", "Ильинична", "1969-05-05"),
            "standard",
            "esia_unconfirmed",
        ),
        (
            patient("Сидорова", "Анна", "Сергеевна", "1978-11-23"),
            "sidorova",
            "esia_unconfirmed",
        ),
    ] {
        sign(patient, person)?.problem(403, code).context(person)?;
    }
    Ok(())
}

#[test]
fn at_fifteen_a_person_signs_alone() -> Result<()> {
    let signed = sign(
        patient("Кузнецов", "Егор", "Дмитриевич", "2011-06-15"),
        "minor",
    )?
    .expect(200)?
    .json()?;
    ensure!(signed["status"] == "patient_signed", "{signed}");
    Ok(())
}

/// A consent for the child of `mother`, who is its representative where the document names her.
fn for_the_child(born: &str, named: bool) -> Upload {
    let upload = Upload::small();
    let child = patient("Кузнецова", "Дарья", "Дмитриевна", born);
    let mut mother = patient("Кузнецова", "Ольга", "Андреевна", "1984-09-08");
    for (field, value) in [
        ("phone", upload.phone.as_str()),
        ("basis", "мать"),
        ("record_ref", "карта 17"),
    ] {
        mother[field] = json!(value);
    }
    let phone = json!(upload.phone);
    let upload = upload.with("/patient", child);
    if named {
        upload.with("/representative", mother)
    } else {
        upload.with("/patient/phone", phone)
    }
}

#[test]
fn a_representative_signs_only_when_the_document_names_one() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let (id, link) = clinic.send_with_link(&for_the_child("2018-02-03", true))?;
    // Neither the child nor somebody else.
    for (person, status, code) in [
        ("child", 403, "esia_child"),
        ("ivanova", 403, "wrong_person"),
    ] {
        stack
            .patient(&link)?
            .sign_as(person)?
            .problem(status, code)
            .context(person)?;
    }
    stack.patient(&link)?.sign_as("mother")?.expect(200)?;
    let signature = &clinic.document(&id)?["signatures"][0];
    ensure!(
        signature["name"] == "Кузнецова Ольга Андреевна"
            && signature["on_behalf_of"] == "Кузнецова Дарья Дмитриевна",
        "{signature}"
    );

    // Not named: a child of eight can't be the signer at all; one of fifteen is, and nobody for them.
    let refused = clinic.upload(&for_the_child("2018-02-03", false))?;
    ensure!(refused.problem(422, "policy")?["rule"] == "R3");
    let (_, link) = clinic.send_with_link(&for_the_child("2010-02-03", false))?;
    stack
        .patient(&link)?
        .sign_as("mother")?
        .problem(403, "wrong_person")?;
    let refused = clinic.upload(&for_the_child("2010-02-03", true))?;
    ensure!(refused.problem(422, "policy")?["rule"] == "R3");
    Ok(())
}

/// The child's fifteenth birthday comes between sending and signing.
#[test]
fn a_representative_of_who_has_come_of_age_meanwhile_signs_nothing() -> Result<()> {
    let Some(mut stack) = Stack::alone(Settings::default())? else {
        return Ok(());
    };
    let mut clinic = stack.clinic()?;
    let (id, link) = clinic.send_with_link(&for_the_child("2018-02-03", true))?;
    // Years can't be waited for: the child is made older in the database.
    stack.stop()?;
    let sql = "UPDATE documents SET patient = json_set(patient, '$.birth_date', '2010-02-03') WHERE id = ?1";
    let changed = rusqlite::Connection::open(stack.database()?)?.execute(sql, [&id])?;
    ensure!(changed == 1, "{changed} documents changed");
    stack.start_again(Settings::default())?;
    let mut mother = stack.patient(&link)?;
    let act = mother.read()?;
    let started = mother.start(&act)?;
    let refused = if started.status == 200 {
        mother.sign_as("mother")?
    } else {
        started
    };
    let problem = refused.problem(422, "policy")?;
    ensure!(problem["rule"] == "R3", "{problem}");
    ensure!(clinic.document(&id)?["status"] == "opened");
    Ok(())
}
