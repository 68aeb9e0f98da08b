//! A connection to a relay over sockets of WASI 0.3.
//!
//! They are asynchronous: while a relay is silent, the instance serves its other requests. Those of the standard library
//! (WASI 0.2) would stop the whole instance for each of them. TLS itself takes some milliseconds of computing.

#[cfg(not(target_family = "wasm"))]
pub(super) use absent::Wire;
#[cfg(target_family = "wasm")]
pub(super) use sockets::Wire;

#[cfg(target_family = "wasm")]
mod sockets {
    use super::super::settings::Relay;
    use super::super::smtp::Link;
    use super::super::tls::Tls;
    use crate::attempt::Failed;
    use podpis_shared::delivery::Reason;
    use spin_sdk::wasip3::sockets::types::{
        ErrorCode, IpAddressFamily, IpSocketAddress, Ipv4SocketAddress, Ipv6SocketAddress,
        TcpSocket,
    };
    use spin_sdk::wasip3::wit_bindgen::rt::async_support::{
        FutureReader, StreamReader, StreamResult, StreamWriter,
    };
    use spin_sdk::wasip3::wit_stream;
    use std::net::SocketAddr;

    /// Bytes that are read at a time.
    const CHUNK: usize = 4096;

    const BROKEN: Failed = Failed::for_now(Reason::Connection);

    type End = FutureReader<Result<(), ErrorCode>>;

    /// A connection.
    pub(in super::super) struct Wire<'r> {
        relay: &'r Relay,
        tls: Option<Tls>,
        incoming: StreamReader<u8>,
        outgoing: StreamWriter<u8>,
        // They end with the connection, and it with them.
        _ends: (End, End),
        _socket: TcpSocket,
    }

    impl<'r> Wire<'r> {
        /// Connects, still without TLS.
        pub(in super::super) async fn connect(relay: &'r Relay) -> Result<Self, Failed> {
            let family = match relay.address {
                SocketAddr::V4(_) => IpAddressFamily::Ipv4,
                SocketAddr::V6(_) => IpAddressFamily::Ipv6,
            };
            let socket = TcpSocket::create(family).map_err(|_| BROKEN)?;
            let connected = socket.connect(remote(relay.address)).await;
            connected.map_err(|error| match error {
                ErrorCode::AccessDenied => Failed::for_now(Reason::AddressRefused),
                ErrorCode::Timeout => Failed::for_now(Reason::Timeout),
                _ => BROKEN,
            })?;
            let (outgoing, data) = wit_stream::new();
            let sent = socket.send(data);
            let (incoming, received) = socket.receive();
            Ok(Self {
                relay,
                tls: None,
                incoming,
                outgoing,
                _ends: (sent, received),
                _socket: socket,
            })
        }

        async fn receive(&mut self) -> Result<Vec<u8>, Failed> {
            let (result, bytes) = self.incoming.read(Vec::with_capacity(CHUNK)).await;
            match result {
                StreamResult::Complete(_) if !bytes.is_empty() => Ok(bytes),
                _ => Err(BROKEN),
            }
        }

        async fn send(&mut self, bytes: Vec<u8>) -> Result<(), Failed> {
            let left = self.outgoing.write_all(bytes).await;
            if left.is_empty() { Ok(()) } else { Err(BROKEN) }
        }
    }

    impl Link for Wire<'_> {
        async fn read(&mut self) -> Result<Vec<u8>, Failed> {
            loop {
                if let Some(tls) = &mut self.tls {
                    let bytes = tls.read()?;
                    if !bytes.is_empty() {
                        return Ok(bytes);
                    }
                }
                let bytes = self.receive().await?;
                let Some(tls) = &mut self.tls else {
                    return Ok(bytes);
                };
                tls.feed(&bytes)?;
                let answer = tls.outgoing()?;
                self.send(answer).await?;
            }
        }

        async fn write(&mut self, bytes: &[u8]) -> Result<(), Failed> {
            let bytes = match &mut self.tls {
                Some(tls) => {
                    tls.write(bytes)?;
                    tls.outgoing()?
                }
                None => bytes.to_vec(),
            };
            self.send(bytes).await
        }

        async fn start_tls(&mut self) -> Result<(), Failed> {
            let mut tls = Tls::new(self.relay)?;
            loop {
                let bytes = tls.outgoing()?;
                self.send(bytes).await?;
                if !tls.is_handshaking() {
                    self.tls = Some(tls);
                    return Ok(());
                }
                let bytes = self.receive().await?;
                if let Err(failed) = tls.feed(&bytes) {
                    // The alert says why; the other side may be gone.
                    let _ = self.send(tls.outgoing().unwrap_or_default()).await;
                    return Err(failed);
                }
            }
        }
    }

    const fn remote(address: SocketAddr) -> IpSocketAddress {
        match address {
            SocketAddr::V4(v4) => {
                let [a, b, c, d] = v4.ip().octets();
                IpSocketAddress::Ipv4(Ipv4SocketAddress {
                    port: v4.port(),
                    address: (a, b, c, d),
                })
            }
            SocketAddr::V6(v6) => {
                let [a, b, c, d, e, f, g, h] = v6.ip().segments();
                IpSocketAddress::Ipv6(Ipv6SocketAddress {
                    port: v6.port(),
                    flow_info: 0,
                    address: (a, b, c, d, e, f, g, h),
                    scope_id: 0,
                })
            }
        }
    }
}

/// Where there are no sockets of WASI: tests and benchmarks on the host.
#[cfg(not(target_family = "wasm"))]
mod absent {
    use super::super::settings::Relay;
    use super::super::smtp::Link;
    use crate::attempt::Failed;
    use podpis_shared::delivery::Reason;

    /// No connection.
    pub(in super::super) struct Wire(std::convert::Infallible);

    impl Wire {
        /// Never connects.
        pub(in super::super) async fn connect(relay: &Relay) -> Result<Self, Failed> {
            eprintln!("warn at mail: no sockets for {}", relay.address);
            Err(Failed::for_now(Reason::Connection))
        }
    }

    impl Link for Wire {
        async fn read(&mut self) -> Result<Vec<u8>, Failed> {
            match self.0 {}
        }

        async fn write(&mut self, _bytes: &[u8]) -> Result<(), Failed> {
            match self.0 {}
        }

        async fn start_tls(&mut self) -> Result<(), Failed> {
            match self.0 {}
        }
    }
}
