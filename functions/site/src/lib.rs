//! Spin function `site`.
