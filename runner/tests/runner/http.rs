//! Requests and answers: routes, ids, bodies, calls between components.

use std::io::{Read, Write};
use std::net::Shutdown;

use crate::harness::{Runner, application, parse, request, usual};

#[test]
fn a_component_answers_with_a_request_id() {
    let folder = usual();
    let runner = Runner::start(folder.path(), &[]);
    let answer = runner.get("/hello?secret=query");
    assert_eq!((answer.status, answer.body.as_str()), (200, "hello"));
    let id = answer.header("x-request-id").unwrap().to_owned();
    assert_eq!(id.len(), 32);

    let line = runner.wait_for_log("request", |line| line["request_id"] == id);
    assert_eq!(
        (line["msg"].as_str(), line["component"].as_str()),
        (Some("request"), Some("guest"))
    );
    assert_eq!(
        (line["method"].as_str(), line["path"].as_str()),
        (Some("GET"), Some("/hello"))
    );
    assert_eq!(line["status"], 200);
    assert!(line["ms"].is_number() && line["ts"].as_str().unwrap().ends_with('Z'));
    assert!(!format!("{:?}", runner.log()).contains("secret=query"));
}

#[test]
fn a_sane_id_is_taken_over_and_handed_on() {
    let folder = usual();
    let runner = Runner::start(folder.path(), &[]);
    for path in ["/headers", "/get?http://inner.spin.internal/headers"] {
        let answer = runner.ask("GET", path, &[("x-request-id", "from-outside-1")], b"");
        assert_eq!(
            answer.header("x-request-id"),
            Some("from-outside-1"),
            "{path}"
        );
        assert!(
            answer.body.contains("x-request-id: from-outside-1\n"),
            "{path}: {}",
            answer.body
        );
    }
    let answer = runner.ask("GET", "/headers", &[("x-request-id", "no good; id")], b"");
    let made = answer.header("x-request-id").unwrap();
    assert_eq!(made.len(), 32);
    assert!(answer.body.contains(&format!("x-request-id: {made}\n")));
}

#[test]
fn concurrent_requests_keep_their_own_ids_in_calls() {
    let folder = usual();
    let runner = Runner::start(folder.path(), &[]);
    std::thread::scope(|scope| {
        for number in 0..16 {
            let runner = &runner;
            scope.spawn(move || {
                let id = format!("concurrent-{number}");
                let path = "/get?http://inner.spin.internal/headers";
                let answer = runner.ask("GET", path, &[("x-request-id", &id)], b"");
                assert!(
                    answer.body.contains(&format!("x-request-id: {id}\n")),
                    "{}",
                    answer.body
                );
            });
        }
    });
}

#[test]
fn the_component_sees_spins_headers() {
    let folder = usual();
    let runner = Runner::start(folder.path(), &[]);
    let answer = runner.ask(
        "GET",
        "/a/headers?q",
        &[("spin-client-addr", "6.6.6.6:6")],
        b"",
    );
    for line in [
        "spin-path-info: /a/headers\n".to_owned(),
        format!("spin-full-url: http://{}/a/headers?q\n", runner.address),
        "spin-matched-route: /...\n".to_owned(),
        "spin-base-path: /\n".to_owned(),
        "spin-client-addr: 127.0.0.1:".to_owned(),
    ] {
        assert!(answer.body.contains(&line), "{line}: {}", answer.body);
    }
    assert!(!answer.body.contains("6.6.6.6"), "{}", answer.body);

    let answer = runner.get("/get?http://inner.spin.internal/deep/headers");
    assert!(
        answer
            .body
            .contains("spin-full-url: http://inner.spin.internal/deep/headers\n"),
        "{}",
        answer.body
    );
    assert!(
        answer.body.contains("spin-client-addr: 0.0.0.0:0\n"),
        "{}",
        answer.body
    );
}

#[test]
fn the_best_route_answers_and_private_ones_never() {
    let folder = application(
        r#"
[[trigger.http]]
route = "/api/..."
component = "guest"
[component.guest]
source = "@guest@"
[[trigger.http]]
route = { private = true }
component = "inner"
[component.inner]
source = "@guest@"
"#,
    );
    let runner = Runner::start(folder.path(), &[]);
    assert_eq!(runner.get("/api/hello").body, "hello");
    assert_eq!(runner.get("/.well-known/spin/health").body, "OK");
    for path in ["/", "/hello", "/inner/hello", "/apis"] {
        let answer = runner.get(path);
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (404, "not_found"),
            "{path}"
        );
        assert!(answer.header("x-request-id").is_some());
    }
    let mut stream = runner.connect();
    stream
        .write_all(&request(
            "inner.spin.internal",
            "GET",
            "/api/hello",
            &[],
            b"",
        ))
        .unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    assert_eq!(parse(&bytes).code(), "bad_request");
}

