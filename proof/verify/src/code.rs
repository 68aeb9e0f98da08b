//! Signatures by a one-time code: what the operator's records say, held against each other and against the file.
//!
//! Nobody but the operator vouches for a code, so nothing here can be as strong as ESIA's signed word; the texts say so.
//! That the records were not made up later is what seal, journal and time stamp are for.

use crate::case::Evidence;
use crate::report::{Check, CheckId};
use podpis_evidence::{Agreement, Capacity, Code, Signature};
use podpis_shared::{Birthday, Kind, Method, Timestamp};

/// The operator's own clocks may differ by so many seconds: several machines serve one installation.
const CLOCKS_S: i64 = 60;

/// A code works for so many seconds.
const LIFETIME_S: i64 = 300;

/// After so many wrong codes the right one counts no more.
const WRONG_MAX: u32 = 5;

/// Who may have said that a contact is the signer's.
const NAMED_BY: [&str; 2] = ["clinic", "account"];

/// Whether the patient's signature was made by a code.
pub(crate) fn is_used(evidence: &Evidence) -> bool {
    evidence
        .patient()
        .is_some_and(|signature| signature.method != Method::Esia)
}

/// The signature itself makes the agreement: somebody accepts the clinic's public offer (Civil Code art. 437, 438).
pub(crate) fn is_acceptance(evidence: &Evidence) -> bool {
    let offer = matches!(
        evidence.bundle.document.kind,
        Kind::UserAgreement | Kind::EdoAgreement
    );
    offer
        && is_used(evidence)
        && evidence
            .patient()
            .is_some_and(|signature| matches!(signature.capacity, Capacity::Own))
}

/// It was accepted in the person's account, by whatever way: a user agreement that no clinic has sent.
pub(crate) fn is_made_by_accepting(evidence: &Evidence) -> bool {
    let own = |signature: &Signature| matches!(signature.capacity, Capacity::Own);
    let mut entries = evidence.bundle.journal.entries.iter();
    evidence.bundle.document.kind == Kind::UserAgreement
        && evidence.patient().is_some_and(own)
        && entries.all(|entry| entry.entry["type"] != "document.sent")
}

/// `code-record`, `code-person` and `code-agreement`, in this order.
pub(crate) fn checks(evidence: &Evidence) -> [Check; 3] {
    let Some((signature, code)) = evidence
        .patient()
        .and_then(|signature| Some((signature, signature.code.as_ref()?)))
    else {
        let missing = "В доказательствах нет записи о коде, которым подписан документ.";
        return [
            CheckId::CodeRecord,
            CheckId::CodePerson,
            CheckId::CodeAgreement,
        ]
        .map(|id| Check::fail(id, missing));
    };
    [
        record(evidence, signature, code),
        person(evidence, signature, code),
        agreement(evidence, signature),
    ]
}

/// The code was made for this document, and everything happened in the order in which it must.
fn record(evidence: &Evidence, signature: &Signature, code: &Code) -> Check {
    let id = CheckId::CodeRecord;
    let check = match record_fault(evidence, signature, code) {
        Some(fault) => Check::fail(id, fault),
        None => Check::pass(
            id,
            "По записям оператора код был создан для этого документа и ни для какого другого, отправлен и введён верно \
             до подписания. Сам код нигде не хранится: его отправку и ввод подтверждает только оператор, а записи СМС-шлюза \
             и оператора связи суд может запросить.",
        ),
    };
    let check = check
        .detail("Код отправлен", &code.to_masked)
        .detail(
            "Документ, для которого создан код, SHA-256",
            &code.document_sha256,
        )
        .detail("Кнопка нажата", signature.browser.started_at.moscow())
        .detail("Код создан", code.issued_at.moscow())
        .detail(
            "Шлюз принял сообщение",
            code.sent_at
                .map_or_else(|| "не отмечено".into(), Timestamp::moscow),
        )
        .detail("Верный код введён", code.verified_at.moscow())
        .detail("Неверных попыток", code.wrong_tries)
        .detail("Отправка по счёту", code.round)
        .detail("Текст сообщения (код скрыт)", &code.text);
    match &code.receipt {
        Some(receipt) => check.detail("Квитанция шлюза", receipt),
        None => check,
    }
}

fn record_fault(evidence: &Evidence, signature: &Signature, code: &Code) -> Option<&'static str> {
    let after = |later: Timestamp, earlier: Timestamp| later.unix() + CLOCKS_S >= earlier.unix();
    let sent = code.sent_at.unwrap_or(code.issued_at);
    if code.channel != signature.method.as_str() {
        Some("Подпись названа сделанной не тем способом, каким пришёл код.")
    } else if code.document_sha256 != evidence.bundle.document.hashes.sha256 {
        Some("Код был создан для другого документа.")
    } else if !after(code.issued_at, signature.browser.started_at) {
        Some("Код создан раньше, чем человек нажал кнопку: он не ради этой подписи.")
    } else if !after(sent, code.issued_at) {
        Some("По записям код отправлен раньше, чем создан.")
    } else if !after(code.verified_at, sent) || !after(code.verified_at, code.issued_at) {
        Some("По записям код введён раньше, чем отправлен.")
    } else if code.verified_at.unix() > code.issued_at.unix() + LIFETIME_S + CLOCKS_S {
        Some("Код введён, когда он уже не действовал.")
    } else if !after(signature.signed_at, code.verified_at) {
        Some("Документ подписан раньше, чем введён код.")
    } else if code.wrong_tries > WRONG_MAX {
        Some("Код подбирали: неверных попыток больше, чем допустимо.")
    } else {
        None
    }
}

