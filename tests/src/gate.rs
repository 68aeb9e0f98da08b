//! A gate in front of a server: open, shut, or open with nobody behind it.

use std::io;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::Result;

use crate::wait_for;

/// How a gate stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Everything passes.
    Open,
    /// Nobody listens: connections are refused.
    Shut,
    /// Connections come about, and nothing is ever said.
    Silent,
}

/// A gate on a port of its own, as long as the process lives.
#[derive(Clone, Debug)]
pub struct Gate {
    /// Where it stands.
    pub port: u16,
    ways: Arc<Mutex<Ways>>,
}

#[derive(Debug)]
struct Ways {
    wanted: Way,
    now: Way,
}

/// How often a gate looks whether somebody has come.
const LOOK: Duration = Duration::from_millis(5);

/// Longer than anybody waits for an answer.
const SILENCE: Duration = Duration::from_secs(60);

impl Gate {
    /// Puts an open one in front of a port of this machine.
    ///
    /// # Errors
    /// When no port is free.
    pub fn before(behind: u16) -> Result<Self> {
        let listener = listen(0)?;
        let gate = Self {
            port: listener.local_addr()?.port(),
            ways: Arc::new(Mutex::new(Ways {
                wanted: Way::Open,
                now: Way::Open,
            })),
        };
        let keeper = gate.clone();
        let behind = SocketAddr::from(([127, 0, 0, 1], behind));
        thread::spawn(move || keeper.keep(Some(listener), behind));
        Ok(gate)
    }

    /// Changes how it stands for those who come from now on; returns when it does.
    ///
    /// # Errors
    /// When its port was taken by somebody else while it was shut.
    pub fn set(&self, way: Way) -> Result<()> {
        self.ways().wanted = way;
        wait_for("the gate", || Ok((self.ways().now == way).then_some(())))
    }

    fn ways(&self) -> std::sync::MutexGuard<'_, Ways> {
        self.ways.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, mut listener: Option<TcpListener>, behind: SocketAddr) {
        loop {
            let way = self.ways().wanted;
            if way == Way::Shut {
                listener = None;
            } else if listener.is_none() {
                listener = listen(self.port).ok();
            }
            if way == Way::Shut || listener.is_some() {
                self.ways().now = way;
            }
            match listener.as_ref().map(TcpListener::accept) {
                Some(Ok((stream, _))) => {
                    thread::spawn(move || match way {
                        // Whoever loses a connection notices.
                        Way::Open => drop(pass(stream, behind)),
                        Way::Shut | Way::Silent => {
                            thread::sleep(SILENCE);
                            drop(stream);
                        }
                    });
                }
                _ => thread::sleep(LOOK),
            }
        }
    }
}

fn listen(port: u16) -> io::Result<TcpListener> {
    let listener = TcpListener::bind(("127.0.0.1", port))?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

fn pass(near: TcpStream, behind: SocketAddr) -> io::Result<()> {
    near.set_nonblocking(false)?;
    let far = TcpStream::connect(behind)?;
    let (mut from, mut to) = (near.try_clone()?, far.try_clone()?);
    thread::spawn(move || {
        let _ = io::copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Write);
    });
    let (mut from, mut to) = (far, near);
    let copied = io::copy(&mut from, &mut to);
    let _ = to.shutdown(Shutdown::Write);
    copied.map(drop)
}
