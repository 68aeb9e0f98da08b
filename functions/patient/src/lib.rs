//! Spin function `patient`.
