//! A relay that reads its part from a script.

use super::*;
use futures::FutureExt as _;
use std::collections::VecDeque;

/// `S: ` it says, `C: ` it expects, `TLS` it begins TLS.
struct Script {
    lines: VecDeque<String>,
    data: Vec<u8>,
}

impl Script {
    fn new(text: &str) -> Self {
        let lines = text.lines().map(|line| line.trim().to_owned());
        Self {
            lines: lines.filter(|line| !line.is_empty()).collect(),
            data: Vec::new(),
        }
    }
}

impl Link for Script {
    async fn read(&mut self) -> Result<Vec<u8>, Failed> {
        match self.lines.pop_front() {
            Some(line) => {
                let said = line.strip_prefix("S: ").expect(&line);
                Ok(format!("{}\r\n", said.replace("\\n", "\r\n")).into_bytes())
            }
            None => Err(Failed::for_now(Reason::Connection)),
        }
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<(), Failed> {
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        if text == "QUIT\r\n" {
            return Ok(());
        }
        if self.lines.front().is_some_and(|line| line == "DATA") {
            self.lines.pop_front();
            self.data = bytes.to_vec();
            return Ok(());
        }
        let expected = self.lines.pop_front();
        assert_eq!(Some(format!("C: {}", text.trim_end())), expected);
        Ok(())
    }

    async fn start_tls(&mut self) -> Result<(), Failed> {
        assert_eq!(self.lines.pop_front().as_deref(), Some("TLS"));
        Ok(())
    }
}

fn relay(security: Security, login: bool) -> Relay {
    Relay {
        address: "127.0.0.1:587".parse().unwrap(),
        name: "localhost".into(),
        security,
        login: login.then(|| ("user".into(), "secret".into())),
        roots: String::new(),
    }
}

/// Plays a script to its end.
fn play(script: &str, relay: &Relay) -> (Result<u16, Failed>, Script) {
    let mut link = Script::new(script);
    let envelope = Envelope {
        from: "no-reply@sign.example",
        to: "m@example.ru",
        data: b"Subject: x\r\n\r\n.dot\r\n..\r\nend",
    };
    let outcome = deliver(&mut link, relay, &envelope).now_or_never().unwrap();
    assert!(link.lines.is_empty(), "left: {:?}", link.lines);
    (outcome, link)
}

const GREETING: &str = "S: 220 relay\nC: EHLO sign.example\n";
const UNTIL_TLS: &str =
    "S: 250-relay\\n250 STARTTLS\nC: STARTTLS\nS: 220 go\nTLS\nC: EHLO sign.example\n";
const REST: &str = "C: MAIL FROM:<no-reply@sign.example>\nS: 250 ok\nC: RCPT TO:<m@example.ru>\nS: 250 ok\n\
                    C: DATA\nS: 354 go\nDATA\nS: 250 2.0.0 queued\n";

#[test]
fn a_letter_goes_out_under_tls() {
    let script = format!("{GREETING}{UNTIL_TLS}S: 250 relay\n{REST}");
    let (outcome, link) = play(&script, &relay(Security::StartTls, false));
    assert_eq!(outcome, Ok(250));
    let expected = b"Subject: x\r\n\r\n..dot\r\n...\r\nend\r\n.\r\n";
    assert_eq!(link.data, expected);
}

#[test]
fn implicit_tls_comes_before_the_greeting() {
    let script = format!("TLS\n{GREETING}S: 250 relay\n{REST}");
    assert_eq!(play(&script, &relay(Security::Implicit, false)).0, Ok(250));
}

#[test]
fn both_ways_to_log_in() {
    let plain = format!(
        "{GREETING}{UNTIL_TLS}S: 250-relay\\n250 AUTH LOGIN PLAIN\nC: AUTH PLAIN AHVzZXIAc2VjcmV0\nS: 235 ok\n{REST}"
    );
    let login = format!(
        "{GREETING}{UNTIL_TLS}S: 250-relay\\n250 AUTH LOGIN\nC: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: dXNlcg==\n\
         S: 334 UGFzc3dvcmQ6\nC: c2VjcmV0\nS: 235 ok\n{REST}"
    );
    for script in [plain, login] {
        assert_eq!(play(&script, &relay(Security::StartTls, true)).0, Ok(250));
    }
}

#[test]
fn nothing_goes_out_in_clear_text() {
    let script = format!("{GREETING}S: 250-relay\\n250 AUTH PLAIN\n");
    let (outcome, _) = play(&script, &relay(Security::StartTls, true));
    assert_eq!(outcome, Err(Failed::for_now(Reason::Tls)));
    let refused = format!("{GREETING}S: 250-relay\\n250 STARTTLS\nC: STARTTLS\nS: 454 not now\n");
    let (outcome, _) = play(&refused, &relay(Security::StartTls, true));
    assert_eq!(outcome.unwrap_err().reason, Reason::Unavailable);
}

#[test]
fn what_was_said_before_tls_does_not_count() {
    let script =
        format!("{GREETING}S: 250-relay\\n250 STARTTLS\nC: STARTTLS\nS: 220 go\\n250 injected\n");
    let (outcome, _) = play(&script, &relay(Security::StartTls, false));
    assert_eq!(outcome, Err(Failed::for_now(Reason::Tls)));
}

#[test]
fn refusals_are_told_apart() {
    let until = format!(
        "{GREETING}{UNTIL_TLS}S: 250 relay\nC: MAIL FROM:<no-reply@sign.example>\nS: 250 ok\nC: RCPT TO:<m@example.ru>\n"
    );
    for (reply, retry, status) in [
        ("450 4.2.0 later", true, 450),
        ("550 5.1.1 nobody", false, 550),
    ] {
        let script = format!("{until}S: {reply}\n");
        let failed = play(&script, &relay(Security::StartTls, false))
            .0
            .unwrap_err();
        assert_eq!((failed.retry, failed.status), (retry, Some(status)));
    }
}
