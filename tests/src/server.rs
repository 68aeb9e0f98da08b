//! A small HTTP server for the parties that the product calls: one request a connection, one handler for all.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;

use anyhow::Result;

/// What a handler answers.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: &'static str,
    pub(crate) body: Vec<u8>,
}

/// Serves on a free port as long as the process lives; gives the address. The handler gets each request's body.
pub(crate) fn serve(
    handler: impl Fn(Vec<u8>) -> Result<Answer> + Send + 'static,
) -> Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let url = format!("http://localhost:{}", listener.local_addr()?.port());
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // The caller notices a broken answer.
            let _ = answer(stream, &handler);
        }
    });
    Ok(url)
}

fn answer(stream: TcpStream, handler: &impl Fn(Vec<u8>) -> Result<Answer>) -> Result<()> {
    let mut reader = BufReader::new(stream);
    let body = read_body(&mut reader)?;
    let Answer {
        status,
        content_type,
        body,
    } = handler(body)?;
    let mut stream = reader.into_inner();
    write!(
        stream,
        "HTTP/1.1 {status} -\r\ncontent-type: {content_type}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    )?;
    stream.write_all(&body)?;
    Ok(())
}

fn read_body(reader: &mut BufReader<TcpStream>) -> Result<Vec<u8>> {
    let (mut line, mut length, mut chunked) = (String::new(), 0, false);
    while reader.read_line(&mut line)? > 2 {
        let header = line.to_ascii_lowercase();
        if let Some(value) = header.strip_prefix("content-length:") {
            length = value.trim().parse()?;
        }
        chunked |= header.starts_with("transfer-encoding:") && header.contains("chunked");
        line.clear();
    }
    if chunked {
        return read_chunks(reader);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok(body)
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
