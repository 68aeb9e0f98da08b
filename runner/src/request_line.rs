//! The log line of a request.

use std::sync::Arc;

use http::{Request, Response, StatusCode};
use serde::Serialize;
use wasmtime_wasi_http::WasiBody;

use crate::limits::RequestState;
use crate::log;

/// Writes one log line when the request ends, also when its client goes away.
pub(crate) struct RequestLine {
    /// The component that answers, once it is known.
    pub(crate) component: Option<String>,
    state: Arc<RequestState>,
    method: String,
    path: String,
    status: Option<StatusCode>,
}

impl RequestLine {
    /// Begins with what is known of the request.
    pub(crate) fn start(request: &Request<WasiBody>, state: Arc<RequestState>) -> Self {
        let (method, path) = (
            request.method().to_string(),
            request.uri().path().to_owned(),
        );
        Self {
            component: None,
            state,
            method,
            path,
            status: None,
        }
    }

    /// Notes the answer's status; the line is written when `self` goes.
    pub(crate) fn end(mut self, response: Response<WasiBody>) -> Response<WasiBody> {
        self.status = Some(response.status());
        response
    }
}

impl Drop for RequestLine {
    fn drop(&mut self) {
        #[derive(Serialize)]
        struct Fields<'a> {
            request_id: &'a str,
            component: Option<&'a str>,
            method: &'a str,
            path: &'a str,
            /// 499: the client left before the answer.
            status: u16,
            ms: f64,
        }
        let fields = Fields {
            request_id: &self.state.id,
            component: self.component.as_deref(),
            method: &self.method,
            path: &self.path,
            status: self.status.map_or(499, |status| status.as_u16()),
            ms: self.state.elapsed_ms(),
        };
        log::info("request", fields);
    }
}
