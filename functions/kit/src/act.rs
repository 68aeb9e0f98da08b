//! The act of a person on the page of a document: what must hold before a way of signing begins, whichever way it is.

use crate::http::{Context, Failure, Result};
use crate::store::Document;
use podpis_shared::problem::Code;
use podpis_shared::wire::patient::{Consent, EsiaStart, Presentation, Wording};
use podpis_shared::wire::vault::Act;
use podpis_shared::{Hashes, Method, Sensitive, Status, Timestamp};

/// Why nobody signs what a clinic sent for keeping.
pub const KEPT: &str = "Клиника прислала этот документ на хранение: подписывать его не нужно.";

/// The document can be signed at this moment.
///
/// # Errors
/// `already_signed`, `invalid_state`.
pub fn check_open(document: &Document, at: Timestamp) -> Result<()> {
    let detail = match document.status {
        Status::Completed if document.is_kept() => KEPT,
        Status::PatientSigned | Status::Completed => return Err(failure(Code::AlreadySigned)),
        Status::Declined => {
            "Вы решили не подписывать этот документ. Если передумали, позвоните в клинику."
        }
        Status::Cancelled => "Клиника отозвала документ, подписывать его не нужно.",
        Status::Superseded => {
            "Клиника заменила документ другим. Откройте ссылку из последнего сообщения."
        }
        Status::Expired => "Время подписания истекло. Попросите клинику прислать документ ещё раз.",
        Status::Sent | Status::Opened if !document.is_open(at) => {
            "Время подписания истекло. Попросите клинику прислать документ ещё раз."
        }
        Status::Sent | Status::Opened => return Ok(()),
    };
    Err(Failure::new(Code::InvalidState, detail))
}

/// The page saw these very bytes, all of them, and the words that are in force.
///
/// # Errors
/// `hash_mismatch`, `not_fully_shown`, `consent_changed`.
pub fn check_shown(
    request: &EsiaStart,
    hashes: &Hashes,
    pages: u32,
    consent: &Consent,
) -> Result<()> {
    if request.sha256 != hashes.sha256 || request.streebog256 != hashes.streebog256 {
        return Err(failure(Code::HashMismatch));
    }
    if !shows_every_page(&request.presentation, pages) {
        return Err(failure(Code::NotFullyShown));
    }
    if request.consent_version != consent.version {
        return Err(failure(Code::ConsentChanged));
    }
    Ok(())
}

/// The words for signing a document in a way.
pub fn consent(document: &Document, method: Method) -> Consent {
    Consent::of(Wording {
        kind: document.kind,
        method,
        on_behalf: document.representative.is_some(),
        age_unknown: document.patient.birth_date.is_none(),
    })
}

/// The act as it is kept.
pub fn of(request: EsiaStart, consent: Consent, context: Context, at: Timestamp) -> Act {
    Act {
        hashes: Hashes {
            sha256: request.sha256,
            streebog256: request.streebog256,
        },
        consent,
        presentation: request.presentation,
        started_at: at,
        client_addr: context.client_addr.map(Sensitive::new),
        user_agent: context.user_agent,
    }
}

/// A refusal with its sentence, for the codes of this module; others say their title.
pub fn failure(code: Code) -> Failure {
    let detail = match code {
        Code::AlreadySigned => "Документ уже подписан. Обновите страницу, чтобы скачать его.",
        Code::HashMismatch => {
            "Показанный документ отличается от присланного клиникой, подписать его нельзя. Обновите страницу; если не \
             поможет, позвоните в клинику."
        }
        Code::ConsentChanged => {
            "Текст согласия обновился. Обновите страницу и прочитайте его ещё раз."
        }
        Code::NotFullyShown => "Документ показан не целиком. Пролистайте его до конца и подпишите.",
        _ => code.title(),
    };
    Failure::new(code, detail)
}

/// Every page once, in order.
fn shows_every_page(presentation: &Presentation, pages: u32) -> bool {
    let shown = presentation.pages.iter().map(|shown| shown.page);
    shown.eq(1..=pages)
}

#[cfg(test)]
mod tests {
    use super::*;
    use podpis_shared::Kind;
    use podpis_shared::wire::patient::PageShown;

    fn shown(pages: &[u32]) -> Presentation {
        let page = |page: &u32| PageShown {
            page: *page,
            ..PageShown::default()
        };
        Presentation {
            pages: pages.iter().map(page).collect(),
            ..Presentation::default()
        }
    }

    #[test]
    fn every_page_must_have_been_painted() {
        assert!(shows_every_page(&shown(&[1, 2, 3]), 3));
        for wrong in [
            &[1, 2][..],
            &[1, 3],
            &[1, 2, 3, 4],
            &[2, 1, 3],
            &[1, 1, 2, 3],
            &[],
        ] {
            assert!(!shows_every_page(&shown(wrong), 3), "{wrong:?}");
        }
    }

    #[test]
    fn other_bytes_come_before_other_words() {
        let (hashes, consent) = (Hashes::of(b"a"), Consent::for_kind(Kind::Ids));
        let request = |sha256: &str, pages, version: &str| EsiaStart {
            sha256: sha256.into(),
            streebog256: hashes.streebog256.clone(),
            consent_version: version.into(),
            presentation: shown(pages),
        };
        let check = |request| check_shown(&request, &hashes, 1, &consent).map_err(|e| e.code());
        let (sha256, version) = (hashes.sha256.as_str(), consent.version.as_str());
        assert_eq!(check(request(sha256, &[1], version)), Ok(()));
        let mismatch = Err(Some(Code::HashMismatch));
        assert_eq!(check(request("0", &[], "old")), mismatch);
        let partly = Err(Some(Code::NotFullyShown));
        assert_eq!(check(request(sha256, &[], "old")), partly);
        let changed = Err(Some(Code::ConsentChanged));
        assert_eq!(check(request(sha256, &[1], "old")), changed);
    }
}
