//! The clinic's signature: beside the file, or in a later revision of it. And what is not for this program to say.

use crate::case::Case;
use crate::pdf::field_name;
use crate::report::{Check, CheckId, Fact, Outcome};
use crate::seal::{self, is_time_stamp};
use podpis_cms::chain::{self, ChainError, Purpose};
use podpis_cms::{CmsError, HashKind, Signer, Verified, clinic};
use podpis_evidence::Trust;
use podpis_pdf::{FoundSignature, SignatureKind};
use podpis_shared::Timestamp;

/// `clinic-signature`: every signature of the clinic that was given or found.
pub(crate) fn signature(case: &Case<'_>) -> Check {
    let id = CheckId::ClinicSignature;
    let mut found = Vec::new();
    let later = case
        .later_signatures()
        .filter(|signature| !is_time_stamp(signature));
    found.extend(later.map(|signature| embedded(case, signature)));
    let attached = case.sheet.iter().flat_map(|sheet| &sheet.signatures);
    let mut seen: Vec<&[u8]> = Vec::new();
    for bytes in attached
        .map(Vec::as_slice)
        .chain(case.beside.iter().copied())
    {
        // The same signature lies in the final version and beside it.
        if !seen.contains(&bytes) {
            seen.push(bytes);
            found.extend(detached(case, bytes));
        }
    }
    if found.is_empty() {
        return Check::unchecked(
            id,
            "Подписи клиники нет ни в файле, ни отдельно: здесь проверена только подпись пациента.",
        )
        .optional();
    }
    let text = found
        .iter()
        .map(|one| one.text.as_str())
        .collect::<Vec<_>>()
        .join(" ");
    let has = |outcome| found.iter().any(|one| one.outcome == outcome);
    let check = if has(Outcome::Fail) {
        Check::fail(id, text)
    } else if has(Outcome::Unchecked) {
        Check::unchecked(id, text).certified()
    } else {
        Check::pass(id, text)
    };
    check.details(found.into_iter().flat_map(|one| one.details))
}

/// `qualified`: what no program without a certificate of conformity may establish.
pub(crate) fn qualified() -> Check {
    Check::unchecked(
        CheckId::Qualified,
        "Эта программа не сертифицирована: квалифицированная ли подпись (УКЭП) и действует ли её сертификат, \
         устанавливает средство с подтверждением соответствия (63-ФЗ, ст. 11).",
    )
    .certified()
    .optional()
    .detail(
        "Что значит «техническая проверка»",
        "Всё остальное здесь — вычисления и сравнения: любой специалист повторит их другими программами и получит тот же ответ.",
    )
}

/// What was found about one signature.
struct One {
    outcome: Outcome,
    text: String,
    details: Vec<Fact>,
}

impl One {
    fn new(outcome: Outcome, text: impl Into<String>) -> Self {
        Self {
            outcome,
            text: text.into(),
            details: Vec::new(),
        }
    }

    fn failed(text: impl Into<String>, why: impl ToString) -> Self {
        let mut one = Self::new(Outcome::Fail, text);
        one.details.push(Fact::new("Причина", why));
        one
    }
}

fn detached(case: &Case<'_>, bytes: &[u8]) -> Vec<One> {
    match clinic::read(bytes) {
        Ok(data) => data
            .signers()
            .iter()
            .map(|signer| beside(case, signer))
            .collect(),
        Err(error) => vec![One::failed("Приложенный файл подписи не читается.", error)],
    }
}

/// One signer of the file beside.
fn beside(case: &Case<'_>, signer: &Signer) -> One {
    let whole = case.input.pdf;
    let contents = [
        ("весь этот файл", Some(whole)),
        (
            "подписанный файл, к которому добавлен лист подписей",
            case.before_sheet(),
        ),
        (
            "файл в том виде, как его запечатал оператор",
            Some(case.sealed),
        ),
        (
            "исходный документ клиники, без подписи пациента",
            case.original,
        ),
    ];
    let fits = |content: &[u8]| {
        let digest = |hash: HashKind| hash.digest(content);
        match signer.message_digest() {
            Some(_) => signer.check_content(digest),
            // Without signed attributes only the signature itself tells.
            None => signer.verify(digest).map(drop),
        }
    };
    let fitting = contents
        .into_iter()
        .filter_map(|(name, content)| Some((name, content?)))
        .find(|(_, content)| fits(content) == Ok(()));
    let Some((name, content)) = fitting else {
        return match fits(whole) {
            Err(CmsError::Unsupported(oid)) => unsupported("Приложенная подпись клиники", &oid),
            Err(error) if error != CmsError::MessageDigest => One::failed(
                "Приложенная подпись клиники неверна или поставлена под другим файлом.",
                error,
            ),
            _ => One::new(
                Outcome::Fail,
                "Приложенная подпись клиники поставлена под другим файлом.",
            ),
        };
    };
    let what = format!("Приложенная подпись клиники закрывает {name}");
    judged(
        &what,
        signer.verify(|hash: HashKind| hash.digest(content)),
        Some(signer),
        case,
    )
}

