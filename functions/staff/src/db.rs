//! The SQL of signing in.

pub(crate) mod passkeys;
pub(crate) mod people;
pub(crate) mod sessions;
pub(crate) mod steps;
pub(crate) mod tries;
