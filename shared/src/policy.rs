//! Which way of signing the law allows for which kind of document.
//!
//! The table is data (`shared/policy/`): each row names its rule and article, and the days on which it holds. The same
//! function decides in the functions and in the pages, at intake and again when the person signs. An operator may
//! override rows: `docs/policy.md`.

mod day;
mod expiry;
mod overrides;
mod row;
mod signer;
mod table;
mod until;
mod ways;

pub use day::Day;
pub use expiry::{Expiry, Term, WARNING_DAYS, expiry};
pub use overrides::TableError;
pub use row::{AgeRow, Bound, Row, SecondSignature, Verdict};
pub use signer::{Acting, Ground};
pub use table::Table;
pub use until::{acts_until, decides_from};
pub use ways::{Way, WayRefusal, accepts, before_esia, ways};

use crate::document::{Delivery, Kind, Method};
use crate::person::Birthday;

/// A refusal: rule, article and a sentence for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Short id of the rule.
    pub rule: &'static str,
    /// Article that it rests on.
    pub law: String,
    /// What is wrong and what to do, in Russian, for the clinic that sends the document.
    pub sentence: String,
    /// Likewise, for the person who is about to sign it.
    pub to_signer: String,
}

/// What allowed a signature; part of its record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowed {
    /// Short id of the row.
    pub rule: String,
    /// Legal basis, one line each, for the protocol page.
    pub basis: Vec<String>,
    /// It rests on an agreement on electronic documents that names the phone.
    pub needs_agreement: bool,
}

/// How it stands with the agreement on electronic documents that a signature by code rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agreement {
    /// Not looked for: at intake, where it may still be made before the person signs.
    NotAsked,
    /// There is none, it has ended, or it does not name this phone.
    Missing,
    /// In force, and it names this phone.
    Valid,
}

/// What is asked of the policy.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    /// Kind of the document.
    pub kind: Kind,
    /// Chosen way of delivery.
    pub delivery: Delivery,
    /// Way of signing.
    pub method: Method,
    /// The patient's date of birth. `None` only where the holder of a verified phone or e-mail, whose name nobody knows,
    /// accepts an offer.
    pub patient_born: Option<Birthday>,
    /// Who signs on the patient's behalf, if anybody.
    pub acting: Option<Acting>,
    /// The agreement on electronic documents.
    pub agreement: Agreement,
    /// The day in Moscow as `(year, month, day)`.
    pub today: (i32, u8, u8),
}

/// Decides whether the document may be signed so.
///
/// # Errors
/// The first rule that forbids it: R0 no row holds today, R1 the method, R6 delivery, R3 who signs, R6 the agreement.
pub fn decide(table: &Table, q: Question) -> Result<Allowed, Refusal> {
    let row = table
        .row(q.kind, q.method, q.today)
        .ok_or_else(|| not_in_force(table, q))?;
    if row.verdict == Verdict::Block {
        return Err(refused("R1", row));
    }
    if q.method != Method::Esia && q.delivery != Delivery::Account {
        return Err(outside_the_account());
    }
    signer::check(table, row, q)?;
    let needs_agreement = row.verdict == Verdict::AllowWithAgreement;
    if needs_agreement && q.agreement == Agreement::Missing {
        return Err(refused("R6", row));
    }
    Ok(Allowed {
        rule: row.id.clone(),
        basis: row.basis.clone(),
        needs_agreement,
    })
}

/// Whether a document that nobody signs here may go to the one whom it is addressed to: the patient, or whoever acts for
/// them. It is the rule of who signs, because whoever may not decide on the care isn't told of it either (323-FZ art. 13,
/// art. 22 part 2).
///
/// # Errors
/// The refusal by R3.
pub fn may_receive(
    table: &Table,
    kind: Kind,
    patient_born: Option<Birthday>,
    acting: Option<Acting>,
    today: (i32, u8, u8),
) -> Result<(), Refusal> {
    signer::check_age(table, kind, patient_born, acting, today)
}

/// R0: every row is of the past or of the future; the nearest one names its act. R1 where there is no row at all.
fn not_in_force(table: &Table, q: Question) -> Refusal {
    let past = table
        .about(q.kind, q.method)
        .filter_map(|row| Some((row, row.valid_until.filter(|day| day.triple() <= q.today)?)))
        .max_by_key(|(_, day)| *day);
    let future = table
        .about(q.kind, q.method)
        .filter_map(|row| Some((row, row.valid_from?)))
        .min_by_key(|(_, day)| *day);
    let (row, what) = match (past, future) {
        (Some((row, until)), _) => (row, format!("перестало действовать {}", until.words())),
        (None, Some((row, from))) => (row, format!("начинает действовать {}", from.words())),
        (None, None) => return no_row(),
    };
    let act = row.act.as_ref().unwrap_or(&row.law);
    Refusal {
        rule: "R0",
        law: act.clone(),
        sentence: format!(
            "Сейчас документ этого вида нельзя подписать так: правило {what} ({act}), другого правила нет. Подписывайте \
             на бумаге и обратитесь к оператору системы."
        ),
        to_signer: format!(
            "Сейчас документ нельзя подписать таким способом: правило {what} ({act}). Позвоните в клинику: подписать \
             можно на бумаге."
        ),
    }
}

fn no_row() -> Refusal {
    Refusal {
        rule: "R1",
        law: "63-ФЗ ст. 6 ч. 2".into(),
        sentence: "Документ этого вида нельзя подписать таким способом.".into(),
        to_signer: "Этот документ нельзя подписать таким способом. Позвоните в клинику.".into(),
    }
}

fn outside_the_account() -> Refusal {
    Refusal {
        rule: "R6",
        law: "63-ФЗ ст. 9 ч. 2".into(),
        sentence: "Подпись кодом из СМС возможна только в личном кабинете, по соглашению об электронном \
                   документообороте."
            .into(),
        to_signer: "Подписать кодом можно только в личном кабинете. Позвоните в клинику: она пришлёт документ туда."
            .into(),
    }
}

fn refused(rule: &'static str, row: &Row) -> Refusal {
    Refusal {
        rule,
        law: row.law.clone(),
        sentence: row.clinic.clone(),
        to_signer: row.signer.clone(),
    }
}

#[cfg(test)]
mod tests;
