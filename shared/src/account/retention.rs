//! What must be kept after an account was closed, until when, and by which law: data, as of [`VERSION`].
//!
//! A clinic's documents stay the clinic's: whoever closes an account takes back what the account itself knew of them.

use crate::document::Kind;
use crate::time::Timestamp;
use crate::wire::account::Kept;

/// Changes with every change of the table.
pub const VERSION: &str = "2026-11-2";

/// From when a term runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runs {
    /// From the signature.
    Signed,
    /// From the end of what was signed: its withdrawal; where no end is known, the day on which the account is closed.
    Ended,
    /// Until the last of the documents that rest on it may go.
    WithTheLast,
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Term {
    /// Kinds of documents.
    pub kinds: &'static [Kind],
    /// What they are called in the answer.
    pub what: &'static str,
    /// How many years.
    pub years: i32,
    /// From when.
    pub runs: Runs,
    /// Act and article.
    pub law: &'static str,
}

/// Terms of signed documents; every kind stands in one row.
pub const TERMS: &[Term] = &[
    Term {
        kinds: &[
            Kind::Ids,
            Kind::Refusal,
            Kind::TelemedConsent,
            Kind::SecrecyDisclosure,
            Kind::MedicalRecordOut,
        ],
        what: "Подписанные медицинские документы: согласия, отказы",
        years: 25,
        runs: Runs::Signed,
        law: "приказ Минздрава от 03.08.2023 № 408; 323-ФЗ ст. 22, ст. 79 ч. 1 п. 12",
    },
    Term {
        kinds: &[Kind::PdConsent, Kind::MarketingConsent],
        what: "Согласия на обработку персональных данных и на рекламу",
        years: 3,
        runs: Runs::Ended,
        law: "приказ Росархива от 20.12.2019 № 236; 152-ФЗ ст. 9 ч. 3",
    },
    Term {
        kinds: &[
            Kind::PaidContract,
            Kind::Addendum,
            Kind::RecordsRequest,
            Kind::Other,
        ],
        what: "Подписанные договоры, приложения и другие документы",
        years: 5,
        runs: Runs::Ended,
        law: "приказ Росархива от 20.12.2019 № 236; ГК РФ ст. 196",
    },
    Term {
        kinds: &[Kind::UserAgreement, Kind::EdoAgreement],
        what: "Принятые соглашения, на которых держатся подписи",
        years: 5,
        runs: Runs::WithTheLast,
        law: "63-ФЗ ст. 6 ч. 2, ст. 9 ч. 2; приказ Росархива от 20.12.2019 № 236",
    },
];

/// Documents that nobody signed: the limitation of actions, from the day on which the account is closed.
const UNSIGNED: (&str, i32, &str) = (
    "Неподписанные документы и сообщения о них: их хранит клиника",
    3,
    "ГК РФ ст. 196; 152-ФЗ ст. 6 ч. 3",
);

/// What proves signatures: as long as the documents.
const EVIDENCE: (&str, &str) = (
    "Доказательства подписей: записи журнала, сообщения, которые вам отправили",
    "63-ФЗ ст. 6 ч. 2, ст. 9; ГК РФ ст. 196",
);

/// That the account was closed, and what was deleted.
const ERASURE: (&str, i32, &str) = (
    "Запись о том, что и когда удалено",
    3,
    "приказ Роскомнадзора от 28.10.2022 № 179, п. 8; 152-ФЗ ст. 21 ч. 7",
);

/// A document of the account.
#[derive(Clone, Copy, Debug)]
pub struct Item {
    /// Its kind.
    pub kind: Kind,
    /// When a person signed it, or when it came already signed; `None`: nobody has.
    pub signed_at: Option<Timestamp>,
    /// When it was withdrawn.
    pub ended_at: Option<Timestamp>,
}

