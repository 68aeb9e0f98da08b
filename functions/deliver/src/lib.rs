//! Spin function `deliver`.
