//! Facts for the dry run at intake: the least of everything, since only the structure is tried.

use time::macros::{date, datetime};

use crate::protocol::{
    Capacity, ClinicFacts, ConsentFacts, DocumentFacts, Identification, Protocol, SignerFacts,
};

/// A protocol of nobody.
pub(crate) fn protocol() -> Protocol {
    Protocol {
        number: "0".to_owned(),
        document: DocumentFacts {
            title: "Проба".to_owned(),
            kind: "Проба".to_owned(),
            external_id: None,
            pages: 1,
            size: 1,
            sha256: "0".repeat(64),
            streebog256: "0".repeat(64),
            received_at: datetime!(2026-01-01 00:00 UTC),
        },
        clinic: ClinicFacts {
            name: "Проба".to_owned(),
            inn: "0".repeat(10),
            ogrn: None,
        },
        signer: SignerFacts {
            full_name: "Проба".to_owned(),
            birth_date: date!(2000 - 01 - 01),
            capacity: Capacity::Patient,
            snils_masked: None,
            phone_masked: None,
        },
        identification: Identification {
            system: "Проба".to_owned(),
            account: "Проба".to_owned(),
            authenticated_at: datetime!(2026-01-01 00:00 UTC),
            subject_fingerprint: "0".repeat(64),
            matched: "Проба".to_owned(),
        },
        method: "Проба".to_owned(),
        consent: ConsentFacts {
            text: "Проба".to_owned(),
            button: "Проба".to_owned(),
            version: "0".to_owned(),
        },
        signed_at: datetime!(2026-01-01 00:00 UTC),
        legal_basis: vec!["Проба".to_owned()],
        needs_medic: false,
        seal: None,
    }
}
