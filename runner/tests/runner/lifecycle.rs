//! Start, ticks, crash and stop.

use std::io::{Read, Write};

use crate::harness::{Runner, parse, request, usual};

#[test]
fn a_second_start_takes_no_compiler() {
    let folder = usual();
    drop(Runner::start(folder.path(), &[]));
    let runner = Runner::start(folder.path(), &[]);
    let log = runner.log();
    assert!(log.iter().any(|line| line["msg"] == "loaded"), "{log:#?}");
    assert!(
        !log.iter().any(|line| line["msg"] == "compiled"),
        "{log:#?}"
    );
}

#[test]
fn a_stop_lets_requests_finish() {
    let folder = usual();
    let mut runner = Runner::start(folder.path(), &[]);
    let mut stream = runner.connect();
    stream
        .write_all(&request(&runner.address, "GET", "/stream?10", &[], b""))
        .unwrap();
    stream.read_exact(&mut [0; 8]).unwrap();
    runner.get("/after?at+the+end");
    runner.terminate();
    runner.wait_for_log("stopping", |line| line["msg"] == "stopping");
    assert!(std::net::TcpStream::connect(&runner.address).is_err());
    let mut bytes = b"HTTP/1.1".to_vec();
    stream.read_to_end(&mut bytes).unwrap();
    assert_eq!(parse(&bytes).body.lines().count(), 10);
    assert!(runner.wait().success());
    let stopped = runner.wait_for_log("stopped", |line| line["msg"] == "stopped");
    assert_eq!(stopped["finished"], true);
    // What a component does after its answer was done as well.
    assert_eq!(stopped["sql_statements"], 2);
}

#[test]
fn ticks_come_and_failures_are_logged() {
    let folder = usual();
    let arguments = [
        "--tick",
        "inner=/hello@50ms",
        "--tick",
        "inner=/trap@50ms",
        "--tick",
        "nobody=/x@50ms",
    ];
    let runner = Runner::start(folder.path(), &arguments);
    let tick = runner.wait_for_log("tick", |line| {
        line["component"] == "inner" && line["path"] == "/hello"
    });
    assert_eq!(
        (tick["method"].as_str(), tick["status"].as_u64()),
        (Some("POST"), Some(200))
    );
    let failed = |path: &'static str| {
        runner.wait_for_log(path, |line| {
            line["msg"] == "tick failed" && line["path"] == path
        })
    };
    assert_eq!(failed("/trap")["error"], "500");
    assert_eq!(failed("/x")["error"], "no such component");
}

#[test]
fn ticks_do_not_overlap() {
    let folder = usual();
    let runner = Runner::start(folder.path(), &["--tick", "inner=/seen-slowly@10ms"]);
    // A tick adds a row at its start and takes it away at its end; a second
    // one beside it would count two.
    for _ in 0..3 {
        let line = runner.wait_for_new_log("tick", |line| line["path"] == "/seen-slowly");
        assert_eq!(line["status"], 200, "{line}");
    }
}

#[test]
fn a_crash_before_a_statement_loses_what_was_not_committed() {
    let folder = usual();
    let mut runner = Runner::start(folder.path(), &["--crash-after-sql", "4"]);
    // CREATE, BEGIN, INSERT; the COMMIT never runs.
    let mut stream = runner.connect();
    stream
        .write_all(&request(
            &runner.address,
            "GET",
            "/transaction?commit",
            &[],
            b"",
        ))
        .unwrap();
    let mut bytes = Vec::new();
    _ = stream.read_to_end(&mut bytes);
    assert!(bytes.is_empty());
    assert!(!runner.wait().success());

    let runner = Runner::start(folder.path(), &[]);
    assert_eq!(
        runner.get("/sql?default;SELECT+count(*)+FROM+kept").body,
        "0"
    );
    assert_eq!(runner.get("/transaction?commit").body, "commit");
}
