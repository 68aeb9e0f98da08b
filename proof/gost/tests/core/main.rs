//! Signatures and keys from outside: known answers, properties, OpenSSL's GOST engine both ways, any bytes at all.

mod any_input;
#[path = "../../fuzz/everywhere.rs"]
mod everywhere;
mod keys;
mod known;
mod openssl;
mod samples;
mod signatures;
