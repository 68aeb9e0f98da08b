//! The command: its exit codes, its JSON, its words.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod common;

use common::update::{soon, time_stamped};
use common::{CONSENT, NOW, Operator, clinic_signature};
use podpis_verify::{Report, Verdict};
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicUsize, Ordering};

/// A folder with files of ours that disappears with the test.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let name = format!(
            "podpis-verify-{}-{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        let folder = Self(path);
        let operator = Operator::new();
        let signed = operator.signed();
        folder.write("signed.pdf", &signed);
        folder.write("stamped.pdf", &time_stamped(&signed, soon()));
        folder.write("foreign.pdf", CONSENT);
        folder.write("forged.pdf", &[&signed, b"x".as_slice()].concat());
        folder.write("clinic.sig", &clinic_signature(&signed));
        folder.write("newer.json", &operator.evidence(operator.bundle()));
        folder.write(
            "trust.json",
            &serde_json::to_vec(&operator.trust()).unwrap(),
        );
        folder
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.0.join(name), bytes).unwrap();
    }

    fn run(&self, arguments: &str) -> Output {
        Command::new(env!("CARGO_BIN_EXE_podpis-verify"))
            .args(arguments.split_whitespace())
            .current_dir(&self.0)
            .output()
            .unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A folder that stays behind is no failure of the test.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn exit_codes_for_scripts() {
    let folder = Folder::new();
    for (arguments, code) in [
        ("signed.pdf --trust trust.json", 0),
        ("--trust=trust.json stamped.pdf --json", 0),
        (
            "signed.pdf --trust trust.json --sig clinic.sig --evidence newer.json",
            0,
        ),
        ("forged.pdf --trust trust.json", 1),
        ("stamped.pdf --trust trust.json --sig trust.json", 1),
        ("signed.pdf", 2),
        ("foreign.pdf --trust trust.json", 2),
        ("--help", 0),
        ("", 64),
        ("signed.pdf other.pdf", 64),
        ("signed.pdf --trust", 64),
        ("signed.pdf --trust trust.json --trust trust.json", 64),
        ("signed.pdf --unknown", 64),
        ("signed.pdf --at yesterday", 64),
        ("missing.pdf", 66),
        ("signed.pdf --trust missing.json", 66),
        ("signed.pdf --trust signed.pdf", 66),
    ] {
        let at = if arguments.contains(".pdf") && !arguments.contains("--at") {
            format!("{arguments} --at {NOW}")
        } else {
            arguments.to_owned()
        };
        let output = folder.run(&at);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments}: {said}");
    }
}

#[test]
fn json_is_the_report() {
    let folder = Folder::new();
    let output = folder.run(&format!("signed.pdf --trust trust.json --json --at {NOW}"));
    let report: Report = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report.verdict, Verdict::Valid);
    assert_eq!(report.format, "podpis-report/1");
}

#[test]
fn words_for_people() {
    let folder = Folder::new();
    let output = folder.run(&format!("signed.pdf --trust trust.json --at {NOW}"));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.starts_with("Подпись подтверждена, документ не изменён\n"),
        "{text}"
    );
    for words in [
        "[да ] Печать оператора.",
        "[ — ] Проверка сертифицированными средствами.",
        "Подписал: Иванова",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
}

#[test]
fn what_stands_in_a_file_does_not_reach_the_terminal_raw() {
    let folder = Folder::new();
    let operator = Operator::new();
    let mut bundle = operator.bundle();
    bundle["document"]["title"] = "\u{1b}[2Jвсё хорошо".into();
    folder.write("escape.pdf", &operator.signed_with(bundle));
    let output = folder.run(&format!("escape.pdf --trust trust.json --at {NOW}"));
    assert!(!output.stdout.contains(&0x1b));
}
