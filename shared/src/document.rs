//! What a document is: kind, way of delivery and signing, and its states.

use serde::{Deserialize, Serialize};

/// Declares an enum of the contract with its wire names, so that the names stand once.
macro_rules! named {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $text:literal,)+ }) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        $(#[$meta])*
        pub enum $name { $($(#[$vmeta])* #[serde(rename = $text)] $variant,)+ }

        impl $name {
            /// Every value, in the order of the contract.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name on the wire.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// From the name on the wire.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

pub(crate) use named;

named! {
    /// Kind of a document; the policy depends on it.
    Kind {
        /// Informed voluntary consent to an intervention (323-FZ art. 20, order 1051n).
        Ids = "ids",
        /// Refusal of an intervention (323-FZ art. 20 part 3).
        Refusal = "refusal",
        /// Consent to a telemedicine consultation (order 193n).
        TelemedConsent = "telemed_consent",
        /// Consent to disclose what is under medical secrecy (323-FZ art. 13).
        SecrecyDisclosure = "secrecy_disclosure",
        /// Consent to processing of personal data (152-FZ art. 9).
        PdConsent = "pd_consent",
        /// Consent to advertising.
        MarketingConsent = "marketing_consent",
        /// Contract for paid medical services.
        PaidContract = "paid_contract",
        /// Addendum, estimate or act to a contract.
        Addendum = "addendum",
        /// The clinic's user agreement.
        UserAgreement = "user_agreement",
        /// Agreement on electronic documents and simple signatures (63-FZ art. 9 part 2).
        EdoAgreement = "edo_agreement",
        /// Request for copies of medical records.
        RecordsRequest = "records_request",
        /// Extract or report handed out to the patient.
        MedicalRecordOut = "medical_record_out",
        /// Anything else.
        Other = "other",
    }
}

impl Kind {
    /// What a person calls it, nominative, lower case.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Ids => "информированное добровольное согласие",
            Self::Refusal => "отказ от медицинского вмешательства",
            Self::TelemedConsent => "согласие на телемедицинскую консультацию",
            Self::SecrecyDisclosure => "согласие на разглашение врачебной тайны",
            Self::PdConsent => "согласие на обработку персональных данных",
            Self::MarketingConsent => "согласие на рекламные сообщения",
            Self::PaidContract => "договор платных медицинских услуг",
            Self::Addendum => "приложение к договору",
            Self::UserAgreement => "пользовательское соглашение",
            Self::EdoAgreement => "соглашение об электронном документообороте",
            Self::RecordsRequest => "запрос медицинских документов",
            Self::MedicalRecordOut => "медицинский документ для пациента",
            Self::Other => "документ",
        }
    }

    /// The document is complete only with a medical worker's UKEP (323-FZ art. 20 part 7, rule R2).
    pub const fn needs_medic(self) -> bool {
        matches!(
            self,
            Self::Ids | Self::Refusal | Self::TelemedConsent | Self::MedicalRecordOut
        )
    }
}

named! {
    /// How the document reaches the person.
    #[cfg_attr(feature = "schema", schemars(rename = "DeliveryWay"))]
    Delivery {
        /// Personal account, with a notice by e-mail and push.
        Account = "account",
        /// SMS with a unique link.
        Link = "link",
    }
}

named! {
    /// How the person signs.
    Method {
        /// Simple signature whose key was issued by ESIA (Gosuslugi).
        Esia = "esia",
        /// One-time code from an SMS.
        Sms = "sms",
        /// One-time code from an e-mail: only to accept a clinic's user agreement, never asked for by a MIS.
        Email = "email",
    }
}

impl Method {
    /// What the protocol page calls it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Esia => "простая электронная подпись посредством ЕСИА (Госуслуги)",
            Self::Sms => "простая электронная подпись кодом из СМС",
            Self::Email => "простая электронная подпись кодом из письма",
        }
    }
}

named! {
    /// Whose signatures the document needs.
    Parties {
        /// The patient, or a representative.
        Patient = "patient",
        /// The patient and then the clinic.
        PatientAndClinic = "patient_and_clinic",
    }
}

named! {
    /// What a clinic sends a document for.
    #[derive(Default)]
    Purpose {
        /// To be read and signed.
        #[default]
        Signing = "signing",
        /// To be kept: it was signed elsewhere, and nobody signs it here. It is complete as it comes, and has no deadline.
        Keeping = "keeping",
    }
}

impl Purpose {
    /// Whether a document of this purpose may go from one state to another. What is kept can only be taken away again.
    pub const fn allows(self, from: Status, to: Status) -> bool {
        match self {
            Self::Signing => from.may_become(to),
            Self::Keeping => {
                matches!(from, Status::Completed)
                    && matches!(to, Status::Cancelled | Status::Superseded)
            }
        }
    }
}

named! {
    /// State of a document.
    Status {
        /// Accepted and handed to delivery.
        Sent = "sent",
        /// The person's page showed it.
        Opened = "opened",
        /// The person signed; the clinic's signature may still be missing.
        PatientSigned = "patient_signed",
        /// Every needed signature is there.
        Completed = "completed",
        /// The person declined to sign.
        Declined = "declined",
        /// The time to sign ran out.
        Expired = "expired",
        /// The clinic took it back.
        Cancelled = "cancelled",
        /// Another document took its place.
        Superseded = "superseded",
    }
}

impl Status {
    /// The person may still sign or decline.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Sent | Self::Opened)
    }

    /// The clinic wants it unseen: it may have gone to a wrong phone, so a link shows nothing of it any more.
    pub const fn is_withdrawn(self) -> bool {
        matches!(self, Self::Cancelled | Self::Superseded)
    }

    /// The person's signature stands.
    pub const fn is_signed(self) -> bool {
        matches!(self, Self::PatientSigned | Self::Completed)
    }

    /// Whether the state machine has an edge from here to there.
    pub const fn may_become(self, next: Self) -> bool {
        match self {
            Self::Sent => matches!(
                next,
                Self::Opened
                    | Self::PatientSigned
                    | Self::Completed
                    | Self::Declined
                    | Self::Expired
                    | Self::Cancelled
                    | Self::Superseded
            ),
            Self::Opened => matches!(
                next,
                Self::PatientSigned
                    | Self::Completed
                    | Self::Declined
                    | Self::Expired
                    | Self::Cancelled
                    | Self::Superseded
            ),
            Self::PatientSigned => matches!(next, Self::Completed | Self::Superseded),
            Self::Completed => matches!(next, Self::Superseded),
            Self::Declined | Self::Expired | Self::Cancelled | Self::Superseded => false,
        }
    }
}

