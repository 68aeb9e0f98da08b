//! The table of routes: what the router is made of, and with the types of the handlers what `docs/openapi.json` is made of.
//!
//! A line is: summary and description; method, path, handler; `operationId` and group; who may ask; what the right answer is;
//! and errors beside those that the handler's arguments bring along, each with words where its name is not enough. Then
//! `cargo xtask openapi`.
//!
//! Who may ask: `anybody`, `operator`, `metrics`, or a clinic. Of a clinic its MIS always, and of its staff `any_role`, or whose
//! role has the permission that is named. A unit test holds this against the handler's arguments.

use crate::auth::By;
use crate::{
    acts, agreement, branding, clinic_signers, consultations, docs, documents, esia_certificates,
    events, export, health, journal, keys, metrics, operator, settings, signing_authorities, staff,
    tariff, templates, trust, usage, webhook,
};
use axum::{Extension, Router};
use podpis_shared::staff::Permission;

/// Who may ask, as the table says it.
macro_rules! by {
    (anybody) => {
        By::Anybody
    };
    (operator) => {
        By::Operator
    };
    (metrics) => {
        By::Metrics
    };
    (any_role) => {
        By::Clinic(None)
    };
    ($permission:ident) => {
        By::Clinic(Some(Permission::$permission))
    };
}

