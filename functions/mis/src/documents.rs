//! Documents of a clinic: one file a call.

pub(crate) mod cancel;
pub(crate) mod clinic_signature;
pub(crate) mod create;
pub(crate) mod files;
pub(crate) mod final_version;
pub(crate) mod kept;
pub(crate) mod list;
pub(crate) mod messages;
pub(crate) mod multipart;
pub(crate) mod read;
pub(crate) mod remind;
mod sms;
pub(crate) mod tell;
