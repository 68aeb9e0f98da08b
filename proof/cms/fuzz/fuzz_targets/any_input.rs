//! Any bytes as every kind of input: `cargo +nightly fuzz run any_input`, in `proof/cms`.

#![no_main]

#[path = "../everywhere.rs"]
mod everywhere;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| everywhere::everywhere(bytes));
