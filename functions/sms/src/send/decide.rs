//! What to do with a message next, by what is known of it. Pure.

use crate::db::sends::{Kept, Status};
use crate::gateways::{Reason, Then};
use podpis_shared::Timestamp;

/// How long a request may be on its way somewhere else, in seconds: longer than any waits.
pub(crate) const IN_PROGRESS: i64 = 30;

/// When a message goes out again whose gateway can't be asked, in seconds: SMS.ru refuses the same text for a minute.
const AGAIN_UNASKED: i64 = 90;

/// How long a gateway that refused is passed over for the same message, in seconds.
const PASSED_OVER: i64 = 300;

/// What to do next.
#[derive(Debug)]
pub(crate) enum Next<'a> {
    /// Nothing: this is how it stands.
    Done(&'a Kept),
    /// Nothing: nobody would do better.
    Failed(Reason),
    /// Nothing yet: it may be on its way.
    Wait,
    /// Nothing yet: nobody takes it now.
    NobodyNow,
    /// Ask what came of an earlier try.
    Ask(&'a Kept),
    /// Send it to this gateway.
    Send(&'a str),
}

/// `rows`: where the message was handed over; `gateways`: names in order, and whether each can be asked about a message that
/// got no answer; `tried`: names of those that refused it just now.
pub(crate) fn decide<'a>(
    rows: &'a [Kept],
    gateways: &[(&'a str, bool)],
    tried: &[&str],
    now: Timestamp,
) -> Next<'a> {
    let of = |name: &str| rows.iter().find(|row| row.gateway == name);
    let has = |row: &&Kept| !matches!(row.status, Status::Sending | Status::Refused);
    if let Some(row) = rows.iter().find(has) {
        return Next::Done(row);
    }
    for row in rows.iter().filter(|row| row.status == Status::Sending) {
        let age = now.unix() - row.asked_at.unix();
        match gateways.iter().find(|(name, _)| *name == row.gateway) {
            _ if age < IN_PROGRESS => return Next::Wait,
            Some((_, true)) => return Next::Ask(row),
            Some((name, false)) if age >= AGAIN_UNASKED => return Next::Send(name),
            Some((_, false)) => return Next::Wait,
            // The operator took the gateway out of use: nobody can be asked any more.
            None => {}
        }
    }
    let reason = |row: &Kept| {
        row.reason
            .as_deref()
            .and_then(Reason::parse)
            .unwrap_or(Reason::Other)
    };
    let refused: Vec<(&Kept, Reason)> = rows
        .iter()
        .filter(|row| row.status == Status::Refused)
        .map(|row| (row, reason(row)))
        .collect();
    if let Some((_, reason)) = refused
        .iter()
        .find(|(_, reason)| reason.then() == Then::Fail)
    {
        return Next::Failed(*reason);
    }
    // A limit that protects the person is not gone around.
    if let Some((row, _)) = refused
        .iter()
        .find(|(_, reason)| reason.then() == Then::Later)
        && let Some((name, _)) = gateways.iter().find(|(name, _)| *name == row.gateway)
    {
        return if tried.contains(name) {
            Next::NobodyNow
        } else {
            Next::Send(name)
        };
    }
    let fresh =
        |name: &str| of(name).is_none_or(|row| now.unix() - row.asked_at.unix() >= PASSED_OVER);
    let mut open = gateways
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| !tried.contains(name));
    if let Some(name) = open.clone().find(|name| fresh(name)) {
        return Next::Send(name);
    }
    let no_way = |name: &&str| of(name).is_some_and(|row| reason(row) == Reason::NoRoute);
    if gateways.iter().all(|(name, _)| no_way(name)) {
        return Next::Failed(Reason::NoRoute);
    }
    match open.next() {
        // All refused a while ago: from the first one again.
        Some(name) if tried.is_empty() => Next::Send(name),
        _ => Next::NobodyNow,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::sends::Kind;
    use podpis_shared::Sensitive;

    const NOW: Timestamp = Timestamp::from_unix(1_800_000_000);
    const BOTH: [(&str, bool); 2] = [("smsc", true), ("smsru", false)];

    fn row(gateway: &str, status: Status, reason: Option<Reason>, age: i64) -> Kept {
        Kept {
            message_id: "msg_1".into(),
            gateway: gateway.into(),
            kind: Kind::Text,
            clinic_id: None,
            document_id: None,
            recipient: Sensitive::new("+79161234567".into()),
            reference: "1".into(),
            gateway_id: None,
            parts: 1,
            cost: None,
            status,
            reason: reason.map(|reason| reason.as_str().to_owned()),
            asked_at: NOW.plus(-age),
            polls: 0,
            settled_at: None,
        }
    }

    fn next(rows: &[Kept], tried: &[&str]) -> String {
        match decide(rows, &BOTH, tried, NOW) {
            Next::Done(row) => format!("done {}", row.gateway),
            Next::Failed(reason) => format!("failed {}", reason.as_str()),
            Next::Wait => "wait".into(),
            Next::NobodyNow => "nobody".into(),
            Next::Ask(row) => format!("ask {}", row.gateway),
            Next::Send(name) => format!("send {name}"),
        }
    }

    #[test]
    fn in_order() {
        assert_eq!(next(&[], &[]), "send smsc");
        assert_eq!(decide_none(), "nobody");
        for reason in [
            Reason::NoMoney,
            Reason::Auth,
            Reason::Down,
            Reason::Sender,
            Reason::Request,
            Reason::Other,
            Reason::NoRoute,
        ] {
            let rows = [row("smsc", Status::Refused, Some(reason), 0)];
            assert_eq!(next(&rows, &["smsc"]), "send smsru", "{reason:?}");
            // A later call passes over who has just refused.
            assert_eq!(next(&rows, &[]), "send smsru", "{reason:?}");
        }
    }

    fn decide_none() -> &'static str {
        match decide(&[], &[], &[], NOW) {
            Next::NobodyNow => "nobody",
            // Nobody is configured, so nobody has a way.
            Next::Failed(Reason::NoRoute) => "nobody",
            _ => "other",
        }
    }

    #[test]
    fn who_has_it_is_the_only_one() {
        for status in [Status::Taken, Status::Delivered, Status::Failed] {
            let rows = [
                row("smsc", Status::Refused, Some(Reason::Down), 5),
                row("smsru", status, None, 5),
            ];
            assert_eq!(next(&rows, &[]), "done smsru");
        }
    }

    #[test]
    fn who_may_have_it_is_asked_first() {
        assert_eq!(next(&[row("smsc", Status::Sending, None, 5)], &[]), "wait");
        assert_eq!(
            next(&[row("smsc", Status::Sending, None, 31)], &[]),
            "ask smsc"
        );
        // It can't be asked: never another one, and the same only after SMS.ru's own minute.
        assert_eq!(
            next(&[row("smsru", Status::Sending, None, 60)], &[]),
            "wait"
        );
        assert_eq!(
            next(&[row("smsru", Status::Sending, None, 90)], &[]),
            "send smsru"
        );
        // Taken out of use meanwhile.
        assert_eq!(
            next(&[row("json", Status::Sending, None, 60)], &[]),
            "send smsc"
        );
    }

    #[test]
    fn what_is_final_is_final() {
        for reason in [Reason::BadNumber, Reason::Blocked, Reason::OptedOut] {
            let rows = [row("smsc", Status::Refused, Some(reason), 1000)];
            assert_eq!(next(&rows, &[]), format!("failed {}", reason.as_str()));
        }
        let rows = [
            row("smsc", Status::Refused, Some(Reason::NoRoute), 1),
            row("smsru", Status::Refused, Some(Reason::NoRoute), 1),
        ];
        assert_eq!(next(&rows, &["smsc", "smsru"]), "failed no_route");
    }

    #[test]
    fn limits_of_the_person_are_kept() {
        let rows = [row("smsc", Status::Refused, Some(Reason::TooOften), 60)];
        assert_eq!(next(&rows, &["smsc"]), "nobody");
        assert_eq!(next(&rows, &[]), "send smsc");
    }

    #[test]
    fn all_refused_for_now() {
        let rows = |age| {
            [
                row("smsc", Status::Refused, Some(Reason::NoMoney), age),
                row("smsru", Status::Refused, Some(Reason::Auth), age),
            ]
        };
        assert_eq!(next(&rows(1), &["smsc", "smsru"]), "nobody");
        assert_eq!(next(&rows(5), &[]), "send smsc");
        assert_eq!(next(&rows(400), &[]), "send smsc");
        assert_eq!(next(&rows(5), &["smsc"]), "nobody");
        assert_eq!(next(&rows(400), &["smsc"]), "send smsru");
    }
}
