//! A document that is being filled in.
