//! Nothing that comes in makes anything panic: what the fuzz target does, for a fixed set of inputs.

use podpis_gost::ParamSet;

use crate::everywhere::everywhere;
use crate::samples::Samples;

#[test]
fn random_bytes() {
    let mut samples = Samples(21);
    for _ in 0..300 {
        let length = samples.below(300);
        everywhere(&samples.bytes(length));
    }
    for length in 0..260 {
        everywhere(&vec![0; length]);
        everywhere(&vec![0xff; length]);
    }
}

#[test]
fn genuine_input_cut_and_changed() {
    let mut samples = Samples(22);
    for &set in ParamSet::ALL {
        let key = samples.key(set);
        let public = key.public_key();
        let inputs = [
            key.to_bytes().to_vec(),
            public.to_bytes(),
            key.sign(b"message"),
            key.to_pkcs8_pem().as_bytes().to_vec(),
            public.to_spki_der(),
        ];
        for input in inputs {
            everywhere(&input);
            for _ in 0..4 {
                everywhere(&input[..samples.below(input.len())]);
                let mut changed = input.clone();
                changed[samples.below(input.len())] = samples.bytes(1)[0];
                everywhere(&changed);
                let place = samples.below(input.len());
                changed.insert(place, 0);
                everywhere(&changed);
            }
        }
    }
}
