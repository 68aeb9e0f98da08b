//! An operator with all its keys, and the signed PDFs that it makes from the sample consent.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]
#![allow(
    dead_code,
    clippy::allow_attributes,
    reason = "each test file takes its part of it"
)]

pub(crate) mod code;
#[path = "../../../../functions/pdf/tests/common/mod.rs"]
mod facts;
pub(crate) mod log;
pub(crate) mod sheet;
pub(crate) mod stamp;
pub(crate) mod token;
pub(crate) mod update;

use log::Log;
use podpis_cms::make::{self, Sandbox};
use podpis_cms::{Certificate, ContentType, SoftwareKey, ToSign};
use podpis_evidence::{EvidenceKey, TRUST_FORMAT, Trust, canonical, salted, sign};
use podpis_journal::NoteKey;
use podpis_pdf::{SealField, Unsealed, append_protocol, inspect};
use podpis_shared::hash::sha256_hex;
use podpis_shared::{Hashes, Timestamp};
use podpis_verify::{Check, CheckId, Input, Outcome, Report, Verdict, verify};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// The document of the tests.
pub(crate) const CONSENT: &[u8] = include_bytes!("../../../../tests/fixtures/consent/consent.pdf");

/// When it was signed, and when it is checked.
pub(crate) const SIGNED: &str = "2026-12-01T11:05:31Z";
pub(crate) const NOW: &str = "2027-01-15T09:00:00Z";

/// Bytes kept for a seal with a time stamp: little, because every one of them is flipped.
const RESERVE: usize = 2400;

pub(crate) fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

/// Everything that signs, and what is told about the document.
pub(crate) struct Operator {
    pub(crate) name: String,
    pub(crate) sandbox: bool,
    pub(crate) seal: Sandbox,
    pub(crate) evidence: EvidenceKey,
    pub(crate) journal: NoteKey,
    pub(crate) esia: &'static str,
    pub(crate) document_id: String,
    pub(crate) original: Vec<u8>,
    pub(crate) log: Log,
}

impl Operator {
    pub(crate) fn new() -> Self {
        Self {
            name: "ООО «Подпись»".into(),
            sandbox: false,
            seal: certificates(1, "2026-01-01T00:00:00Z", "2028-01-01T00:00:00Z"),
            evidence: EvidenceKey::from_seed([2; 32]),
            journal: NoteKey::from_seed("podpis.test/journal", [3; 32]).unwrap(),
            esia: token::ESIA,
            document_id: "doc_1".into(),
            original: CONSENT.to_vec(),
            log: Log::of_a_document("doc_1", &sha256_hex(CONSENT)),
        }
    }

    /// The list that it publishes.
    pub(crate) fn trust(&self) -> Trust {
        Trust {
            format: TRUST_FORMAT.into(),
            as_of: at(NOW),
            operator: self.name.clone(),
            sandbox: self.sandbox,
            seal_roots: vec![self.seal.root.clone()],
            tsa_roots: vec![stamp::ROOT.into()],
            clinic_roots: Vec::new(),
            evidence_keys: vec![self.evidence.public()],
            journal_keys: vec![self.journal.verifier().to_text()],
            esia_keys: vec![token::ESIA_PUBLIC.into()],
            esia_client_id: "PODPIS".into(),
            esia_issuer: "http://esia.gosuslugi.ru/".into(),
        }
    }

    /// The bundle at the time of signing, unsigned.
    pub(crate) fn bundle(&self) -> Value {
        let hashes = Hashes::of(&self.original);
        let fingerprint = format!("podpis:esia:{}:{}", self.document_id, token::OID);
        json!({
            "format": podpis_evidence::FORMAT,
            "as_of": SIGNED,
            "operator": {"name": self.name, "sandbox": self.sandbox},
            "document": {
                "id": self.document_id, "title": "Согласие", "kind": "ids", "external_id": null,
                "status": "opened", "size": self.original.len(), "pages": 3, "sha256": hashes.sha256,
                "streebog256": hashes.streebog256, "received_at": "2026-12-01T10:00:00Z",
                "expires_at": "2026-12-31T00:00:00Z",
            },
            "clinic": {"id": log::CLINIC, "name": "ООО «Клиника»", "inn": "7701234567", "ogrn": null},
            "signatures": [{
                "id": "sig_1", "party": "patient", "signed_at": SIGNED, "method": "esia",
                "signer": {
                    "name": "Иванова Мария Петровна", "birth_date": "1985-03-12",
                    "snils_masked": "***-***-445 95", "phone_masked": "+7 916 ***-**-67",
                    "hashed": {
                        "salt": "00112233445566778899aabbccddeeff",
                        "snils": null, "phone": null,
                        "esia_oid": salted("00112233445566778899aabbccddeeff", "esia_oid", &token::OID.to_string()),
                    },
                },
                "capacity": {"kind": "self"},
                "policy": {"version": "2026-11", "rule": "R1", "basis": ["323-ФЗ, ст. 20, ч. 7"]},
                "consent": {"version": "1", "statement": "Я прочитал(а) документ.", "button": "Подписать"},
                "presentation": {
                    "total_ms": 61_000, "pages": [{"page": 1, "visible_ms": 30_000}],
                    "reached_end": true, "downloaded": false,
                },
                "browser": {
                    "sha256": hashes.sha256, "streebog256": hashes.streebog256, "client_addr": "192.0.2.7",
                    "user_agent": "Firefox", "started_at": "2026-12-01T11:04:00Z",
                },
                "esia": {
                    "name": "ИВАНОВА МАРИЯ ПЕТРОВНА", "birth_date": "1985-03-12",
                    "subject_fingerprint": sha256_hex(fingerprint.as_bytes()),
                    "auth_time": "2026-12-01T11:05:00Z", "verified_at": "2026-12-01T11:05:20Z",
                    "id_token": token::sign(self.esia, &token::claims()),
                    "key_sha256": token::key_sha256(token::ESIA_PUBLIC), "key_pem": token::ESIA_PUBLIC,
                },
            }],
            "times": [], "messages": [],
            "journal": self.log.part(&self.journal),
        })
    }

