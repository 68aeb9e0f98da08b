//! The verifier's report (`podpis-report/1`) as the page reads it; `proof/verify/src/report.rs` explains each member.
//!
//! Types of its own, and not the verifier's: whoever opens the page loads nothing of the verifier's code twice.

use podpis_shared::Timestamp;
use serde::Deserialize;

/// What was found about one file.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct Report {
    pub(crate) verdict: Verdict,
    pub(crate) headline: String,
    pub(crate) lead: String,
    pub(crate) sandbox: bool,
    pub(crate) checked_at: Timestamp,
    pub(crate) facts: Vec<Fact>,
    pub(crate) checks: Vec<Check>,
    pub(crate) later: Vec<LaterEvent>,
}

/// What follows from all checks together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Verdict {
    Valid,
    Invalid,
    Incomplete,
}

/// One check.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct Check {
    /// Its stable name.
    pub(crate) id: String,
    pub(crate) result: Outcome,
    pub(crate) kind: Kind,
    pub(crate) required: bool,
    pub(crate) title: String,
    pub(crate) text: String,
    pub(crate) details: Vec<Fact>,
}

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Outcome {
    Pass,
    Fail,
    Unchecked,
}

/// What a check is worth before the law.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Technical,
    Certified,
}

/// A label and a value.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct Fact {
    pub(crate) label: String,
    pub(crate) value: String,
}

/// Something that happened after the patient's signature.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct LaterEvent {
    pub(crate) at: Option<Timestamp>,
    pub(crate) text: String,
}

impl Report {
    /// How many checks ended in this way.
    pub(crate) fn count(&self, outcome: Outcome) -> usize {
        let ended = self.checks.iter().filter(|check| check.result == outcome);
        ended.count()
    }
}

impl Verdict {
    /// The value of `data-verdict`.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Invalid => "invalid",
            Self::Incomplete => "incomplete",
        }
    }
}

impl Outcome {
    /// The value of `data-result`.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Unchecked => "unchecked",
        }
    }
}

impl Kind {
    /// The value of `data-kind`.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Technical => "technical",
            Self::Certified => "certified",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use podpis_verify as theirs;

    #[test]
    fn the_verifiers_own_report_is_read_whole() {
        let fact = theirs::Fact {
            label: "Что".into(),
            value: "это".into(),
        };
        let outcomes = [
            theirs::Outcome::Pass,
            theirs::Outcome::Fail,
            theirs::Outcome::Unchecked,
        ];
        let check = |(index, id): (usize, theirs::CheckId)| theirs::Check {
            id,
            result: outcomes[index % 3],
            kind: [theirs::Kind::Technical, theirs::Kind::Certified][index % 2],
            required: index % 2 == 0,
            title: id.title().into(),
            text: "Текст".into(),
            details: vec![fact.clone()],
        };
        for verdict in [
            theirs::Verdict::Valid,
            theirs::Verdict::Invalid,
            theirs::Verdict::Incomplete,
        ] {
            let report = theirs::Report {
                format: theirs::report::FORMAT.into(),
                verdict,
                headline: "Итог".into(),
                lead: "Почему".into(),
                sandbox: true,
                checked_at: Timestamp::from_unix(1_790_000_000),
                facts: vec![fact.clone()],
                checks: theirs::CheckId::ALL
                    .into_iter()
                    .enumerate()
                    .map(check)
                    .collect(),
                later: vec![theirs::LaterEvent {
                    at: None,
                    text: "Потом".into(),
                }],
            };
            let read: Report =
                serde_json::from_value(serde_json::to_value(&report).unwrap()).unwrap();
            assert_eq!(read.verdict.name(), verdict.as_str());
            assert_eq!(read.checks.len(), report.checks.len());
            for (ours, theirs) in read.checks.iter().zip(&report.checks) {
                assert_eq!(ours.id, theirs.id.as_str());
                assert_eq!(ours.result.name(), theirs.result.as_str());
                assert_eq!(ours.kind.name(), theirs.kind.as_str());
                assert_eq!(ours.required, theirs.required);
            }
        }
    }
}
