//! The evidence bundle: format, canonical form, signature, and the list of what is trusted.
