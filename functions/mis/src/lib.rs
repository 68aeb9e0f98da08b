//! Spin function `mis`.
