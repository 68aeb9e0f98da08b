//! Nothing that comes in makes anything panic or grow: what the fuzz target does, for a fixed set of inputs.

use crate::everywhere::everywhere;

/// Numbers of a fixed sequence (xorshift).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % end.max(1)
    }

    fn byte(&mut self) -> u8 {
        u8::try_from(self.below(256)).unwrap()
    }
}

#[test]
fn random_bytes() {
    let mut numbers = Numbers(41);
    for _ in 0..500 {
        let length = numbers.below(300);
        let mut bytes: Vec<u8> = (0..length).map(|_| numbers.byte()).collect();
        everywhere(&bytes);
        if let Some(first) = bytes.first_mut() {
            *first = 0x30;
        }
        everywhere(&bytes);
    }
}

#[test]
fn genuine_input_cut_and_changed() {
    let mut numbers = Numbers(42);
    for input in [
        &include_bytes!("../fixtures/gost256.sig")[..],
        include_bytes!("../fixtures/gost512.sig"),
    ] {
        everywhere(input);
        for _ in 0..1500 {
            let mut changed = input.to_vec();
            for _ in 0..=numbers.below(3) {
                let place = numbers.below(changed.len());
                match numbers.below(4) {
                    0 => changed.truncate(place),
                    1 => changed.insert(place, numbers.byte()),
                    _ => {
                        if let Some(byte) = changed.get_mut(place) {
                            *byte = numbers.byte();
                        }
                    }
                }
            }
            everywhere(&changed);
        }
    }
}

#[test]
fn what_is_made_to_cost_much_is_refused() {
    // Deep nesting, a set of many, lengths that promise more than there is, and no end.
    let deep: Vec<u8> = [0x30, 0x80].repeat(50_000);
    let mut set = vec![0x31, 0x83, 0x01, 0x00, 0x00];
    set.extend([0x05, 0x00].repeat(0x8000));
    let promise = [0x30, 0x84, 0xff, 0xff, 0xff, 0xff, 0x06, 0x09].repeat(1000);
    for input in [deep, set, promise, vec![0x30; 1 << 20], vec![b'A'; 2 << 20]] {
        everywhere(&input);
    }
}