/// Whose phone or e-mail it was, as far as the records tell.
fn person(evidence: &Evidence, signature: &Signature, code: &Code) -> Check {
    let id = CheckId::CodePerson;
    let signer = &signature.signer;
    let (what, whose) = match code.channel.as_str() {
        "email" => ("доступ к этой почте", "адрес"),
        _ => ("этот телефон", "номер"),
    };
    let check = match person_fault(evidence, signature, code) {
        Some(fault) => Check::fail(id, fault),
        None => Check::pass(
            id,
            format!(
                "Верный код ввёл тот, у кого был {what}. Что это был подписавший, независимо не подтверждено, в отличие \
                 от входа через Госуслуги: {whose} {}.",
                code.source
            ),
        ),
    };
    let born = signer
        .birth_date
        .map_or_else(|| "не указана".into(), Birthday::dotted);
    let check = check
        .detail("Подписавший", &signer.name)
        .detail("Дата рождения", born)
        .detail("Куда пришёл код (скрыто)", &code.to_masked)
        .detail("В личном кабинете с", code.contact_since.moscow())
        .detail("Отпечаток личного кабинета", &code.account_fingerprint);
    let check = match code.esia_confirmed_at {
        Some(at) => check.detail("Личность в кабинете подтверждена Госуслугами", at.moscow()),
        None => check,
    };
    check.detail(
        "Для суда",
        "Полный номер телефона или адрес записан солёным хешем: тот, кто знает значение, может сверить его. Чей это номер, \
         подтвердит оператор связи по запросу суда.",
    )
}

fn person_fault(evidence: &Evidence, signature: &Signature, code: &Code) -> Option<&'static str> {
    let signer = &signature.signer;
    let is_hashed = match code.channel.as_str() {
        "email" => signer.hashed.email.is_some(),
        _ => {
            signer.hashed.phone.is_some()
                && signer.phone_masked.as_deref() == Some(code.to_masked.as_str())
        }
    };
    let known = |name: &String| NAMED_BY.contains(&name.as_str());
    if !is_hashed {
        Some("Код пришёл не на тот номер или адрес, который записан у подписавшего.")
    } else if !code.named_by.iter().all(known) || !code.named_by.iter().any(|by| by == "account") {
        Some("Не сказано, откуда известно, что номер или адрес принадлежит подписавшему.")
    } else if code.contact_since.unix() > code.issued_at.unix() + CLOCKS_S {
        Some("Код отправлен раньше, чем номер или адрес появился в личном кабинете подписавшего.")
    } else if signer.name.trim().is_empty() {
        Some("Не сказано, кто подписал.")
    } else if signer.birth_date.is_none() && !is_acceptance(evidence) {
        Some(
            "Не указана дата рождения подписавшего: она нужна для всего, кроме принятия соглашения.",
        )
    } else {
        None
    }
}

/// What the signature rests on: without an agreement a code is no signature (63-FZ art. 6 part 2, art. 9 part 2).
fn agreement(evidence: &Evidence, signature: &Signature) -> Check {
    let id = CheckId::CodeAgreement;
    let Some(agreement) = &signature.agreement else {
        return if is_acceptance(evidence) {
            Check::pass(
                id,
                "Эта подпись сама принимает публичную оферту клиники: другого соглашения для неё не нужно.",
            )
        } else {
            Check::fail(
                id,
                "Не названо соглашение, на котором основана подпись: без соглашения код из СМС — не подпись.",
            )
        };
    };
    let check = match agreement_fault(evidence, signature, agreement) {
        Some(fault) => Check::fail(id, fault),
        None => Check::pass(
            id,
            "Подпись основана на соглашении об электронных документах, заключённом раньше. Само соглашение — отдельный \
             документ с печатью: здесь его нет, проверьте и его.",
        ),
    };
    check
        .detail("Соглашение", &agreement.title)
        .detail("Номер документа", &agreement.document_id)
        .detail("Заключено", agreement.accepted_at.moscow())
        .detail("SHA-256 текста соглашения", &agreement.sha256)
}

fn agreement_fault(
    evidence: &Evidence,
    signature: &Signature,
    agreement: &Agreement,
) -> Option<&'static str> {
    let document = &evidence.bundle.document;
    let is_hash = agreement.sha256.len() == 64
        && agreement
            .sha256
            .bytes()
            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    if agreement.document_id.is_empty() || !is_hash {
        Some("Соглашение, на котором основана подпись, названо так, что его не найти.")
    } else if agreement.document_id == document.id || agreement.sha256 == document.hashes.sha256 {
        Some("Подпись основана сама на себе: соглашением назван этот же документ.")
    } else if agreement.accepted_at > signature.signed_at {
        Some("Соглашение заключено позже, чем подписан документ.")
    } else if !matches!(agreement.how.as_str(), "esia" | "sms") {
        Some("Соглашение заключено способом, который не называет номера телефона.")
    } else {
        None
    }
}