/// What stays of an account that is closed at a moment.
pub fn kept(items: &[Item], closed: Timestamp) -> Vec<Kept> {
    let signed: Vec<(&Term, Timestamp)> = items
        .iter()
        .filter_map(|item| Some((term(item.kind), item.signed_at?, item.ended_at)))
        .map(|(term, signed, ended)| (term, end(term, signed, ended, closed)))
        .collect();
    let last = signed.iter().map(|(_, until)| *until).max();
    let mut kept: Vec<Kept> = TERMS
        .iter()
        .filter_map(|term| {
            let own = signed.iter().filter(|(of, _)| std::ptr::eq(*of, term));
            let until = own.clone().map(|(_, until)| *until).max()?;
            let until = match term.runs {
                Runs::WithTheLast => last.map_or(until, |last| last.max(until)),
                Runs::Signed | Runs::Ended => until,
            };
            Some(row(term.what, own.count(), until, term.law))
        })
        .collect();
    if let Some(last) = last {
        kept.push(row(EVIDENCE.0, signed.len(), last, EVIDENCE.1));
    }
    let unsigned = items.iter().filter(|item| item.signed_at.is_none()).count();
    if unsigned > 0 {
        let until = years_after(closed, UNSIGNED.1);
        kept.push(row(UNSIGNED.0, unsigned, until, UNSIGNED.2));
    }
    let until = years_after(closed, ERASURE.1);
    kept.push(row(ERASURE.0, 1, until, ERASURE.2));
    kept
}

/// The row of a kind. Every kind has one, as a test shows; the longest term would count else.
fn term(kind: Kind) -> &'static Term {
    let found = TERMS.iter().find(|term| term.kinds.contains(&kind));
    found.unwrap_or(&TERMS[0])
}

fn end(term: &Term, signed: Timestamp, ended: Option<Timestamp>, closed: Timestamp) -> Timestamp {
    let from = match term.runs {
        Runs::Signed => signed,
        Runs::Ended | Runs::WithTheLast => ended.unwrap_or(closed),
    };
    years_after(from, term.years)
}

/// The same moment so many years later; of 29 February the next day.
fn years_after(at: Timestamp, years: i32) -> Timestamp {
    let from = at.at();
    let year = from.year() + years;
    let later = from.replace_year(year).or_else(|_| {
        let next = from + time::Duration::DAY;
        next.replace_year(year)
    });
    later.map_or(Timestamp::MAX, |later| {
        Timestamp::from_unix(later.unix_timestamp())
    })
}

fn row(what: &str, count: usize, until: Timestamp, law: &str) -> Kept {
    let (year, month, day) = until.moscow_date();
    Kept {
        what: what.into(),
        count: u32::try_from(count).unwrap_or(u32::MAX),
        until: format!("{year:04}-{month:02}-{day:02}"),
        law: law.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    fn item(kind: Kind, signed: Option<&str>, ended: Option<&str>) -> Item {
        Item {
            kind,
            signed_at: signed.map(at),
            ended_at: ended.map(at),
        }
    }

    fn lines(items: &[Item]) -> Vec<(u32, String)> {
        let kept = kept(items, at("2026-12-01T09:00:00Z"));
        kept.into_iter().map(|k| (k.count, k.until)).collect()
    }

    #[test]
    fn every_kind_has_one_term() {
        for kind in Kind::ALL {
            let rows = TERMS.iter().filter(|term| term.kinds.contains(kind));
            assert_eq!(rows.count(), 1, "{}", kind.as_str());
        }
    }

    #[test]
    fn an_empty_account_leaves_the_record_of_its_end() {
        assert_eq!(lines(&[]), [(1, "2029-12-01".to_owned())]);
    }

    #[test]
    fn terms_run_from_signature_or_end() {
        let signed = Some("2026-02-01T09:00:00Z");
        let expected = [
            (2, "2051-02-01".to_owned()),
            (1, "2029-03-05".to_owned()),
            (1, "2031-12-01".to_owned()),
            // The agreement and the proofs: as long as the longest of what rests on them.
            (1, "2051-02-01".to_owned()),
            (5, "2051-02-01".to_owned()),
            (1, "2029-12-01".to_owned()),
            (1, "2029-12-01".to_owned()),
        ];
        let items = [
            item(Kind::Ids, Some("2020-01-01T00:00:00Z"), None),
            item(Kind::Refusal, signed, None),
            item(Kind::MarketingConsent, signed, Some("2026-03-05T00:00:00Z")),
            item(Kind::PaidContract, signed, None),
            item(Kind::UserAgreement, signed, None),
            item(Kind::Other, None, None),
        ];
        assert_eq!(lines(&items), expected);
    }

    #[test]
    fn leap_days() {
        let leap = at("2024-02-29T12:00:00Z");
        assert_eq!(years_after(leap, 4), at("2028-02-29T12:00:00Z"));
        assert_eq!(years_after(leap, 25), at("2049-03-01T12:00:00Z"));
    }
}
