//! The offline verifier in a Web Worker.
