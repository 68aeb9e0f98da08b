//! The state of the page `/verify`: what was given, what came out, what went wrong.

use std::rc::Rc;

use podpis_shared::Timestamp;
use serde::Deserialize;

use super::report::{Check, Kind, Outcome, Report};

/// Larger files than this don't fit a phone's memory twice.
pub(crate) const FILE_MAX: u64 = 100 << 20;

/// All facts of the page.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Case {
    /// Number of the latest check that was asked for.
    asked: u32,
    checking: bool,
    checked: Option<Rc<Checked>>,
    refusal: Option<Refusal>,
}

/// A finished check.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Checked {
    /// The verifier's answer.
    pub(crate) answer: Answer,
    /// The same as text, for saving.
    pub(crate) text: String,
    /// The files that it is about.
    pub(crate) given: Vec<Given>,
    /// How long the verifier worked, in milliseconds.
    pub(crate) ms: f64,
}

/// What `podpis_verifier::check` writes.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct Answer {
    /// Version of the verifier.
    pub(crate) version: String,
    /// The PDF.
    pub(crate) file: FileFacts,
    /// The trust list; `None`: there was none.
    pub(crate) trust: Option<TrustFacts>,
    /// What was found.
    pub(crate) report: Report,
}

/// The PDF.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct FileFacts {
    /// As the person has it.
    pub(crate) name: String,
    /// Bytes.
    pub(crate) size: u64,
    /// Lower-case hex.
    pub(crate) sha256: String,
}

/// The trust list.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct TrustFacts {
    /// `server`, `kept` or `file`.
    pub(crate) from: String,
    /// When it was given.
    pub(crate) as_of: Timestamp,
    /// Whose it is.
    pub(crate) operator: String,
}

/// A file of the case.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct Given {
    /// As the person has it.
    pub(crate) name: String,
    /// Bytes.
    pub(crate) size: u64,
    /// `pdf`, `signature`, `evidence` or `trust`.
    pub(crate) kind: String,
}

/// Why nothing was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The reason.
    pub(crate) reason: Reason,
    /// The file that it is about, when there is one.
    pub(crate) name: String,
}

/// The reasons of a [`Refusal`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// Larger than [`FILE_MAX`].
    TooLarge,
    /// Called a PDF, but none inside.
    NotPdf,
    /// Nothing that the page takes.
    Unknown,
    /// Two files of one kind.
    Several,
    /// Something to add, but no PDF to add it to.
    NoPdf,
    /// The browser could not read it.
    Unreadable,
    /// The verifier itself broke down or did not start.
    Failed,
}

impl Reason {
    const ALL: [Self; 7] = [
        Self::TooLarge,
        Self::NotPdf,
        Self::Unknown,
        Self::Several,
        Self::NoPdf,
        Self::Unreadable,
        Self::Failed,
    ];

    /// The value of `data-state`, and the worker's name for it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::TooLarge => "too-large",
            Self::NotPdf => "not-pdf",
            Self::Unknown => "unknown",
            Self::Several => "several",
            Self::NoPdf => "no-pdf",
            Self::Unreadable => "unreadable",
            Self::Failed => "failed",
        }
    }

    /// By its name; a name that isn't known is a failure.
    pub(crate) fn parse(name: &str) -> Self {
        let known = Self::ALL.into_iter().find(|reason| reason.name() == name);
        known.unwrap_or(Self::Failed)
    }
}

/// Something that happened. Numbers are those of the checks.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    /// The person gave files, and their check has begun.
    Given(u32),
    /// A check is done.
    Checked(u32, Rc<Checked>),
    /// A check was refused, or has failed.
    Refused(u32, Refusal),
    /// The person wants to begin anew.
    Reset,
}

impl Case {
    /// The case after an event. What an older check tells late is not heard.
    pub(crate) fn after(mut self, event: Event) -> Self {
        match event {
            Event::Given(number) => {
                self.asked = number;
                self.checking = true;
                self.refusal = None;
            }
            Event::Checked(number, checked) if number == self.asked && self.checking => {
                self.checking = false;
                self.checked = Some(checked);
            }
            Event::Refused(number, refusal) if number == self.asked && self.checking => {
                self.checking = false;
                // A broken verifier has forgotten its files; any other refusal leaves the case as it was.
                if refusal.reason == Reason::Failed {
                    self.checked = None;
                }
                self.refusal = Some(refusal);
            }
            Event::Checked(..) | Event::Refused(..) => {}
            Event::Reset => {
                self = Self {
                    asked: self.asked,
                    ..Self::default()
                }
            }
        }
        self
    }

    /// The value of `data-state`.
    pub(crate) fn state(&self) -> &'static str {
        match (&self.refusal, &self.checked) {
            _ if self.checking => "checking",
            (Some(refusal), _) => refusal.reason.name(),
            (None, Some(_)) => "done",
            (None, None) => "empty",
        }
    }

    /// A check is under way.
    pub(crate) fn is_checking(&self) -> bool {
        self.checking
    }

    /// The latest result, unless a new check is under way.
    pub(crate) fn checked(&self) -> Option<&Rc<Checked>> {
        self.checked.as_ref().filter(|_| !self.checking)
    }

    /// Why the latest files were not checked.
    pub(crate) fn refusal(&self) -> Option<&Refusal> {
        self.refusal.as_ref()
    }
}

