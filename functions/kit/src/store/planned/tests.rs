//! Tests of when a document is reminded of.

use super::*;

#[track_caller]
fn reminded(created: &str, expires: &str, hours: i64, expected: Option<&str>) {
    let time = |text: &str| Timestamp::parse(text).unwrap();
    let clock = Clock::of_minutes(180);
    let at = reminder_at(time(created), time(expires), hours, clock);
    let at = at.map(|at| at.to_string());
    assert_eq!(at.as_deref(), expected, "{created} {expires} {hours}");
}

#[test]
fn so_many_hours_before_the_end_by_day() {
    let (sent, noon) = ("2026-11-01T09:00:00Z", "2026-11-20T09:00:00Z");
    reminded(sent, noon, 24, Some("2026-11-19T09:00:00Z"));
    reminded(sent, noon, 72, Some("2026-11-17T09:00:00Z"));
    // Ends at midnight in Moscow: the morning is early enough.
    reminded(
        sent,
        "2026-11-20T21:00:00Z",
        24,
        Some("2026-11-20T07:00:00Z"),
    );
    // Ends at seven in the morning: the evening before.
    reminded(
        sent,
        "2026-11-20T04:00:00Z",
        3,
        Some("2026-11-19T17:00:00Z"),
    );
    // Ends at half past ten, when a morning's reminder would leave half an hour.
    reminded(
        sent,
        "2026-11-20T07:30:00Z",
        3,
        Some("2026-11-19T17:00:00Z"),
    );
}

#[test]
fn not_soon_after_the_arrival() {
    let noon = "2026-11-20T09:00:00Z";
    reminded(
        "2026-11-18T09:00:00Z",
        noon,
        24,
        Some("2026-11-19T09:00:00Z"),
    );
    reminded("2026-11-18T09:00:01Z", noon, 24, None);
    reminded("2026-11-17T09:00:00Z", noon, 72, None);
    reminded(
        "2026-11-20T03:00:00Z",
        noon,
        3,
        Some("2026-11-20T07:00:00Z"),
    );
    reminded("2026-11-20T04:00:00Z", noon, 3, None);
    // Sent at night, ends in the morning: there is no evening between.
    reminded("2026-11-19T20:00:00Z", "2026-11-20T05:00:00Z", 3, None);
}

#[test]
fn names_are_read_back() {
    let (deadline, beginning) = (Kind::Deadline(168), Kind::Beginning(3));
    let others = [Kind::Unopened, Kind::Package, Kind::Expired];
    for kind in [Kind::Deadline(24), deadline, beginning]
        .into_iter()
        .chain(others)
    {
        assert_eq!(Kind::parse(&kind.name()), Some(kind));
    }
    assert_eq!(Kind::parse("deadline_"), None);
    assert_eq!(Kind::parse("opened"), None);
}
