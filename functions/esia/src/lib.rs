//! Spin function `esia`.
