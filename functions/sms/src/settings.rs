//! What this installation has set for codes.

use crate::gateways::Sum;
use crate::limits::Limits;
use podpis_kit::{Failure, Result, vars};

/// The variables of this function that codes depend on.
pub(crate) struct Settings {
    /// Who sends codes, as the texts name it.
    pub(crate) service: String,
    /// Host of the pages; `None` in a sandbox that doesn't know.
    host: Option<String>,
    /// How phones begin that may get a code.
    prefixes: Vec<String>,
    pub(crate) limits: Limits,
}

impl Settings {
    /// Reads the variables.
    ///
    /// # Errors
    /// 500 where one of them is malformed: a mistake of the operator.
    pub(crate) async fn load() -> Result<Self> {
        let sandbox = vars::sandbox().await?;
        let limits = Limits::parse(&vars::get("code_limits").await?, sandbox);
        let limits = limits.map_err(|part| malformed("code_limits", &part))?;
        let url = vars::get("public_url").await?;
        let host = if url.is_empty() {
            None
        } else {
            let host = host_of(&url).ok_or_else(|| malformed("public_url", &url))?;
            Some(host.to_owned())
        };
        if host.is_none() && !sandbox {
            return Err(malformed("public_url", "it is empty"));
        }
        let prefixes = vars::get("sms_prefixes").await?;
        Ok(Self {
            service: vars::get("operator_name").await?,
            host,
            prefixes: prefixes.split_whitespace().map(str::to_owned).collect(),
            limits,
        })
    }

    /// The host that the text names: the installation's own. What the request named counts only where there is no
    /// other: else anybody could have a phone offer our code to a page of theirs.
    pub(crate) fn host<'a>(&'a self, asked: &'a str) -> Option<&'a str> {
        self.host
            .as_deref()
            .or_else(|| is_host(asked).then_some(asked))
    }

    /// Whether a phone may get a code.
    pub(crate) fn allows(&self, phone: &str) -> bool {
        self.prefixes.iter().any(|prefix| phone.starts_with(prefix))
    }
}

/// Below so many kopecks a balance is low: the variable `sms_balance_min`, in rubles.
///
/// # Errors
/// 500 where it is malformed.
pub(crate) async fn low_below() -> Result<i64> {
    let text = vars::get("sms_balance_min").await?;
    let sum = Sum::parse(&text).ok_or_else(|| malformed("sms_balance_min", &text))?;
    Ok(sum.kopecks)
}

fn malformed(variable: &str, what: &str) -> Failure {
    Failure::internal("settings", format!("{variable}: {what}"))
}

/// Host of an address, without its port. Names with other letters stand in it as Punycode.
fn host_of(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    let authority = rest.split('/').next()?;
    let host = authority.split(':').next()?;
    is_host(host).then_some(host)
}

fn is_host(text: &str) -> bool {
    let known = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'.' || b == b'-';
    (1..=253).contains(&text.len()) && text.bytes().all(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(host: Option<&str>, prefixes: &[&str]) -> Settings {
        Settings {
            service: "Podpis".into(),
            host: host.map(str::to_owned),
            prefixes: prefixes.iter().map(|prefix| (*prefix).to_owned()).collect(),
            limits: Limits::parse("", false).unwrap(),
        }
    }

    #[test]
    fn hosts_of_addresses() {
        for (url, host) in [
            ("https://sign.example.ru", Some("sign.example.ru")),
            ("http://localhost:3000", Some("localhost")),
            (
                "https://xn--80ak6aa92e.xn--p1ai/path",
                Some("xn--80ak6aa92e.xn--p1ai"),
            ),
            ("sign.example.ru", None),
            ("https://", None),
            ("https://подпись.рф", None),
            ("https://user@example.ru", None),
        ] {
            assert_eq!(host_of(url), host, "{url}");
        }
    }

    #[test]
    fn nobody_names_another_host_than_ours() {
        let ours = settings(Some("sign.example.ru"), &[]);
        assert_eq!(ours.host("evil.example"), Some("sign.example.ru"));
        let sandbox = settings(None, &[]);
        assert_eq!(sandbox.host("192.168.1.5"), Some("192.168.1.5"));
        for wrong in ["", "a b", "a\n@b", "a#1", "A"] {
            assert_eq!(sandbox.host(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn pumping_goes_abroad() {
        let usual = settings(None, &["+79"]);
        assert!(usual.allows("+79161234567"));
        for other in ["+77011234567", "+74951234567", "+375291234567"] {
            assert!(!usual.allows(other), "{other}");
        }
        assert!(settings(None, &["+79", "+375"]).allows("+375291234567"));
        assert!(
            !settings(None, &[]).allows("+79161234567"),
            "nobody, when nothing is set"
        );
    }
}
