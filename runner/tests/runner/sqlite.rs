//! Databases: transactions, isolation of handles, limits, denials.

use crate::harness::{Runner, usual};

#[test]
fn rows_stream_and_counters_are_the_handles() {
    let folder = usual();
    let runner = Runner::start(folder.path(), &[]);
    for count in [1, 1_000, 50_000] {
        let answer = runner.get(&format!("/rows?{count}"));
        assert_eq!(
            answer.body,
            format!("{count} rows, 5 columns, rowid 9, changes 3")
        );
    }
}

#[test]
fn only_commit_keeps() {
    let folder = usual();
    let runner = Runner::start(folder.path(), &[]);
    assert_eq!(runner.get("/transaction?rollback").body, "");
    assert_eq!(runner.get("/transaction?drop").body, "");
    assert_eq!(runner.get("/transaction?trap").status, 500);
    assert_eq!(runner.get("/transaction?commit").body, "commit");
    assert_eq!(runner.get("/transaction?drop").body, "commit");
}

#[test]
fn databases_are_files_of_their_own_and_survive() {
    let folder = usual();
    let mut runner = Runner::start(folder.path(), &[]);
    for database in ["default", "second"] {
        let answer = runner.get(&format!("/sql?{database};CREATE+TABLE+t(name)"));
        assert_eq!(answer.status, 200, "{}", answer.body);
        runner.get(&format!(
            "/sql?{database};INSERT+INTO+t+VALUES('{database}')"
        ));
    }
    runner.terminate();
    assert!(runner.wait().success());
    assert!(
        folder.path().join("data/sqlite_db.db").is_file()
            && folder.path().join("data/second.db").is_file()
    );

    let runner = Runner::start(folder.path(), &[]);
    assert_eq!(
        runner.get("/sql?default;SELECT+name+FROM+t").body,
        "default"
    );
    assert_eq!(runner.get("/sql?second;SELECT+name+FROM+t").body, "second");
    assert_eq!(runner.get("/sql?default;PRAGMA+journal_mode").body, "wal");
}

#[test]
fn what_is_not_granted_is_denied() {
    let folder = usual();
    let runner = Runner::start(folder.path(), &[]);
    assert!(
        runner
            .get("/sql?third;SELECT+1")
            .body
            .starts_with("Error::AccessDenied")
    );
    assert!(
        runner
            .get("/get?http://inner.spin.internal/sql?second;SELECT+1")
            .body
            .starts_with("Error::AccessDenied")
    );
    let outside = folder.path().join("outside.db");
    let attach = runner.get(&format!(
        "/sql?default;ATTACH+'{}'+AS+other",
        outside.display()
    ));
    assert!(attach.body.contains("not authorized"), "{}", attach.body);
    assert!(!outside.exists());
}

#[test]
fn mistakes_are_errors_of_the_statement() {
    let folder = usual();
    let runner = Runner::start(folder.path(), &[]);
    for statement in [
        "SELEKT+1",
        "SELECT+*+FROM+absent",
        "SELECT+CAST(x'ff'+AS+TEXT)",
    ] {
        let answer = runner.get(&format!("/sql?default;{statement}"));
        assert!(
            answer.status == 599 && answer.body.starts_with("Error::Io("),
            "{statement}: {}",
            answer.body
        );
    }
    assert_eq!(runner.get("/sql?default;SELECT+1").body, "1");
}

#[test]
fn a_row_over_the_limit_is_refused() {
    let folder = usual();
    let runner = Runner::start(folder.path(), &["--memory-mib", "1024"]);
    let answer = runner.get("/sql?default;SELECT+zeroblob(134217729)");
    assert!(
        answer.body.contains("exceeds limit of 134217728 bytes"),
        "{}",
        answer.body
    );
}
