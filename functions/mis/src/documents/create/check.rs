//! What can be said of a document before its file is looked at.

use super::row::demand;
use crate::templates;
use podpis_kit::{Failure, Result};
use podpis_shared::document::status_after_patient;
use podpis_shared::policy::{self, Agreement, Question, Table};
use podpis_shared::problem::Code;
use podpis_shared::wire::mis::{
    EXTERNAL_ID_MAX, NewDocument, Representative, SMS_FALLBACK_MAX, TITLE_MAX,
};
use podpis_shared::{Delivery, Method, Parties, Purpose, Status, Timestamp};

/// Longest time to sign, in seconds: a year.
const TIME_MAX: i64 = 366 * 24 * 3600;

/// Largest `metadata` as JSON, in bytes.
const METADATA_MAX: usize = 8 * 1024;

/// Shapes, what contradicts what, and the policy.
///
/// # Errors
/// `invalid`, `policy`.
pub(crate) fn check(table: &Table, new: &NewDocument, at: Timestamp) -> Result<()> {
    let invalid = |detail: &str| Err(Failure::new(Code::Invalid, detail));
    let title = new.title.trim();
    if title.is_empty() || title.chars().count() > TITLE_MAX || title.chars().any(char::is_control)
    {
        return invalid("title is 1 to 300 characters");
    }
    if new
        .external_id
        .as_ref()
        .is_some_and(|id| id.chars().count() > EXTERNAL_ID_MAX)
    {
        return invalid("external_id is longer than 200 characters");
    }
    check_people(new)?;
    let metadata = new
        .metadata
        .as_ref()
        .and_then(|m| serde_json::to_string(m).ok())
        .unwrap_or_default();
    if metadata.len() > METADATA_MAX {
        return invalid("metadata is larger than 8 KiB");
    }
    if let Some(chosen) = &new.template {
        if new.file_of.is_some() {
            return invalid("file_of contradicts template");
        }
        templates::of_document(new, chosen, at)?;
    }
    if let Some(package) = &new.package {
        package
            .check()
            .map_err(|detail| Failure::new(Code::Invalid, detail))?;
        if new.delivery != Delivery::Account {
            return invalid("package needs delivery `account`");
        }
    }
    match new.purpose {
        Purpose::Signing => check_signing(table, new, at)?,
        Purpose::Keeping => check_keeping(table, new, at)?,
    }
    check_delivery(new)
}

/// The patient and the representative are whole.
fn check_people(new: &NewDocument) -> Result<()> {
    let invalid = |detail: &str| Err(Failure::new(Code::Invalid, detail));
    new.patient
        .check()
        .map_err(|e| Failure::new(Code::Invalid, format!("patient.{e}")))?;
    if let Some(representative) = &new.representative {
        representative
            .person
            .check()
            .map_err(|e| Failure::new(Code::Invalid, format!("representative.{e}")))?;
        for (field, text) in [
            ("basis", &representative.basis),
            ("record_ref", &representative.record_ref),
        ] {
            if text.trim().is_empty() || text.chars().count() > TITLE_MAX {
                return invalid(&format!("representative.{field} is 1 to 300 characters"));
            }
        }
    }
    Ok(())
}

/// The signer can be reached on the way that was chosen.
fn check_delivery(new: &NewDocument) -> Result<()> {
    let invalid = |detail: &str| Err(Failure::new(Code::Invalid, detail));
    let signer = new
        .representative
        .as_ref()
        .map_or(&new.patient, |r| &r.person);
    if let Some(hours) = new.sms_fallback_after_hours {
        if hours > SMS_FALLBACK_MAX {
            return invalid("sms_fallback_after_hours is 0 to 720");
        }
        if hours > 0 && (new.delivery != Delivery::Account || signer.phone.is_none()) {
            return invalid(
                "sms_fallback_after_hours needs delivery `account` and the signer's phone",
            );
        }
    }
    match new.delivery {
        Delivery::Link if signer.phone.is_none() => {
            invalid("delivery `link` needs the signer's phone")
        }
        Delivery::Account
            if signer.phone.is_none() && signer.email.is_none() && signer.snils.is_none() =>
        {
            invalid("delivery `account` needs the signer's phone, email or snils to find them by")
        }
        Delivery::Link | Delivery::Account => Ok(()),
    }
}

/// What is to be signed says how, by whom and until when; the law lets it be signed so.
fn check_signing(table: &Table, new: &NewDocument, at: Timestamp) -> Result<()> {
    let invalid = |detail: &str| Err(Failure::new(Code::Invalid, detail));
    let Some(method) = new.method.filter(|method| *method != Method::Email) else {
        return invalid("method is `esia` or `sms`");
    };
    if new.parties.is_none() {
        return invalid("parties is `patient` or `patient_and_clinic`");
    }
    if let Some(demand) = demand(new) {
        demand
            .check()
            .map_err(|detail| Failure::new(Code::Invalid, detail))?;
        let parties = new.parties.unwrap_or(Parties::Patient);
        if status_after_patient(new.kind, parties) == Status::Completed {
            return invalid(
                "clinic_signers contradicts parties `patient` for this kind: the clinic does not sign it",
            );
        }
    } else if new.clinic_signers_ordered {
        return invalid("clinic_signers_ordered needs clinic_signers");
    }
    if new
        .expires_at
        .is_some_and(|end| end <= at || end > at.plus(TIME_MAX))
    {
        return invalid("expires_at is not within a year from now");
    }
    let question = Question {
        kind: new.kind,
        delivery: new.delivery,
        method,
        patient_born: new.patient.birth_date,
        acting: new.representative.as_ref().map(Representative::acting),
        agreement: Agreement::NotAsked,
        today: at.moscow_date(),
    };
    policy::decide(table, question)?;
    Ok(())
}

/// What is to be kept says nothing of a signature: no method, no parties, no deadline. A link leads to a signature and ends,
/// so it is for the account alone; and it goes to nobody who might not decide on it.
fn check_keeping(table: &Table, new: &NewDocument, at: Timestamp) -> Result<()> {
    let contradicts = [
        ("method", new.method.is_some()),
        ("parties", new.parties.is_some()),
        ("expires_at", new.expires_at.is_some()),
        ("clinic_signers", new.clinic_signers.is_some()),
        ("package", new.package.is_some()),
        (
            "sms_fallback_after_hours",
            new.sms_fallback_after_hours.is_some(),
        ),
    ];
    if let Some((field, _)) = contradicts.iter().find(|(_, given)| *given) {
        let detail =
            format!("{field} contradicts purpose `keeping`: nobody signs the document here");
        return Err(Failure::new(Code::Invalid, detail));
    }
    if new.delivery != Delivery::Account {
        let detail = "purpose `keeping` needs delivery `account`";
        return Err(Failure::new(Code::Invalid, detail));
    }
    let acting = new.representative.as_ref().map(Representative::acting);
    let (born, today) = (new.patient.birth_date, at.moscow_date());
    Ok(policy::may_receive(table, new.kind, born, acting, today)?)
}
