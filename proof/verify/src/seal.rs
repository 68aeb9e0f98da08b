//! The operator's seal: its mathematics, its certificate, its time.

use crate::case::{self, Case, LEEWAY_S, NO_TRUST};
use crate::report::{Check, CheckId, Fact, Outcome};
use podpis_cms::chain::{self, ChainError, Purpose};
use podpis_cms::tsp::{self, TimeStamp};
use podpis_cms::{Certificate, CmsError, HashKind, SignedData, Verified};
use podpis_evidence::Trust;
use podpis_pdf::{Covered, FoundSignature, SignatureKind};
use podpis_shared::Timestamp;
use sha2::{Digest as _, Sha256};

/// Beginning of the names of the fields that the operator adds for time stamps.
const OURS: &str = "PodpisTimeStamp";

/// The checks of the seal, and its level in words.
pub(crate) struct Seal {
    pub(crate) signature: Check,
    pub(crate) certificate: Check,
    pub(crate) time: Check,
    pub(crate) level: &'static str,
}

/// `seal-signature`, `seal-certificate`, `seal-time`.
pub(crate) fn checks(case: &Case<'_>) -> Seal {
    let covered = &case.covered;
    let verified = match verified(case.input.pdf, covered) {
        Ok(verified) => verified,
        Err(check) => return spoiled(*check),
    };
    let at = case.seal().signed_at;
    let stamps = stamps(case, &verified);
    let certificate = certificate(case, &verified, at, &stamps);
    let time = time(case, &verified, at, &stamps, certificate.result);
    let in_time = |stamp: &Stamp| matches!(stamp.found, Found::Trusted(_));
    Seal {
        signature: Check::pass(
            CheckId::SealSignature,
            "Печать подходит к файлу: с той минуты, как её поставили, в запечатанной части не изменился ни один байт.",
        )
        .detail("Алгоритм", verified.algorithm)
        .detail("SHA-256 запечатанных байтов", podpis_shared::hash::hex(&covered.sha256(case.input.pdf)))
        .detail("Имя поля", &case.seal().field),
        certificate,
        time,
        level: if stamps.iter().any(in_time) {
            "PAdES B-T: есть отметка времени независимой службы"
        } else {
            "PAdES B-B: время по часам оператора"
        },
    }
}

/// Mathematics and the one strict form that the operator's seals have.
pub(crate) fn verified(pdf: &[u8], covered: &Covered) -> Result<Verified, Box<Check>> {
    let id = CheckId::SealSignature;
    let odd = |why: CmsError| {
        Box::new(
            Check::fail(id, "Печать испорчена: оператор ставит её иначе.").detail("Причина", why),
        )
    };
    let data = SignedData::parse(&covered.contents).map_err(odd)?;
    match data.verify(|hash| digest(hash, &covered.parts(pdf))) {
        Ok(verified) => {
            match data.strict() {
                // A time stamp over something else is what `seal-time` fails for.
                Ok(()) | Err(CmsError::Attribute("signature-time-stamp")) => (),
                Err(error) => return Err(odd(error)),
            }
            if covered.capitals {
                return Err(odd(CmsError::NotCanonical("capital hexadecimal digits")));
            }
            Ok(verified)
        }
        Err(CmsError::Unsupported(oid)) => Err(Box::new(
            Check::unchecked(
                id,
                "Не проверено: печать поставлена способом, которого эта программа не знает.",
            )
            .detail("Алгоритм", oid),
        )),
        Err(error @ (CmsError::MessageDigest | CmsError::Signature)) => Err(Box::new(
            Check::fail(
                id,
                "Печать не подходит к файлу: после неё в файле что-то изменили, или она подделана.",
            )
            .detail("Причина", error),
        )),
        Err(error) => Err(odd(error)),
    }
}

/// The hash of a signature's two parts.
pub(crate) fn digest(hash: HashKind, parts: &[&[u8]]) -> Vec<u8> {
    match hash {
        HashKind::Sha256 => {
            let mut hasher = Sha256::new();
            parts.iter().for_each(|part| hasher.update(part));
            hasher.finalize().to_vec()
        }
        other => other.digest(&parts.concat()),
    }
}

/// Nothing more can be said of a seal that does not fit.
fn spoiled(signature: Check) -> Seal {
    let rest = |id| Check::unchecked(id, "Не проверено: сама печать не прошла проверку.");
    Seal {
        certificate: rest(CheckId::SealCertificate),
        time: rest(CheckId::SealTime),
        signature,
        level: "не установлен",
    }
}

/// A time stamp over the seal, and where it stands.
struct Stamp {
    place: &'static str,
    found: Found,
}

enum Found {
    /// It fits, and its authority is trusted.
    Trusted(TimeStamp),
    /// It fits; whose it is, nobody told.
    Unknown(TimeStamp, String),
    /// It does not fit what it should be over, or its authority's certificate was not valid.
    Wrong(String),
}

