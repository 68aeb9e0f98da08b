//! Who is the addressee: the people of docs/sandbox.md that differ from the MIS's data in one thing each.

use anyhow::{Context as _, Result, ensure};
use podpis_tests::{Stack, Upload};
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
fn capitals_yo_and_hyphens_make_no_other_person() -> Result<()> {
    sign(
        patient("Семёнова-Тян", "Алёна", "Игоревна", "1992-02-29"),
        "semenova",
    )?
    .expect(200)?;
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
    let people = [
        (
            patient("Иванова", "Мария", "Петровна", "1985-03-12"),
            "deleted",
        ),
        (
            patient("Орлова", "Вера", "Ильинична", "1969-05-05"),
            "standard",
        ),
    ];
    for (patient, person) in people {
        sign(patient, person)?
            .problem(403, "esia_unconfirmed")
            .context(person)?;
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
