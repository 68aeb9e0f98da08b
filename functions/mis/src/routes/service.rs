//! What says how the service stands, and what a verifier believes.

use crate::{docs, health, metrics, trust};

routes! {
    /// Health: what has to be mended
    get "/api/health" => health::read as health in service by anybody, "It works", fails { Unavailable };

    /// This description
    get "/api/openapi.json" => health::openapi as openapi in service by anybody, "OpenAPI 3.1";

    /// This description as a page
    get "/api/docs" => docs::read as docs in service by anybody, "The page";

    /// Numbers for Prometheus
    ///
    /// 404 where the variable `metrics_token` is empty.
    get "/api/metrics" => metrics::read as metrics in service by metrics, "Text format 0.0.4";

    /// What a verifier of signed documents needs to believe: roots and public keys (docs/evidence.md)
    get "/api/v1/trust" => trust::read as trust in verification by anybody, "The list `podpis-trust/1`",
        fails { Internal, Unavailable };
}
