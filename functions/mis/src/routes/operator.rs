//! The operator's own.

use crate::{
    esia_certificates, health, journal, keys, operator, revocation_lists, signing_authorities,
    staff, tariff, usage,
};

routes! {
    /// Clinics in the order of their making
    get "/api/v1/operator/clinics" => operator::list as listClinics in operator by operator, "One page";

    /// Make a clinic; its key is shown once
    post "/api/v1/operator/clinics" => operator::create as createClinic in operator by operator, "Made";

    /// Add a key
    post "/api/v1/operator/clinics/{id}/keys" => keys::add_of_clinic as addKey in operator by operator, "Made";

    /// Revoke a key; repeating is harmless
    delete "/api/v1/operator/clinics/{id}/keys/{key_id}" => keys::remove_of_clinic
        as revokeKey in operator by operator, "Revoked";

    /// Invite somebody to a clinic's staff: the first head of one without a MIS
    post "/api/v1/operator/clinics/{id}/staff" => staff::add_of_clinic as inviteClinicStaff in operator by operator,
        "Invited", fails { StaffExists, Invalid "`detail` names the field; or there are too many" };

    /// What a clinic pays
    get "/api/v1/operator/clinics/{id}/tariff" => tariff::read as readTariff in operator by operator,
        "The clinic's tariffs and the default";

    /// Set a clinic's prices from a day on
    ///
    /// Never for a closed month. Repeating it changes nothing.
    put "/api/v1/operator/clinics/{id}/tariff" => tariff::put
        as setTariff in operator by operator, "The clinic's tariffs now",
        fails { Invalid "`detail` names the field; a closed month never changes" };

    /// A clinic's account
    get "/api/v1/operator/clinics/{id}/usage" => usage::of_clinic
        as readClinicUsage in operator by operator, "The month by line";

    /// Audits every journal anew and names what was tampered with
    get "/api/v1/operator/journal" => journal::audit as auditJournals in operator by operator, "Outcome";

    /// How it stands with the gateways of SMS: balances and last errors
    get "/api/v1/operator/sms" => health::sms as smsGateways in operator by operator, "Gateways, the first one first";

    /// ESIA's certificates that were added by this API, retired ones too
    get "/api/v1/operator/esia-certificates" => esia_certificates::list as listEsiaCertificates in operator by operator,
        "All of them, in the order of their adding";

    /// Add a certificate that ESIA signs its tokens with
    ///
    /// Beside those of the variable `esia_keys`; sign-ins are checked with it from now on. Repeating gives the same answer; a
    /// retired one lives again.
    post "/api/v1/operator/esia-certificates" => esia_certificates::add
        as addEsiaCertificate in operator by operator, "Added",
        fails { Invalid "not one certificate in PEM, a key that no token can be checked with, or out of date" };

    /// Check no new sign-in with a certificate
    ///
    /// Old signatures keep it in the trust list. Repeating is harmless.
    delete "/api/v1/operator/esia-certificates/{sha256}" => esia_certificates::retire
        as retireEsiaCertificate in operator by operator,
        "Retired", fails { NotFound "no such certificate, or no operator token is configured" };

    /// Authorities whose certificates clinics sign with, retired ones too
    get "/api/v1/operator/signing-authorities" => signing_authorities::list
        as listSigningAuthorities in operator by operator,
        "All of them, in the order of their adding";

    /// Add authorities: signatures below them are believed from now on
    ///
    /// Repeating gives the same answer; a retired one lives again.
    post "/api/v1/operator/signing-authorities" => signing_authorities::add
        as addSigningAuthorities in operator by operator, "Added",
        fails { Invalid "no certificates in PEM, not of authorities, or out of date" };

    /// Believe in no new signature below an authority
    ///
    /// Repeating is harmless.
    delete "/api/v1/operator/signing-authorities/{sha256}" => signing_authorities::retire as retireSigningAuthority
        in operator by operator, "Retired", fails { NotFound "no such certificate, or no operator token is configured" };

    /// Lists of revoked certificates that were brought
    get "/api/v1/operator/revocation-lists" => revocation_lists::list
        as listRevocationLists in operator by operator,
        "The newest 200";

    /// Bring a list of revoked certificates as its authority publishes it
    post "/api/v1/operator/revocation-lists" => revocation_lists::add
        as addRevocationList in operator by operator,
        "Kept, or there before";
}
