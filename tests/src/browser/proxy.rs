//! Somebody on the way who changes what passes: one byte of one answer.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;

use anyhow::{Context as _, Result};
use http::Method;

use crate::client::Client;

/// Headers of one hop: not handed on.
const HOP: &[&str] = &[
    "connection",
    "proxy-connection",
    "transfer-encoding",
    "content-length",
    "keep-alive",
    "host",
];

/// A plain HTTP proxy on a port of its own; lives as long as the process.
#[derive(Clone, Copy, Debug)]
pub struct TamperingProxy {
    /// Its port on 127.0.0.1.
    pub port: u16,
}

impl TamperingProxy {
    /// Changes the byte at `offset`, counted from the end, in answers of 200 whose path ends in `path`.
    ///
    /// # Errors
    /// When there is no free port.
    pub fn start(path: &'static str, offset: usize) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let port = listener.local_addr()?.port();
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                thread::spawn(move || {
                    // A browser that hangs up is no concern of ours.
                    let _ = pass(connection, path, offset);
                });
            }
        });
        Ok(Self { port })
    }
}

/// Serves one request and closes: the browser opens another connection for the next.
fn pass(mut connection: TcpStream, tampered: &str, offset: usize) -> Result<()> {
    let mut reader = BufReader::new(connection.try_clone()?);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut words = line.split(' ');
    let method: Method = words.next().unwrap_or_default().parse()?;
    let url = words.next().context("no address")?.to_owned();

    let mut headers = Vec::new();
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(": ") else {
            break;
        };
        let name = name.to_ascii_lowercase();
        if name == "content-length" {
            length = value.parse()?;
        }
        if !HOP.contains(&name.as_str()) {
            headers.push((name, value.to_owned()));
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;

    let headers: Vec<(&str, &str)> = headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let body = (method != Method::GET && method != Method::HEAD).then_some(body);
    let mut reply = Client::new("").send(method, &url, &headers, body)?;
    if reply.status == 200 && url.ends_with(tampered) {
        let position = reply.body.len().saturating_sub(offset);
        if let Some(byte) = reply.body.get_mut(position) {
            *byte ^= 1;
        }
    }
    let mut head = format!(
        "HTTP/1.1 {}\r\nconnection: close\r\ncontent-length: {}\r\n",
        reply.status,
        reply.body.len()
    );
    for (name, value) in &reply.headers {
        if !HOP.contains(&name.as_str()) {
            head += &format!("{name}: {}\r\n", value.to_str()?);
        }
    }
    connection.write_all(head.as_bytes())?;
    connection.write_all(b"\r\n")?;
    connection.write_all(&reply.body)?;
    Ok(())
}
