//! Gateways of SMS: which there are, in which order, and one manner of speaking to all.

mod answer;
mod call;
mod json;
mod money;
mod smsc;
mod smsru;

pub(crate) use answer::{About, Reason, Refused, Sent, Standing, Taken, Then, Word};
use axum::http::HeaderMap;
use json::Json;
pub(crate) use money::Sum;
use podpis_kit::{Failure, Result, random, vars};
use podpis_shared::{Sensitive, Timestamp};
use smsc::Smsc;
use smsru::SmsRu;

/// Hosts under this name exist nowhere (RFC 2606): the manifest's defaults.
const NOWHERE: &str = ".invalid";

/// A gateway that is set.
#[derive(Debug)]
pub(crate) enum Gateway {
    Smsc(Smsc),
    SmsRu(SmsRu),
    Json(Json),
}

/// A message as a gateway gets it. No `Debug`: it names a person's phone.
pub(crate) struct Errand<'a> {
    /// Our name for it there.
    pub(crate) reference: &'a str,
    /// E.164.
    pub(crate) to: &'a str,
    pub(crate) text: &'a str,
    pub(crate) parts: u32,
}

/// The gateways of the variable `sms_gateways`, the first one first; none where it is empty.
///
/// # Errors
/// 500 for a name that is none, or a gateway that is not set: mistakes of the operator.
pub(crate) async fn configured() -> Result<Vec<Gateway>> {
    let mut gateways: Vec<Gateway> = Vec::new();
    for name in vars::get("sms_gateways").await?.split_whitespace() {
        if gateways.iter().any(|gateway| gateway.name() == name) {
            return Err(malformed(name, "it stands twice in sms_gateways"));
        }
        gateways.push(Gateway::load(name).await?);
    }
    Ok(gateways)
}

impl Gateway {
    async fn load(name: &str) -> Result<Self> {
        Ok(match name {
            "smsc" => Self::Smsc(Smsc {
                url: host("smsc_url").await?,
                login: secret("smsc_login").await?,
                password: needed("smsc_password").await?,
                sender: vars::get("smsc_sender").await?,
                secret: secret("smsc_receipt_secret").await?,
            }),
            "smsru" => Self::SmsRu(SmsRu {
                url: host("smsru_url").await?,
                api_id: needed("smsru_api_id").await?,
                sender: vars::get("smsru_sender").await?,
            }),
            "json" => {
                let path = vars::get("sms_json_path").await?;
                Self::Json(Json {
                    url: format!(
                        "{}{}",
                        host("sms_json_url").await?,
                        path.trim_end_matches('/')
                    ),
                    token: needed("sms_json_token").await?,
                    sender: vars::get("sms_json_sender").await?,
                    secret: secret("sms_json_receipt_secret").await?,
                })
            }
            _ => return Err(malformed("sms_gateways", "known are smsc, smsru and json")),
        })
    }

    /// Its name in settings, database and API.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Smsc(_) => "smsc",
            Self::SmsRu(_) => "smsru",
            Self::Json(_) => "json",
        }
    }

    /// Our name for a message there: where the gateway takes one, it can be asked what became of it.
    ///
    /// # Errors
    /// Where the host gives no randomness.
    pub(crate) fn reference(&self, message_id: &str) -> Result<String> {
        Ok(match self {
            // From 1 to 2147483647; `sms_sends_reference` sees to it that none stands twice.
            Self::Smsc(_) => (1 + u32::from_le_bytes(random::bytes()?) % 0x7fff_ffff).to_string(),
            Self::SmsRu(_) | Self::Json(_) => message_id.to_owned(),
        })
    }

    /// Whether a message that got no answer can be asked about.
    pub(crate) const fn knows_references(&self) -> bool {
        !matches!(self, Self::SmsRu(_))
    }

    /// Hands a message over.
    pub(crate) async fn send(&self, errand: &Errand<'_>) -> Sent {
        let Errand {
            reference,
            to,
            text,
            parts,
        } = *errand;
        match self {
            Self::Smsc(smsc) => smsc.send(reference, to, text).await,
            Self::SmsRu(smsru) => smsru.send(to, text).await,
            Self::Json(json) => json.send(reference, to, text, parts).await,
        }
    }

    /// Asks how a message stands. `gateway_id`: once it is known.
    pub(crate) async fn status(&self, reference: &str, gateway_id: Option<&str>, to: &str) -> Word {
        match (self, gateway_id) {
            (Self::Smsc(smsc), _) => smsc.status(reference, to).await,
            (Self::Json(json), _) => json.status(reference).await,
            (Self::SmsRu(smsru), Some(gateway_id)) => smsru.status(gateway_id).await,
            (Self::SmsRu(_), None) => Word::of(Standing::Unknown("no id to ask by".into())),
        }
    }

    /// Asks what is left on the account.
    ///
    /// # Errors
    /// Why there is no answer.
    pub(crate) async fn balance(&self) -> Result<Sum, Refused> {
        match self {
            Self::Smsc(smsc) => smsc.balance().await,
            Self::SmsRu(smsru) => smsru.balance().await,
            Self::Json(json) => json.balance().await,
        }
    }

    /// Reads receipts that somebody posted; `None` where they are not this gateway's word.
    pub(crate) fn receipts(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        now: Timestamp,
    ) -> Option<Vec<(About, Word)>> {
        match self {
            Self::Smsc(smsc) => smsc.receipts(body),
            Self::SmsRu(smsru) => smsru.receipts(body),
            Self::Json(json) => json.receipts(headers, body, now),
        }
    }

    /// What it wants to hear after receipts: SMS.ru sends them again without its "100".
    pub(crate) const fn thanks(&self) -> &'static str {
        match self {
            Self::SmsRu(_) => "100",
            Self::Smsc(_) | Self::Json(_) => "OK",
        }
    }
}

async fn host(variable: &str) -> Result<String> {
    let host = vars::get(variable).await?;
    let host = host.trim_end_matches('/');
    if host.is_empty() || host.ends_with(NOWHERE) {
        return Err(malformed(
            variable,
            "the gateway stands in sms_gateways, its address is not set",
        ));
    }
    Ok(host.to_owned())
}

async fn secret(variable: &str) -> Result<Sensitive<String>> {
    Ok(Sensitive::new(vars::get(variable).await?))
}

async fn needed(variable: &str) -> Result<Sensitive<String>> {
    let secret = secret(variable).await?;
    if secret.expose().is_empty() {
        return Err(malformed(variable, "it is empty"));
    }
    Ok(secret)
}

fn malformed(variable: &str, what: &str) -> Failure {
    Failure::internal("settings", format!("{variable}: {what}"))
}
