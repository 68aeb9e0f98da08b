//! Time limits.

use futures::future::{Either, select};
use std::pin::pin;
use std::time::Duration;

/// What the work gives, or `None` where it takes longer than `most`; then it is dropped.
pub(crate) async fn limited<T>(most: Duration, work: impl Future<Output = T>) -> Option<T> {
    match select(pin!(work), pin!(spin_sdk::time::sleep(most))).await {
        Either::Left((done, _)) => Some(done),
        Either::Right(_) => None,
    }
}