/// The state right after the person's signature: complete, or waiting for the clinic.
pub const fn status_after_patient(kind: Kind, parties: Parties) -> Status {
    if kind.needs_medic() || matches!(parties, Parties::PatientAndClinic) {
        Status::PatientSigned
    } else {
        Status::Completed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wire_names_round_trip() {
        for kind in Kind::ALL {
            assert_eq!(Kind::parse(kind.as_str()), Some(*kind));
            assert_eq!(
                serde_json::to_string(kind).unwrap(),
                format!("\"{}\"", kind.as_str())
            );
        }
        assert_eq!(Status::parse("signed"), None);
    }

    #[test]
    fn ends_have_no_way_out_and_nothing_is_unsigned_again() {
        for from in Status::ALL {
            for to in Status::ALL {
                if from.may_become(*to) {
                    assert_ne!(from, to);
                    assert!(!matches!(
                        from,
                        Status::Declined | Status::Expired | Status::Cancelled
                    ));
                    assert!(!(from.is_signed() && to.is_open()));
                }
            }
        }
    }

    #[test]
    fn what_is_kept_is_never_opened_to_a_signature() {
        for from in Status::ALL {
            for to in Status::ALL {
                let signing = Purpose::Signing.allows(*from, *to);
                assert_eq!(signing, from.may_become(*to));
                if Purpose::Keeping.allows(*from, *to) {
                    assert!(*from == Status::Completed && to.is_withdrawn());
                }
            }
        }
        assert!(Purpose::Keeping.allows(Status::Completed, Status::Cancelled));
        assert!(!Purpose::Signing.allows(Status::Completed, Status::Cancelled));
    }

    #[test]
    fn medical_consent_waits_for_the_medic() {
        assert_eq!(
            status_after_patient(Kind::Ids, Parties::Patient),
            Status::PatientSigned
        );
        assert_eq!(
            status_after_patient(Kind::PdConsent, Parties::Patient),
            Status::Completed
        );
        assert_eq!(
            status_after_patient(Kind::PdConsent, Parties::PatientAndClinic),
            Status::PatientSigned
        );
    }
}
