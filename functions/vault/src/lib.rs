//! Spin function `vault`.
