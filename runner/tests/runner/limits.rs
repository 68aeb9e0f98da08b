//! Memory and time of an instance: who exceeds them is stopped, the others go on.

use std::io::Write;

use crate::harness::{Runner, request, usual};

#[test]
fn a_loop_is_stopped_and_neighbours_go_on() {
    let folder = usual();
    let runner = Runner::start(folder.path(), &["--cpu-time", "500ms", "--timeout", "50s"]);
    std::thread::scope(|scope| {
        let looping: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| runner.get("/loop")))
            .collect();
        for _ in 0..20 {
            assert_eq!(runner.get("/hello").body, "hello");
        }
        for answer in looping {
            let answer = answer.join().unwrap();
            assert_eq!((answer.status, answer.code().as_str()), (504, "timeout"));
        }
    });
    let line = runner.wait_for_log("stop", |line| line["msg"] == "instance ended");
    assert!(
        line["stopped"].as_str().unwrap().starts_with("Cpu("),
        "{line}"
    );
    assert_eq!(runner.get("/hello").body, "hello");
}

#[test]
fn work_below_the_limit_is_left_alone() {
    let folder = usual();
    let runner = Runner::start(folder.path(), &["--cpu-time", "20s", "--timeout", "50s"]);
    assert_eq!(runner.get("/loop?300").body, "computed");
}

#[test]
fn waiting_costs_no_processor_time() {
    let folder = usual();
    let runner = Runner::start(folder.path(), &["--cpu-time", "200ms", "--timeout", "50s"]);
    assert_eq!(runner.get("/wait?1500").body, "waited");
    assert_eq!(runner.get("/stream?30").body.lines().count(), 30);
}

#[test]
fn a_request_without_progress_ends_at_its_deadline() {
    let folder = usual();
    let runner = Runner::start(folder.path(), &["--timeout", "500ms"]);
    let answer = runner.get("/wait?60000");
    assert_eq!((answer.status, answer.code().as_str()), (504, "timeout"));
    // Called by another component, it fails the same way.
    let answer = runner.get("/get?http://inner.spin.internal/wait?60000");
    assert_eq!(answer.status, 504);
    assert_eq!(runner.get("/hello").body, "hello");
}

#[test]
fn a_slow_answer_that_moves_is_no_timeout() {
    let folder = usual();
    let runner = Runner::start(folder.path(), &["--timeout", "2s"]);
    assert_eq!(runner.get("/stream?50").body.lines().count(), 50);
}

#[test]
fn a_slow_request_that_moves_is_no_timeout() {
    let folder = usual();
    let runner = Runner::start(folder.path(), &["--timeout", "2s"]);
    let mut stream = runner.connect();
    let all = request(&runner.address, "POST", "/echo", &[], &[b'x'; 25]);
    let (head, body) = all.split_at(all.len() - 25);
    stream.write_all(head).unwrap();
    for byte in body {
        std::thread::sleep(std::time::Duration::from_millis(100));
        stream.write_all(&[*byte]).unwrap();
    }
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut stream, &mut bytes).unwrap();
    assert_eq!(crate::harness::parse(&bytes).body.len(), 25);
}

#[test]
fn memory_has_a_limit() {
    let folder = usual();
    let runner = Runner::start(folder.path(), &["--memory-mib", "64"]);
    assert_eq!(runner.get("/eat?40").body, "40");
    let answer = runner.get("/eat?80");
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (500, "instance_failed")
    );
    let line = runner.wait_for_log("stop", |line| line["msg"] == "instance ended");
    assert_eq!(line["memory"], "memory limit reached");
    assert_eq!(runner.get("/hello").body, "hello");
}

#[test]
fn requests_beside_one_that_traps_get_a_clean_answer() {
    let folder = usual();
    let runner = Runner::start(folder.path(), &[]);
    std::thread::scope(|scope| {
        let beside: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| runner.get("/wait?1000")))
            .collect();
        let answer = runner.get("/trap");
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (500, "instance_failed")
        );
        for answer in beside {
            let answer = answer.join().unwrap();
            assert!(
                answer.status == 200 || answer.code() == "instance_failed",
                "{answer:?}"
            );
        }
    });
    let line = runner.wait_for_log("panic", |line| {
        line["msg"] == "output" && line["text"] == "as asked"
    });
    assert_eq!(
        (line["component"].as_str(), line["stream"].as_str()),
        (Some("guest"), Some("stderr"))
    );
}
