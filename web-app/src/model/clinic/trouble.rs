//! What went wrong with a request of the console, and what follows from it.

use podpis_shared::problem::Problem;
use podpis_shared::wire::account::Ended;

use super::passkey::NoPasskey;

/// Why a request did not work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Trouble {
    /// What happened.
    pub(crate) what: What,
    /// The server's own sentence; empty where there is none.
    pub(crate) detail: String,
    /// Rule of the policy, where it was the policy that refused.
    pub(crate) rule: Option<String>,
    /// Its article.
    pub(crate) law: Option<String>,
    /// Why nobody is signed in any more, where the server ended the session.
    pub(crate) ended: Option<Ended>,
    /// When to come back, in seconds from now.
    pub(crate) wait_s: Option<u32>,
}

/// The kinds of [`Trouble`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// No answer from the network.
    Offline,
    /// Our own service does not answer.
    Down,
    /// Too many requests.
    TooMany,
    /// Nobody is signed in (any more).
    SignedOut,
    /// The server refused with this code (`podpis_shared::problem::Code`, or a newer one).
    Refused(String),
    /// The browser gave no passkey.
    Passkey(NoPasskey),
    /// Anything else.
    Other,
}

impl Trouble {
    /// Without further facts.
    pub(crate) const fn new(what: What) -> Self {
        Self {
            what,
            detail: String::new(),
            rule: None,
            law: None,
            ended: None,
            wait_s: None,
        }
    }

    /// What an answer other than 2xx means. `body` as it came, `wait_s` of `Retry-After`.
    pub(crate) fn of_answer(status: u16, body: &str, wait_s: Option<u32>) -> Self {
        let Ok(problem) = serde_json::from_str::<Problem>(body) else {
            // A gateway between us and the server speaks no problem+json.
            let what = match status {
                429 => What::TooMany,
                502..=504 => What::Down,
                _ => What::Other,
            };
            return Self {
                wait_s,
                ..Self::new(what)
            };
        };
        let what = match problem.code.as_str() {
            "signed_out" | "unauthorized" => What::SignedOut,
            "too_many_requests" => What::TooMany,
            "unavailable" => What::Down,
            "internal" => What::Other,
            code => What::Refused(code.to_owned()),
        };
        Self {
            what,
            detail: problem.detail,
            rule: problem.rule,
            law: problem.law,
            ended: problem.ended,
            wait_s,
        }
    }

    /// Whether the server refused with this code.
    pub(crate) fn is(&self, code: &str) -> bool {
        matches!(&self.what, What::Refused(said) if said == code)
    }

    /// Whether the same request may work a little later without anybody's doing.
    pub(crate) const fn passes(&self) -> bool {
        matches!(self.what, What::Offline | What::Down)
    }

    /// The value of `data-state` where it takes the whole page.
    pub(crate) const fn state(&self) -> &'static str {
        match self.what {
            What::Offline => "offline",
            What::Down => "service-down",
            What::TooMany => "too-many",
            _ => "error",
        }
    }
}

#[cfg(test)]
mod tests {
    use podpis_shared::problem::Code;

    use super::*;

    fn of(code: Code, detail: &str) -> Trouble {
        let body = serde_json::to_string(&Problem::new(code, detail)).unwrap();
        Trouble::of_answer(code.status(), &body, None)
    }

    #[test]
    fn what_matters_to_every_page_is_told_apart() {
        assert_eq!(of(Code::SignedOut, "").what, What::SignedOut);
        assert_eq!(of(Code::TooMany, "").what, What::TooMany);
        assert!(of(Code::Unavailable, "").passes());
        let refused = of(Code::Invalid, "patient.phone: is empty");
        assert!(refused.is("invalid") && !refused.is("policy"));
        assert_eq!(refused.detail, "patient.phone: is empty");
    }

    #[test]
    fn an_answer_that_is_no_problem_goes_by_its_status() {
        for (status, what) in [
            (502, What::Down),
            (503, What::Down),
            (429, What::TooMany),
            (500, What::Other),
            (404, What::Other),
        ] {
            let trouble = Trouble::of_answer(status, "<html>", Some(7));
            assert_eq!((trouble.what, trouble.wait_s), (what, Some(7)), "{status}");
        }
    }
}
