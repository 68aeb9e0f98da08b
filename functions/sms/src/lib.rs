//! Spin function `sms`.
