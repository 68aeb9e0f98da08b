//! Telemedicine consultations: `/api/v1/consultations` (`docs/consultations.md`).

pub(crate) mod cancel;
pub(crate) mod create;
mod incoming;
pub(crate) mod read;
pub(crate) mod reschedule;
