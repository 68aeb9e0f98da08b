//! Podpis.
fn main() {}
