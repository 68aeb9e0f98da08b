//! Ticks: what Spin leaves to a cron trigger or an outside scheduler, the
//! runner does itself on request. A private component gets a POST in a fixed
//! rhythm; a tick waits for the one before it.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use http::{Method, Request};
use http_body_util::BodyExt;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use crate::app::Application;
use crate::log;
use crate::problem::whole;

/// `deliver=/tick@1s`: component, path, interval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tick {
    /// Id of the component.
    pub component: String,
    /// Path of the request.
    pub path: String,
    /// Time from one tick to the next, at least.
    pub every: Duration,
}

impl FromStr for Tick {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("\"{text}\" is not like deliver=/tick@1s");
        let (component, rest) = text.split_once('=').ok_or_else(wrong)?;
        let (path, every) = rest.rsplit_once('@').ok_or_else(wrong)?;
        if component.is_empty() || !path.starts_with('/') {
            return Err(wrong());
        }
        Ok(Self {
            component: component.to_owned(),
            path: path.to_owned(),
            every: parse_duration(every)?,
        })
    }
}

/// `250ms`, `30s` or `5m`; more than zero.
///
/// # Errors
/// A sentence that shows what was given.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    let wrong = || format!("\"{text}\" is not a time like 250ms, 30s or 5m");
    let digits = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
    let (number, unit) = text.split_at(digits);
    let number: u32 = number.parse().map_err(|_| wrong())?;
    let unit = match unit {
        "ms" => Duration::from_millis(1),
        "s" => Duration::from_secs(1),
        "m" => Duration::from_secs(60),
        _ => return Err(wrong()),
    };
    if number == 0 {
        Err(wrong())
    } else {
        Ok(unit * number)
    }
}

/// Ticks until the runner stops.
pub async fn run(application: Arc<Application>, tick: Tick) {
    let mut stopped = std::pin::pin!(application.stopped());
    let mut rhythm = interval_at(Instant::now() + tick.every, tick.every);
    rhythm.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = rhythm.tick() => once(&application, &tick).await,
            () = &mut stopped => return,
        }
    }
}

async fn once(application: &Application, tick: &Tick) {
    let uri = format!("http://{}.spin.internal{}", tick.component, tick.path);
    let mut request = Request::new(whole(""));
    *request.method_mut() = Method::POST;
    let Ok(uri) = uri.parse() else {
        return failed(tick, "the path is not valid");
    };
    *request.uri_mut() = uri;
    match application.call(&tick.component, None, request).await {
        None => failed(tick, "no such component"),
        Some(response) => {
            let status = response.status();
            // The answer is read to its end: a component may work while it writes.
            let read = response.into_body().collect().await;
            if !status.is_success() {
                failed(tick, status.as_str());
            } else if read.is_err() {
                failed(tick, "the answer broke off");
            }
        }
    }
}

fn failed(tick: &Tick, error: &str) {
    let fields =
        serde_json::json!({ "component": tick.component, "path": tick.path, "error": error });
    log::error("tick failed", fields);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_parsed() {
        let tick: Tick = "deliver=/tick@1s".parse().unwrap();
        let expected = Tick {
            component: "deliver".into(),
            path: "/tick".into(),
            every: Duration::from_secs(1),
        };
        assert_eq!(tick, expected);
        for bad in [
            "",
            "deliver",
            "deliver=/tick",
            "deliver=tick@1s",
            "=/tick@1s",
            "deliver=/tick@0s",
            "deliver=/tick@1h",
        ] {
            assert!(bad.parse::<Tick>().is_err(), "{bad}");
        }
    }

    #[test]
    fn durations_are_parsed() {
        assert_eq!(parse_duration("250ms"), Ok(Duration::from_millis(250)));
        assert_eq!(parse_duration("5m"), Ok(Duration::from_secs(300)));
        for bad in ["", "s", "5", "-1s", "1.5s", "99999999999s"] {
            assert!(parse_duration(bad).is_err(), "{bad}");
        }
    }
}
