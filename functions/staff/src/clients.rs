//! Whom a network address stands for, where tries are counted.

use podpis_kit::{Context, rates};

/// The caller's network; one name for all of whom no address is known.
pub(crate) fn network(context: &Context) -> String {
    let address = context.client_addr.as_deref();
    address
        .and_then(rates::network)
        .unwrap_or_else(|| "unknown".into())
}