/// A signature in a later revision.
fn embedded(case: &Case<'_>, signature: &FoundSignature) -> One {
    let name = field_name(signature);
    let covered = match &signature.range {
        Ok(covered) => covered,
        Err(fault) => {
            let text = format!(
                "Подпись {name} в файле устроена так, что неизвестно, какие байты она закрывает."
            );
            return One::failed(text, fault);
        }
    };
    if let SignatureKind::Other(kind) = &signature.kind {
        return unsupported(&format!("Подпись {name} в файле"), kind);
    }
    let what = format!("Подпись {name} в файле поставлена после печати");
    match clinic::read_embedded(&covered.contents) {
        Ok(data) => {
            let verified = data.verify(|hash| seal::digest(hash, &covered.parts(case.input.pdf)));
            judged(&what, verified, data.signer().ok(), case)
        }
        Err(error) => One::failed(format!("Подпись {name} в файле не читается."), error),
    }
}

/// `what` says which bytes the signature is over: that much is established when it verifies or is of an unknown kind.
fn judged(
    what: &str,
    verified: Result<Verified, CmsError>,
    signer: Option<&Signer>,
    case: &Case<'_>,
) -> One {
    let mut one = match verified {
        Ok(verified) => held(what, &verified, case),
        Err(CmsError::Unsupported(oid)) => unsupported(what, &oid),
        Err(CmsError::MessageDigest) => One::new(
            Outcome::Fail,
            "Подпись клиники не подходит к файлу: его изменили, или она от другого файла.",
        ),
        Err(error) => One::failed("Подпись клиники неверна.", error),
    };
    if let Some(certificate) = signer.and_then(Signer::certificate) {
        one.details.extend(seal::facts(certificate));
    }
    if let Some(at) = signer.and_then(Signer::signing_time) {
        one.details
            .push(Fact::new("Время по словам подписавшего", at.moscow()));
    }
    one
}

/// A signature that holds: by the validity of its certificate at the time that the signer names, without one now; and by whose
/// authority its certificate is.
fn held(what: &str, verified: &Verified, case: &Case<'_>) -> One {
    let now = case.input.now;
    let certificate = &verified.signer;
    let (dated, when) = match verified.signing_time {
        Some(at) if certificate.is_valid_at(at) => (
            Outcome::Pass,
            "во время, которое назвал подписавший, сертификат действовал",
        ),
        Some(_) => (
            Outcome::Fail,
            "но во время, которое назвал подписавший, сертификат не действовал",
        ),
        None if certificate.is_valid_at(now) => (Outcome::Pass, "сертификат действует и сейчас"),
        None => (
            Outcome::Unchecked,
            "но когда её поставили, в ней не сказано, а сейчас сертификат не действует",
        ),
    };
    let at = verified.signing_time.unwrap_or(now);
    let (believed, whose) = authority(verified, at, case.input.trust);
    let outcome = match (dated, believed) {
        (Outcome::Fail, _) | (_, Outcome::Fail) => Outcome::Fail,
        (Outcome::Pass, Outcome::Pass) => Outcome::Pass,
        _ => Outcome::Unchecked,
    };
    let mut one = One::new(
        outcome,
        format!("{what}, и математически верна; {when}. {whose}"),
    );
    one.details.push(Fact::new("Алгоритм", verified.algorithm));
    one
}

/// Whether the certificate is below an authority that the trust list names. A list that names none says nothing of them.
fn authority(verified: &Verified, at: Timestamp, trust: Option<&Trust>) -> (Outcome, String) {
    let roots = trust.map_or(&[][..], |trust| &trust.clinic_roots);
    if roots.is_empty() {
        let text = "Чей это сертификат и не отозван ли он, здесь не проверяется.";
        return (Outcome::Pass, text.to_owned());
    }
    let roots = seal::roots(roots);
    let path = chain::validate(
        &verified.signer,
        &verified.others,
        &roots,
        at,
        Purpose::Seal,
    );
    match path {
        Ok(path) => {
            let root = path.last().map(|root| root.subject_text());
            let text = format!(
                "Сертификат выдан ниже удостоверяющего центра из списка доверия: {}. Не отозван ли он, здесь не проверяется.",
                root.unwrap_or_default()
            );
            (Outcome::Pass, text)
        }
        Err(ChainError::UnknownIssuer(_)) => (
            Outcome::Unchecked,
            "Удостоверяющего центра, который выдал сертификат, нет в списке доверия: чей он, здесь не проверено.".to_owned(),
        ),
        Err(error) => (
            Outcome::Fail,
            format!("Но цепочка сертификата неверна ({error})."),
        ),
    }
}

fn unsupported(what: &str, algorithm: &str) -> One {
    let mut one = One::new(
        Outcome::Unchecked,
        format!(
            "{what}. Сама подпись не проверена: для её алгоритма нужно сертифицированное средство."
        ),
    );
    one.details.push(Fact::new("Алгоритм", algorithm));
    one
}
