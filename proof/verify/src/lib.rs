//! The offline verifier of signed PDFs.
