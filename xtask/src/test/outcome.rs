//! What a run of `cargo test` says: how many passed, and which failed with what words.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result};

/// Lines of a failed test's output that the closing lines repeat.
const WORDS: usize = 6;

/// Tests passed and failed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) passed: usize,
    pub(super) failed: usize,
    /// What the numbers don't say, for the closing lines.
    pub(super) note: String,
    /// Lines below the numbers: what failed, and why.
    pub(super) why: Vec<String>,
}

/// A failed test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) test: String,
    /// The beginning of what it printed.
    words: Vec<String>,
}

/// What a run gave.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Outcome {
    pub(super) tally: Tally,
    pub(super) failures: Vec<Failure>,
}

impl Outcome {
    /// Runs `cargo test`, shows its output as it comes and reads it.
    pub(super) fn of(mut command: Command) -> Result<Self> {
        let mut child = command
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start cargo")?;
        let output = child.stdout.take().context("cargo without output")?;
        let mut outcome = Self::default();
        let mut begun = false;
        for line in BufReader::new(output).lines() {
            let line = line?;
            println!("{line}");
            outcome.read(&line, &mut begun);
        }
        if !child.wait()?.success() && outcome.tally.failed == 0 {
            // It didn't compile or died: no line of results says so.
            outcome.tally.failed = 1;
        }
        for failure in &outcome.failures {
            outcome.tally.why.push(format!("failed: {}", failure.test));
            let words = failure.words.iter().map(|line| format!("    {line}"));
            outcome.tally.why.extend(words);
        }
        Ok(outcome)
    }

    /// One more line. `begun`: it belongs to the output of the last failed test.
    fn read(&mut self, line: &str, begun: &mut bool) {
        if let Some((passed, failed)) = counts(line) {
            self.tally.passed += passed;
            self.tally.failed += failed;
        } else if let Some(test) = line
            .strip_prefix("---- ")
            .and_then(|rest| rest.strip_suffix(" stdout ----"))
        {
            *begun = true;
            self.failures.push(Failure {
                test: test.to_owned(),
                words: Vec::new(),
            });
        } else if line == "failures:" || line.starts_with("Stack backtrace:") {
            *begun = false;
        } else if *begun
            && !line.trim().is_empty()
            && let Some(failure) = self.failures.last_mut()
            && failure.words.len() < WORDS
        {
            failure.words.push(line.to_owned());
        }
    }
}

/// Reads `test result: ok. 3 passed; 0 failed; …`.
fn counts(line: &str) -> Option<(usize, usize)> {
    let (_, counts) = line.strip_prefix("test result: ")?.split_once(". ")?;
    let count = |word: &str| {
        let part = counts
            .split("; ")
            .find_map(|part| part.trim().strip_suffix(word))?;
        part.trim().parse().ok()
    };
    Some((count("passed")?, count("failed")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_results_is_read() {
        let line = "test result: FAILED. 12 passed; 3 failed; 0 ignored; 0 measured; 1 filtered out; finished in 0.02s";
        assert_eq!(counts(line), Some((12, 3)));
        assert_eq!(counts("test results::a_line ... ok"), None);
    }

    #[test]
    fn what_failed_is_named_with_its_first_words() {
        let text = "running 2 tests\ntest one::two ... FAILED\n\nfailures:\n\n---- one::two stdout ----\n\
                    Error: waited 60 s\n\nCaused by: more\nStack backtrace:\n  0: deep\n\nfailures:\n    one::two\n";
        let (mut outcome, mut begun) = (Outcome::default(), false);
        for line in text.lines() {
            outcome.read(line, &mut begun);
        }
        let words = ["Error: waited 60 s", "Caused by: more"].map(str::to_owned);
        let expected = Failure {
            test: "one::two".to_owned(),
            words: words.into(),
        };
        assert_eq!(outcome.failures, [expected]);
    }
}
