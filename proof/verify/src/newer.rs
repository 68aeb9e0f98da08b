//! A newer bundle, given beside the file: it may only go on where the sealed one stops.

use crate::case::{Case, Evidence, NO_TRUST};
use crate::evidence::unknown_key;
use crate::journal;
use crate::report::{Check, CheckId, LaterEvent, Outcome};
use podpis_evidence::{SignatureError, Trust, check_signature};
use podpis_shared::Timestamp;
use podpis_shared::hash::sha256_hex;
use serde_json::Value;

/// `newer-evidence`, and what it tells of the time after the seal.
pub(crate) fn check(case: &Case<'_>) -> (Check, Vec<LaterEvent>) {
    let id = CheckId::NewerEvidence;
    let Some(bytes) = case.newer_evidence() else {
        let text = "Более новых доказательств не приложено: о том, что было после подписания, здесь сказано только то, что есть в файле.";
        return (Check::unchecked(id, text).optional(), Vec::new());
    };
    let Some(newer) = Evidence::read(bytes) else {
        return (
            Check::fail(id, "Приложенный файл — не доказательства Podpis."),
            Vec::new(),
        );
    };
    let check = match fault(case, &newer) {
        Some(fault) => Check::fail(id, fault),
        None => authentic(&newer, case.input.trust),
    }
    .detail("Собраны", newer.bundle.as_of.moscow())
    .detail("Номер документа", &newer.bundle.document.id);
    let later = match check.result {
        Outcome::Fail => Vec::new(),
        _ => later(&case.evidence, &newer),
    };
    (check, later)
}

/// Whether the operator signed it, and its entries stand in a signed journal.
fn authentic(newer: &Evidence, trust: Option<&Trust>) -> Check {
    let id = CheckId::NewerEvidence;
    let Some(trust) = trust else {
        return Check::unchecked(id, NO_TRUST);
    };
    let kid = match check_signature(&newer.value, &trust.evidence_keys) {
        Ok(kid) => kid,
        Err(SignatureError::UnknownKey(kid)) => {
            return unknown_key(id, newer, trust).detail("Ключ доказательств", kid);
        }
        Err(_) => {
            return Check::fail(
                id,
                "Подпись под новыми доказательствами не сходится: их изменили.",
            );
        }
    };
    for check in journal::checks(newer, Some(trust)) {
        match check.result {
            Outcome::Pass => (),
            Outcome::Fail => {
                return Check::fail(id, format!("В новых доказательствах: {}", check.text));
            }
            Outcome::Unchecked => {
                return Check::unchecked(id, format!("В новых доказательствах: {}", check.text));
            }
        }
    }
    Check::pass(
        id,
        "Новые доказательства подписаны оператором, относятся к этому файлу и продолжают те, что лежат в нём: \
         ни одна прежняя запись не изменена.",
    )
    .detail("Ключ доказательств", kid)
}

/// What contradicts the sealed bundle or this file.
fn fault(case: &Case<'_>, newer: &Evidence) -> Option<&'static str> {
    let old = &case.evidence;
    let (then, now) = (&old.bundle, &newer.bundle);
    let document = |bundle: &podpis_evidence::Bundle| {
        (
            bundle.document.id.clone(),
            bundle.document.size,
            bundle.document.hashes.clone(),
            bundle.clinic.id.clone(),
        )
    };
    if document(then) != document(now) {
        Some("Новые доказательства относятся к другому документу.")
    } else if now.as_of < then.as_of {
        Some("Эти доказательства старше тех, что лежат в файле.")
    } else if !keeps(&old.value["signatures"], &newer.value["signatures"]) {
        Some("В новых доказательствах подпись описана иначе, чем в запечатанных.")
    } else if !keeps_entries(&old.value, &newer.value) {
        Some("В новых доказательствах пропала или изменена прежняя запись журнала.")
    } else if journal::shrunk(old, newer) {
        Some("Журнал в новых доказательствах короче прежнего: его откатили назад.")
    } else if now.as_of > then.as_of && !names_this_file(case, newer) {
        Some("В журнале новых доказательств нет записи о подписании этого файла.")
    } else {
        None
    }
}

/// The older list is the beginning of the newer one, member for member.
fn keeps(old: &Value, new: &Value) -> bool {
    match (old.as_array(), new.as_array()) {
        (Some(old), Some(new)) => new.starts_with(old),
        _ => false,
    }
}

/// Proofs change as the tree grows; the entries themselves do not.
fn keeps_entries(old: &Value, new: &Value) -> bool {
    let entries = |bundle: &Value| -> Option<Vec<Value>> {
        let entries = bundle["journal"]["entries"].as_array()?.iter();
        Some(entries.map(|entry| entry["entry"].clone()).collect())
    };
    match (entries(old), entries(new)) {
        (Some(old), Some(new)) => new.starts_with(&old),
        _ => false,
    }
}

/// The entry of the signing names the signed file by its hash: this file, or this file as it was when sealed.
fn names_this_file(case: &Case<'_>, newer: &Evidence) -> bool {
    let sealed = sha256_hex(case.sealed);
    let before_sheet = case.before_sheet().map(sha256_hex);
    let entries = &newer.bundle.journal.entries;
    let mut signed = entries
        .iter()
        .filter(|e| {
            e.entry["type"] == "document.patient_signed" || e.entry["type"] == "agreement.accepted"
        })
        .peekable();
    signed.peek().is_some()
        && signed.all(|entry| {
            let named = &entry.entry["data"]["signed_sha256"];
            *named == sealed.as_str()
                || before_sheet
                    .as_ref()
                    .is_some_and(|hash| *named == hash.as_str())
                || *named == sha256_hex(case.input.pdf).as_str()
        })
}

/// Entries that the sealed bundle does not hold.
fn later(old: &Evidence, newer: &Evidence) -> Vec<LaterEvent> {
    let known = old.bundle.journal.entries.len();
    let entries = newer.bundle.journal.entries.iter().skip(known);
    entries
        .filter_map(|entry| {
            Some(LaterEvent {
                at: entry.entry["at"].as_str().and_then(Timestamp::parse),
                text: words(entry.entry["type"].as_str()?).to_owned(),
            })
        })
        .collect()
}

/// The journal's names for people.
fn words(kind: &str) -> &'static str {
    match kind {
        "document.sent" => "Документ получен от клиники",
        "document.opened" => "Документ открыт",
        "document.patient_signed" => "Документ подписан пациентом",
        "agreement.accepted" => "Соглашение принято",
        "consent.withdrawn" => "Согласие отозвано",
        "document.clinic_signed" => "Принята подпись клиники",
        "consultation.consented" => "Получено согласие на консультацию",
        "consultation.declined" => "Согласия на консультацию не дали",
        "consultation.missed" => "Консультация не началась: не было согласия",
        "consultation.rescheduled" => "Клиника перенесла консультацию",
        "consultation.cancelled" => "Клиника отменила консультацию",
        "document.completed" => "Все нужные подписи собраны",
        "document.declined" => "От подписания отказались",
        "document.expired" => "Срок подписания истёк",
        "document.cancelled" => "Клиника отозвала документ",
        "message.delivered" => "Сообщение отправлено",
        "message.failed" => "Сообщение не удалось отправить",
        "link.issued" => "Создана ссылка на документ",
        "esia.started" => "Начат вход через Госуслуги",
        "esia.failed" => "Вход через Госуслуги не завершён",
        "code.issued" => "Отправлен одноразовый код для подписи",
        "code.failed" => "Код введён неверно слишком много раз",
        "seal.timestamped" => "К печати добавлена отметка времени",
        _ => "Прочая запись журнала",
    }
}
