//! A slow network: a TCP relay with the bandwidth and the delay of Lighthouse's "slow 4G".
//!
//! DevTools emulates a network for one target at a time and leaves workers out; a relay slows whatever the browser
//! fetches, and counts the bytes that really pass. One link is shared by all connections. A new connection costs one
//! round trip more, as its handshake would; TCP's slow start is not emulated.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use anyhow::Result;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Mutex, mpsc};
use tokio::time::{Instant, sleep_until};

/// 1.6 Mbit/s towards the browser, in bytes a second.
const DOWN: f64 = 1_600_000.0 / 8.0;
/// 750 kbit/s from it.
const UP: f64 = 750_000.0 / 8.0;
/// There and back.
const ROUND_TRIP: Duration = Duration::from_millis(150);
/// What is sent at a time: a few packets.
const CHUNK: usize = 4 * 1024;

/// A relay to a port of this machine; lives as long as the process.
#[derive(Debug)]
pub struct Relay {
    /// Its own port.
    pub port: u16,
    down: Arc<Lane>,
    up: Arc<Lane>,
}

/// One direction.
#[derive(Debug)]
struct Lane {
    rate: f64,
    free: Mutex<Instant>,
    bytes: AtomicU64,
}

impl Relay {
    /// Starts a relay to `target`.
    ///
    /// # Errors
    /// When there is no free port.
    pub fn start(target: u16) -> Result<Self> {
        let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
        listener.set_nonblocking(true)?;
        let port = listener.local_addr()?.port();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let (down, up) = runtime.block_on(async { (Lane::new(DOWN), Lane::new(UP)) });
        let lanes = (down.clone(), up.clone());
        std::thread::spawn(move || {
            runtime.block_on(async move {
                let Ok(listener) = TcpListener::from_std(listener) else {
                    return;
                };
                while let Ok((browser, _)) = listener.accept().await {
                    tokio::spawn(connection(
                        browser,
                        ([127, 0, 0, 1], target).into(),
                        lanes.clone(),
                    ));
                }
            });
        });
        Ok(Self { port, down, up })
    }

    /// Bytes that went to the browser since the last question, and bytes that came from it.
    pub fn take_bytes(&self) -> (u64, u64) {
        (
            self.down.bytes.swap(0, Relaxed),
            self.up.bytes.swap(0, Relaxed),
        )
    }
}

impl Lane {
    fn new(rate: f64) -> Arc<Self> {
        Arc::new(Self {
            rate,
            free: Mutex::new(Instant::now()),
            bytes: AtomicU64::new(0),
        })
    }

    /// Waits until so many bytes have had their time on the link.
    async fn pass(&self, bytes: usize) {
        self.bytes.fetch_add(bytes as u64, Relaxed);
        let mut free = self.free.lock().await;
        let sent = (*free).max(Instant::now()) + Duration::from_secs_f64(bytes as f64 / self.rate);
        *free = sent;
        drop(free);
        sleep_until(sent).await;
    }
}

async fn connection(browser: TcpStream, target: SocketAddr, (down, up): (Arc<Lane>, Arc<Lane>)) {
    let Ok(server) = TcpStream::connect(target).await else {
        return;
    };
    // Without these, small answers wait for each other, which no network would do to them.
    if browser
        .set_nodelay(true)
        .and(server.set_nodelay(true))
        .is_err()
    {
        return;
    }
    let (from_browser, to_browser) = browser.into_split();
    let (from_server, to_server) = server.into_split();
    let ready = Instant::now() + ROUND_TRIP;
    tokio::join!(
        lane(from_browser, to_server, &up, ready),
        lane(from_server, to_browser, &down, ready)
    );
}

/// Moves bytes from one side to the other, each chunk at the link's pace and then half a round trip later.
async fn lane(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    lane: &Lane,
    ready: Instant,
) {
    let (sender, mut flying) = mpsc::channel::<(Instant, Vec<u8>)>(1024);
    let read = async move {
        loop {
            let mut chunk = vec![0; CHUNK];
            let Ok(size @ 1..) = from.read(&mut chunk).await else {
                break;
            };
            chunk.truncate(size);
            lane.pass(size).await;
            if sender
                .send((Instant::now().max(ready) + ROUND_TRIP / 2, chunk))
                .await
                .is_err()
            {
                break;
            }
        }
    };
    let write = async move {
        while let Some((arrival, chunk)) = flying.recv().await {
            sleep_until(arrival).await;
            if to.write_all(&chunk).await.is_err() {
                break;
            }
        }
        // The other side may have gone already.
        let _ = to.shutdown().await;
    };
    tokio::join!(read, write);
}
