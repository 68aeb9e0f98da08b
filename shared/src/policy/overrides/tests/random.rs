//! Random rows of an operator, from a seed: whatever is taken without `policy_override` allows nothing that the builtin
//! table forbids.

use super::*;
use crate::policy::{Acting, Day, Ground};

/// How many tables are tried.
const TABLES: u32 = 3000;

/// A small generator (xorshift64*), so that every run is the same.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(high).unwrap() % end
    }

    fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }

    fn rarely(&mut self) -> bool {
        self.below(5) == 0
    }
}

const GROUNDS: [Ground; 5] = [
    Ground::Minor,
    Ground::MinorDrugTreatment,
    Ground::MinorNarcology,
    Ground::MinorDonation,
    Ground::Incapable,
];

const DAYS: [&str; 6] = [
    "2021-06-01",
    "2025-08-31",
    "2026-11-28",
    "2027-02-01",
    "2028-02-29",
    "2028-03-01",
];

fn random_row(random: &mut Random) -> Value {
    let known = random.one(Table::builtin().rows());
    let mut changes = json!({});
    if random.rarely() {
        changes["id"] = random.one(&["x-1", "x-2", "x-3"]).into();
    }
    if !random.rarely() {
        changes["verdict"] = random
            .one(&[
                "block",
                "block",
                "allow_with_agreement",
                "allow_offer",
                "allow",
            ])
            .into();
        changes["basis"] = json!(["закон"]);
    }
    if random.rarely() {
        let kinds = [known.kinds[0], random.one(Kind::ALL)];
        changes["kinds"] = json!(kinds[..=random.below(2)]);
    }
    if random.rarely() {
        changes["method"] = json!(random.one(Method::ALL));
    }
    for end in ["valid_from", "valid_until"] {
        if random.rarely() {
            changes[end] = random
                .one(&["2020-01-01", "2026-01-01", "2027-01-15", "2028-03-01"])
                .into();
            changes["act"] = "акт".into();
        }
    }
    row("rows", &known.id, changes)
}

fn random_age(random: &mut Random) -> Value {
    let known = random.one(Table::builtin().ages());
    let mut changes = json!({});
    if random.rarely() {
        changes["id"] = random.one(&["y-1", "y-2"]).into();
    }
    if !random.rarely() {
        changes["age"] = random.one(&[14, 15, 16, 17, 18, 21]).into();
    }
    if known.child_under.is_some() {
        changes["child_under"] = random.one(&[3, 14, 15, 16, 18]).into();
    }
    if random.rarely() {
        changes["care"] = random.one(&[json!(null), json!(true), json!(false)]);
    }
    if random.rarely() {
        changes["grounds"] = json!([random.one(&GROUNDS)]);
    }
    row("ages", &known.id, changes)
}

fn random_question(random: &mut Random) -> Question {
    let day = random.one(&DAYS);
    let today = Day::parse(day).unwrap().triple();
    let aged = |age: i32| Birthday::parse(&format!("{:04}-01-01", today.0 - age));
    let patient = random.one(&[0, 3, 13, 14, 15, 16, 17, 18, 40]);
    let acting = aged(random.one(&[14, 15, 16, 17, 18, 40])).map(|born| Acting {
        born,
        ground: random.one(&GROUNDS),
    });
    Question {
        kind: random.one(Kind::ALL),
        delivery: random.one(Delivery::ALL),
        method: random.one(Method::ALL),
        patient_born: aged(patient).filter(|_| random.below(10) > 0),
        acting: acting.filter(|_| random.below(2) == 0),
        agreement: random.one(&[Agreement::NotAsked, Agreement::Missing, Agreement::Valid]),
        today,
    }
}

#[test]
fn stricter_rows_never_allow_what_the_builtin_table_forbids() {
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let (mut taken, mut refused, mut stricter) = (0, 0, 0);
    for _ in 0..TABLES {
        let rows: Vec<_> = (0..=random.below(3))
            .map(|_| random_row(&mut random))
            .collect();
        let ages: Vec<_> = (0..random.below(3))
            .map(|_| random_age(&mut random))
            .collect();
        let text = json!({ "rows": rows, "ages": ages }).to_string();
        let Ok(table) = Table::with_override(&text, false) else {
            refused += 1;
            continue;
        };
        taken += 1;
        for _ in 0..2000 {
            let q = random_question(&mut random);
            let (own, builtin) = (
                decide(&table, q).is_ok(),
                decide(Table::builtin(), q).is_ok(),
            );
            assert!(!own || builtin, "{q:?}: {text}");
            stricter += u32::from(builtin && !own);
        }
    }
    assert!(
        taken > TABLES / 10 && refused > TABLES / 10,
        "{taken} {refused}"
    );
    assert!(stricter > 1000, "{stricter}");
}
