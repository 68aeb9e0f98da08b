//! What a clinic pays for: what is counted, in which month, at what price. All sums are whole kopecks.

mod month;
mod statement;
mod tariff;

pub use month::Month;
pub use statement::{Counted, Line, Statement};
pub use tariff::{PRICE_MAX, Schedule, Tariff, TariffError};

use crate::document::{Kind, named};
use serde::{Deserialize, Serialize};

named! {
    /// What is counted.
    #[cfg_attr(feature = "schema", schemars(rename = "UsageItem"))]
    Item {
        /// A document that the patient or a representative signed, whatever the kind, but for those with an item of their own.
        DocumentSigned = "document_signed",
        /// A part of an SMS that a gateway took.
        SmsPart = "sms_part",
        /// A signed consent to a telemedicine consultation.
        TelemedConsent = "telemed_consent",
        /// An agreement that a patient accepted or signed: what codes and electronic documents rest on.
        Agreement = "agreement",
        /// A document taken into storage.
        Storage = "storage",
        /// The clinic's connection, once.
        Connection = "connection",
    }
}

impl Item {
    /// As what the signing of a document counts.
    pub const fn of_signed(kind: Kind) -> Self {
        match kind {
            Kind::TelemedConsent => Self::TelemedConsent,
            Kind::UserAgreement | Kind::EdoAgreement => Self::Agreement,
            _ => Self::DocumentSigned,
        }
    }

    /// What an account calls it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::DocumentSigned => "Подписание документа пациентом",
            Self::SmsPart => "СМС, за часть сообщения",
            Self::TelemedConsent => "Согласие на телемедицинскую консультацию",
            Self::Agreement => "Принятие соглашения пациентом",
            Self::Storage => "Хранение документа",
            Self::Connection => "Подключение клиники",
        }
    }
}
