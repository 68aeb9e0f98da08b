//! Asking again while the network is away.

use std::future::Future;

use gloo::timers::future::TimeoutFuture;

use crate::model::retry;

/// Calls until there is an answer; gives up after a few failures that pass by themselves.
pub(crate) async fn patiently<T, E, F: Future<Output = Result<T, E>>>(
    mut call: impl FnMut() -> F,
    passes: impl Fn(&E) -> bool,
) -> Result<T, E> {
    let mut failures = 0;
    loop {
        let answer = call().await;
        if !answer.as_ref().is_err_and(&passes) {
            return answer;
        }
        failures += 1;
        match retry::pause_after(failures) {
            Some(pause) => TimeoutFuture::new(pause).await,
            None => return answer,
        }
    }
}