/// Every time stamp: beside the seal's signature, and of the whole document in later revisions.
fn stamps(case: &Case<'_>, verified: &Verified) -> Vec<Stamp> {
    let trust = case.input.trust;
    let beside = verified.timestamp.iter().map(|token| Stamp {
        place: "Отметка времени в печати",
        found: stamp(
            token,
            Sha256::digest(&verified.signature).into(),
            trust,
            true,
        ),
    });
    let later = case.later_signatures().filter_map(|signature| {
        let covered = signature.range.as_ref().ok()?;
        is_time_stamp(signature).then(|| Stamp {
            place: "Отметка времени всего файла",
            found: whole_file_stamp(case, signature, covered),
        })
    });
    beside.chain(later).collect()
}

/// Tokens that the operator adds have one form only, as the seal has; a clinic's own may have any.
fn whole_file_stamp(case: &Case<'_>, signature: &FoundSignature, covered: &Covered) -> Found {
    let pdf = case.input.pdf;
    let ours = signature.field.starts_with(OURS);
    if ours {
        let stamped = covered.parts(pdf).concat();
        if let Err(error) = tsp::strict_token(&covered.contents, &stamped) {
            return Found::Wrong(error.to_string());
        }
    }
    stamp(
        &covered.contents,
        covered.sha256(pdf),
        case.input.trust,
        ours,
    )
}

/// A token that we put in ourselves holds the certificates of its path and no others.
fn stamp(token: &[u8], sha256: [u8; 32], trust: Option<&Trust>, ours: bool) -> Found {
    let stamp = match tsp::check_token(token, &sha256) {
        Ok(stamp) => stamp,
        Err(error) => return Found::Wrong(error.to_string()),
    };
    let Some(trust) = trust else {
        return Found::Unknown(stamp, "нет списка доверия".into());
    };
    let roots = roots(&trust.tsa_roots);
    let validate = if ours {
        chain::validate_exact
    } else {
        chain::validate
    };
    match validate(
        &stamp.signer,
        &stamp.others,
        &roots,
        stamp.time,
        Purpose::TimeStamp,
    ) {
        Ok(_) => Found::Trusted(stamp),
        Err(ChainError::UnknownIssuer(_)) => {
            Found::Unknown(stamp, "службы нет в списке доверия".into())
        }
        Err(error) => Found::Wrong(error.to_string()),
    }
}

/// A root that can't be read is one that nothing leads to.
pub(crate) fn roots(pems: &[String]) -> Vec<Certificate> {
    let read = |pem: &String| Certificate::from_pem_many(pem).unwrap_or_default();
    pems.iter().flat_map(read).collect()
}

/// The earliest moment that somebody independent vouches for.
fn proven(stamps: &[Stamp]) -> Option<Timestamp> {
    let times = stamps.iter().filter_map(|stamp| match &stamp.found {
        Found::Trusted(stamp) => Some(stamp.time),
        _ => None,
    });
    times.min()
}

fn certificate(
    case: &Case<'_>,
    verified: &Verified,
    at: Option<Timestamp>,
    stamps: &[Stamp],
) -> Check {
    let id = CheckId::SealCertificate;
    let check = match (case.input.trust, at) {
        (_, None) => Check::unchecked(id, "Не проверено: в печати не сказано, когда её поставили."),
        (None, _) => Check::unchecked(id, NO_TRUST),
        (Some(trust), Some(at)) => trusted(case, verified, trust, at, proven(stamps)),
    };
    check.details(facts(&verified.signer))
}

fn trusted(
    case: &Case<'_>,
    verified: &Verified,
    trust: &Trust,
    at: Timestamp,
    proven: Option<Timestamp>,
) -> Check {
    let id = CheckId::SealCertificate;
    let roots = roots(&trust.seal_roots);
    let valid = |at| {
        chain::validate_exact(
            &verified.signer,
            &verified.others,
            &roots,
            at,
            Purpose::Seal,
        )
    };
    match valid(at) {
        Ok(_) if proven.is_some_and(|proven| valid(proven).is_err()) => Check::unchecked(
            id,
            "Не установлено: когда появилась независимая отметка времени, сертификат печати уже не действовал.",
        ),
        Ok(_) if trust.sandbox => Check::pass(
            id,
            "Печать учебная: её сертификат создан в песочнице, и юридической силы документ не имеет. \
             Сертификат — из списка доверия этой песочницы и действовал в день печати.",
        )
        .detail("Песочница оператора", &trust.operator),
        Ok(_) => Check::pass(
            id,
            format!(
                "Печать принадлежит оператору «{}»: её сертификат — из списка доверия и действовал, когда её поставили.",
                trust.operator
            ),
        ),
        Err(ChainError::Expired(_)) => Check::fail(
            id,
            "Сертификат печати истёк раньше, чем её поставили: такая печать ничего не доказывает.",
        ),
        Err(ChainError::NotYetValid(_)) => {
            Check::fail(id, "Сертификат печати начал действовать позже, чем её поставили.")
        }
        // Another authority may well have the same name.
        Err(ChainError::UnknownIssuer(_) | ChainError::BadSignature(_)) if case::list_covers(trust, &case.evidence.bundle) => Check::fail(
            id,
            "Файл назван документом этого оператора, но печать на нём чужая.",
        ),
        Err(ChainError::UnknownIssuer(_) | ChainError::BadSignature(_)) => Check::unchecked(
            id,
            "Не установлено, чья это печать: того, кто выдал её сертификат, нет в списке доверия. \
             Сверьте отпечаток сертификата с тем, который сообщит оператор.",
        )
        .detail("Оператор по документу", &case.evidence.bundle.operator.name)
        .detail("Оператор списка доверия", &trust.operator),
        Err(error) => Check::fail(id, "Сертификат печати не годится для печати.").detail("Причина", error),
    }
}

