//! What the manifest does not grant, a component does not get.

use crate::harness::{Runner, refusal, usual};

#[test]
fn hosts_that_are_not_listed_are_denied() {
    let folder = usual();
    let runner = Runner::start(folder.path(), &[]);
    for url in [
        "http://example.ru/",
        "https://inner.spin.internal/",
        "http://guest.spin.internal/hello",
        "http://127.0.0.1:1/",
    ] {
        let answer = runner.get(&format!("/get?{url}"));
        assert_eq!(
            (answer.status, answer.body.as_str()),
            (599, "ErrorCode::HttpRequestDenied"),
            "{url}"
        );
    }
    let line = runner.wait_for_log("denial", |line| line["msg"] == "outbound request denied");
    assert_eq!(line["host"], "example.ru");
}

#[test]
fn a_listed_host_is_reached_by_its_exact_port() {
    let other_folder = usual();
    let outside = Runner::start(other_folder.path(), &[]);
    let folder = usual();
    let allowed = format!("http://{}", outside.address);
    let environment = [
        ("SPIN_VARIABLE_TOKEN", "s3cret-value"),
        ("SPIN_VARIABLE_OUTSIDE", allowed.as_str()),
    ];
    let runner = Runner::start_with(folder.path(), &[], &environment);
    assert_eq!(runner.get(&format!("/get?{allowed}/hello")).body, "hello");
    let other = runner.get("/get?http://127.0.0.1:9/hello");
    assert_eq!(other.body, "ErrorCode::HttpRequestDenied");
}

#[test]
fn https_is_spoken_and_must_be_answered() {
    let other_folder = usual();
    let outside = Runner::start(other_folder.path(), &[]);
    let folder = usual();
    let allowed = format!("https://{}", outside.address);
    let environment = [
        ("SPIN_VARIABLE_TOKEN", "s3cret-value"),
        ("SPIN_VARIABLE_OUTSIDE", allowed.as_str()),
    ];
    let runner = Runner::start_with(folder.path(), &[], &environment);
    let answer = runner.get(&format!("/get?{allowed}/hello"));
    assert_eq!(answer.body, "ErrorCode::TlsProtocolError");
}

#[test]
fn a_component_reads_its_own_variables_only() {
    let folder = usual();
    let runner = Runner::start(folder.path(), &[]);
    assert_eq!(runner.get("/variable?greeting").body, "hello, world");
    assert_eq!(runner.get("/variable?token").body, "s3cret-value");
    assert!(
        runner
            .get("/variable?outside")
            .body
            .starts_with("Error::Undefined(")
    );
    assert!(
        runner
            .get("/variable?Not-A-Name")
            .body
            .starts_with("Error::InvalidName(")
    );
    assert!(
        runner
            .get("/get?http://inner.spin.internal/variable?token")
            .body
            .starts_with("Error::Undefined(")
    );
    assert!(!format!("{:?}", runner.log()).contains("s3cret-value"));
}

#[test]
fn the_environment_sets_variables() {
    let folder = usual();
    let environment = [
        ("SPIN_VARIABLE_TOKEN", "t"),
        ("SPIN_VARIABLE_GREETING", "hi"),
        ("PRIVATE", "x"),
    ];
    let runner = Runner::start_with(folder.path(), &[], &environment);
    assert_eq!(runner.get("/variable?greeting").body, "hi, world");
    assert_eq!(runner.get("/environment?COLOUR").body, "red");
    assert_eq!(runner.get("/environment?PRIVATE").status, 599);
}

#[test]
fn a_required_variable_without_value_is_refused_by_name() {
    let folder = usual();
    let refused = refusal(folder.path(), &[]);
    assert_eq!(
        refused,
        "spin.toml: variable \"token\" is required: set SPIN_VARIABLE_TOKEN"
    );
}

#[test]
fn a_key_that_is_not_implemented_is_refused_by_name() {
    let folder = usual();
    let manifest = folder.path().join("spin.toml");
    let text = std::fs::read_to_string(&manifest).unwrap();
    std::fs::write(&manifest, text + "key_value_stores = [\"default\"]\n").unwrap();
    let refused = refusal(folder.path(), &[]);
    assert_eq!(
        refused,
        "spin.toml: component.inner.key_value_stores is not implemented by this runner"
    );
}

#[test]
fn a_file_that_is_no_component_is_refused_by_its_owner() {
    let folder = usual();
    let manifest = folder.path().join("spin.toml");
    let text = std::fs::read_to_string(&manifest).unwrap();
    let other = "[[trigger.http]]\nroute = \"/other\"\ncomponent = \"other\"\n[component.other]\n";
    for (source, reason) in [
        ("absent.wasm", "component other: cannot read"),
        ("spin.toml", "component other: "),
    ] {
        std::fs::write(&manifest, format!("{text}{other}source = \"{source}\"\n")).unwrap();
        let refused = refusal(folder.path(), &[("SPIN_VARIABLE_TOKEN", "t")]);
        assert!(refused.starts_with(reason), "{refused}");
    }
}

#[test]
fn files_are_read_only_and_the_only_ones() {
    let folder = usual();
    let runner = Runner::start(folder.path(), &[]);
    assert_eq!(runner.get("/file?/note.txt").body, "a note");
    for path in [
        "/write-file?/note.txt",
        "/write-file?/new.txt",
        "/file?/../spin.toml",
        "/file?/etc/passwd",
    ] {
        assert_eq!(runner.get(path).status, 599, "{path}");
    }
    assert_eq!(
        runner
            .get("/get?http://inner.spin.internal/file?/note.txt")
            .status,
        599
    );
    assert_eq!(
        std::fs::read_to_string(folder.path().join("files/note.txt")).unwrap(),
        "a note"
    );
}
