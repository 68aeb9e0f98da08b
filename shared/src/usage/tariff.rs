//! Prices by day: the default of `shared/tariffs/`, and a clinic's own.

use super::Item;
use crate::Timestamp;
use crate::policy::Day;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The default, as data. What it said of a day that has passed is never changed: closed months rest on it.
const BUILTIN: &str = include_str!("../../tariffs/2026-11.json");

/// The highest price of one of a thing, in kopecks: 100 000 ₽.
pub const PRICE_MAX: u32 = 10_000_000;

/// Longest note on VAT, in characters.
const NOTE_MAX: usize = 300;

/// Prices from a day on, until another tariff follows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Tariff {
    /// First day, in Moscow.
    pub valid_from: Day,
    /// Kopecks each. What a clinic's tariff does not name costs what the default says.
    #[cfg_attr(feature = "schema", schemars(schema_with = "prices"))]
    pub prices: BTreeMap<Item, u32>,
    /// What an account says on VAT; the default's where absent.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = NOTE_MAX)))]
    pub vat_note: Option<String>,
}

/// Every item by its name, and nothing else.
#[cfg(feature = "schema")]
fn prices(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    let price = serde_json::json!({ "type": "integer", "minimum": 0, "maximum": PRICE_MAX });
    let of = |item: &Item| (item.as_str().to_owned(), price.clone());
    let prices: serde_json::Map<_, _> = Item::ALL.iter().map(of).collect();
    schemars::json_schema!({ "type": "object", "properties": prices, "additionalProperties": false })
}

/// Why a tariff can't be taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TariffError {
    /// A price out of range.
    #[error("prices.{0} is more than {PRICE_MAX} kopecks")]
    Price(&'static str),
    /// A note that is too long, or can't be printed in one line.
    #[error("vat_note is a line of 1 to {NOTE_MAX} characters")]
    Note,
    /// The month of its first day may be closed.
    #[error("valid_from is before {0}, the first day of the earliest month that is open")]
    Closed(String),
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Builtin {
    version: String,
    tariffs: Vec<Tariff>,
}

/// What a clinic pays on which day.
#[derive(Clone, Debug, Default)]
pub struct Schedule {
    /// In the order in which they were set: of one day the last one counts.
    own: Vec<Tariff>,
}

impl Tariff {
    /// Checks a clinic's tariff that is set at `now`. It may correct an open month, never a closed one.
    ///
    /// # Errors
    /// [`TariffError`].
    pub fn check(&self, now: Timestamp) -> Result<(), TariffError> {
        if let Some((item, _)) = self.prices.iter().find(|(_, price)| **price > PRICE_MAX) {
            return Err(TariffError::Price(item.as_str()));
        }
        let is_line = |note: &String| {
            (1..=NOTE_MAX).contains(&note.chars().count()) && !note.chars().any(char::is_control)
        };
        if !self.vat_note.as_ref().is_none_or(is_line) {
            return Err(TariffError::Note);
        }
        let open = super::Month::first_open(now);
        if self.valid_from.midnight() < open.begins_at() {
            return Err(TariffError::Closed(format!("{open}-01")));
        }
        Ok(())
    }
}

impl Schedule {
    /// With a clinic's own tariffs, in the order in which they were set.
    pub const fn new(own: Vec<Tariff>) -> Self {
        Self { own }
    }

    /// The clinic's own, in the order in which they were set.
    pub fn own(&self) -> &[Tariff] {
        &self.own
    }

    /// The default tariffs and their version.
    pub fn builtin() -> (&'static str, &'static [Tariff]) {
        let builtin = builtin();
        (&builtin.version, &builtin.tariffs)
    }

    /// Price of one, in kopecks, at an instant.
    pub fn price(&self, item: Item, at: Timestamp) -> u32 {
        let own = in_force(&self.own, at).and_then(|tariff| tariff.prices.get(&item));
        let price = own.or_else(|| in_force(&builtin().tariffs, at)?.prices.get(&item));
        price.copied().unwrap_or_default()
    }

    /// What an account says on VAT at an instant.
    pub fn vat_note(&self, at: Timestamp) -> Option<&str> {
        let own = in_force(&self.own, at).and_then(|tariff| tariff.vat_note.as_deref());
        own.or_else(|| in_force(&builtin().tariffs, at)?.vat_note.as_deref())
    }
}

fn builtin() -> &'static Builtin {
    // The text is ours and a test parses it.
    static TABLE: LazyLock<Builtin> =
        LazyLock::new(|| serde_json::from_str(BUILTIN).unwrap_or_default());
    &TABLE
}