/// What is written in a certificate.
pub(crate) fn facts(certificate: &Certificate) -> Vec<Fact> {
    vec![
        Fact::new("Владелец сертификата", certificate.subject_text()),
        Fact::new("Кто выдал", certificate.issuer_text()),
        Fact::new("Номер", certificate.serial_hex()),
        Fact::new("Действует с", certificate.not_before().moscow()),
        Fact::new("Действует до", certificate.not_after().moscow()),
        Fact::new("Отпечаток SHA-256", certificate.sha256_hex()),
    ]
}

fn time(
    case: &Case<'_>,
    verified: &Verified,
    at: Option<Timestamp>,
    stamps: &[Stamp],
    certificate: Outcome,
) -> Check {
    let id = CheckId::SealTime;
    let Some(at) = at else {
        return Check::fail(id, "В печати не сказано, когда её поставили.");
    };
    let check = match time_fault(case, at, stamps) {
        Some(fault) => Check::fail(id, fault),
        None => stated(case, verified, at, stamps, certificate),
    };
    let check = check.detail("По часам оператора", at.moscow());
    stamps
        .iter()
        .fold(check, |check, stamp| match &stamp.found {
            Found::Trusted(time) => check
                .detail(stamp.place, time.time.moscow())
                .detail("Служба времени", time.signer.subject_text()),
            Found::Unknown(time, why) => check
                .detail(stamp.place, format!("{} ({why})", time.time.moscow()))
                .detail("Служба времени", time.signer.subject_text())
                .detail("Отпечаток её сертификата", time.signer.sha256_hex()),
            Found::Wrong(why) => check.detail(stamp.place, format!("не подходит: {why}")),
        })
}

fn time_fault(case: &Case<'_>, at: Timestamp, stamps: &[Stamp]) -> Option<&'static str> {
    let signed = case.evidence.patient().map(|signature| signature.signed_at);
    if stamps
        .iter()
        .any(|stamp| matches!(stamp.found, Found::Wrong(_)))
    {
        Some(
            "Отметка времени не подходит к этой печати: она поставлена на что-то другое или испорчена.",
        )
    } else if proven(stamps).is_some_and(|proven| proven.unix() < at.unix() - LEEWAY_S) {
        Some("Независимая отметка времени раньше, чем печать: так не бывает.")
    } else if signed
        .is_some_and(|signed| signed.unix().abs_diff(at.unix()) > LEEWAY_S.unsigned_abs())
    {
        Some("Время печати не то, которое записано в доказательствах как время подписания.")
    } else {
        None
    }
}

fn stated(
    case: &Case<'_>,
    verified: &Verified,
    at: Timestamp,
    stamps: &[Stamp],
    certificate: Outcome,
) -> Check {
    let id = CheckId::SealTime;
    let now = case.input.now;
    if let Some(proven) = proven(stamps) {
        return Check::pass(
            id,
            format!(
                "Независимая служба времени подтвердила, что печать стояла уже {}. Оператор назвал {}.",
                proven.moscow(),
                at.moscow()
            ),
        );
    }
    if stamps
        .iter()
        .any(|stamp| matches!(stamp.found, Found::Unknown(..)))
    {
        return Check::unchecked(
            id,
            "Не проверено: отметка времени есть и подходит к файлу, но можно ли верить службе, которая её поставила, \
             не установлено.",
        );
    }
    if at.unix() > now.unix() + LEEWAY_S {
        return Check::unchecked(
            id,
            "Не проверено: печать датирована будущим. Проверьте часы этого компьютера.",
        )
        .detail("На этом компьютере", now.moscow());
    }
    if now > verified.signer.not_after() {
        return Check::unchecked(
            id,
            "Время печати известно только по часам оператора, а её сертификат с тех пор истёк: независимо подтвердить, \
             что её поставили вовремя, нечем.",
        );
    }
    if certificate != Outcome::Pass {
        return Check::unchecked(
            id,
            "Время печати известно только по часам оператора, а чья это печать, не установлено.",
        );
    }
    Check::pass(
        id,
        format!(
            "{} — по часам оператора. Независимой отметки времени нет.",
            at.moscow()
        ),
    )
}

/// Whether a signature of a later revision is a document time stamp, which [`checks`] looks at.
pub(crate) fn is_time_stamp(signature: &FoundSignature) -> bool {
    signature.kind == SignatureKind::DocTimeStamp
}