    /// A bundle as it is attached: signed, in canonical form.
    pub(crate) fn evidence(&self, bundle: Value) -> Vec<u8> {
        canonical(&sign(bundle, &self.evidence).unwrap()).unwrap()
    }

    /// The signed PDF with its plain seal: level B-B.
    pub(crate) fn signed(&self) -> Vec<u8> {
        self.signed_with(self.bundle())
    }

    /// The same with another bundle.
    pub(crate) fn signed_with(&self, bundle: Value) -> Vec<u8> {
        let evidence = self.evidence(bundle);
        self.sealed(&evidence, at(SIGNED), |_| None)
    }

    /// The original with a protocol, these bytes as evidence, and the seal. `stamp` gives the token over a signature.
    pub(crate) fn sealed(
        &self,
        evidence: &[u8],
        sealed_at: Timestamp,
        stamp: impl FnOnce(&[u8]) -> Option<Vec<u8>>,
    ) -> Vec<u8> {
        let unsealed = self.unsealed(evidence, sealed_at);
        let cms = detached(&self.seal, unsealed.content_sha256(), stamp);
        unsealed.embed(&cms).unwrap()
    }

    pub(crate) fn unsealed(&self, evidence: &[u8], sealed_at: Timestamp) -> Unsealed {
        let pages = inspect(&self.original).unwrap().pages;
        let mut protocol = facts::protocol(&self.original, pages);
        protocol.signed_at = sealed_at.at();
        let field = SealField {
            name: self.name.clone(),
            reason: "Печать оператора: документ подписан пациентом".into(),
            at: sealed_at.at(),
            reserve: RESERVE,
        };
        append_protocol(&self.original, &protocol, evidence, Some(&field)).unwrap()
    }
}

/// A root with a leaf below it, different for each seed.
pub(crate) fn certificates(seed: u8, from: &str, until: &str) -> Sandbox {
    make::root_and_leaf(&[seed; 32], at(from), at(until)).unwrap()
}

/// A detached CMS over a hash.
pub(crate) fn detached(
    keys: &Sandbox,
    sha256: [u8; 32],
    stamp: impl FnOnce(&[u8]) -> Option<Vec<u8>>,
) -> Vec<u8> {
    let leaf = Certificate::from_pem_many(&keys.leaf).unwrap().remove(0);
    let key = SoftwareKey::from_pem(&keys.leaf_key).unwrap();
    let to_sign = ToSign::new(sha256, &leaf, ContentType::Data).unwrap();
    let signature = key.sign(to_sign.message()).unwrap();
    let token = stamp(&signature);
    to_sign
        .finish(key.algorithm(), &signature, &[], token.as_deref())
        .unwrap()
}

/// The clinic's detached signature over a file.
pub(crate) fn clinic_signature(file: &[u8]) -> Vec<u8> {
    let keys = certificates(9, "2026-01-01T00:00:00Z", "2028-01-01T00:00:00Z");
    detached(&keys, Sha256::digest(file).into(), |_| None)
}

/// Checks a file with the operator's own trust list.
pub(crate) fn check(operator: &Operator, pdf: &[u8]) -> Report {
    let trust = operator.trust();
    verify(Input {
        pdf,
        trust: Some(&trust),
        ..nothing()
    })
}

/// What is given when nothing is.
pub(crate) fn nothing() -> Input<'static> {
    Input {
        pdf: &[],
        clinic_signature: None,
        newer_evidence: None,
        trust: None,
        now: at(NOW),
    }
}

/// One check of a report.
pub(crate) fn found(report: &Report, id: CheckId) -> &Check {
    report.checks.iter().find(|check| check.id == id).unwrap()
}

/// The names of all checks that ended so.
pub(crate) fn ended(report: &Report, result: Outcome) -> Vec<&'static str> {
    let those = report.checks.iter().filter(|check| check.result == result);
    those.map(|check| check.id.as_str()).collect()
}

/// A forgery is invalid, and exactly these checks say so.
#[track_caller]
pub(crate) fn assert_forged(report: &Report, failed: &[CheckId]) {
    let names: Vec<&str> = failed.iter().map(|id| id.as_str()).collect();
    assert_eq!(ended(report, Outcome::Fail), names, "{report:#?}");
    assert_eq!(report.verdict, Verdict::Invalid);
}

/// Everything that is required holds.
#[track_caller]
pub(crate) fn assert_valid(report: &Report) {
    assert_eq!(report.verdict, Verdict::Valid, "{report:#?}");
}
