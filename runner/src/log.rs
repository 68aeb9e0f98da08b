//! Structured log: one JSON object a line on standard error.
//!
//! Fields are ids, counts and names. Bodies, query strings, headers and
//! variables are never passed here.

use std::io::Write;
use std::sync::atomic::{AtomicU8, Ordering};

use serde::Serialize;
use time::OffsetDateTime;
use time::macros::format_description;

/// How much a line matters. Lines above the chosen level are left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Something is broken and somebody must look.
    Error = 0,
    /// Something went wrong for one caller.
    Warn = 1,
    /// Requests, start and stop.
    Info = 2,
    /// Details for a developer.
    Debug = 3,
}

static LEVEL: AtomicU8 = AtomicU8::new(Level::Info as u8);

/// Chooses the most detailed level that is written; `Info` until then.
pub fn set_level(level: Level) {
    LEVEL.store(level as u8, Ordering::Relaxed);
}

/// Writes `{"ts":…,"level":…,"msg":msg,…fields}`; `fields` is a struct or map.
pub fn line(level: Level, msg: &str, fields: impl Serialize) {
    if level as u8 > LEVEL.load(Ordering::Relaxed) {
        return;
    }
    write(level, msg, fields);
}

fn write(level: Level, msg: &str, fields: impl Serialize) {
    let line = Line {
        ts: now(),
        level,
        msg,
        fields,
    };
    let Ok(mut text) = serde_json::to_vec(&line) else {
        return;
    };
    text.push(b'\n');
    // Nothing can be done about a closed standard error, least of all log it.
    _ = std::io::stderr().lock().write_all(&text);
}

/// A line that others wait for: written at every level.
pub fn always(msg: &str, fields: impl Serialize) {
    write(Level::Info, msg, fields);
}

/// A line at [`Level::Error`].
pub fn error(msg: &str, fields: impl Serialize) {
    line(Level::Error, msg, fields);
}

/// A line at [`Level::Warn`].
pub fn warn(msg: &str, fields: impl Serialize) {
    line(Level::Warn, msg, fields);
}

/// A line at [`Level::Info`].
pub fn info(msg: &str, fields: impl Serialize) {
    line(Level::Info, msg, fields);
}

/// A line at [`Level::Debug`].
pub fn debug(msg: &str, fields: impl Serialize) {
    line(Level::Debug, msg, fields);
}

#[derive(Serialize)]
struct Line<'a, F> {
    ts: String,
    level: Level,
    msg: &'a str,
    #[serde(flatten)]
    fields: F,
}

fn now() -> String {
    let format =
        format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
    OffsetDateTime::now_utc().format(format).unwrap_or_default()
}
