//! The top of the report: verdict, headline, facts. Never more than the checks bear.

use crate::case::{self, Case, Stop};
use crate::report::{Check, CheckId, FORMAT, Fact, LaterEvent, Outcome, Report, Verdict};
use crate::{Input, clinic, code};
use podpis_evidence::Capacity;

/// What the other checks say of a file that can't be read.
pub(crate) const NOT_READ: &str = "Не проверено: файл не удалось прочитать.";

/// What the other checks say of a file without a seal.
pub(crate) const NO_SEAL: &str = "Не проверено: печати оператора нет, поэтому сравнивать не с чем.";

/// The report of a file in which there is nothing to look at in detail.
pub(crate) fn stopped(input: &Input<'_>, stop: Stop) -> Report {
    let given = |id| stop.checks.iter().find(|check| check.id == id).cloned();
    let checks: Vec<Check> = CheckId::ALL
        .into_iter()
        .filter(|id| !id.is_of_code() && !id.is_of_final())
        .map(|id| match (given(id), id) {
            (Some(check), _) => check,
            (None, CheckId::Qualified) => clinic::qualified(),
            (None, _) => Check::unchecked(id, stop.rest),
        })
        .collect();
    let verdict = Verdict::of(&checks);
    let lead = match verdict {
        Verdict::Invalid => failures(&checks),
        _ => "Здесь проверяются только документы, подписанные через Podpis.".into(),
    };
    Report {
        format: FORMAT.into(),
        verdict,
        headline: stop.headline.into(),
        lead,
        // Whose file it is, nothing in it says.
        sandbox: false,
        checked_at: input.now,
        facts: Vec::new(),
        checks,
        later: Vec::new(),
    }
}

/// The report of a sealed file.
pub(crate) fn whole(
    case: &Case<'_>,
    level: &str,
    checks: Vec<Check>,
    mut later: Vec<LaterEvent>,
) -> Report {
    let verdict = Verdict::of(&checks);
    let sandbox = case.evidence.bundle.operator.sandbox
        || case.input.trust.is_some_and(|trust| trust.sandbox);
    later.sort_by_key(|event| event.at);
    Report {
        format: FORMAT.into(),
        verdict,
        headline: headline(verdict, sandbox).into(),
        lead: lead(case, verdict, &checks),
        sandbox,
        checked_at: case.input.now,
        facts: facts(case, level),
        checks,
        later,
    }
}

fn headline(verdict: Verdict, sandbox: bool) -> &'static str {
    match (verdict, sandbox) {
        (Verdict::Valid, false) => "Подпись подтверждена, документ не изменён",
        (Verdict::Valid, true) => "Учебный документ: проверки пройдены, юридической силы нет",
        (Verdict::Invalid, _) => "Проверка не пройдена: этому файлу нельзя верить",
        (Verdict::Incomplete, _) => "Проверено не всё: для вывода не хватает сведений",
    }
}

fn lead(case: &Case<'_>, verdict: Verdict, checks: &[Check]) -> String {
    match verdict {
        Verdict::Valid if code::is_used(&case.evidence) => format!(
            "Файл тот самый, который запечатал оператор «{}». Кто ввёл код подписания, известно только по записям оператора: \
             они полны, сходятся между собой и с этим файлом.",
            case.evidence.bundle.operator.name
        ),
        Verdict::Valid => format!(
            "Файл тот самый, который запечатал оператор «{}»; вход подписавшего подтверждён подписью Госуслуг, записи \
             журнала на месте.",
            case.evidence.bundle.operator.name
        ),
        Verdict::Invalid => failures(checks),
        Verdict::Incomplete => {
            let open = checks
                .iter()
                .filter(|check| check.required && check.result == Outcome::Unchecked);
            format!(
                "Ничего плохого не найдено, но не проверено: {}.",
                titles(open)
            )
        }
    }
}

fn failures(checks: &[Check]) -> String {
    let failed = checks.iter().filter(|check| check.result == Outcome::Fail);
    format!("Не сошлось: {}.", titles(failed))
}

fn titles<'a>(checks: impl Iterator<Item = &'a Check>) -> String {
    checks
        .map(|check| format!("«{}»", check.title))
        .collect::<Vec<_>>()
        .join(", ")
}

/// Who, what, when and how, by the bundle.
fn facts(case: &Case<'_>, level: &str) -> Vec<Fact> {
    let bundle = &case.evidence.bundle;
    let mut facts = vec![
        Fact::new("Документ", &bundle.document.title),
        Fact::new("Вид", bundle.document.kind.label()),
        Fact::new("Страниц", bundle.document.pages),
        Fact::new(
            "Клиника",
            format!("{}, ИНН {}", bundle.clinic.name, bundle.clinic.inn),
        ),
    ];
    if let Some(signature) = case.evidence.patient() {
        let person = &signature.signer;
        facts.push(Fact::new(
            "Подписал",
            case::with_birth_date(&person.name, person.birth_date),
        ));
        if let Capacity::Representative {
            patient,
            patient_birth_date,
            basis,
            patient_age,
            ..
        } = &signature.capacity
        {
            facts.push(Fact::new(
                "За пациента",
                case::with_birth_date(patient, *patient_birth_date),
            ));
            if let Some(age) = patient_age {
                facts.push(Fact::new("Полных лет пациенту", age));
            }
            facts.push(Fact::new("Основание", basis));
        }
        facts.push(Fact::new("Когда", signature.signed_at.moscow()));
        facts.push(Fact::new("Как", signature.method.label()));
        if code::is_acceptance(&case.evidence) || code::is_made_by_accepting(&case.evidence) {
            facts.push(Fact::new(
                "Что это значит",
                "принята публичная оферта клиники",
            ));
        }
        facts.push(Fact::new(
            "По какому закону",
            signature.policy.basis.join("; "),
        ));
    }
    facts.push(Fact::new("Оператор", &bundle.operator.name));
    facts.push(Fact::new("Уровень печати", level));
    facts
}
