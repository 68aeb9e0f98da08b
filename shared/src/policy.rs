//! Which way of signing the law allows for which kind of document.
//!
//! The table is data: each row names its rule and article. The same function
//! decides in the functions and in the pages, at intake and again when the person signs.

mod signer;

pub use signer::{Acting, COME_OF_AGE, CONSENT_AGE, Ground, TOO_YOUNG};

use crate::document::{Delivery, Kind, Method};
use crate::person::Birthday;

/// Version of the table, written into every signature.
pub const VERSION: &str = "2026-11";

/// A refusal: rule, article and a sentence for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Short id of the rule.
    pub rule: &'static str,
    /// Article that it rests on.
    pub law: &'static str,
    /// What is wrong and what to do, in Russian, for the clinic that sends the document.
    pub sentence: &'static str,
    /// Likewise, for the person who is about to sign it.
    pub to_signer: &'static str,
}

/// What allowed a signature; part of its record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowed {
    /// Short id of the row.
    pub rule: &'static str,
    /// Legal basis, one line each, for the protocol page.
    pub basis: &'static [&'static str],
}

/// What is asked of the policy.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    /// Kind of the document.
    pub kind: Kind,
    /// Chosen way of delivery.
    pub delivery: Delivery,
    /// Chosen way of signing.
    pub method: Method,
    /// The patient's date of birth.
    pub patient_born: Birthday,
    /// Who signs on the patient's behalf, if anybody.
    pub acting: Option<Acting>,
    /// The day in Moscow as `(year, month, day)`.
    pub today: (i32, u8, u8),
}

/// To a person who is about to sign, where only the clinic can go on.
const CALL: &str = "Этот документ нельзя подписать так, как просит клиника. Позвоните в клинику.";

/// Decides whether the document may be signed so.
///
/// # Errors
/// The first rule that forbids it.
pub fn decide(q: Question) -> Result<Allowed, Refusal> {
    if q.kind == Kind::MedicalRecordOut {
        return Err(Refusal {
            rule: "R1",
            law: "947н",
            sentence: "Медицинский документ подписывает медицинский работник, а не пациент.",
            to_signer: CALL,
        });
    }
    if q.method == Method::Sms {
        sms(q)?;
    }
    signer::check(q)?;
    Ok(Allowed {
        rule: row(q.kind).0,
        basis: row(q.kind).1,
    })
}

fn sms(q: Question) -> Result<(), Refusal> {
    if q.kind.needs_medic() || matches!(q.kind, Kind::SecrecyDisclosure | Kind::RecordsRequest) {
        return Err(Refusal {
            rule: "R1",
            law: row(q.kind).2,
            sentence: "Этот документ нельзя подписать кодом из СМС: закон требует подтверждённую учётную запись \
                       Госуслуг или УКЭП.",
            to_signer: CALL,
        });
    }
    if q.delivery != Delivery::Account {
        return Err(Refusal {
            rule: "R6",
            law: "63-ФЗ ст. 9 ч. 2",
            sentence: "Подпись кодом из СМС возможна только в личном кабинете, по соглашению об электронном \
                       документообороте.",
            to_signer: CALL,
        });
    }
    Ok(())
}

/// Row id, lines of the legal basis, article that is cited in a refusal.
const fn row(kind: Kind) -> (&'static str, &'static [&'static str], &'static str) {
    match kind {
        Kind::Ids => (
            "ids-esia",
            &[
                "ч. 7 ст. 20 Федерального закона от 21.11.2011 № 323-ФЗ «Об основах охраны здоровья граждан»",
                "приказ Минздрава России от 12.11.2021 № 1051н",
                "ч. 2 ст. 6, ст. 9 Федерального закона от 06.04.2011 № 63-ФЗ «Об электронной подписи»",
            ],
            "323-ФЗ ст. 20 ч. 7",
        ),
        Kind::Refusal => (
            "refusal-esia",
            &[
                "ч. 3 и 7 ст. 20 Федерального закона от 21.11.2011 № 323-ФЗ «Об основах охраны здоровья граждан»",
                "приказ Минздрава России от 12.11.2021 № 1051н",
                "ч. 2 ст. 6, ст. 9 Федерального закона от 06.04.2011 № 63-ФЗ «Об электронной подписи»",
            ],
            "323-ФЗ ст. 20 ч. 7",
        ),
        Kind::TelemedConsent => (
            "telemed-esia",
            &[
                "ст. 20 и 36.2 Федерального закона от 21.11.2011 № 323-ФЗ «Об основах охраны здоровья граждан»",
                "приказ Минздрава России от 11.04.2025 № 193н",
                "ч. 2 ст. 6, ст. 9 Федерального закона от 06.04.2011 № 63-ФЗ «Об электронной подписи»",
            ],
            "323-ФЗ ст. 36.2",
        ),
        Kind::SecrecyDisclosure => (
            "secrecy-esia",
            &[
                "ч. 3 ст. 13 Федерального закона от 21.11.2011 № 323-ФЗ «Об основах охраны здоровья граждан»",
                "ч. 2 ст. 6, ст. 9 Федерального закона от 06.04.2011 № 63-ФЗ «Об электронной подписи»",
            ],
            "323-ФЗ ст. 13 ч. 3",
        ),
        Kind::RecordsRequest => (
            "records-esia",
            &[
                "ст. 22 Федерального закона от 21.11.2011 № 323-ФЗ «Об основах охраны здоровья граждан»",
                "ч. 2 ст. 6, ст. 9 Федерального закона от 06.04.2011 № 63-ФЗ «Об электронной подписи»",
            ],
            "323-ФЗ ст. 22",
        ),
        Kind::PdConsent | Kind::MarketingConsent => (
            "personal-data",
            &[
                "ст. 9 Федерального закона от 27.07.2006 № 152-ФЗ «О персональных данных»",
                "ч. 2 ст. 6, ст. 9 Федерального закона от 06.04.2011 № 63-ФЗ «Об электронной подписи»",
            ],
            "152-ФЗ ст. 9",
        ),
        Kind::PaidContract
        | Kind::Addendum
        | Kind::UserAgreement
        | Kind::EdoAgreement
        | Kind::MedicalRecordOut
        | Kind::Other => (
            "civil",
            &[
                "п. 1 ст. 160, п. 2 ст. 434 Гражданского кодекса Российской Федерации",
                "ч. 2 ст. 6, ст. 9 Федерального закона от 06.04.2011 № 63-ФЗ «Об электронной подписи»",
            ],
            "63-ФЗ ст. 9",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(kind: Kind, delivery: Delivery, method: Method) -> Result<Allowed, Refusal> {
        let born = Birthday::parse("1985-03-12").unwrap();
        decide(Question {
            kind,
            delivery,
            method,
            patient_born: born,
            acting: None,
            today: (2026, 11, 22),
        })
    }

    #[test]
    fn no_medical_consent_by_sms_in_any_combination() {
        for kind in [
            Kind::Ids,
            Kind::Refusal,
            Kind::TelemedConsent,
            Kind::SecrecyDisclosure,
        ] {
            for delivery in Delivery::ALL {
                assert_eq!(ask(kind, *delivery, Method::Sms).unwrap_err().rule, "R1");
            }
            assert!(ask(kind, Delivery::Link, Method::Esia).is_ok());
        }
    }

    #[test]
    fn sms_only_in_the_account() {
        assert_eq!(
            ask(Kind::PdConsent, Delivery::Link, Method::Sms)
                .unwrap_err()
                .rule,
            "R6"
        );
        assert!(ask(Kind::PdConsent, Delivery::Account, Method::Sms).is_ok());
    }
}
