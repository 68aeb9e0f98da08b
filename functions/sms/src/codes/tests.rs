//! The rules of codes, by examples and over many random histories.

use super::*;

const START: i64 = 1_800_000_000;

fn at(second: i64) -> Timestamp {
    Timestamp::from_unix(START + second)
}

/// A small generator (Steele, Lea, Flood: SplitMix), so that every run sees the same histories.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }
}

#[test]
fn every_code_is_as_likely() {
    let drawn = |number| Digits::drawn(number).map(|digits| digits.expose().to_owned());
    let end = u32::MAX - u32::MAX % CODES;
    // The numbers that count are whole millions: each code is made of 4,294 of them.
    assert_eq!((end % CODES, end / CODES), (0, 4294));
    assert_eq!(drawn(0).as_deref(), Some("000000"));
    assert_eq!(drawn(42_137).as_deref(), Some("042137"));
    assert_eq!(drawn(end - 1).as_deref(), Some("999999"));
    assert_eq!(drawn(end), None);
    assert_eq!(drawn(u32::MAX), None);
}

#[test]
fn drawn_codes_are_spread() {
    let mut random = Random(1);
    let (mut buckets, mut count) = ([0_u32; 100], 0);
    while count < 100_000 {
        let number = u32::try_from(random.next() >> 32).unwrap();
        if let Some(digits) = Digits::drawn(number) {
            assert!(
                digits.expose().len() == 6 && digits.expose().bytes().all(|b| b.is_ascii_digit())
            );
            buckets[digits.expose()[..2].parse::<usize>().unwrap()] += 1;
            count += 1;
        }
    }
    let chi: f64 = buckets
        .iter()
        .map(|n| (f64::from(*n) - 1000.0).powi(2) / 1000.0)
        .sum();
    // 99 degrees of freedom: above 149 is less likely than 1 in 1,000.
    assert!(chi < 149.0, "{chi}");
}

#[test]
fn what_people_type() {
    for right in ["042137", " 042 137\n", "042\u{a0}137"] {
        assert_eq!(Digits::typed(right).unwrap().expose(), "042137");
    }
    for wrong in [
        "",
        "42137",
        "0421370",
        "04213a",
        "042-137",
        "٠٤٢١٣٧",
        "-42137",
    ] {
        assert!(Digits::typed(wrong).is_none(), "{wrong}");
    }
}

#[test]
fn four_sendings_an_hour_a_minute_apart() {
    let first = next_round(&[], at(0)).unwrap();
    assert_eq!(
        (first.number, first.resends_left, first.resend_at),
        (1, 3, at(60))
    );
    assert_eq!(next_round(&[at(0)], at(59)), Err(NotYet::Soon(at(60))));
    let second = next_round(&[at(0)], at(60)).unwrap();
    assert_eq!(
        (second.number, second.resends_left, second.resend_at),
        (2, 2, at(120))
    );
    let fourth = next_round(&[at(120), at(60), at(0)], at(180)).unwrap();
    assert_eq!((fourth.number, fourth.resends_left), (4, 0));
    assert_eq!(
        fourth.resend_at,
        at(HOUR),
        "when the first one leaves the window"
    );
    let sent = [at(180), at(120), at(60), at(0)];
    assert_eq!(next_round(&sent, at(240)), Err(NotYet::Spent(at(HOUR))));
    let fifth = next_round(&sent[..3], at(HOUR)).unwrap();
    assert_eq!(
        (fifth.number, fifth.resends_left, fifth.resend_at),
        (4, 0, at(HOUR + 60))
    );
}

/// Whoever asks as soon as they may, or at any other moment, gets no more than the rules allow.
#[test]
fn no_history_of_sendings_breaks_the_rules() {
    let mut random = Random(2);
    for _ in 0..2_000 {
        let (mut sent, mut now) = (Vec::<Timestamp>::new(), 0);
        let mut promised = None;
        for _ in 0..40 {
            now += i64::try_from(random.below(400)).unwrap();
            let window: Vec<_> = sent
                .iter()
                .rev()
                .copied()
                .filter(|t| *t > at(now - HOUR))
                .take(4)
                .collect();
            match next_round(&window, at(now)) {
                Ok(round) => {
                    assert!(promised.is_none_or(|from| from <= at(now)));
                    assert!(
                        sent.last()
                            .is_none_or(|last| last.plus(RESEND_AFTER) <= at(now))
                    );
                    sent.push(at(now));
                    let within = sent.iter().filter(|t| **t > at(now - HOUR)).count();
                    assert!(within <= 4 && within == round.number as usize);
                    assert_eq!(round.number + round.resends_left, 4);
                    promised = Some(round.resend_at);
                }
                Err(NotYet::Soon(from) | NotYet::Spent(from)) => {
                    assert!(from > at(now), "it says when to come back");
                    assert_eq!(
                        promised,
                        Some(from),
                        "as it said when the last one was sent"
                    );
                }
            }
        }
    }
}

