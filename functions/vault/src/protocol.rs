//! The facts of the protocol page.

use crate::evidence;
use crate::sign::Signature;
use podpis_pdf::{
    Capacity, ClinicFacts, ConsentFacts, DocumentFacts, Identification, Protocol, SignerFacts,
};

/// What the protocol page says about a signature.
pub(crate) fn of(signature: &Signature<'_>, verify_url: Option<String>) -> Protocol {
    let document = signature.document;
    let identity = &signature.request.identity;
    let person = document.signer();
    Protocol {
        number: signature.id.trim_start_matches("sig_").to_owned(),
        document: DocumentFacts {
            title: document.title.clone(),
            kind: capitalised(document.kind.label()),
            external_id: document.external_id.clone(),
            pages: document.pages,
            size: document.size,
            sha256: document.hashes.sha256.clone(),
            streebog256: document.hashes.streebog256.clone(),
            received_at: document.created_at.at(),
        },
        clinic: ClinicFacts {
            name: signature.clinic.name.clone(),
            inn: signature.clinic.inn.clone(),
            ogrn: signature.clinic.ogrn.clone(),
        },
        signer: SignerFacts {
            full_name: person.full_name(),
            birth_date: person.birth_date.date(),
            capacity: document
                .representative
                .as_ref()
                .map_or(Capacity::Patient, |r| Capacity::Representative {
                    patient: document.patient.full_name(),
                    patient_birth_date: document.patient.birth_date.date(),
                    basis: r.basis.clone(),
                }),
            snils_masked: identity
                .person
                .snils
                .as_ref()
                .map(podpis_shared::Snils::masked),
            phone_masked: person.phone.as_ref().map(podpis_shared::Phone::masked),
        },
        identification: Identification {
            system: "ЕСИА (Госуслуги)".into(),
            account: "подтверждённая учётная запись".into(),
            authenticated_at: identity.auth_time.at(),
            subject_fingerprint: evidence::subject_fingerprint(&document.id, identity),
            matched: if person.snils.is_some() {
                "фамилия, имя, отчество, дата рождения и СНИЛС — совпали".into()
            } else {
                "фамилия, имя, отчество и дата рождения — совпали".into()
            },
        },
        method: capitalised(signature.request.method.label()),
        consent: ConsentFacts {
            text: signature.request.act.consent.statement.clone(),
            button: signature.request.act.consent.button.clone(),
            version: signature.request.act.consent.version.clone(),
        },
        signed_at: signature.at.at(),
        legal_basis: signature.allowed.basis.clone(),
        needs_medic: document.kind.needs_medic(),
        seal: None,
        verify_url,
    }
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map(|first| first.to_uppercase().chain(chars).collect())
        .unwrap_or_default()
}
