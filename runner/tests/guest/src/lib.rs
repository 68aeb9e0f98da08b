//! Component that the runner's tests drive: one route for each thing to prove.
//!
//! `GET /<route>?<argument>`; the argument is plain text. An error answers 599
//! with its text, which no runner does by itself.

use std::io::Write as _;
use std::net::ToSocketAddrs as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures::SinkExt;
use spin_sdk::http::body::{self, IncomingBodyExt};
use spin_sdk::http::{BoxBody, EmptyBody, FullBody, Request, Response, box_body, send};
use spin_sdk::http_service;
use spin_sdk::sqlite::{Connection, Value};
use spin_sdk::wasip3::clocks::monotonic_clock;
use spin_sdk::wasip3::sockets::types::{
    IpAddressFamily, IpSocketAddress, Ipv4SocketAddress, TcpSocket,
};
use spin_sdk::{variables, wasip3};

/// Requests that this instance has seen.
static SEEN: AtomicU64 = AtomicU64::new(0);

#[http_service]
async fn handle(request: Request) -> Response<BoxBody> {
    let path = request.uri().path().to_owned();
    let argument = request.uri().query().unwrap_or_default().to_owned();
    let route = path.rsplit('/').next().unwrap_or_default().to_owned();
    match answer(&route, &argument, request).await {
        Ok(response) => response,
        Err(error) => {
            let mut response = text(format!("{error:#}"));
            *response.status_mut() = spin_sdk::http::StatusCode::from_u16(599).unwrap_or_default();
            response
        }
    }
}

async fn answer(
    route: &str,
    argument: &str,
    request: Request,
) -> anyhow::Result<Response<BoxBody>> {
    Ok(match route {
        "hello" => text("hello"),
        "seen" => text(SEEN.fetch_add(1, Ordering::Relaxed).to_string()),
        "echo" => echo(request).await?,
        "headers" => headers(&request),
        "loop" => busy(
            argument
                .parse()
                .map_or(Duration::MAX, Duration::from_millis),
        ),
        "wait" => {
            sleep(argument.parse()?).await;
            text("waited")
        }
        "eat" => eat(argument.parse()?),
        "trap" => trap(),
        "print" => {
            println!("printed by the guest");
            eprintln!("{argument}");
            text("printed")
        }
        "get" => get(argument).await?,
        "get-with-id" => get_with_id(argument, &request).await?,
        "socket" => socket(argument),
        "async-socket" => async_socket(argument).await?,
        "listen" => listen(argument),
        "name" => name(argument),
        "variable" => text(
            variables::get(argument)
                .await
                .map_err(|e| anyhow::anyhow!("{e:?}"))?,
        ),
        "environment" => text(std::env::var(argument)?),
        "file" => text(std::fs::read_to_string(argument)?),
        "write-file" => {
            std::fs::write(argument, "written")?;
            text("written")
        }
        "sql" => sql(argument).await?,
        "rows" => rows(argument.parse()?).await?,
        "transaction" => transaction(argument).await?,
        "seen-slowly" => seen_slowly().await?,
        "after" => after(argument.to_owned()),
        "stream" => stream(argument.parse()?),
        "large" => text("x".repeat(argument.parse()?)),
        other => anyhow::bail!("no route {other}"),
    })
}

fn text(text: impl Into<bytes::Bytes>) -> Response<BoxBody> {
    Response::new(box_body(FullBody::new(text.into())))
}

/// The body comes back; its length stands in a header.
async fn echo(request: Request) -> anyhow::Result<Response<BoxBody>> {
    let body = request
        .into_body()
        .bytes()
        .await
        .map_err(|e| anyhow::anyhow!("{e:?}"))?;
    let length = body.len();
    let mut response = text(body);
    response.headers_mut().insert("echo-length", length.into());
    Ok(response)
}

fn headers(request: &Request) -> Response<BoxBody> {
    let line = |(name, value): (&spin_sdk::http::HeaderName, &spin_sdk::http::HeaderValue)| {
        format!("{name}: {}\n", value.to_str().unwrap_or("?"))
    };
    text(request.headers().iter().map(line).collect::<String>())
}

