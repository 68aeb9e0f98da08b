//! A month's account: counts by item and price, in whole kopecks.

use super::{Item, Schedule};
use crate::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;

/// So many of a thing at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    /// What.
    pub item: Item,
    /// When it happened: the price is that of its day.
    pub at: Timestamp,
    /// How many.
    pub count: u64,
}

/// A line of an account. An item whose price changed within the month has several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(
    feature = "schema",
    derive(schemars::JsonSchema),
    schemars(inline, deny_unknown_fields)
)]
pub struct Line {
    /// What.
    pub item: Item,
    /// What an account calls it.
    pub title: &'static str,
    /// How many.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub count: u64,
    /// Price of one, in whole kopecks.
    pub price_kopecks: u32,
    /// Price of all, in whole kopecks.
    pub sum_kopecks: u64,
}

/// The lines, in the order of [`Item::ALL`], then by price, and their total.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Statement {
    /// By item, then by price.
    pub lines: Vec<Line>,
    /// Sum of the lines, in whole kopecks.
    pub total_kopecks: u64,
}

impl Statement {
    /// The account of what was counted. `None` where a sum leaves the range of numbers that JSON carries whole (2^53).
    pub fn of(schedule: &Schedule, counted: &[Counted]) -> Option<Self> {
        let mut counts: BTreeMap<(Item, u32), u64> = BTreeMap::new();
        for Counted { item, at, count } in counted {
            let line = counts
                .entry((*item, schedule.price(*item, *at)))
                .or_default();
            *line = line.checked_add(*count)?;
        }
        let mut total_kopecks: u64 = 0;
        let mut lines = Vec::with_capacity(counts.len());
        for ((item, price_kopecks), count) in counts {
            let sum_kopecks = count.checked_mul(price_kopecks.into())?;
            total_kopecks = total_kopecks.checked_add(sum_kopecks)?;
            lines.push(Line {
                item,
                title: item.title(),
                count,
                price_kopecks,
                sum_kopecks,
            });
        }
        (total_kopecks < 1 << 53).then_some(Self {
            lines,
            total_kopecks,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Month, PRICE_MAX, Tariff};
    use super::*;
    use crate::policy::Day;
    use proptest::prelude::*;

    const NOVEMBER: i64 = 1_793_480_400;

    fn any_item() -> impl Strategy<Value = Item> {
        proptest::sample::select(Item::ALL)
    }

    fn any_tariff() -> impl Strategy<Value = Tariff> {
        let prices = proptest::collection::btree_map(any_item(), 0..=PRICE_MAX, 0..4);
        (0i64..120, prices).prop_map(|(days, prices)| Tariff {
            valid_from: Day::parse("2027-01-31").unwrap().minus(days),
            prices,
            vat_note: None,
        })
    }

    fn any_counted() -> impl Strategy<Value = Counted> {
        (any_item(), 0i64..70 * 86_400, 1u64..1000).prop_map(|(item, second, count)| Counted {
            item,
            at: Timestamp::from_unix(NOVEMBER + second),
            count,
        })
    }

    proptest! {
        /// The account is what one gets who prices each thing alone; grouping and order don't matter.
        #[test]
        fn the_sum_of_the_lines_is_the_sum_of_the_things(
            tariffs in proptest::collection::vec(any_tariff(), 0..5),
            counted in proptest::collection::vec(any_counted(), 0..50),
        ) {
            let schedule = Schedule::new(tariffs);
            let statement = Statement::of(&schedule, &counted).unwrap();
            let alone: u128 = counted.iter()
                .map(|c| u128::from(schedule.price(c.item, c.at)) * u128::from(c.count)).sum();
            prop_assert_eq!(u128::from(statement.total_kopecks), alone);
            for line in &statement.lines {
                prop_assert_eq!(line.sum_kopecks, line.count * u64::from(line.price_kopecks));
            }
            let of = |item| -> (u64, u64) {
                let lines = statement.lines.iter().filter(|line| line.item == item);
                let things = counted.iter().filter(|c| c.item == item);
                (lines.map(|line| line.count).sum(), things.map(|c| c.count).sum())
            };
            for item in Item::ALL {
                let (lines, things) = of(*item);
                prop_assert_eq!(lines, things);
            }
            let mut backwards = counted;
            backwards.reverse();
            prop_assert_eq!(Statement::of(&schedule, &backwards), Some(statement));
        }

        /// Whatever tariff can still be set, the account of a closed month stays.
        #[test]
        fn a_tariff_changes_no_closed_month(
            tariffs in proptest::collection::vec(any_tariff(), 0..4),
            new in any_tariff(),
            counted in proptest::collection::vec(any_counted(), 1..30),
            now in 0i64..100 * 86_400,
        ) {
            let now = Timestamp::from_unix(NOVEMBER + now);
            prop_assume!(new.check(now).is_ok());
            let closed: Vec<Counted> =
                counted.into_iter().filter(|c| Month::of(c.at).is_closed(now)).collect();
            let before = Statement::of(&Schedule::new(tariffs.clone()), &closed);
            let after = Statement::of(&Schedule::new([tariffs, vec![new]].concat()), &closed);
            prop_assert_eq!(before, after);
        }
    }

    #[test]
    fn a_sum_out_of_range_is_none_not_a_wrong_one() {
        let at = Timestamp::from_unix(NOVEMBER);
        let many = |count| {
            [Counted {
                item: Item::Connection,
                at,
                count,
            }]
        };
        assert!(Statement::of(&Schedule::default(), &many(1 << 32)).is_some());
        assert_eq!(Statement::of(&Schedule::default(), &many(1 << 40)), None);
        assert_eq!(Statement::of(&Schedule::default(), &many(u64::MAX)), None);
    }
}
