//! Limits against SMS pumping and against flooding somebody's phone: how many codes of what goes out in which time.
//!
//! Codes of two classes are counted apart. *Open* ones go to whatever contact somebody names, so anybody can ask for
//! them; *known* ones go to a contact that the signed-in person has proven already. So a flood of sign-in codes never
//! keeps those who are signed in from signing.

pub(crate) use podpis_kit::rates::network as client;
use podpis_shared::Timestamp;
use podpis_shared::wire::code::Purpose;

/// The codes that a limit counts together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    /// Those to the same phone or address.
    Recipient,
    /// Those asked for from the same network address.
    Client,
    /// Those about the same document.
    Document,
    /// Those of the same clinic.
    Clinic,
    /// All of this installation.
    Total,
}

/// So many codes in so much time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limit {
    /// Its name in the variable `code_limits`.
    pub(crate) name: &'static str,
    pub(crate) by: By,
    /// Seconds.
    pub(crate) window: i64,
    pub(crate) max: u32,
}

const HOUR: i64 = 3600;
const DAY: i64 = 86_400;

const fn limit(name: &'static str, by: By, window: i64, max: u32) -> Limit {
    Limit {
        name,
        by,
        window,
        max,
    }
}

/// Limits of open codes.
const OPEN: &[Limit] = &[
    // One sign-in with all its resends, and a second try. More is flooding somebody's phone.
    limit("open_recipient_hour", By::Recipient, HOUR, 5),
    limit("open_recipient_day", By::Recipient, DAY, 15),
    // A family, or a reception desk that helps patients in; a pumper needs hundreds of addresses.
    limit("open_client_hour", By::Client, HOUR, 20),
    // A clinic with 3,000 visits a day has some 400 an hour.
    limit("open_clinic_hour", By::Clinic, HOUR, 1000),
    // The fuse: what an attack costs at worst before somebody looks, about 5,000 messages an hour.
    limit("open_total_hour", By::Total, HOUR, 5000),
];

/// Limits of known codes.
const KNOWN: &[Limit] = &[
    // A visit has up to a dozen documents, each with its own code.
    limit("known_recipient_hour", By::Recipient, HOUR, 20),
    limit("known_recipient_day", By::Recipient, DAY, 60),
    // Two signers with all their resends, and two more.
    limit("known_document_hour", By::Document, HOUR, 10),
    limit("known_clinic_hour", By::Clinic, HOUR, 1000),
    limit("known_total_hour", By::Total, HOUR, 5000),
];

/// The limits of this installation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    open: Vec<Limit>,
    known: Vec<Limit>,
}

impl Limits {
    /// The limits above, some of them replaced: `name=number`, separated by white space. In a sandbox also `off`:
    /// none of them.
    ///
    /// # Errors
    /// The part that names no limit or no number.
    pub(crate) fn parse(text: &str, sandbox: bool) -> Result<Self, String> {
        if sandbox && text.trim() == "off" {
            return Ok(Self {
                open: Vec::new(),
                known: Vec::new(),
            });
        }
        let (mut open, mut known) = (OPEN.to_vec(), KNOWN.to_vec());
        for part in text.split_whitespace() {
            let wrong = || part.to_owned();
            let (name, max) = part.split_once('=').ok_or_else(wrong)?;
            let mut all = open.iter_mut().chain(&mut known);
            let limit = all.find(|limit| limit.name == name).ok_or_else(wrong)?;
            limit.max = max.parse().map_err(|_| wrong())?;
        }
        Ok(Self { open, known })
    }

    /// Those of a purpose's class.
    pub(crate) fn of(&self, purpose: Purpose) -> &[Limit] {
        if class(purpose) == OPEN_PURPOSES {
            &self.open
        } else {
            &self.known
        }
    }
}

const OPEN_PURPOSES: [Purpose; 2] = [Purpose::SignIn, Purpose::Contact];

/// The purposes that are counted together with this one.
pub(crate) const fn class(purpose: Purpose) -> [Purpose; 2] {
    match purpose {
        Purpose::SignIn | Purpose::Contact => OPEN_PURPOSES,
        Purpose::Accept | Purpose::Sign => [Purpose::Accept, Purpose::Sign],
    }
}