/// The parts of the list of checks, in the order in which they are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Group {
    /// Does not hold.
    Failed,
    /// Needed for a verdict, but could not be checked.
    Missing,
    /// Holds.
    Passed,
    /// What only certified means establish.
    Certified,
    /// There was nothing to check.
    Absent,
}

impl Group {
    /// In the order of the page.
    pub(crate) const ALL: [Self; 5] = [
        Self::Failed,
        Self::Missing,
        Self::Passed,
        Self::Certified,
        Self::Absent,
    ];

    /// Where a check belongs.
    pub(crate) fn of(check: &Check) -> Self {
        match (check.result, check.kind) {
            (Outcome::Fail, _) => Self::Failed,
            (_, Kind::Certified) => Self::Certified,
            (Outcome::Pass, _) => Self::Passed,
            (Outcome::Unchecked, _) if check.required => Self::Missing,
            (Outcome::Unchecked, _) => Self::Absent,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::report::Verdict;

    fn checked(name: &str) -> Rc<Checked> {
        Rc::new(Checked {
            answer: Answer {
                version: "0".into(),
                file: FileFacts {
                    name: name.into(),
                    size: 1,
                    sha256: String::new(),
                },
                trust: None,
                report: Report {
                    verdict: Verdict::Incomplete,
                    headline: String::new(),
                    lead: String::new(),
                    sandbox: false,
                    checked_at: Timestamp::from_unix(0),
                    facts: Vec::new(),
                    checks: Vec::new(),
                    later: Vec::new(),
                },
            },
            text: String::new(),
            given: Vec::new(),
            ms: 1.0,
        })
    }

    fn refusal(reason: Reason) -> Refusal {
        Refusal {
            reason,
            name: "файл".into(),
        }
    }

    fn after(events: impl IntoIterator<Item = Event>) -> Case {
        events.into_iter().fold(Case::default(), Case::after)
    }

    #[test]
    fn from_a_file_to_its_report_and_back() {
        assert_eq!(after([]).state(), "empty");
        let checking = after([Event::Given(1)]);
        assert_eq!(
            (checking.state(), checking.is_checking()),
            ("checking", true)
        );
        let done = checking.after(Event::Checked(1, checked("a")));
        assert_eq!(done.state(), "done");
        assert!(done.checked().is_some());
        let again = done.clone().after(Event::Given(2));
        assert!(
            again.checked().is_none(),
            "an old verdict beside a new file"
        );
        assert_eq!(done.after(Event::Reset).state(), "empty");
    }

    #[test]
    fn what_comes_late_is_not_heard() {
        let case = after([
            Event::Given(1),
            Event::Given(2),
            Event::Checked(1, checked("old")),
        ]);
        assert_eq!(case.state(), "checking");
        let case = case.after(Event::Checked(2, checked("new")));
        assert_eq!(
            case.checked().map(|c| c.answer.file.name.as_str()),
            Some("new")
        );
        let case = case.after(Event::Refused(2, refusal(Reason::Failed)));
        assert_eq!(case.state(), "done");
        let case = case
            .after(Event::Reset)
            .after(Event::Checked(2, checked("new")));
        assert_eq!(case.state(), "empty");
    }

    #[test]
    fn a_wrong_file_leaves_the_report_and_a_breakdown_does_not() {
        let done = [
            Event::Given(1),
            Event::Checked(1, checked("a")),
            Event::Given(2),
        ];
        let wrong = after(done.clone()).after(Event::Refused(2, refusal(Reason::Unknown)));
        assert_eq!(
            (wrong.state(), wrong.checked().is_some()),
            ("unknown", true)
        );
        let broken = after(done).after(Event::Refused(2, refusal(Reason::Failed)));
        assert_eq!(
            (broken.state(), broken.checked().is_some()),
            ("failed", false)
        );
    }

    #[test]
    fn reasons_are_known_by_their_names() {
        for reason in Reason::ALL {
            assert_eq!(Reason::parse(reason.name()), reason);
        }
        assert_eq!(Reason::parse("something new"), Reason::Failed);
    }

    #[test]
    fn nothing_unchecked_stands_among_what_holds() {
        for result in [Outcome::Pass, Outcome::Fail, Outcome::Unchecked] {
            for kind in [Kind::Technical, Kind::Certified] {
                for required in [true, false] {
                    let group = Group::of(&Check {
                        id: String::new(),
                        result,
                        kind,
                        required,
                        title: String::new(),
                        text: String::new(),
                        details: Vec::new(),
                    });
                    assert_eq!(group == Group::Failed, result == Outcome::Fail);
                    assert!(group != Group::Passed || result == Outcome::Pass);
                }
            }
        }
    }
}