/// Computes, without giving way.
fn busy(time: Duration) -> Response<BoxBody> {
    let started = std::time::Instant::now();
    let mut count = 0_u64;
    while started.elapsed() < time {
        count = std::hint::black_box(count.wrapping_add(1));
    }
    text("computed")
}

fn eat(mebibytes: usize) -> Response<BoxBody> {
    let mut eaten = Vec::new();
    for _ in 0..mebibytes {
        eaten.push(vec![1_u8; 1 << 20]);
    }
    text(eaten.len().to_string())
}

#[expect(clippy::panic, reason = "what the route is for")]
fn trap() -> Response<BoxBody> {
    panic!("as asked")
}

async fn get(url: &str) -> anyhow::Result<Response<BoxBody>> {
    let response = spin_sdk::http::get(url)
        .await
        .map_err(|e| anyhow::anyhow!("{e:?}"))?;
    pass_on(response).await
}

/// Passes on the `x-request-id` that came, as a component of its own accord would.
async fn get_with_id(url: &str, request: &Request) -> anyhow::Result<Response<BoxBody>> {
    let mut own = Request::get(url).body(EmptyBody::new())?;
    if let Some(id) = request.headers().get("x-request-id") {
        own.headers_mut().insert("x-request-id", id.clone());
    }
    let response = send(own).await.map_err(|e| anyhow::anyhow!("{e:?}"))?;
    pass_on(response).await
}

async fn pass_on(response: Response) -> anyhow::Result<Response<BoxBody>> {
    let status = response.status();
    let body = response
        .into_body()
        .bytes()
        .await
        .map_err(|e| anyhow::anyhow!("{e:?}"))?;
    let mut passed = text(body);
    *passed.status_mut() = status;
    Ok(passed)
}

/// Says `ping` by the standard library's sockets (WASI 0.2) and gives the answer.
fn socket(address: &str) -> Response<BoxBody> {
    let talk = || {
        let mut stream = std::net::TcpStream::connect(address)?;
        stream.write_all(b"ping")?;
        std::io::read_to_string(stream)
    };
    match talk() {
        Ok(answer) => text(format!("connected: {answer}")),
        Err(error) => text(format!("denied: {:?}", error.kind())),
    }
}

/// The same by sockets of WASI 0.3, which keep nobody else in the instance waiting.
async fn async_socket(address: &str) -> anyhow::Result<Response<BoxBody>> {
    let address: std::net::SocketAddrV4 = address.parse()?;
    let octets = address.ip().octets();
    let address = IpSocketAddress::Ipv4(Ipv4SocketAddress {
        port: address.port(),
        address: octets.into(),
    });
    let socket = TcpSocket::create(IpAddressFamily::Ipv4)?;
    if let Err(error) = socket.connect(address).await {
        return Ok(text(format!("denied: {error:?}")));
    }
    let (mut sender, data) = wasip3::wit_stream::new();
    let sent = socket.send(data);
    sender.write_all(b"ping".to_vec()).await;
    drop(sender);
    sent.await?;
    let (received, end) = socket.receive();
    let answer = received.collect().await;
    end.await?;
    Ok(text(format!("connected: {}", String::from_utf8(answer)?)))
}

/// A socket that waits for others.
fn listen(address: &str) -> Response<BoxBody> {
    match std::net::TcpListener::bind(address) {
        Ok(_) => text("listening"),
        Err(error) => text(format!("denied: {:?}", error.kind())),
    }
}

/// Looks a name up.
fn name(name: &str) -> Response<BoxBody> {
    match (name, 0).to_socket_addrs() {
        Ok(_) => text("found"),
        Err(_) => text("not found"),
    }
}

/// `<database>;<statement>` with `+` for spaces; answers the values, one row a line.
async fn sql(argument: &str) -> anyhow::Result<Response<BoxBody>> {
    let (database, statement) = argument.split_once(';').unwrap_or(("default", argument));
    let connection = Connection::open(database).await?;
    Ok(text(run(&connection, statement).await?))
}