/// From now to then, in words: `42 секунды`, `17 минут`, `3 часа`; never less than it is.
pub(crate) fn wait(from: Timestamp, until: Timestamp) -> String {
    let seconds = until.unix().saturating_sub(from.unix()).max(1);
    match seconds {
        ..=119 => count(seconds, ["секунду", "секунды", "секунд"]),
        120..=5400 => count((seconds + 59) / 60, ["минуту", "минуты", "минут"]),
        _ => count((seconds + HOUR - 1) / HOUR, ["час", "часа", "часов"]),
    }
}

/// A number with its noun: the forms after 1, after 2 and after 5.
pub(crate) fn count(number: i64, [one, few, many]: [&str; 3]) -> String {
    let noun = match (number % 10, number % 100) {
        (_, 11..=14) => many,
        (1, _) => one,
        (2..=4, _) => few,
        _ => many,
    };
    format!("{number} {noun}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn max(limits: &Limits, name: &str) -> u32 {
        let mut all = limits.open.iter().chain(&limits.known);
        all.find(|limit| limit.name == name).unwrap().max
    }

    #[test]
    fn the_variable_replaces_what_it_names() {
        let usual = Limits::parse("", false).unwrap();
        assert_eq!(
            (usual.open.as_slice(), usual.known.as_slice()),
            (OPEN, KNOWN)
        );
        let limits = Limits::parse(" open_client_hour=100000\nknown_clinic_hour=0 ", true).unwrap();
        assert_eq!(max(&limits, "open_client_hour"), 100_000);
        assert_eq!(max(&limits, "known_clinic_hour"), 0);
        assert_eq!(max(&limits, "open_clinic_hour"), 1000);
        for wrong in [
            "open_client_hour",
            "client=5",
            "open_client_hour=-1",
            "open_client_hour=5,",
            "off",
        ] {
            assert_eq!(Limits::parse(wrong, false), Err(wrong.into()));
        }
    }

    #[test]
    fn only_a_sandbox_has_none() {
        let none = Limits::parse(" off", true).unwrap();
        assert!(
            Purpose::ALL
                .iter()
                .all(|purpose| none.of(*purpose).is_empty())
        );
        assert!(Limits::parse("off", false).is_err());
        assert!(Limits::parse("off open_client_hour=5", true).is_err());
    }

    #[test]
    fn names_are_unique_and_windows_within_what_is_kept() {
        let mut names: Vec<_> = OPEN.iter().chain(KNOWN).map(|limit| limit.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), OPEN.len() + KNOWN.len());
        assert!(
            OPEN.iter()
                .chain(KNOWN)
                .all(|limit| limit.window <= DAY && limit.max > 0)
        );
    }

    #[test]
    fn every_purpose_is_counted_with_its_class() {
        let limits = Limits::parse("", false).unwrap();
        for purpose in Purpose::ALL {
            assert!(class(purpose).contains(&purpose));
            let open = matches!(purpose, Purpose::SignIn | Purpose::Contact);
            assert_eq!(limits.of(purpose) == OPEN, open);
        }
    }

    #[test]
    fn subscribers() {
        for (text, expected) in [
            ("203.0.113.7", "203.0.113.7"),
            ("203.0.113.7:50123", "203.0.113.7"),
            ("::ffff:203.0.113.7", "203.0.113.7"),
            ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
            ("[2001:db8:1:2:bbbb::9]:443", "2001:db8:1:2::/64"),
            ("2001:0DB8:1:0002::", "2001:db8:1:2::/64"),
            ("::1", "::/64"),
        ] {
            assert_eq!(client(text).as_deref(), Some(expected), "{text}");
        }
        for wrong in ["", "unknown", "203.0.113", "example.ru:80"] {
            assert_eq!(client(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn times_in_words() {
        for (seconds, expected) in [
            (-5, "1 секунду"),
            (1, "1 секунду"),
            (42, "42 секунды"),
            (60, "60 секунд"),
            (111, "111 секунд"),
            (120, "2 минуты"),
            (121, "3 минуты"),
            (1260, "21 минуту"),
            (3600, "60 минут"),
            (5401, "2 часа"),
            (86_400, "24 часа"),
            (40_000, "12 часов"),
        ] {
            let from = Timestamp::from_unix(1_800_000_000);
            assert_eq!(wait(from, from.plus(seconds)), expected);
        }
    }
}