const ISSUED: State = State {
    status: Status::Issued,
    tries: 0,
    expires_at: Timestamp::from_unix(START + LIFETIME),
    verified_at: None,
};

#[test]
fn the_right_code_and_its_repetition() {
    assert_eq!(judge(Some(&ISSUED), at(299), true), Outcome::Verify);
    for right in [true, false] {
        assert_eq!(
            judge(Some(&ISSUED), at(300), right),
            Outcome::Over(Over::Late)
        );
    }
    let verified = State {
        status: Status::Verified,
        verified_at: Some(at(299)),
        ..ISSUED
    };
    assert_eq!(
        judge(Some(&verified), at(299 + REPEAT_FOR - 1), true),
        Outcome::Repeat
    );
    assert_eq!(
        judge(Some(&verified), at(299 + REPEAT_FOR), true),
        Outcome::Over(Over::Gone)
    );
}

#[test]
fn the_fifth_wrong_code_closes_it() {
    let mut state = ISSUED;
    for n in 1..=5 {
        let Outcome::Wrong { tries, status } = judge(Some(&state), at(1), false) else {
            panic!("try {n}")
        };
        assert_eq!((tries, status == Status::Locked), (n, n == 5));
        state = State {
            tries,
            status,
            ..state
        };
    }
    assert_eq!(
        judge(Some(&state), at(1), true),
        Outcome::Over(Over::Locked)
    );
}

/// Wrong codes after the right one count on: nobody guesses a code by way of its repetition.
#[test]
fn a_verified_code_is_no_way_to_guess() {
    let mut state = State {
        status: Status::Verified,
        tries: 3,
        verified_at: Some(at(9)),
        ..ISSUED
    };
    let wrong = |state: &State| match judge(Some(state), at(10), false) {
        Outcome::Wrong { tries, status } => State {
            tries,
            status,
            ..*state
        },
        other => panic!("{other:?}"),
    };
    state = wrong(&state);
    assert_eq!((state.tries, state.status), (4, Status::Verified));
    assert_eq!(judge(Some(&state), at(10), true), Outcome::Repeat);
    state = wrong(&state);
    assert_eq!(state.status, Status::Locked);
    assert_eq!(
        judge(Some(&state), at(10), true),
        Outcome::Over(Over::Locked)
    );
}

#[test]
fn what_is_over_does_not_tell_whether_the_code_was_right() {
    let gone = |status, over| {
        let state = State { status, ..ISSUED };
        for right in [true, false] {
            assert_eq!(judge(Some(&state), at(1), right), Outcome::Over(over));
        }
    };
    gone(Status::Replaced, Over::Replaced);
    gone(Status::Locked, Over::Locked);
    gone(Status::Failed, Over::Gone);
    for right in [true, false] {
        assert_eq!(judge(None, at(1), right), Outcome::Over(Over::Gone));
    }
}

/// Random histories of one code: however right and wrong codes, time and replacement come, these hold.
#[test]
fn no_history_of_checks_breaks_the_rules() {
    let mut random = Random(3);
    for _ in 0..20_000 {
        let (mut state, mut now, mut wrong, mut verified) = (ISSUED, 0, 0, None);
        for _ in 0..20 {
            now += i64::try_from(random.below(120)).unwrap();
            let right = random.below(3) == 0;
            match judge(Some(&state), at(now), right) {
                Outcome::Verify => {
                    assert!(right && now < LIFETIME && wrong < TRIES_MAX && verified.is_none());
                    verified = Some(now);
                    state = State {
                        status: Status::Verified,
                        verified_at: Some(at(now)),
                        ..state
                    };
                }
                Outcome::Repeat => {
                    assert!(right && wrong < TRIES_MAX);
                    assert!(verified.is_some_and(|then| now < then + REPEAT_FOR));
                }
                Outcome::Wrong { tries, status } => {
                    wrong += 1;
                    assert!(!right && tries == wrong && wrong <= TRIES_MAX);
                    state = State {
                        tries,
                        status,
                        ..state
                    };
                }
                Outcome::Over(_) => {
                    let in_time = match verified {
                        Some(then) => now < then + REPEAT_FOR,
                        None => now < LIFETIME,
                    };
                    assert!(!in_time || wrong == TRIES_MAX || state.status == Status::Replaced);
                }
            }
            if random.below(30) == 0 && state.status != Status::Locked {
                state.status = Status::Replaced;
            }
        }
    }
}

#[test]
fn names_in_the_database() {
    for status in Status::ALL {
        assert_eq!(Status::parse(status.as_str()), Some(status));
    }
    assert_eq!(Status::parse(""), None);
}
