//! A native stand-in of the Spin SDK: the same functions, compiled for the host, without a sandbox.
//!
//! It does what a service written for the host would do: connections to SQLite are pooled and keep their prepared
//! statements, writers queue in the process, a call to a neighbour is a call of a function. Only what the measured
//! functions use is here.

pub mod http;
pub mod sqlite;
pub mod variables;

pub use http::Answer;
pub use podpis_native_macros::http_service;

/// The stand-in of the clock.
pub mod time {
    /// Waits.
    pub async fn sleep(time: std::time::Duration) {
        tokio::time::sleep(time).await;
    }
}

/// The stand-in of the module that starts work beside the answer.
pub mod wasip3 {
    /// The host's errors of HTTP.
    pub mod http {
        /// Types of the interface.
        pub mod types {
            /// Why there is no answer.
            #[derive(Debug)]
            pub enum ErrorCode {
                /// Nobody listens.
                ConnectionRefused,
                /// The name was not found in time.
                DnsTimeout,
                /// The name was not found.
                DnsError(String),
                /// Nobody is there.
                DestinationNotFound,
                /// The address may not be reached.
                DestinationIpProhibited,
                /// The manifest does not allow it.
                HttpRequestDenied,
                /// No connection in time.
                ConnectionTimeout,
                /// No answer in time.
                HttpResponseTimeout,
                /// TLS failed.
                TlsProtocolError,
                /// The certificate is not valid.
                TlsCertificateError,
                /// The other side refused TLS.
                TlsAlertReceived(String),
            }

            impl std::fmt::Display for ErrorCode {
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    write!(f, "{self:?}")
                }
            }
        }
    }

    /// Runs work that the answer doesn't wait for.
    pub fn spawn(work: impl Future<Output = ()> + Send + 'static) {
        tokio::spawn(work);
    }
}
