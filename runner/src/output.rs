//! What a component prints, one log line a line.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::io::AsyncWrite;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};

use crate::log;

/// Longest line that is kept together, in bytes.
const MAX_LINE: usize = 8 * 1024;

/// Standard output or standard error of an instance.
pub struct Output {
    component: Arc<str>,
    stream: &'static str,
}

impl Output {
    /// `stream` names it in the log.
    pub fn new(component: &str, stream: &'static str) -> Self {
        Self {
            component: component.into(),
            stream,
        }
    }
}

impl IsTerminal for Output {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for Output {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(Lines {
            component: self.component.clone(),
            stream: self.stream,
            line: Vec::new(),
        })
    }
}

struct Lines {
    component: Arc<str>,
    stream: &'static str,
    line: Vec<u8>,
}

impl Lines {
    fn flush_line(&mut self) {
        if !self.line.is_empty() {
            let text = String::from_utf8_lossy(&self.line);
            let fields = serde_json::json!({ "component": &*self.component, "stream": self.stream, "text": text });
            log::info("output", fields);
            self.line.clear();
        }
    }
}

impl AsyncWrite for Lines {
    fn poll_write(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        for byte in bytes {
            match byte {
                b'\n' => self.flush_line(),
                byte => self.line.push(*byte),
            }
            if self.line.len() >= MAX_LINE {
                self.flush_line();
            }
        }
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.flush_line();
        Poll::Ready(Ok(()))
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        self.flush_line();
    }
}
