//! A date of birth in three fields.

/// The oldest year that anybody living can name.
const OLDEST: i32 = 1900;

/// `YYYY-MM-DD` of what was typed; `None` where it is no day up to `today`, which is `(year, month, day)`.
pub(crate) fn read(day: &str, month: &str, year: &str, today: (i32, u8, u8)) -> Option<String> {
    let day: u8 = day.trim().parse().ok()?;
    let month: u8 = month.trim().parse().ok()?;
    let year: i32 = year.trim().parse().ok()?;
    let real = (1..=12).contains(&month)
        && (1..=days_in(year, month)).contains(&day)
        && year >= OLDEST
        && (year, month, day) <= today;
    real.then(|| format!("{year:04}-{month:02}-{day:02}"))
}

fn days_in(year: i32, month: u8) -> u8 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: (i32, u8, u8) = (2026, 12, 5);

    #[test]
    fn real_days_only() {
        assert_eq!(
            read("12", "3", "1985", TODAY).as_deref(),
            Some("1985-03-12")
        );
        assert_eq!(
            read(" 5 ", "12", "2026", TODAY).as_deref(),
            Some("2026-12-05")
        );
        assert_eq!(
            read("29", "2", "2000", TODAY).as_deref(),
            Some("2000-02-29")
        );
        for (day, month, year) in [
            ("29", "2", "1900"),
            ("31", "4", "1985"),
            ("0", "1", "1985"),
            ("1", "13", "1985"),
            ("6", "12", "2026"),
            ("1", "1", "85"),
            ("1", "", "1985"),
            ("a", "1", "1985"),
        ] {
            assert_eq!(read(day, month, year, TODAY), None, "{day}.{month}.{year}");
        }
    }
}
