//! Sockets, and networks that the runtime's configuration blocks at connection time, whatever a name resolves to.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener};
use std::path::Path;
use std::thread;

use crate::harness::{Runner, refusal_with, usual};

/// A server on loopback that answers what it got, in brackets, once; its port.
fn answering() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut got = [0; 4];
            stream.read_exact(&mut got).unwrap();
            write!(stream, "[{}]", String::from_utf8_lossy(&got)).unwrap();
            _ = stream.shutdown(Shutdown::Both);
        }
    });
    port
}

/// The usual application, which may go to `outside`, under a runtime configuration.
fn start(folder: &Path, outside: &str, config: Option<&str>) -> Runner {
    let environment = [
        ("SPIN_VARIABLE_TOKEN", "t"),
        ("SPIN_VARIABLE_OUTSIDE", outside),
    ];
    let Some(config) = config else {
        return Runner::start_with(folder, &[], &environment);
    };
    let path = folder.join("runtime-config.toml");
    std::fs::write(&path, config).unwrap();
    let arguments = ["--runtime-config-file", path.to_str().unwrap()];
    Runner::start_with(folder, &arguments, &environment)
}

const PRIVATE: &str = "[outbound_networking]\nblock_networks = [\"private\"]\n";

#[test]
fn sockets_are_denied_where_nothing_permits_them() {
    let port = answering();
    let folder = usual();
    let runner = start(folder.path(), "", None);
    let address = format!("127.0.0.1:{port}");
    let answer = runner.get(&format!("/socket?{address}"));
    assert_eq!(answer.body, "denied: PermissionDenied");
    let answer = runner.get(&format!("/async-socket?{address}"));
    assert!(answer.body.starts_with("denied: "), "{}", answer.body);
    let line = runner.wait_for_log("denial", |line| line["msg"] == "outbound socket denied");
    assert_eq!(line["address"], address);
}

#[test]
fn a_socket_is_permitted_by_its_address() {
    let port = answering();
    for (outside, permitted) in [
        (format!("tcp://127.0.0.1:{port}"), true),
        (format!("tcp://127.0.0.0/8:{port}"), true),
        (format!("*://*:{port}"), true),
        (format!("http://127.0.0.1:{port}"), false),
        (format!("tcp://localhost:{port}"), false),
        ("tcp://127.0.0.1:9".to_owned(), false),
    ] {
        let folder = usual();
        let runner = start(folder.path(), &outside, None);
        for route in ["socket", "async-socket"] {
            let answer = runner.get(&format!("/{route}?127.0.0.1:{port}"));
            let found = answer.body == "connected: [ping]";
            assert_eq!(found, permitted, "{route} by {outside}: {answer:?}");
            let refused = answer.body.starts_with("denied: ");
            assert_eq!(refused, !permitted, "{route} by {outside}: {answer:?}");
        }
    }
}

#[test]
fn nobody_listens_and_names_are_not_looked_up() {
    let folder = usual();
    let runner = start(folder.path(), "*://*:*", None);
    for address in ["127.0.0.1:0", "0.0.0.0:0", "0.0.0.0:8025"] {
        let answer = runner.get(&format!("/listen?{address}"));
        assert_eq!(answer.body, "denied: PermissionDenied", "{address}");
    }
    assert_eq!(runner.get("/name?localhost").body, "not found");
}

#[test]
fn blocked_networks_are_closed_to_sockets() {
    let port = answering();
    for config in [
        PRIVATE,
        "[outbound_networking]\nblock_networks = [\"127.0.0.0/8\"]",
    ] {
        let folder = usual();
        let runner = start(folder.path(), "*://*:*", Some(config));
        for route in ["socket", "async-socket"] {
            let answer = runner.get(&format!("/{route}?127.0.0.1:{port}"));
            assert!(answer.body.starts_with("denied: "), "{route}: {answer:?}");
        }
        runner.wait_for_log("block", |line| line["msg"] == "outbound socket blocked");
    }
}

#[test]
fn blocked_networks_are_closed_to_requests_whatever_a_name_resolves_to() {
    let other_folder = usual();
    let outside = Runner::start(other_folder.path(), &[]);
    let port = outside.address.rsplit_once(':').unwrap().1;
    let folder = usual();
    let runner = start(folder.path(), "*://*:*", Some(PRIVATE));
    for host in [
        "127.0.0.1",
        "localhost",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "0.0.0.0",
    ] {
        for scheme in ["http", "https"] {
            let answer = runner.get(&format!("/get?{scheme}://{host}:{port}/hello"));
            let found = (answer.status, answer.body.as_str());
            let expected = (599, "ErrorCode::DestinationIpProhibited");
            assert_eq!(found, expected, "{scheme}://{host}");
        }
    }
    let asked = outside.log().iter().any(|line| line["msg"] == "request");
    assert!(!asked, "the other side was asked: {:?}", outside.log());
    // Components call each other all the same.
    let inner = runner.get("/get?http://inner.spin.internal/hello");
    assert_eq!(inner.body, "hello");
}

#[test]
fn other_networks_stay_open_to_requests() {
    let other_folder = usual();
    let outside = Runner::start(other_folder.path(), &[]);
    let port = outside.address.rsplit_once(':').unwrap().1;
    let folder = usual();
    let config = "[outbound_networking]\nblock_networks = [\"10.0.0.0/8\", \"::1/128\"]";
    let runner = start(folder.path(), "*://*:*", Some(config));
    let answer = runner.get(&format!("/get?http://localhost:{port}/hello"));
    assert_eq!(answer.body, "hello");
}

#[test]
fn a_configuration_that_is_not_understood_is_refused() {
    let folder = usual();
    let path = folder.path().join("runtime-config.toml");
    std::fs::write(&path, "[outbound_networking]\nblock_network = []").unwrap();
    let arguments = ["--runtime-config-file", path.to_str().unwrap()];
    let refused = refusal_with(folder.path(), &arguments, &[("SPIN_VARIABLE_TOKEN", "t")]);
    assert!(
        refused.contains("unknown field `block_network`"),
        "{refused}"
    );
}
