//! A clinic's receiver of webhooks, good or bad.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use serde_json::Value;

/// What it got.
#[derive(Clone, Debug)]
pub struct Received {
    /// By lower-case name.
    pub headers: BTreeMap<String, String>,
    /// The event, as it came.
    pub body: Vec<u8>,
    /// When.
    pub at: Instant,
}

impl Received {
    /// The event.
    ///
    /// # Errors
    /// When it is no JSON.
    pub fn event(&self) -> Result<Value> {
        serde_json::from_slice(&self.body).context("an event")
    }

    /// A header; empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

/// What it does with a request.
#[derive(Clone, Debug)]
pub enum Reaction {
    /// Answers.
    Status(u16),
    /// Answers late.
    Slow(Duration, u16),
    /// Never answers.
    Hang,
    /// Closes in the middle of the answer's head.
    Close,
    /// Sends elsewhere.
    Redirect(String),
    /// Says that all is well, and never stops talking.
    Endless,
}

/// A receiver on a port of its own, as long as the process lives.
#[derive(Clone, Debug)]
pub struct Receiver {
    /// Its address.
    pub url: String,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Receiver {
    /// Starts one; `react` is told which request it is, from 1.
    ///
    /// # Errors
    /// When there is no port.
    pub fn start(react: impl Fn(usize) -> Reaction + Send + Sync + 'static) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let url = format!("http://localhost:{}/hook", listener.local_addr()?.port());
        let received = Arc::new(Mutex::new(Vec::new()));
        let (react, kept) = (Arc::new(react), received.clone());
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (react, kept) = (react.clone(), kept.clone());
                // The sender notices a broken answer.
                thread::spawn(move || serve(stream, &kept, &*react));
            }
        });
        Ok(Self { url, received })
    }

    /// All that it got so far, in order.
    pub fn received(&self) -> Vec<Received> {
        self.received
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

fn serve(
    stream: TcpStream,
    kept: &Mutex<Vec<Received>>,
    react: &dyn Fn(usize) -> Reaction,
) -> Result<()> {
    let mut reader = BufReader::new(stream);
    let mut headers = BTreeMap::new();
    let mut line = String::new();
    while reader.read_line(&mut line)? > 2 {
        if let Some((name, value)) = line.split_once(": ") {
            headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
        }
        line.clear();
    }
    let mut body = Vec::new();
    if let Some(length) = headers.get("content-length") {
        body.resize(length.parse()?, 0);
        reader.read_exact(&mut body)?;
    } else {
        loop {
            let mut size = String::new();
            reader.read_line(&mut size)?;
            let mut chunk = vec![0; usize::from_str_radix(size.trim(), 16)? + 2];
            reader.read_exact(&mut chunk)?;
            chunk.truncate(chunk.len() - 2);
            if chunk.is_empty() {
                break;
            }
            body.extend(chunk);
        }
    }
    let count = {
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push(Received {
            headers,
            body,
            at: Instant::now(),
        });
        kept.len()
    };
    answer(reader.into_inner(), react(count))
}

fn answer(mut stream: TcpStream, reaction: Reaction) -> Result<()> {
    let empty = |status: u16| {
        format!("HTTP/1.1 {status} -\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
    };
    match reaction {
        Reaction::Status(status) => stream.write_all(empty(status).as_bytes())?,
        Reaction::Slow(time, status) => {
            thread::sleep(time);
            stream.write_all(empty(status).as_bytes())?;
        }
        Reaction::Hang => thread::sleep(Duration::from_secs(60)),
        Reaction::Close => stream.write_all(b"HTTP/1.1 20")?,
        Reaction::Redirect(to) => write!(
            stream,
            "HTTP/1.1 302 -\r\nlocation: {to}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
        )?,
        Reaction::Endless => {
            stream.write_all(b"HTTP/1.1 200 -\r\ncontent-type: text/plain\r\n\r\n")?;
            // Gigabytes, unless the other side hangs up.
            while stream.write_all(&[b'x'; 65_536]).is_ok() {}
        }
    }
    Ok(())
}
