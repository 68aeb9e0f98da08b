//! Whose signature it has to be: the clinic's own certificate, or that of a person on its list.

use crate::db::Clinic;
use podpis_cms::clinic::Checked;
use podpis_cms::qualified::Qualified;
use podpis_kit::store::clinic_signers::ClinicSigner;
use podpis_kit::{Failure, Result};
use podpis_shared::problem::Code;

/// The only role that the signer may sign in; `None`: any.
///
/// # Errors
/// `wrong_signer`.
pub(super) fn role(
    checked: &Checked,
    clinic: &Clinic,
    signers: &[ClinicSigner],
) -> Result<Option<String>> {
    let owner = &checked.owner;
    let is_clinics = is_of(owner, clinic);
    let certificate = checked.verified.signer.sha256_hex();
    if let Some(listed) = signers
        .iter()
        .find(|signer| is_listed(signer, owner, &certificate, is_clinics))
    {
        return Ok(listed.role.clone());
    }
    if is_clinics {
        return Ok(None);
    }
    let detail = "the certificate has neither the clinic's ИНН and ОГРН nor an owner on the clinic's list of signers";
    Err(Failure::new(Code::WrongSigner, detail))
}

/// A certificate is named as it is; a person by SNILS, in a personal certificate or in one of the clinic's own.
fn is_listed(
    signer: &ClinicSigner,
    owner: &Qualified,
    certificate: &str,
    is_clinics: bool,
) -> bool {
    if let Some(named) = &signer.certificate_sha256 {
        return named == certificate;
    }
    let same = |snils| owner.snils.as_ref() == Some(snils);
    signer.snils.as_ref().is_some_and(same) && (is_clinics || owner.is_personal())
}

/// The certificate's organisation, or entrepreneur, is the clinic.
fn is_of(owner: &Qualified, clinic: &Clinic) -> bool {
    let number = |own: &Option<String>| match (own, &clinic.ogrn) {
        (Some(own), Some(clinics)) => own == clinics,
        _ => true,
    };
    match &owner.organisation_inn {
        Some(inn) => *inn == clinic.inn && number(&owner.ogrn),
        // Of an entrepreneur the clinic's ИНН is the person's.
        None => {
            owner.ogrn.is_none()
                && owner.ogrnip.is_some()
                && owner.inn.as_ref() == Some(&clinic.inn)
                && number(&owner.ogrnip)
        }
    }
}
