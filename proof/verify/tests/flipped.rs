//! A byte flipped anywhere: never `valid`, never a panic.
//!
//! By default positions are sampled, most densely where no hash protects them. With `PODPIS_EVERY_POSITION` in the
//! environment each one is tried: minutes.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod common;

use common::update::{last, last_contents, soon, time_stamped};
use common::{CONSENT, Operator, SIGNED, assert_valid, at, check, stamp};
use podpis_verify::Verdict;
use std::sync::atomic::{AtomicUsize, Ordering};

/// One bit each, case of a letter, digit to letter, all.
const MASKS: [u8; 5] = [0x01, 0x20, 0x80, 0x41, 0xFF];

/// Positions tried anywhere in a file, spread by a fixed generator.
const SAMPLED: usize = 300;

#[test]
fn in_a_plain_seal() {
    let operator = Operator::new();
    let file = operator.signed();
    let (from, to) = last_contents(&file);
    let dictionary = last(&file, b"/ByteRange") - 200..from;
    let seal = dictionary.chain(from..to).chain(to..to + 200);
    try_all(&operator, &file, seal.chain(sample(file.len())));
}

#[test]
fn in_a_stamped_seal() {
    let operator = Operator::new();
    let evidence = operator.evidence(operator.bundle());
    let file = operator.sealed(&evidence, at(SIGNED), |signature| {
        Some(stamp::token(signature, soon()))
    });
    let (from, to) = last_contents(&file);
    try_all(&operator, &file, (from..to).step_by(step(5)));
}

#[test]
fn in_a_later_time_stamp() {
    let operator = Operator::new();
    let sealed = operator.signed();
    let file = time_stamped(&sealed, soon());
    let revision = (sealed.len() - 1..file.len()).step_by(step(4));
    try_all(&operator, &file, revision.chain(sample(sealed.len())));
}

#[test]
fn in_all_that_the_operator_added() {
    let operator = Operator::new();
    let file = operator.signed();
    let added = (CONSENT.len()..file.len()).step_by(step(97));
    let tables = file.len() - 1000..file.len();
    try_all(&operator, &file, added.chain(tables));
}

/// Every position when asked for, else every `sparse`th.
fn step(sparse: usize) -> usize {
    match std::env::var_os("PODPIS_EVERY_POSITION") {
        Some(_) => 1,
        None => sparse,
    }
}

/// Flips each of these positions by one mask, in turn, on every core.
fn try_all(operator: &Operator, file: &[u8], positions: impl Iterator<Item = usize>) {
    assert_valid(&check(operator, file));
    let positions: Vec<usize> = positions.collect();
    let next = AtomicUsize::new(0);
    let work = || {
        let mut forged = file.to_vec();
        while let Some(&position) = positions.get(next.fetch_add(1, Ordering::Relaxed)) {
            let mask = MASKS[position % MASKS.len()];
            forged[position] ^= mask;
            let report = check(operator, &forged);
            assert_ne!(
                report.verdict,
                Verdict::Valid,
                "byte {position}, mask {mask:02x}"
            );
            forged[position] ^= mask;
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().unwrap().get() {
            scope.spawn(work);
        }
    });
}

/// Positions all over the first `size` bytes: a linear congruential generator (Knuth's MMIX) with a fixed start.
fn sample(size: usize) -> impl Iterator<Item = usize> {
    let mut state = 20_261_201_u64;
    std::iter::repeat_with(move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % size
    })
    .take(SAMPLED)
}
