//! Days and times as the account says them.

use podpis_shared::Timestamp;
use podpis_shared::time::month_of_date;

use crate::text::plural;

/// As a list of months has them.
pub(crate) const MONTH_NAMES: [&str; 12] = [
    "Январь",
    "Февраль",
    "Март",
    "Апрель",
    "Май",
    "Июнь",
    "Июль",
    "Август",
    "Сентябрь",
    "Октябрь",
    "Ноябрь",
    "Декабрь",
];

/// `5 декабря`, with the year where it is not this one. Moscow's day.
pub(crate) fn day(at: Timestamp, now: Timestamp) -> String {
    let (year, number, day) = at.moscow_date();
    let name = month_of_date(number).unwrap_or_default();
    if year == now.moscow_date().0 {
        format!("{day}\u{a0}{name}")
    } else {
        format!("{day}\u{a0}{name} {year}")
    }
}

/// `5 декабря, 14:05`, likewise. Moscow has been at UTC+3 all the year round since 2014.
pub(crate) fn moment(at: Timestamp, now: Timestamp) -> String {
    let minutes = (at.unix() / 60 + 180) % 1440;
    format!(
        "{},\u{a0}{:02}:{:02}",
        day(at, now),
        minutes / 60,
        minutes % 60
    )
}

/// `5 декабря 2051` of `2051-12-05`; anything else as it is.
pub(crate) fn date(iso: &str) -> String {
    let mut parts = iso.splitn(3, '-');
    let numbers = (parts.next(), parts.next(), parts.next());
    let (Some(year), Some(number), Some(day)) = numbers else {
        return iso.to_owned();
    };
    let name = number.parse().ok().and_then(month_of_date);
    match (name, day.parse::<u8>()) {
        (Some(name), Ok(day)) => format!("{day}\u{a0}{name} {year}"),
        _ => iso.to_owned(),
    }
}

/// `0:45`.
pub(super) fn clock(seconds: u32) -> String {
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// `45 секунд`, `15 минут`, `2 часа`; rounded up.
pub(crate) fn wait(seconds: u32) -> String {
    let (number, forms) = match seconds {
        0..=59 => (seconds.max(1), ["секунду", "секунды", "секунд"]),
        60..=5_399 => (seconds.div_ceil(60), ["минуту", "минуты", "минут"]),
        _ => (seconds.div_ceil(3_600), ["час", "часа", "часов"]),
    };
    format!("{number}\u{a0}{}", plural(u64::from(number), forms))
}
