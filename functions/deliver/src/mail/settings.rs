//! How this installation sends e-mail: the variables of `docs/email.md`.

use podpis_kit::{Failure, Result, vars};
use std::net::SocketAddr;

/// All of it. No `Debug`: it holds passwords.
pub(crate) struct Settings {
    /// Our address: of the envelope, and in `From`.
    pub(crate) from: String,
    /// Where answers go.
    pub(crate) reply_to: Option<String>,
    /// Address of this installation, without a slash at the end; empty: unknown.
    pub(crate) base_url: String,
    /// The way out; `None`: not configured.
    pub(crate) way: Option<Way>,
}

/// A way out.
pub(crate) enum Way {
    /// A relay.
    Smtp(Relay),
    /// An e-mail service.
    Service(Service),
}

/// A mail relay (submission, RFC 6409).
pub(crate) struct Relay {
    /// Where it listens. An address: components look no names up.
    pub(crate) address: SocketAddr,
    /// The name in its certificate.
    #[cfg_attr(
        not(target_family = "wasm"),
        expect(dead_code, reason = "TLS is there in Wasm only")
    )]
    pub(crate) name: String,
    /// When TLS begins. It always does.
    pub(crate) security: Security,
    /// Our name and password there.
    pub(crate) login: Option<(String, String)>,
    /// Roots of its certificate (PEM); empty: those of browsers.
    #[cfg_attr(
        not(target_family = "wasm"),
        expect(dead_code, reason = "TLS is there in Wasm only")
    )]
    pub(crate) roots: String,
}

/// When TLS begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Security {
    /// By `STARTTLS` (RFC 3207); a relay that does not offer it gets nothing.
    StartTls,
    /// At once (RFC 8314, port 465).
    Implicit,
}

/// An e-mail service over HTTP.
pub(crate) struct Service {
    pub(crate) url: String,
    pub(crate) token: String,
}

impl Settings {
    /// Reads them.
    ///
    /// # Errors
    /// 500 where one is malformed: a mistake of the operator.
    pub(crate) async fn load() -> Result<Self> {
        let reply_to = vars::get("mail_reply_to").await?;
        let way = match relay().await? {
            Some(relay) => Some(Way::Smtp(relay)),
            None => service().await?.map(Way::Service),
        };
        let from = vars::get("mail_from").await?;
        if way.is_some() && !is_address(&from) {
            return Err(malformed("mail_from"));
        }
        if !reply_to.is_empty() && !is_address(&reply_to) {
            return Err(malformed("mail_reply_to"));
        }
        let base_url = vars::get("public_url").await?;
        Ok(Self {
            from,
            reply_to: Some(reply_to).filter(|address| !address.is_empty()),
            base_url: base_url.trim_end_matches('/').to_owned(),
            way,
        })
    }
}

async fn relay() -> Result<Option<Relay>> {
    let Some(url) = vars::address("smtp_url").await? else {
        return Ok(None);
    };
    let address = url.strip_prefix("tcp://").and_then(|a| a.parse().ok());
    let address: SocketAddr = address.ok_or_else(|| malformed("smtp_url"))?;
    let name = vars::get("smtp_name").await?;
    let user = vars::get("smtp_user").await?;
    let password = vars::get("smtp_password").await?;
    Ok(Some(Relay {
        address,
        name: if name.is_empty() {
            address.ip().to_string()
        } else {
            name
        },
        security: match vars::get("smtp_security").await?.as_str() {
            "starttls" => Security::StartTls,
            "tls" => Security::Implicit,
            _ => return Err(malformed("smtp_security")),
        },
        login: (!user.is_empty()).then_some((user, password)),
        roots: vars::get("smtp_roots").await?,
    }))
}

async fn service() -> Result<Option<Service>> {
    let Some(url) = vars::endpoint("mail_service_url", "mail_service_path").await? else {
        return Ok(None);
    };
    let token = vars::get("mail_service_token").await?;
    Ok(Some(Service { url, token }))
}

fn malformed(name: &str) -> Failure {
    Failure::internal("settings", format!("the variable {name} is malformed"))
}

/// Whether an address can stand in an SMTP command and in a header as it is: ASCII, no spaces, quotes or brackets. Others
/// would need SMTPUTF8 (RFC 6531) all the way.
pub(super) fn is_address(text: &str) -> bool {
    let inside = |b: u8| b.is_ascii_graphic() && !br#"<>()[],;:\""#.contains(&b);
    podpis_shared::person::Email::parse(text).is_some() && text.bytes().all(inside)
}

#[cfg(test)]
mod tests {
    use super::is_address;

    #[test]
    fn addresses_that_go_into_commands() {
        for right in ["m@example.ru", "a.b+c@mail.example.ru", "o'neil@example.ru"] {
            assert!(is_address(right), "{right}");
        }
        for wrong in [
            "m@example.ru>\r\nRCPT TO:<x@example.ru",
            "m@example.ru\r\nBcc: x@example.ru",
            "m@example.ru\nx",
            "m x@example.ru",
            "<m@example.ru>",
            "\"m\"@example.ru",
            "m@[127.0.0.1]",
            "почта@example.ru",
            "m@пример.рф",
            "",
        ] {
            assert!(!is_address(wrong), "{wrong}");
        }
    }
}
