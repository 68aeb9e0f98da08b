//! Spin function `sandbox`.