#[test]
fn components_call_each_other_and_the_application_itself() {
    let folder = usual();
    let runner = Runner::start(folder.path(), &[]);
    assert_eq!(
        runner.get("/get?http://inner.spin.internal/hello").body,
        "hello"
    );
    assert_eq!(runner.get("/get?http://self.alt/hello").body, "hello");
    let failed = runner.get("/get?http://inner.spin.internal/trap");
    assert_eq!(failed.status, 500);
    assert!(failed.body.contains("instance_failed"), "{}", failed.body);
}

#[test]
fn bodies_of_every_size_go_both_ways() {
    let folder = usual();
    let runner = Runner::start(folder.path(), &[]);
    for size in [0, 1, 65_536, 5_000_000] {
        let body = "x".repeat(size);
        let answer = runner.ask("POST", "/echo", &[], body.as_bytes());
        assert_eq!((answer.status, answer.body.len()), (200, size));
        assert_eq!(
            answer.header("echo-length"),
            Some(size.to_string().as_str())
        );
    }
}

#[test]
fn answers_are_streamed_as_they_come() {
    let folder = usual();
    let runner = Runner::start(folder.path(), &[]);
    let mut stream = runner.connect();
    stream
        .write_all(&request(&runner.address, "GET", "/stream?3", &[], b""))
        .unwrap();
    let mut pieces = 0;
    let mut all = Vec::new();
    let mut piece = [0; 4096];
    loop {
        match stream.read(&mut piece).unwrap() {
            0 => break,
            length => all.extend_from_slice(&piece[..length]),
        }
        pieces += 1;
    }
    assert!(pieces > 1, "the answer came in one piece");
    assert_eq!(parse(&all).body, "part 0\npart 1\npart 2\n");
}

#[test]
fn head_has_no_body() {
    let folder = usual();
    let runner = Runner::start(folder.path(), &[]);
    for path in ["/hello", "/stream?100", "/large?1000000"] {
        let answer = runner.ask("HEAD", path, &[], b"");
        assert_eq!((answer.status, answer.body.as_str()), (200, ""), "{path}");
    }
    assert_eq!(runner.get("/hello").body, "hello");
}

#[test]
fn clients_that_half_close_or_leave_harm_nobody() {
    let folder = usual();
    let mut runner = Runner::start(folder.path(), &[]);
    let mut half = runner.connect();
    half.write_all(&request(&runner.address, "GET", "/wait?100", &[], b""))
        .unwrap();
    half.shutdown(Shutdown::Write).unwrap();
    let mut bytes = Vec::new();
    half.read_to_end(&mut bytes).unwrap();
    assert_eq!(parse(&bytes).body, "waited");

    for path in ["/wait?300", "/stream?1000", "/large?20000000"] {
        let mut stream = runner.connect();
        stream
            .write_all(&request(&runner.address, "GET", path, &[], b""))
            .unwrap();
        if path != "/wait?300" {
            stream.read_exact(&mut [0; 1]).unwrap();
        }
        drop(stream);
    }
    // Half a body, then gone.
    let mut stream = runner.connect();
    let head = format!(
        "POST /echo HTTP/1.1\r\nhost: {}\r\ncontent-length: 1000\r\n\r\nhalf",
        runner.address
    );
    stream.write_all(head.as_bytes()).unwrap();
    drop(stream);

    assert_eq!(runner.get("/hello").body, "hello");
    runner.terminate();
    assert!(runner.wait().success());
    let log = runner.log();
    assert!(
        log.iter()
            .any(|line| line["msg"] == "stopped" && line["finished"] == true),
        "{log:#?}"
    );
}

#[test]
fn connections_are_kept_alive() {
    let folder = usual();
    let runner = Runner::start(folder.path(), &[]);
    let mut stream = runner.connect();
    let mut bytes = Vec::new();
    for connection in ["keep-alive", "close"] {
        let head = format!(
            "GET /hello HTTP/1.1\r\nhost: {}\r\nconnection: {connection}\r\n\r\n",
            runner.address
        );
        stream.write_all(head.as_bytes()).unwrap();
    }
    stream.read_to_end(&mut bytes).unwrap();
    let answers = String::from_utf8(bytes).unwrap();
    assert_eq!(answers.matches("HTTP/1.1 200 OK").count(), 2, "{answers}");
}

#[test]
fn instances_are_reused_up_to_spins_limit() {
    let folder = usual();
    let runner = Runner::start(folder.path(), &[]);
    let seen: Vec<u64> = (0..130)
        .map(|_| runner.get("/seen").body.parse().unwrap())
        .collect();
    assert!(seen.contains(&0) && seen.contains(&1), "{seen:?}");
    assert!(seen.iter().all(|count| *count < 128), "{seen:?}");
}

#[test]
fn work_goes_on_after_the_answer() {
    let folder = usual();
    let runner = Runner::start(folder.path(), &[]);
    assert_eq!(runner.get("/after?kept").body, "answered");
    let mut late = String::new();
    while late.is_empty() {
        let answer = runner.get("/sql?default;SELECT+how+FROM+late");
        late = if answer.status == 200 {
            answer.body
        } else {
            String::new()
        };
    }
    assert_eq!(late, "kept");
}
