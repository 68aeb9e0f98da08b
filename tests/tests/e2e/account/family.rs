//! Parents and children: who sees what, who signs, and until when.

use anyhow::{Result, ensure};
use podpis_tests::{Person, Right, Stack, Upload};
use serde_json::json;

use super::registered;

/// A consent for a child that Иванова signs.
pub(super) fn for_child(first_name: &str, born: &str, parent: &Upload) -> Upload {
    Upload::by_code(Person::IVANOVA)
        .with("/patient", json!({"last_name": "Иванов", "first_name": first_name, "birth_date": born}))
        .with("/representative", json!({
            "last_name": "Иванова", "first_name": "Мария", "middle_name": "Петровна", "birth_date": "1985-03-12",
            "snils": "11223344595", "phone": parent.phone, "basis": "мать", "record_ref": "карта 1",
        }))
}

/// The birthday of somebody who is so many years old today.
pub(super) fn born(years: i32) -> String {
    let today = time::OffsetDateTime::now_utc().date();
    // The 28th exists in every month; a few days more make no difference to the age.
    let day = today.day().min(28);
    format!(
        "{:04}-{:02}-{day:02}",
        today.year() - years,
        u8::from(today.month())
    )
}

#[test]
fn one_parent_signs_for_each_child_by_name() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = super::clinic_with_agreement(stack)?;
    let own = Upload::by_code(Person::IVANOVA);
    let mine = clinic.send_document(&own)?;
    let petya = clinic.send_document(&for_child("Пётр", &born(7), &own))?;
    let anya = clinic.send_document(&for_child("Анна", &born(3), &own))?;
    let (mut account, _) = registered(stack, &clinic, &own.phone)?;
    let items = account.documents("to_sign")?.items;
    let of = |id: &str| items.iter().find(|item| item.id == id);
    ensure!(
        of(&mine).is_some_and(|item| item.on_behalf_of.is_none()),
        "{items:?}"
    );
    ensure!(
        of(&petya).is_some_and(|item| item.on_behalf_of.as_deref() == Some("Иванов Пётр")
            && item.on_behalf_of_age == Some(7)),
        "{items:?}"
    );
    ensure!(
        of(&anya).is_some_and(
            |item| item.on_behalf_of.as_deref() == Some("Иванов Анна") && item.mine_to_sign
        ),
        "{items:?}"
    );
    account
        .sign_by_code(Right::Document(&petya), &own.phone)?
        .expect(200)?;
    let signature = &clinic.document(&petya)?["signatures"][0];
    ensure!(
        signature["name"] == "Иванова Мария Петровна" && signature["on_behalf_of"] == "Иванов Пётр",
        "{signature}"
    );
    ensure!(
        clinic.document(&anya)?["status"] == "sent",
        "one act, one document"
    );
    Ok(())
}

#[test]
fn nobody_signs_below_the_age_and_no_parent_above_it() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let upload = Upload::by_code(Person::IVANOVA).with("/patient/birth_date", born(14).into());
    let refused = clinic.upload(&upload)?.problem(422, "policy")?;
    ensure!(refused["rule"] == "R3", "{refused}");
    let parent = Upload::by_code(Person::IVANOVA);
    let grown = for_child("Пётр", &born(18), &parent);
    ensure!(clinic.upload(&grown)?.problem(422, "policy")?["rule"] == "R3");
    let medical = for_child("Пётр", &born(15), &parent)
        .with("/kind", "ids".into())
        .with("/method", "esia".into());
    ensure!(clinic.upload(&medical)?.problem(422, "policy")?["rule"] == "R3");
    Ok(())
}

#[test]
fn a_child_who_comes_of_age_takes_the_documents_over() -> Result<()> {
    let Some(mut stack) = Stack::alone(podpis_tests::Settings::default())? else {
        return Ok(());
    };
    let mut clinic = stack.clinic()?;
    let parent = Upload::by_code(Person::IVANOVA);
    let child_phone = Upload::small().phone;
    let upload = for_child("Пётр", &born(14), &parent)
        .with("/kind", "ids".into())
        .with("/method", "esia".into())
        .with("/patient/phone", child_phone.clone().into());
    let id = clinic.send_document(&upload)?;
    let mut account = stack.account();
    account.sign_in(&parent.phone)?;
    account.sign_by_esia(&id, "ivanova")?.expect(200)?;
    ensure!(
        account
            .documents("all")?
            .items
            .iter()
            .any(|item| item.id == id)
    );

    // A year goes by: the child is 15, and consents personally (323-ФЗ art. 20, 54).
    super::while_stopped(&mut stack, |db| {
        let born = (born(15), &id);
        db.execute(
            "UPDATE documents SET patient = json_set(patient, '$.birth_date', ?1) WHERE id = ?2",
            born,
        )?;
        db.execute(
            "UPDATE account_documents SET role = 'stale', until = NULL WHERE document_id = ?1",
            [&id],
        )?;
        Ok(())
    })?;
    ensure!(
        !account
            .documents("all")?
            .items
            .iter()
            .any(|item| item.id == id),
        "the parent still sees it"
    );
    account
        .send(
            http::Method::GET,
            Right::Document(&id),
            "/patient/document",
            None,
        )?
        .problem(404, "not_found")?;
    let mut child = stack.account();
    child.sign_in(&child_phone)?;
    let items = child.documents("all")?.items;
    ensure!(
        items.iter().any(|item| item.id == id
            && item.signed_for_me_by.as_deref() == Some("Иванова Мария Петровна")
            && !item.mine_to_sign),
        "{items:?}"
    );
    Ok(())
}
