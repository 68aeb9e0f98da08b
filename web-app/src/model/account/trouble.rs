//! What went wrong with a request of the account, and what follows from it.

use podpis_shared::problem::{Code, Problem};
use podpis_shared::wire::account::Ended;

/// Why a request did not work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Trouble {
    /// What happened.
    pub(crate) what: What,
    /// When to come back, in seconds from now.
    pub(crate) wait_s: Option<u32>,
    /// How many tries are left, where the server counts them.
    pub(crate) left: Option<u32>,
    /// Why nobody is signed in any more, where the server ended the session.
    pub(crate) ended: Option<Ended>,
}

/// The kinds of [`Trouble`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// No answer from the network.
    Offline,
    /// Our own service does not answer.
    Down,
    /// Too many requests.
    TooMany,
    /// Nobody is signed in (any more).
    SignedOut,
    /// A proof is asked for first.
    Gated,
    /// The server refused, and said why.
    Code(Code),
    /// Anything else.
    Other,
}

impl Trouble {
    /// Without further facts.
    pub(crate) const fn new(what: What) -> Self {
        Self {
            what,
            wait_s: None,
            left: None,
            ended: None,
        }
    }

    /// What an answer other than 2xx means. `body` as it came, `wait_s` of `Retry-After`.
    pub(crate) fn of_answer(status: u16, body: &str, wait_s: Option<u32>) -> Self {
        let problem: Option<Problem> = serde_json::from_str(body).ok();
        let code = problem
            .as_ref()
            .and_then(|problem| Code::parse(&problem.code));
        let what = match (code, status) {
            (Some(Code::SignedOut), _) => What::SignedOut,
            (Some(Code::Gated), _) => What::Gated,
            (Some(Code::TooMany), _) | (None, 429) => What::TooMany,
            // A gateway between us and the server speaks no problem+json.
            (Some(Code::Unavailable), _) | (None, 502..=504) => What::Down,
            (Some(code), _) => What::Code(code),
            _ => What::Other,
        };
        let ended = problem.as_ref().and_then(|problem| problem.ended);
        let detail = problem.map(|problem| problem.detail).unwrap_or_default();
        Self {
            what,
            wait_s,
            left: tries_left(what, &detail),
            ended: ended.filter(|_| what == What::SignedOut),
        }
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

/// The number in the sentence that comes with a refused try: nothing else in it is one.
fn tries_left(what: What, detail: &str) -> Option<u32> {
    let counted = what == What::Code(Code::CodeWrong);
    let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    let mut numbers = detail
        .split(|c: char| !c.is_ascii_digit())
        .filter(|part| !part.is_empty() && digits(part));
    match (counted, numbers.next(), numbers.next()) {
        (true, Some(one), None) => one.parse().ok().filter(|left| *left < 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(code: Code, detail: &str) -> Trouble {
        let body = serde_json::to_string(&Problem::new(code, detail)).unwrap();
        Trouble::of_answer(code.status(), &body, None)
    }

    #[test]
    fn what_matters_to_every_page_is_told_apart() {
        assert_eq!(of(Code::SignedOut, "").what, What::SignedOut);
        assert_eq!(of(Code::Gated, "").what, What::Gated);
        assert_eq!(of(Code::TooMany, "").what, What::TooMany);
        assert_eq!(of(Code::Unavailable, "").what, What::Down);
        assert_eq!(of(Code::NotFound, "").what, What::Code(Code::NotFound));
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

    #[test]
    fn tries_are_read_from_one_number_only() {
        assert_eq!(of(Code::CodeWrong, "Осталось попыток: 3.").left, Some(3));
        assert_eq!(of(Code::CodeWrong, "Код 123456, осталось 3.").left, None);
        assert_eq!(of(Code::CodeWrong, "Код не подошёл.").left, None);
        assert_eq!(of(Code::NotFound, "3").left, None);
    }

    #[test]
    fn why_a_session_is_over_is_read_where_it_is_told() {
        let body = |ended: &str| {
            format!(
                r#"{{"type":"about:blank","title":"","status":401,"detail":"","code":"signed_out"{ended}}}"#
            )
        };
        let of = |ended: &str| Trouble::of_answer(401, &body(ended), None).ended;
        assert_eq!(of(""), None);
        assert_eq!(of(r#","ended":"everywhere""#), Some(Ended::Everywhere));
        assert_eq!(of(r#","ended":"idle""#), Some(Ended::Idle));
        assert_eq!(of(r#","ended":"of_a_later_version""#), Some(Ended::Other));
    }
}
