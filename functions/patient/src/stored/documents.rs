//! Tables of documents and of what stands beside them. They are the clinics', who have to keep them; closing an account changes nothing
//! in them but where browsers took messages.

use super::Closing::{self, Emptied, Kept, Passes};
use super::Untold::{Because, Number, Secret, Service, Twice};
use super::{Table, Untold};

/// The clinic's document, for as long as the law says.
const CLINICS: Closing = Kept("the clinic keeps it: shared/src/account/retention.rs");

const FILES: Untold = Because(
    "Сами файлы: оригинал, подписанный документ, итоговый документ и присланные подписи скачиваются со страницы документа.",
);

const EVIDENCE: Untold = Because(
    "Доказательства подписей (что показано, откуда подписано, ответ Госуслуг или сведения о коде) хранятся зашифрованно и \
     скачиваются со страницы документа.",
);

const DETAILS: Untold = Because(
    "Технические подробности подписей клиники (сертификаты, отчёты о проверке) — в доказательствах на странице документа.",
);

/// What clinics and gateways settle with each other, and our own numbers of messages at theirs.
const GATEWAYS: Untold = Service;

pub(super) const TABLES: &[Table] = &[
    Table {
        name: "documents",
        parts: &["documents"],
        told: "id kind title external_id patient representative delivery method parties metadata status sha256 streebog256 size pages \
               created_at expires_at opened_at signed_at completed_at purpose",
        untold: &[
            ("clinic_id position", Number),
            ("original_blob signed_blob", FILES),
        ],
        closing: CLINICS,
    },
    Table {
        name: "document_templates",
        parts: &["documents"],
        told: "template version",
        untold: &[("document_id", Number)],
        closing: CLINICS,
    },
    Table {
        name: "addressees",
        parts: &["documents"],
        told: "",
        untold: &[
            ("document_id", Number),
            ("role kind value created_at", Twice),
        ],
        closing: CLINICS,
    },
    Table {
        name: "blobs",
        parts: &[],
        told: "",
        untold: &[
            ("id", Number),
            ("sha256 streebog256 size pages created_at", Twice),
            ("bytes", FILES),
            ("sealed", Secret),
        ],
        closing: CLINICS,
    },
    Table {
        name: "signed_revisions",
        parts: &[],
        told: "",
        untold: &[
            ("document_id", Number),
            ("level created_at", Twice),
            ("blob", FILES),
        ],
        closing: CLINICS,
    },
    Table {
        name: "signatures",
        parts: &["signatures"],
        told: "document_id party name method on_behalf_of signed_at level",
        untold: &[("id", Number), ("evidence", EVIDENCE)],
        closing: CLINICS,
    },
    Table {
        name: "clinic_signatures",
        parts: &["clinic_signatures"],
        told: "document_id role covers owner_name position organisation issuer certificate_serial signed_at accepted_at",
        untold: &[
            ("id ordinal", Number),
            ("blob", FILES),
            (
                "sha256 der certificate_sha256 valid_from valid_to algorithm level time_evidence report",
                DETAILS,
            ),
        ],
        closing: CLINICS,
    },
    Table {
        name: "final_versions",
        parts: &["final_versions"],
        told: "document_id created_at",
        untold: &[("blob", FILES), ("evidence", EVIDENCE)],
        closing: CLINICS,
    },
    Table {
        name: "kept_signatures",
        parts: &["kept_signatures"],
        told: "document_id facts",
        untold: &[("ordinal", Number)],
        closing: CLINICS,
    },
    Table {
        name: "kept_signature_files",
        parts: &["kept_signature_files"],
        told: "document_id number bytes",
        untold: &[],
        closing: CLINICS,
    },
    Table {
        name: "links",
        parts: &["links"],
        told: "document_id created_at expires_at revoked_at",
        untold: &[("token_hash", Secret)],
        closing: CLINICS,
    },
    Table {
        name: "journal",
        parts: &["history"],
        told: "type document_id at data",
        untold: &[
            ("clinic_id seq id", Number),
            ("public", Service),
            ("leaf_hash", Secret),
        ],
        closing: Kept("append-only; it proves what happened, and names nobody"),
    },
    Table {
        name: "document_packages",
        parts: &["packages"],
        told: "document_id package size told_at",
        untold: &[("clinic_id", Number), ("signer", Secret)],
        closing: CLINICS,
    },
    Table {
        name: "consultations",
        parts: &["consultations"],
        told: "document_id external_id doctor starts_at template template_version sms_before created_at consented_at missed_at \
               declined_at cancelled_at",
        untold: &[("id clinic_id", Number), ("waits", Twice)],
        closing: CLINICS,
    },
    Table {
        name: "outbox",
        parts: &["messages"],
        told: "id document_id channel recipient text status attempts next_at created_at sent_at outcome subject notice first_at \
               settled_at host",
        untold: &[
            ("clinic_id invitation_id reference", Number),
            ("lease", Service),
        ],
        closing: Emptied(
            "that it was sent, and when, stands in the evidence of signatures; where browsers take messages goes",
        ),
    },
    Table {
        name: "outbox_documents",
        parts: &["messages"],
        told: "message_id document_id",
        untold: &[],
        closing: Kept("which documents a message told of, not whom"),
    },
    Table {
        name: "sms_sends",
        parts: &["sms"],
        told: "message_id gateway kind document_id recipient parts status reason created_at asked_at taken_at settled_at",
        untold: &[
            ("clinic_id reference gateway_id", Number),
            (
                "gateway_parts cost cost_kopecks gateway_code next_poll_at polls",
                GATEWAYS,
            ),
        ],
        closing: Passes(
            "the phone after four days; the rest is the clinic's account of what it paid",
        ),
    },
    Table {
        name: "planned_notices",
        parts: &["planned_reminders"],
        told: "document_id kind at",
        untold: &[],
        closing: Kept(
            "the document still waits, and its clinic still reminds of it where it wrote to the person",
        ),
    },
    Table {
        name: "reminders",
        parts: &["reminders"],
        told: "document_id kind at",
        untold: &[],
        closing: CLINICS,
    },
    Table {
        name: "idempotency",
        parts: &[],
        told: "",
        untold: &[
            ("clinic_id key fingerprint status created_at", Service),
            (
                "body",
                Because("Ответы системе клиники на её запросы: в них те же сведения о документах."),
            ),
        ],
        closing: Kept("a repeat of the clinic's request gets the same answer"),
    },
    Table {
        name: "sandbox_messages",
        parts: &[],
        told: "",
        // Of a sandbox, where there are no patients.
        untold: &[
            ("position id", Number),
            ("channel recipient subject text at", Twice),
        ],
        closing: Passes("after 30 days; only a sandbox has them"),
    },
];