/// Of those that have begun the one that began last; of several of one day the one that was set last.
fn in_force(tariffs: &[Tariff], at: Timestamp) -> Option<&Tariff> {
    let begun = tariffs
        .iter()
        .filter(|tariff| tariff.valid_from.midnight() <= at);
    begun.max_by_key(|tariff| tariff.valid_from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tariff(day: &str, prices: &[(Item, u32)]) -> Tariff {
        Tariff {
            valid_from: Day::parse(day).unwrap(),
            prices: prices.iter().copied().collect(),
            vat_note: None,
        }
    }

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    /// What the first release promised; closed months rest on it for ever.
    #[test]
    fn the_default_names_every_item() {
        let none = Schedule::default();
        let now = at("2026-11-28T00:00:00Z");
        let prices: Vec<u32> = Item::ALL
            .iter()
            .map(|item| none.price(*item, now))
            .collect();
        assert_eq!(prices, [500, 400, 0, 0, 0, 1_000_000]);
        assert!(none.vat_note(now).is_some());
        let (version, tariffs) = Schedule::builtin();
        assert_eq!(version, "2026-11");
        for tariff in tariffs {
            assert_eq!(tariff.prices.len(), Item::ALL.len());
        }
    }

    #[test]
    fn a_clinics_tariff_holds_from_its_day() {
        let own = Schedule::new(vec![
            tariff("2026-12-10", &[(Item::DocumentSigned, 450)]),
            tariff(
                "2026-12-01",
                &[(Item::DocumentSigned, 480), (Item::SmsPart, 410)],
            ),
            tariff("2026-12-10", &[(Item::DocumentSigned, 440)]),
        ]);
        let price = |item, text| own.price(item, at(text));
        assert_eq!(price(Item::DocumentSigned, "2026-11-30T20:59:59Z"), 500);
        assert_eq!(price(Item::DocumentSigned, "2026-11-30T21:00:00Z"), 480);
        assert_eq!(price(Item::DocumentSigned, "2026-12-09T21:00:00Z"), 440);
        assert_eq!(price(Item::SmsPart, "2026-12-05T00:00:00Z"), 410);
        // It took the place of the earlier one as a whole.
        assert_eq!(price(Item::SmsPart, "2026-12-10T00:00:00Z"), 400);
    }

    #[test]
    fn what_is_refused() {
        let now = at("2026-12-02T00:00:00Z");
        assert_eq!(tariff("2026-11-01", &[]).check(now), Ok(()));
        let closed = TariffError::Closed("2026-11-01".into());
        assert_eq!(tariff("2026-10-31", &[]).check(now), Err(closed));
        let closed = TariffError::Closed("2026-12-01".into());
        assert_eq!(
            tariff("2026-11-30", &[]).check(at("2026-12-03T20:00:00Z")),
            Err(closed)
        );
        let dear = tariff("2026-12-01", &[(Item::Storage, PRICE_MAX + 1)]);
        assert_eq!(dear.check(now), Err(TariffError::Price("storage")));
        for note in [String::new(), "НДС\n20%".into(), "я".repeat(301)] {
            let noted = Tariff {
                vat_note: Some(note),
                ..tariff("2026-12-01", &[])
            };
            assert_eq!(noted.check(now), Err(TariffError::Note));
        }
    }
}
