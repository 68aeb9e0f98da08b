//! A small HTTP server for the parties that the product calls: one request a connection, one handler for all.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use anyhow::Result;

/// What a handler gets.
#[derive(Debug, Default)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// Path and query.
    pub(crate) path: String,
    /// The header of that name, as the next.
    pub(crate) content_type: String,
    /// The header of that name; empty where there is none.
    pub(crate) authorization: String,
    /// All headers, by their names in lower case.
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

/// What a handler answers.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: &'static str,
    /// Whole lines of further headers, each with its end.
    pub(crate) more_headers: String,
    pub(crate) body: Vec<u8>,
}

/// Serves on a free port as long as the process lives; gives the address. Who is slow keeps nobody else waiting.
pub(crate) fn serve(
    handler: impl Fn(Request) -> Result<Answer> + Send + Sync + 'static,
) -> Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let url = format!("http://localhost:{}", listener.local_addr()?.port());
    let handler = Arc::new(handler);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let handler = Arc::clone(&handler);
            // The caller notices a broken answer.
            thread::spawn(move || answer(stream, &*handler));
        }
    });
    Ok(url)
}

fn answer(stream: TcpStream, handler: &impl Fn(Request) -> Result<Answer>) -> Result<()> {
    let mut reader = BufReader::new(stream);
    let request = read(&mut reader)?;
    let Answer {
        status,
        content_type,
        more_headers,
        body,
    } = handler(request)?;
    let mut stream = reader.into_inner();
    write!(
        stream,
        "HTTP/1.1 {status} -\r\ncontent-type: {content_type}\r\n{more_headers}content-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    )?;
    stream.write_all(&body)?;
    Ok(())
}

fn read(reader: &mut BufReader<TcpStream>) -> Result<Request> {
    let (mut line, mut length, mut chunked) = (String::new(), 0, false);
    let mut request = Request::default();
    reader.read_line(&mut line)?;
    let mut words = line.split_ascii_whitespace().map(str::to_owned);
    request.method = words.next().unwrap_or_default();
    request.path = words.next().unwrap_or_default();
    line.clear();
    while reader.read_line(&mut line)? > 2 {
        let (name, value) = line.split_once(':').unwrap_or_default();
        let value = value.trim();
        let name = name.to_ascii_lowercase();
        request.headers.insert(name.clone(), value.to_owned());
        match name.as_str() {
            "content-length" => length = value.parse()?,
            "transfer-encoding" => chunked = value.eq_ignore_ascii_case("chunked"),
            "content-type" => value.clone_into(&mut request.content_type),
            "authorization" => value.clone_into(&mut request.authorization),
            _ => {}
        }
        line.clear();
    }
    if chunked {
        request.body = read_chunks(reader)?;
    } else {
        request.body.resize(length, 0);
        reader.read_exact(&mut request.body)?;
    }
    Ok(request)
}

fn read_chunks(reader: &mut BufReader<TcpStream>) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let size = usize::from_str_radix(line.trim(), 16)?;
        let mut chunk = vec![0; size + 2];
        reader.read_exact(&mut chunk)?;
        if size == 0 {
            return Ok(body);
        }
        chunk.truncate(size);
        body.extend(chunk);
    }
}
