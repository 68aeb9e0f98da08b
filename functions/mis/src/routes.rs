//! The tables of routes: what the router is made of, and with the types of the handlers what `docs/openapi.json` is made of.
//!
//! A line is: summary and description; method, path, handler; `operationId` and group; who may ask; what the right answer is;
//! and errors beside those that the handler's arguments bring along, each with words where its name is not enough. It stands
//! in the file of its subject, all lines of a path in one. Then `cargo xtask openapi`.
//!
//! Who may ask: `anybody`, `operator`, `metrics`, or a clinic. Of a clinic its MIS always, and of its staff `any_role`, or whose
//! role has the permission that is named. A unit test holds this against the handler's arguments.

use axum::Router;

/// Who may ask, as a table says it.
macro_rules! by {
    (anybody) => {
        crate::auth::By::Anybody
    };
    (operator) => {
        crate::auth::By::Operator
    };
    (metrics) => {
        crate::auth::By::Metrics
    };
    (any_role) => {
        crate::auth::By::Clinic(None)
    };
    ($permission:ident) => {
        crate::auth::By::Clinic(Some(podpis_shared::staff::Permission::$permission))
    };
}

/// A table.
macro_rules! routes {
    ($(
        $(#[doc = $doc:literal])+
        $method:ident $path:literal => $handler:path as $id:ident in $tag:ident by $by:ident, $gives:literal
            $(, fails { $($code:ident $($why:literal)?),+ $(,)? })?;
    )+) => {
        /// Its routes.
        pub(super) fn router() -> axum::Router {
            axum::Router::new()$(.route(
                $path,
                axum::routing::$method($handler).route_layer(axum::Extension(by!($by))),
            ))+
        }

        /// Its routes, for the description.
        #[cfg(test)]
        pub(super) fn calls() -> Vec<crate::openapi::Call> {
            vec![$(crate::openapi::Call {
                method: stringify!($method),
                path: $path,
                id: stringify!($id),
                tag: stringify!($tag),
                docs: &[$($doc),+],
                by: by!($by),
                gives: $gives,
                fails: &[$($((podpis_shared::problem::Code::$code, concat!($($why)?))),+)?],
                says: |schemas| crate::openapi::says($handler, schemas),
            }),+]
        }
    };
}

// Below the macros, which they are made of.
mod clinic;
mod documents;
mod events;
mod operator;
mod service;
mod staff;

/// All routes.
pub(crate) fn router() -> Router {
    service::router()
        .merge(documents::router())
        .merge(clinic::router())
        .merge(events::router())
        .merge(staff::router())
        .merge(operator::router())
}

/// All routes, for the description.
#[cfg(test)]
pub(crate) fn calls() -> Vec<crate::openapi::Call> {
    [
        service::calls(),
        documents::calls(),
        clinic::calls(),
        events::calls(),
        staff::calls(),
        operator::calls(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