macro_rules! routes {
    ($(
        $(#[doc = $doc:literal])+
        $method:ident $path:literal => $handler:path as $id:ident in $tag:ident by $by:ident, $gives:literal
            $(, fails { $($code:ident $($why:literal)?),+ $(,)? })?;
    )+) => {
        /// All routes.
        pub(crate) fn router() -> Router {
            Router::new()$(.route($path, axum::routing::$method($handler).route_layer(Extension(by!($by)))))+
        }

        /// All routes, for the description.
        #[cfg(test)]
        pub(crate) fn calls() -> Vec<crate::openapi::Call> {
            vec![$(crate::openapi::Call {
                method: stringify!($method),
                path: $path,
                id: stringify!($id),
                tag: stringify!($tag),
                docs: &[$($doc),+],
                by: by!($by),
                gives: $gives,
                fails: &[$($((podpis_shared::problem::Code::$code, concat!($($why)?))),+)?],
                says: |schemas| crate::openapi::says($handler, schemas),
            }),+]
        }
    };
}

routes! {
    /// Health: what has to be mended
    get "/api/health" => health::read as health in service by anybody, "It works", fails { Unavailable };

    /// This description
    get "/api/openapi.json" => health::openapi as openapi in service by anybody, "OpenAPI 3.1";

    /// This description as a page
    get "/api/docs" => docs::read as docs in service by anybody, "The page";

    /// Numbers for Prometheus
    ///
    /// 404 where the variable `metrics_token` is empty.
    get "/api/metrics" => metrics::read as metrics in service by metrics, "Text format 0.0.4";

    /// What a verifier of signed documents needs to believe: roots and public keys (docs/evidence.md)
    get "/api/v1/trust" => trust::read as trust in verification by anybody, "The list `podpis-trust/1`",
        fails { Internal, Unavailable };

    /// Send a document to a patient, to be signed or to be kept
    ///
    /// Nothing is kept of what is refused.
    post "/api/v1/documents" => documents::create::create as createDocument in documents by DocumentsSend, "Accepted",
        fails {
            Policy, SignatureInvalid, SignatureNotDetached, SignatureUnsupported,
            DigestMismatch "a part `signature` is over other bytes",
            TemplateFields "`detail` names the template's fields that are missing, unknown, too long, malformed or can't be \
                            printed",
        };

    /// Documents, newest first
    get "/api/v1/documents" => documents::list::list as listDocuments in documents by DocumentsRead, "One page";

    /// One document
    get "/api/v1/documents/{id}" => documents::read::read as readDocument in documents by DocumentsRead, "The document";

    /// The bytes received, unchanged
    get "/api/v1/documents/{id}/original" => documents::files::original
        as readOriginal in documents by DocumentsRead, "PDF";

    /// The signed PDF: the original as its first revision, then the protocol page and evidence.json
    get "/api/v1/documents/{id}/signed" => documents::files::signed as readSigned in documents by DocumentsRead, "PDF",
        fails { NotSigned "of what was sent for keeping always" };

    /// A detached signature that came with a document for keeping, byte for byte
    get "/api/v1/documents/{id}/kept-signatures/{number}" => documents::kept::file
        as readKeptSignature in documents by DocumentsRead, "The signature";

    /// The final version: the signed PDF with the sheet of the clinic's signatures, or everything as a ZIP archive
    get "/api/v1/documents/{id}/final" => documents::final_version::read
        as readFinal in documents by DocumentsRead, "PDF or ZIP",
        fails {
            BadRequest "another format",
            NotCompleted "a signature is missing, or the document ended without one",
            NotSigned "of what was sent for keeping",
        };

    /// The evidence bundle as of now
    get "/api/v1/documents/{id}/evidence" => documents::files::evidence
        as readEvidence in documents by DocumentsRead, "Bundle";

    /// What was sent about a document, and what came of it
    get "/api/v1/documents/{id}/messages" => documents::messages::list
        as documentMessages in documents by DocumentsRead,
        "Messages, oldest first; recipients are masked";

    /// Take back an open document, or one that was sent for keeping
    post "/api/v1/documents/{id}/cancel" => documents::cancel::cancel
        as cancelDocument in documents by DocumentsSend, "Cancelled",
        fails { InvalidState };

    /// Hand in a signature of the clinic (УКЭП)
    ///
    /// A detached CMS over the bytes of `/signed` (or of `/original`), or a final PDF with PAdES inside that begins with the
    /// bytes of `/signed`. A technical check: what it establishes and what only certified tools do says
    /// docs/clinic-signature.md. The same signature twice gives the same answer. Nothing changes where it is refused.
    post "/api/v1/documents/{id}/clinic-signature" => documents::clinic_signature::sign
        as addClinicSignature in documents by Sign,
        "Accepted, or accepted before; `completed` once the last one is there",
        fails {
            NotSigned "the patient has not signed yet",
            InvalidState "no signature of the clinic is waited for",
            SignerRole "not in this role now",
            NotPdf, SignatureInvalid, SignatureNotDetached, DigestMismatch, SignatureUnsupported, TimestampInvalid,
            CertificateExpired, CertificateNotYetValid, CertificateUsage, CertificateUntrusted, CertificateRevoked,
            WrongSigner, BrokenPdf, Invalid,
        };

    /// Remind the signer of an open document
    ///
    /// By SMS with a new link, or for the account by the notices that cost nothing. At most once in 24 hours.
    post "/api/v1/documents/{id}/remind" => documents::remind::remind as remindDocument in documents by DocumentsSend,
        "Queued; `channels` says how",
        fails {
            InvalidState "signed, closed, or sent for keeping", TooLarge,
            TooMany "reminded of within 24 hours; or over the rate limit",
        };

    /// The document's journal entries with inclusion proofs
    get "/api/v1/documents/{id}/proof" => journal::proof
        as readProof in journal by DocumentsRead, "Proofs under the present head",
        fails { JournalBroken "the journal was damaged or tampered with; nothing is signed" };

    /// The present head of the clinic's journal, signed
    get "/api/v1/journal/checkpoint" => journal::checkpoint as readCheckpoint in journal by Events, "Checkpoint",
        fails { JournalBroken "the journal was damaged or tampered with; nothing is signed" };

    /// That a later head of the journal continues an earlier one
    get "/api/v1/journal/consistency" => journal::consistency as readConsistency in journal by Events,
        "Consistency proof, with the present head",
        fails { JournalBroken "the journal was damaged or tampered with; nothing is signed" };

    /// Who did what for the clinic, newest first
    ///
    /// Entries of the journal that name in `by` who acted: the MIS by a key, a member of the staff, the operator.
    get "/api/v1/acts" => acts::list as listActs in journal by Events, "One page";

    /// The user agreement in force
    get "/api/v1/agreement" => agreement::read as readAgreement in agreement by Settings, "The version in force",
        fails { NotFound "none was published" };

    /// Publish a version of the user agreement
    ///
    /// Patients accept it when they register, and again when a new version is there. The bytes of the version in force again
    /// change nothing; its title stays then. Nothing is kept of what is refused.
    put "/api/v1/agreement" => agreement::put as publishAgreement in agreement by Settings, "The version in force now";

    /// The agreement's bytes, unchanged
    get "/api/v1/agreement/file" => agreement::file as readAgreementFile in agreement by Settings, "PDF",
        fails { NotFound "none was published" };

    /// Who accepted which version, oldest first
    ///
    /// Each acceptance is a document: its sealed PDF and evidence are those of `document_id`.
    get "/api/v1/agreements/acceptances" => agreement::acceptances::list
        as listAcceptances in agreement by Settings, "One page";

    /// The templates in force today
    get "/api/v1/templates" => templates::list
        as listTemplates in templates by DocumentsSend, "All of them; `next` is null";

    /// One template with its fields
    get "/api/v1/templates/{id}" => templates::read as readTemplate in templates by DocumentsSend,
        "The version in force today, or the one asked for",
        fails { NotFound "no such template or version, or none in force today" };

    /// The PDF that a template's fields would make
    post "/api/v1/templates/{id}/preview" => templates::preview as previewTemplate in templates by DocumentsSend,
        "The PDF; nothing is kept",
        fails {
            NotFound "no such template or version, or none in force today",
            TemplateFields "`detail` names the fields that are missing, unknown, too long, malformed or can't be printed",
            Unavailable "repeat after `Retry-After`",
        };

    /// Book a telemedicine consultation: its patient is asked for the consent by SMS
    ///
    /// Nothing is kept of what is refused.
    post "/api/v1/consultations" => consultations::create::create
        as createConsultation in consultations by DocumentsSend, "Booked",
        fails { TooLarge "a file over 25 MiB, or a body of JSON over 8 MiB", Policy, TemplateFields };

    /// Whether a consultation may begin
    get "/api/v1/consultations/{id}" => consultations::read::read as readConsultation in consultations by DocumentsRead,
        "The consultation";

    /// Cancel a consultation, with or without a consent
    post "/api/v1/consultations/{id}/cancel" => consultations::cancel::cancel
        as cancelConsultation in consultations by DocumentsSend,
        "Cancelled", fails { InvalidState };

    /// Give a consultation another beginning
    post "/api/v1/consultations/{id}/reschedule" => consultations::reschedule::reschedule
        as rescheduleConsultation in consultations by DocumentsSend, "Rescheduled",
        fails { InvalidState, Invalid "a beginning that has passed, or is over a year ahead" };

    /// Who signs for the clinic with a personal certificate
    get "/api/v1/clinic-signers" => clinic_signers::list
        as listClinicSigners in clinic by Settings, "All of them, oldest first";

    /// Add a medic by SNILS, by certificate, or both
    post "/api/v1/clinic-signers" => clinic_signers::add
        as addClinicSigner in clinic by Settings, "Added, or there before";

    /// Take a person off the list: signs nothing new. Repeating is harmless
    delete "/api/v1/clinic-signers/{id}" => clinic_signers::remove
        as removeClinicSigner in clinic by Settings, "Removed";

    /// What the clinic has chosen about notices
    get "/api/v1/settings" => settings::read as readSettings in settings by any_role, "The settings in force";

    /// Choose when people are told again of documents that wait
    ///
    /// For documents sent from then on. What is left out is as usual again.
    put "/api/v1/settings" => settings::put as putSettings in settings by Settings, "The settings in force";

    /// The clinic's look
    get "/api/v1/branding" => branding::read as readBranding in branding by any_role, "The look, or the defaults";

    /// Set the clinic's look
    ///
    /// The whole look: what is absent is not shown. Repeating it changes nothing.
    put "/api/v1/branding" => branding::put as putBranding in branding by Settings, "The look as it is shown";

    /// A page that shows the look
    get "/api/v1/branding/preview" => branding::preview
        as previewBranding in branding by Settings, "HTML that loads nothing";

    /// A page that shows a look before it is stored
    post "/api/v1/branding/preview" => branding::preview_of as previewNewBranding in branding by Settings,
        "HTML that loads nothing";

    /// A month's account
    get "/api/v1/usage" => usage::read as readUsage in usage by Usage, "The month by line";

    /// What a month's account is made of
    get "/api/v1/usage/rows" => usage::rows::read
        as listUsageRows in usage by Usage, "A page of rows; as CSV all of them";

    /// Everything of the clinic as a ZIP archive, in parts (docs/export.md)
    get "/api/v1/export" => export::read as export in export by Export,
        "One part: documents with their files, the manifest last; with the last documents the journal",
        fails { Unavailable "repeat after `Retry-After`" };

    /// The clinic's events in order
    get "/api/v1/events" => events::list as listEvents in events by Events, "One page";

    /// Where events are pushed
    get "/api/v1/webhook" => webhook::read as readWebhook in events by Webhooks, "The webhook, without its secret",
        fails { NotFound "there is none" };

    /// Sets or changes the webhook
    put "/api/v1/webhook" => webhook::put as putWebhook in events by Webhooks,
        "The webhook with its secret, which stays when it is changed",
        fails { Invalid "the address is not https and public, or there is no such type", Unavailable };

    /// Removes the webhook; what was not delivered is given up
    delete "/api/v1/webhook" => webhook::remove as deleteWebhook in events by Webhooks, "There is none any more";

    /// A new secret; the old one signs too for a while
    post "/api/v1/webhook/rotate" => webhook::rotate as rotateWebhookSecret in events by Webhooks, "The new secret",
        fails { NotFound "there is no webhook", Unavailable };

    /// Pushed events with every attempt, newest first
    get "/api/v1/webhook/deliveries" => webhook::deliveries::list as webhookDeliveries in events by Webhooks, "A page";

    /// Sends an event again at once
    post "/api/v1/webhook/deliveries/{id}/replay" => webhook::deliveries::replay
        as replayWebhookDelivery in events by Webhooks,
        "Queued", fails { InvalidState "there is no webhook, or it is disabled", TooLarge };

    /// The clinic's staff, in the order of invitation
    get "/api/v1/staff" => staff::list as listStaff in staff by Staff, "One page";

    /// Invite somebody to the clinic's staff
    ///
    /// By a letter with a link that works for 7 days.
    post "/api/v1/staff" => staff::add as inviteStaff in staff by Staff, "Invited",
        fails { StaffExists, Invalid "`detail` names the field; or there are too many" };

    /// Give a member of the staff another role
    ///
    /// Their sessions end.
    put "/api/v1/staff/{id}" => staff::put as putStaff in staff by Staff, "The member with the role in force",
        fails { LastHead };

    /// Remove a member of the staff: signed out at once
    delete "/api/v1/staff/{id}" => staff::remove as deleteStaff in staff by Staff, "Removed", fails { LastHead };

    /// Send the invitation again
    ///
    /// To who has accepted it: the way to a new second factor, the phone being lost. Earlier letters open nothing any more.
    post "/api/v1/staff/{id}/invite" => staff::invite_again as inviteStaffAgain in staff by Staff, "Queued",
        fails { TooMany "a minute has not passed since the last letter; or over the rate limit" };

    /// API keys that work
    get "/api/v1/keys" => keys::list as listKeys in keys by Keys, "All of them, oldest first";

    /// Make an API key
    ///
    /// It is shown once, and may everything that the clinic may.
    post "/api/v1/keys" => keys::add as makeKey in keys by Keys, "Made",
        fails { Invalid "the label, or there are too many keys" };

    /// Revoke an API key; repeating is harmless
    ///
    /// Any of the clinic's, the one that asks too.
    delete "/api/v1/keys/{id}" => keys::remove as deleteKey in keys by Keys, "Revoked";

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
    get "/api/v1/operator/revocation-lists" => signing_authorities::lists
        as listRevocationLists in operator by operator,
        "The newest 200";

    /// Bring a list of revoked certificates as its authority publishes it
    post "/api/v1/operator/revocation-lists" => signing_authorities::add_list
        as addRevocationList in operator by operator,
        "Kept, or there before";
}
