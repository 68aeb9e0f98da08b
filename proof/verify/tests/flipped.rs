//! A byte flipped anywhere: never `valid`, never a panic.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod common;

use common::update::{last_contents, soon, time_stamped};
use common::{CONSENT, Operator, SIGNED, assert_valid, at, check, stamp};
use podpis_verify::Verdict;
use std::sync::atomic::{AtomicUsize, Ordering};

/// One bit each, case of a letter, digit to letter, all.
const MASKS: [u8; 5] = [0x01, 0x20, 0x80, 0x41, 0xFF];

/// Positions tried inside the original, spread by a fixed generator.
const SAMPLED: usize = 1000;

#[test]
fn in_a_plain_seal() {
    let operator = Operator::new();
    let file = operator.signed();
    let (from, to) = last_contents(&file);
    let seal = last_signature(&file)..to + 200;
    assert!(seal.start < from && seal.end < file.len());
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
    try_all(&operator, &file, from..to);
}

#[test]
fn in_a_later_time_stamp() {
    let operator = Operator::new();
    let sealed = operator.signed().len();
    let file = time_stamped(&operator.signed(), soon());
    try_all(
        &operator,
        &file,
        (sealed - 1..file.len()).chain(sample(sealed)),
    );
}

#[test]
fn in_all_that_the_operator_added() {
    // Every position once would take minutes: every seventh, and the tables at the end whole.
    let operator = Operator::new();
    let file = operator.signed();
    let added = (CONSENT.len()..file.len()).step_by(7);
    try_all(&operator, &file, added.chain(file.len() - 1500..file.len()));
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

/// Where the dictionary of the last signature begins.
fn last_signature(file: &[u8]) -> usize {
    common::update::last(file, b"/ByteRange") - 200
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
