//! What a page offers for a document, and why the rest is not there.

use super::{Agreement, Question, Refusal, Table, decide};
use crate::document::Method;
use crate::person::Birthday;
use serde::{Deserialize, Serialize};

/// A way of signing, as a page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Way {
    /// Which.
    pub method: Method,
    /// The person may sign so now.
    pub offered: bool,
    /// Why not, where it is not offered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<WayRefusal>,
    /// It rests on an agreement on electronic documents, and nothing else stands against it. Not offered: the agreement
    /// is what is missing, so the page offers it first.
    pub needs_agreement: bool,
}

/// Why a way is not offered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WayRefusal {
    /// Rule: `R0`, `R1`, `R3`, `R6`; `asked` where only the clinic has asked for another way.
    pub rule: String,
    /// Article; absent with `asked`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub law: Option<String>,
    /// For the person, in Russian.
    pub sentence: String,
}

/// Whether a document that was sent to be signed in one way may be signed in another: ESIA is stronger than any code.
pub fn accepts(asked: Method, by: Method) -> bool {
    asked == by || by == Method::Esia
}

/// An age that no limit of the table is about, in years.
const GROWN_UP: i32 = 40;

/// The question before somebody signs in at ESIA whose date of birth nobody knows: asked as for a grown-up, since ESIA will tell.
/// It decides what a page offers and no more: whoever lets the person sign asks again with what ESIA has told.
pub fn before_esia(q: Question) -> Question {
    let (year, month, _) = q.today;
    let grown_up = Birthday::parse(&format!("{:04}-{month:02}-01", year - GROWN_UP));
    Question {
        method: Method::Esia,
        patient_born: q.patient_born.or(grown_up),
        ..q
    }
}

/// Every way that a person may think of, for a document that was sent to be signed by `q.method`.
///
/// A code from an e-mail stands there only where it was asked for.
pub fn ways(table: &Table, q: Question) -> Vec<Way> {
    let thought_of = |method: &&Method| **method != Method::Email || q.method == Method::Email;
    let all = Method::ALL.iter().filter(thought_of);
    all.map(|method| way(table, q, *method)).collect()
}

fn way(table: &Table, q: Question, method: Method) -> Way {
    let asked = q.method;
    let q = Question { method, ..q };
    let by_law = decide(
        table,
        Question {
            agreement: Agreement::Valid,
            ..q
        },
    );
    // The law's own word comes first, also on a way that the clinic did not ask for.
    let refusal = match (&by_law, accepts(asked, method)) {
        (Err(refusal), _) => Some(refusal.clone().into()),
        (Ok(_), false) => Some(not_asked(asked)),
        (Ok(_), true) => decide(table, q).err().map(WayRefusal::from),
    };
    Way {
        method,
        offered: refusal.is_none(),
        refusal,
        needs_agreement: accepts(asked, method) && by_law.is_ok_and(|row| row.needs_agreement),
    }
}

fn not_asked(asked: Method) -> WayRefusal {
    let how = match asked {
        Method::Esia => "через Госуслуги",
        Method::Sms => "кодом из СМС или через Госуслуги",
        Method::Email => "кодом из письма или через Госуслуги",
    };
    WayRefusal {
        rule: "asked".into(),
        law: None,
        sentence: format!("Клиника просит подписать этот документ {how}."),
    }
}

impl From<Refusal> for WayRefusal {
    fn from(refusal: Refusal) -> Self {
        Self {
            rule: refusal.rule.into(),
            law: Some(refusal.law),
            sentence: refusal.to_signer,
        }
    }
}

#[cfg(test)]
mod tests;
