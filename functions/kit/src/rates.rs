//! Requests a minute, counted over all instances without a write on the way of a request.
//!
//! What an instance takes is noted in its memory and added to the caller's row by a task that runs beside the answers, a
//! fifth of a second later or once enough has come together. A request counts what the row holds and what this
//! instance has not yet written; so instances learn of each other a moment late, and a caller gets at most
//! [`BATCH`] requests of each other instance too many. Where the row can't be written the requests are not counted:
//! a limit is no reason to fail.

use crate::db::DbError;
use crate::store::rates;
use crate::{Db, now};
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How long requests are gathered.
const PAUSE: Duration = Duration::from_millis(200);

/// Requests of one caller that are written at once, without waiting for more.
const BATCH: u32 = 32;

/// Minutes after which a row is forgotten.
const KEPT: i64 = 10;

/// What this instance has not yet written: requests by caller and minute. Names no person: hashes of keys, addresses.
static PENDING: Mutex<Pending> = Mutex::new(Pending {
    requests: BTreeMap::new(),
    writer: false,
});

struct Pending {
    requests: BTreeMap<(String, i64), u32>,
    /// A writer is waiting.
    writer: bool,
}

/// Where a caller stands in the running minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Requests a minute.
    pub limit: u32,
    /// Requests left in this minute.
    pub remaining: u32,
    /// Seconds to the next minute, 1 to 60.
    pub reset: u32,
    /// Whether this request is over the limit; then it isn't counted.
    pub over: bool,
}

/// The running minute.
pub fn minute() -> i64 {
    now().unix().div_euclid(60)
}

/// Takes a request of a caller of whom `stored` ones are known to the database in the running minute.
pub fn take(caller: &str, stored: u32, limit: u32) -> Standing {
    let at = now().unix();
    let minute = at.div_euclid(60);
    let mut pending = PENDING.lock().unwrap_or_else(PoisonError::into_inner);
    let key = (caller.to_owned(), minute);
    let here = pending.requests.get(&key).copied().unwrap_or(0);
    let standing = standing(stored.saturating_add(here), limit, at);
    if standing.over {
        return standing;
    }
    pending.requests.insert(key, here + 1);
    let full = (here + 1).is_multiple_of(BATCH);
    if full || !std::mem::replace(&mut pending.writer, true) {
        let pause = if full { Duration::ZERO } else { PAUSE };
        spin_sdk::wasip3::spawn(async move {
            spin_sdk::time::sleep(pause).await;
            if let Err(e) = write().await {
                eprintln!("error at rates: {e}");
            }
        });
    }
    standing
}

fn standing(used: u32, limit: u32, at: i64) -> Standing {
    let over = used >= limit;
    Standing {
        limit,
        remaining: limit.saturating_sub(used.saturating_add(1)),
        reset: u32::try_from(60 - at.rem_euclid(60)).unwrap_or(60),
        over,
    }
}

/// Adds what has come together to the rows.
async fn write() -> Result<(), DbError> {
    let requests = {
        let mut pending = PENDING.lock().unwrap_or_else(PoisonError::into_inner);
        pending.writer = false;
        std::mem::take(&mut pending.requests)
    };
    if requests.is_empty() {
        return Ok(());
    }
    let tx = Db::open().await?.begin().await?;
    for ((caller, minute), count) in requests {
        rates::add(&tx, &caller, minute, count).await?;
    }
    rates::sweep(&tx, minute() - KEPT).await?;
    tx.commit().await
}

/// Whom a network address stands for: an IPv4 address, or the first 64 bits of an IPv6 address, which is what one
/// subscriber has. A port doesn't count. `None` where the text is no address.
pub fn network(text: &str) -> Option<String> {
    let socket = || text.parse().ok().map(|socket: SocketAddr| socket.ip());
    let address: IpAddr = text.parse().ok().or_else(socket)?;
    Some(match address.to_canonical() {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            format!("{}/64", Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_request_of_a_minute_passes_and_the_next_does_not() {
        let last = standing(99, 100, 120 + 17);
        assert_eq!(
            last,
            Standing {
                limit: 100,
                remaining: 0,
                reset: 43,
                over: false
            }
        );
        assert!(standing(100, 100, 137).over);
        assert_eq!(standing(0, 100, 120).remaining, 99);
        assert_eq!(standing(0, 100, 120).reset, 60);
        assert_eq!(standing(0, 100, 179).reset, 1);
        assert!(standing(0, 0, 0).over, "a limit of nothing");
    }

    #[test]
    fn a_subscriber_is_one_caller() {
        for (text, whom) in [
            ("198.51.100.7:4711", Some("198.51.100.7")),
            ("198.51.100.7", Some("198.51.100.7")),
            ("[2001:db8:1:2:3:4:5:6]:443", Some("2001:db8:1:2::/64")),
            ("::ffff:198.51.100.7", Some("198.51.100.7")),
            ("unknown", None),
        ] {
            assert_eq!(network(text).as_deref(), whom, "{text}");
        }
    }
}
