//! Bodies that tell their request that they move.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use wasmtime_wasi_http::{Error, WasiBody};

use crate::limits::RequestState;

/// A body under watch: each frame puts off the deadline of its request.
pub(crate) struct Watched {
    body: WasiBody,
    request: Arc<RequestState>,
}

impl Watched {
    /// Watches `body` for `request`.
    pub(crate) fn new(body: WasiBody, request: Arc<RequestState>) -> Self {
        Self { body, request }
    }
}

impl Body for Watched {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        self.request.moved();
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
