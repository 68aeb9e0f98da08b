//! The attached bundle: whose it is, and whether it speaks of this file.

use crate::case::{self, Evidence, NO_TRUST};
use crate::report::{Check, CheckId};
use podpis_evidence::{Signature, SignatureError, Trust, check_signature};
use podpis_shared::{Hashes, Method};

/// `evidence-signature`: the operator's evidence key signed the bundle.
pub(crate) fn signature(evidence: &Evidence, trust: Option<&Trust>) -> Check {
    let id = CheckId::EvidenceSignature;
    if !evidence.canonical {
        return Check::fail(
            id,
            "Запись доказательств оформлена не так, как её делает оператор: в ней могло быть спрятано лишнее.",
        );
    }
    let Some(trust) = trust else {
        return Check::unchecked(id, NO_TRUST);
    };
    match check_signature(&evidence.value, &trust.evidence_keys) {
        Ok(kid) => Check::pass(
            id,
            "Доказательства подписаны ключом оператора. Они лежат внутри файла, и печать закрывает их вместе с ним.",
        )
        .detail("Ключ доказательств", kid),
        Err(SignatureError::UnknownKey(kid)) => unknown_key(id, evidence, trust).detail("Ключ доказательств", kid),
        Err(SignatureError::Form) => Check::fail(id, "Под доказательствами нет подписи оператора."),
        Err(SignatureError::Wrong) => Check::fail(
            id,
            "Подпись под доказательствами не сходится: их изменили после того, как оператор их подписал.",
        ),
    }
}

/// A key that the list does not hold is a forgery only where the list must hold it.
pub(crate) fn unknown_key(id: CheckId, evidence: &Evidence, trust: &Trust) -> Check {
    if case::list_covers(trust, &evidence.bundle) {
        Check::fail(
            id,
            "Доказательства названы доказательствами этого оператора, но подписаны чужим ключом.",
        )
    } else {
        Check::unchecked(
            id,
            "Ключа, которым подписаны доказательства, нет в списке доверия: список старше документа или другого оператора.",
        )
        .detail("Оператор по документу", &evidence.bundle.operator.name)
        .detail("Оператор списка доверия", &trust.operator)
        .detail("Список доверия от", trust.as_of.moscow())
    }
}

/// `document-hash`: the first bytes of the file are the clinic's document. `original` is `None` where the file is
/// shorter than the document.
pub(crate) fn document_hash(evidence: &Evidence, original: Option<&Hashes>) -> Check {
    let id = CheckId::DocumentHash;
    let wanted = &evidence.bundle.document.hashes;
    let found = original.filter(|found| *found == wanted);
    let check = if found.is_some() {
        Check::pass(
            id,
            "Документ внутри файла — тот, о котором говорят доказательства, до последнего байта: обе контрольные суммы те же.",
        )
    } else {
        Check::fail(
            id,
            "Документ внутри файла не тот, о котором говорят доказательства: контрольные суммы не сходятся.",
        )
    };
    let check = check
        .detail(
            "Размер документа клиники, байт",
            evidence.bundle.document.size,
        )
        .detail("SHA-256 по доказательствам", &wanted.sha256)
        .detail("Стрибог-256 по доказательствам", &wanted.streebog256);
    match original.filter(|_| found.is_none()) {
        Some(found) => check
            .detail("SHA-256 в файле", &found.sha256)
            .detail("Стрибог-256 в файле", &found.streebog256),
        None => check,
    }
}

/// `evidence-document`: every part of the bundle is about the document in this file.
pub(crate) fn document(evidence: &Evidence, original: Option<&Hashes>) -> Check {
    let id = CheckId::EvidenceDocument;
    let bundle = &evidence.bundle;
    let fault = if original != Some(&bundle.document.hashes) {
        Some("Доказательства относятся к другому документу.")
    } else if evidence.patient().is_none() {
        Some("В доказательствах нет подписи пациента или его представителя.")
    } else if bundle
        .signatures
        .iter()
        .filter(|s| s.party == "patient")
        .count()
        > 1
    {
        Some("В доказательствах больше одной подписи пациента, а должна быть одна.")
    } else if !evidence.patient().is_some_and(is_of_one_way) {
        Some(
            "Не ясно, как подписан документ: способ подписи и записи о том, кто подписал, не сходятся.",
        )
    } else if !sent_entry_agrees(evidence) {
        Some("Запись журнала о поступлении документа говорит о другом файле.")
    } else {
        None
    };
    match fault {
        Some(fault) => Check::fail(id, fault),
        None => Check::pass(
            id,
            "Номер, размер и контрольные суммы в доказательствах — этого документа; подпись в них одна.",
        ),
    }
    .detail("Номер документа", &bundle.document.id)
    .detail("Доказательства собраны", bundle.as_of.moscow())
}

/// `browser-hash`: the signer's browser told the same hashes.
pub(crate) fn browser_hash(evidence: &Evidence) -> Check {
    let id = CheckId::BrowserHash;
    let Some(signature) = evidence.patient() else {
        return Check::fail(
            id,
            "В доказательствах нет подписи, а значит, и сведений о том, что было на экране.",
        );
    };
    let told = &signature.browser.hashes;
    let check = if *told == evidence.bundle.document.hashes {
        Check::pass(
            id,
            "Браузер подписавшего сам посчитал контрольные суммы файла, который показывал, и они те же. \
             Это сообщение браузера, которое записал оператор.",
        )
    } else {
        Check::fail(id, "Браузер подписавшего показывал другой файл.")
    };
    let shown = &signature.presentation;
    let reached = if shown.reached_end { "да" } else { "нет" };
    let check = check
        .detail("SHA-256 по сообщению браузера", &told.sha256)
        .detail("Стрибог-256 по сообщению браузера", &told.streebog256)
        .detail(
            "Показано страниц",
            format!(
                "{} из {}",
                shown.pages.len(),
                evidence.bundle.document.pages
            ),
        )
        .detail("Дошёл до конца документа", reached)
        .detail("Страница была открыта, секунд", shown.total_ms / 1000)
        .detail("Текст согласия", &signature.consent.statement)
        .detail("Надпись на кнопке", &signature.consent.button);
    match &signature.browser.user_agent {
        Some(agent) => check.detail("Браузер назвал себя", agent),
        None => check,
    }
}

/// A signature has the record of its own way, and of no other.
fn is_of_one_way(signature: &Signature) -> bool {
    let found = (signature.esia.is_some(), signature.code.is_some());
    match signature.method {
        Method::Esia => found == (true, false) && signature.agreement.is_none(),
        Method::Sms | Method::Email => found == (false, true),
    }
}

/// What the journal says of the upload, or of the acceptance that made the document; a bundle without such an entry has
/// nothing to disagree with.
fn sent_entry_agrees(evidence: &Evidence) -> bool {
    evidence.bundle.journal.entries.iter().all(|entry| {
        let kind = &entry.entry["type"];
        (kind != "document.sent" && kind != "agreement.accepted")
            || entry.entry["data"]["sha256"] == evidence.bundle.document.hashes.sha256.as_str()
    })
}
