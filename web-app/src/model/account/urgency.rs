//! What is left of the time to sign.

use podpis_shared::Timestamp;

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// How near a deadline is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Urgency {
    /// Days away.
    Calm,
    /// Within three days: so many are left, rounded down, at least one.
    Days(u32),
    /// Within a day: so many hours are left, rounded down; 0: less than one.
    Hours(u32),
    /// It is over.
    Over,
}

impl Urgency {
    /// Of a deadline, seen from `now`.
    pub(crate) fn of(deadline: Timestamp, now: Timestamp) -> Self {
        match deadline.unix() - now.unix() {
            left if left <= 0 => Self::Over,
            left if left < DAY => Self::Hours((left / HOUR) as u32),
            left if left < 3 * DAY => Self::Days((left / DAY) as u32),
            _ => Self::Calm,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps() {
        let now = Timestamp::from_unix(1_000_000);
        for (left, urgency) in [
            (-1, Urgency::Over),
            (0, Urgency::Over),
            (1, Urgency::Hours(0)),
            (HOUR, Urgency::Hours(1)),
            (DAY - 1, Urgency::Hours(23)),
            (DAY, Urgency::Days(1)),
            (3 * DAY - 1, Urgency::Days(2)),
            (3 * DAY, Urgency::Calm),
        ] {
            assert_eq!(Urgency::of(now.plus(left), now), urgency, "{left}");
        }
    }
}