async fn run(connection: &Connection, statement: &str) -> anyhow::Result<String> {
    let statement = statement.replace('+', " ");
    let rows = connection.execute(&statement, []).await?.collect().await?;
    let line = |row: spin_sdk::sqlite::RowResult| {
        row.values.iter().map(show).collect::<Vec<_>>().join(",")
    };
    Ok(rows.into_iter().map(line).collect::<Vec<_>>().join("\n"))
}

fn show(value: &Value) -> String {
    match value {
        Value::Integer(integer) => integer.to_string(),
        Value::Real(real) => real.to_string(),
        Value::Text(text) => text.clone(),
        Value::Blob(blob) => format!("{blob:?}"),
        Value::Null => "null".to_owned(),
    }
}

/// Streams that many rows through the host and counts them; also the counters
/// of the handle.
async fn rows(count: u64) -> anyhow::Result<Response<BoxBody>> {
    let connection = Connection::open_default().await?;
    let statement = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
                     SELECT i, 'row ' || i, i * 0.5, x'00ff', NULL FROM n";
    let mut found = connection
        .execute(statement, [Value::Integer(i64::try_from(count)?)])
        .await?;
    let columns = found.columns().len();
    let mut seen = 0;
    while let Some(row) = found.next().await {
        seen += 1;
        anyhow::ensure!(
            row.values.len() == columns && row.get::<u64>(0) == Some(seen),
            "row {seen}"
        );
    }
    found.result().await?;
    run(
        &connection,
        "CREATE TABLE IF NOT EXISTS counted (id INTEGER PRIMARY KEY)",
    )
    .await?;
    run(&connection, "DELETE FROM counted").await?;
    run(&connection, "INSERT INTO counted VALUES (7), (8), (9)").await?;
    let (rowid, changes) = (
        connection.last_insert_rowid().await,
        connection.changes().await,
    );
    Ok(text(format!(
        "{seen} rows, {columns} columns, rowid {rowid}, changes {changes}"
    )))
}

/// Inserts within a transaction, then `commit`, `rollback`, `drop` or `trap`.
async fn transaction(end: &str) -> anyhow::Result<Response<BoxBody>> {
    let connection = Connection::open_default().await?;
    run(&connection, "CREATE TABLE IF NOT EXISTS kept (how TEXT)").await?;
    run(&connection, "BEGIN IMMEDIATE").await?;
    run(&connection, &format!("INSERT INTO kept VALUES ('{end}')")).await?;
    match end {
        "commit" | "rollback" => drop(run(&connection, end).await?),
        "trap" => return Ok(trap()),
        _ => drop(connection),
    }
    let connection = Connection::open_default().await?;
    Ok(text(
        run(&connection, "SELECT how FROM kept ORDER BY rowid").await?,
    ))
}

/// Fails when it runs beside itself.
async fn seen_slowly() -> anyhow::Result<Response<BoxBody>> {
    let connection = Connection::open_default().await?;
    run(&connection, "CREATE TABLE IF NOT EXISTS running (id)").await?;
    run(&connection, "INSERT INTO running VALUES (1)").await?;
    sleep(100).await;
    let count = run(&connection, "SELECT count(*) FROM running").await?;
    anyhow::ensure!(count == "1", "{count} at a time");
    run(&connection, "DELETE FROM running").await?;
    Ok(text(count))
}

/// Answers at once and writes `how` into the database a little later.
fn after(how: String) -> Response<BoxBody> {
    wasip3::spawn(async move {
        sleep(200).await;
        if let Ok(connection) = Connection::open_default().await {
            _ = run(&connection, "CREATE TABLE IF NOT EXISTS late (how TEXT)").await;
            _ = run(&connection, &format!("INSERT INTO late VALUES ('{how}')")).await;
        }
    });
    text("answered")
}

/// So many parts, one each 50 ms.
fn stream(parts: usize) -> Response<BoxBody> {
    let (mut sender, body) = body::stream::<String>();
    wasip3::spawn(async move {
        for part in 0..parts {
            if sender.send(format!("part {part}\n")).await.is_err() {
                break;
            }
            sleep(50).await;
        }
    });
    Response::new(box_body(body))
}

async fn sleep(millis: u64) {
    monotonic_clock::wait_for(millis * 1_000_000).await;
}
