//! The operator: a P-256 key with its certificate, as in the sandbox.

use anyhow::{Context as _, Result};
use podpis_cms::{Certificate, ContentType, SoftwareKey, ToSign, make};
use podpis_pdf::SealField;
use podpis_shared::Timestamp;
use time::macros::datetime;

/// The key at hand; reading it is not part of what is measured.
pub(crate) struct Operator {
    key: SoftwareKey,
    certificate: Certificate,
    field: SealField,
}

impl Operator {
    pub(crate) fn new() -> Result<Self> {
        let at = datetime!(2026-11-22 11:05:32 UTC);
        let day = 86_400;
        let from = at.unix_timestamp() - day;
        let (from, until) = (
            Timestamp::from_unix(from),
            Timestamp::from_unix(from + 365 * day),
        );
        let made = make::root_and_leaf(&[7; 32], from, until)?;
        Ok(Self {
            key: SoftwareKey::from_pem(&made.leaf_key)?,
            certificate: Certificate::from_pem_many(&made.leaf)?
                .pop()
                .context("no certificate")?,
            field: SealField {
                name: "ООО «Подпись»".to_owned(),
                reason: "Печать оператора: документ подписан пациентом".to_owned(),
                at,
                reserve: 8192,
            },
        })
    }

    pub(crate) fn field(&self) -> &SealField {
        &self.field
    }

    pub(crate) fn sign(&self, sha256: [u8; 32]) -> Result<Vec<u8>> {
        let to_sign = ToSign::new(sha256, &self.certificate, ContentType::Data)?;
        let signature = self.key.sign(to_sign.message())?;
        Ok(to_sign.finish(self.key.algorithm(), &signature, &[], None)?)
    }
}
