//! Documents, what they are made of, and consultations that wait for one.

use crate::{consultations, documents, journal, templates};

routes! {
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
}
