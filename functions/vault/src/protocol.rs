//! The facts of the protocol page.

use crate::making::Signature;
use crate::{code, evidence};
use podpis_evidence::account_fingerprint;
use podpis_kit::Result;
use podpis_kit::store::accounts::contacts::Contact;
use podpis_kit::store::agreements::Basis;
use podpis_pdf::{
    AgreementFacts, Capacity, ClinicFacts, CodeChannel, CodeFacts, ConsentFacts, DocumentFacts,
    EsiaFacts, Identification, Protocol, SignerFacts,
};
use podpis_shared::wire::vault::{CodeIdentity, EsiaIdentity, Identity};
use podpis_shared::{Birthday, Phone, Snils};

/// What the protocol page says about a signature.
///
/// # Errors
/// `invalid` where the code went to no phone or e-mail.
pub(crate) fn of(signature: &Signature<'_>, verify_url: Option<String>) -> Result<Protocol> {
    let document = signature.document;
    let consent = &signature.act.consent;
    Ok(Protocol {
        number: signature.id.trim_start_matches("sig_").to_owned(),
        document: DocumentFacts {
            title: document.title.clone(),
            kind: capitalised(document.kind.label()),
            external_id: document.external_id.clone(),
            pages: document.pages,
            size: document.size,
            sha256: document.hashes.sha256.clone(),
            streebog256: document.hashes.streebog256.clone(),
            received_at: signature.received_at.at(),
        },
        clinic: ClinicFacts {
            name: signature.clinic.name.clone(),
            inn: signature.clinic.inn.clone(),
            ogrn: signature.clinic.ogrn.clone(),
        },
        signer: signer(signature),
        identification: match signature.identity {
            Identity::Esia(identity) => Identification::Esia(esia(signature, identity)),
            Identity::Code(identity) => Identification::Code(by_code(signature, identity)?),
        },
        method: capitalised(signature.method.label()),
        consent: ConsentFacts {
            text: consent.statement.clone(),
            button: consent.button.clone(),
            version: consent.version.clone(),
        },
        signed_at: signature.at.at(),
        legal_basis: signature.allowed.basis.clone(),
        needs_medic: document.kind.needs_medic(),
        seal: None,
        verify_url,
    })
}

fn signer(signature: &Signature<'_>) -> SignerFacts {
    let document = signature.document;
    let person = document.signer();
    // The phone that a code went to stands where the code does.
    let (snils, phone) = match signature.identity {
        Identity::Esia(identity) => (identity.person.snils.as_ref(), person.phone.as_ref()),
        Identity::Code(_) => (None, None),
    };
    SignerFacts {
        full_name: capitalised(&code::public_name(person)),
        is_named: person.is_named(),
        birth_date: person.birth_date.map(Birthday::date),
        capacity: match &document.representative {
            Some(representative) => Capacity::Representative {
                patient: document.patient.full_name(),
                patient_birth_date: document.patient.birth_date.map(Birthday::date),
                basis: representative.basis.clone(),
            },
            None if signature.is_acceptance() => Capacity::Acceptor,
            None => Capacity::Patient,
        },
        snils_masked: snils.map(Snils::masked),
        phone_masked: phone.map(Phone::masked),
    }
}

fn esia(signature: &Signature<'_>, identity: &EsiaIdentity) -> EsiaFacts {
    let document = signature.document;
    EsiaFacts {
        system: "ЕСИА (Госуслуги)".into(),
        account: "подтверждённая учётная запись".into(),
        authenticated_at: identity.auth_time.at(),
        subject_fingerprint: evidence::subject_fingerprint(&document.id, identity),
        matched: if !signature.sent_by_clinic {
            "владелец личного кабинета: кабинет подтверждён этой же учётной записью".into()
        } else if document.signer().snils.is_some() {
            "фамилия, имя, отчество, дата рождения и СНИЛС — совпали".into()
        } else {
            "фамилия, имя, отчество и дата рождения — совпали".into()
        },
    }
}

fn by_code(signature: &Signature<'_>, identity: &CodeIdentity) -> Result<CodeFacts> {
    let contact = code::contact(identity)?;
    let (_, source) = code::source(signature, &contact);
    Ok(CodeFacts {
        channel: match contact {
            Contact::Phone(_) => CodeChannel::Sms,
            Contact::Email(_) => CodeChannel::Email,
        },
        to_masked: contact.masked(),
        source: source.into(),
        contact_since: identity.contact_since.at(),
        account_fingerprint: account_fingerprint(&signature.document.id, &identity.account_id),
        sent_at: identity.sent_at.unwrap_or(identity.issued_at).at(),
        entered_at: identity.verified_at.at(),
        wrong_tries: identity.wrong_tries,
        agreement: signature.agreement.as_ref().map(agreement),
    })
}

fn agreement(basis: &Basis) -> AgreementFacts {
    AgreementFacts {
        title: basis.title.clone(),
        number: basis.document_id.clone(),
        sha256: basis.sha256.clone(),
        accepted_at: basis.accepted_at.at(),
        how: match basis.how.as_str() {
            "esia" => "подписано через Госуслуги".into(),
            _ => "принято кодом из СМС".into(),
        },
    }
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map(|first| first.to_uppercase().chain(chars).collect())
        .unwrap_or_default()
}
