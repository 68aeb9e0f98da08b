//! A letter as it stands on the wire (RFC 5322, MIME): text and HTML of the same words.

use super::html::{self, Sender};
use super::settings::{Settings, is_address};
use crate::attempt::Failed;
use mail_builder::MessageBuilder;
use mail_builder::headers::raw::Raw;
use mail_builder::headers::url::URL;
use podpis_shared::delivery::Reason;

/// What goes out. No `Debug`: it names a person's address, and may hold a code.
#[derive(Clone)]
pub(crate) struct Letter<'a> {
    /// Id of the message: a repeated letter has the same `Message-ID`.
    pub(crate) id: &'a str,
    /// The recipient's address.
    pub(crate) to: &'a str,
    /// Whose letter it is.
    pub(crate) sender: &'a Sender,
    pub(crate) subject: &'a str,
    pub(crate) text: &'a str,
    /// Where a `POST` ends such letters (RFC 8058); of notices.
    pub(crate) unsubscribe: Option<String>,
}

impl Letter<'_> {
    /// Its `Message-ID`, without brackets.
    pub(crate) fn message_id(&self, settings: &Settings) -> String {
        let domain = settings
            .from
            .rsplit_once('@')
            .map_or("localhost", |(_, d)| d);
        let id: String = self
            .id
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || "_-".contains(*c))
            .collect();
        format!("{id}@{domain}")
    }

    /// Writes it down, lines ended by CR LF. `at`: unix seconds.
    ///
    /// # Errors
    /// Where an address can't stand in a header.
    pub(crate) fn compose(&self, settings: &Settings, at: i64) -> Result<Vec<u8>, Failed> {
        if !is_address(self.to) {
            return Err(Failed::for_good(Reason::Rejected));
        }
        let (sender, subject) = (one_line(&self.sender.name), one_line(self.subject));
        let mut letter = MessageBuilder::new()
            .message_id(self.message_id(settings))
            .date(at)
            .from((sender, settings.from.clone()))
            .to(self.to)
            .subject(subject)
            // RFC 3834: no robot answers a robot.
            .header("Auto-Submitted", Raw::new("auto-generated"))
            .header("Content-Language", Raw::new("ru"))
            .text_body(self.text)
            .html_body(html::page(self.sender, self.text));
        if let Some(address) = &settings.reply_to {
            letter = letter.reply_to(address.as_str());
        }
        if let Some(url) = &self.unsubscribe {
            letter = letter
                .header("List-Unsubscribe", URL::new(url.as_str()))
                .header(
                    "List-Unsubscribe-Post",
                    Raw::new("List-Unsubscribe=One-Click"),
                );
        }
        letter
            .write_to_vec()
            .map_err(|_| Failed::for_now(Reason::Internal))
    }
}

/// A name for a header: whatever it holds, it stays one header.
fn one_line(text: &str) -> String {
    let space = |c: char| if c.is_control() { ' ' } else { c };
    text.chars().map(space).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> Settings {
        Settings {
            from: "no-reply@sign.example".into(),
            reply_to: Some("help@sign.example".into()),
            base_url: "https://sign.example".into(),
            way: None,
        }
    }

    fn letter<'a>(sender: &'a Sender, to: &'a str, subject: &'a str) -> Letter<'a> {
        Letter {
            id: "msg_1",
            to,
            sender,
            subject,
            text: "Здравствуйте!\n\nОткройте: https://sign.example/account\n",
            unsubscribe: Some("https://sign.example/patient/unsubscribe/abc".into()),
        }
    }

    fn written(letter: &Letter<'_>) -> String {
        let data = letter.compose(&settings(), 1_795_000_000).ok();
        String::from_utf8(data.unwrap()).unwrap()
    }

    #[test]
    fn a_letter_is_ascii_in_short_lines_and_the_same_twice() {
        let sender = Sender::plain("Клиника «Пример»".into());
        let subject = "Новый документ ".repeat(20);
        let letter = letter(&sender, "m@example.ru", &subject);
        let text = written(&letter);
        assert!(text.is_ascii());
        assert!(
            text.split("\r\n")
                .all(|line| line.len() <= 998 && !line.contains('\n'))
        );
        for header in [
            "Message-ID: <msg_1@sign.example>",
            "Auto-Submitted: auto-generated",
            "List-Unsubscribe: <https://sign.example/patient/unsubscribe/abc>",
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
            "MIME-Version: 1.0",
        ] {
            assert!(text.contains(header), "{header} in {text}");
        }
    }

    #[test]
    fn no_name_makes_a_header() {
        let evil = Sender::plain("Клиника\r\nBcc: x@evil.test\r\n\r\nhello".into());
        let text = written(&letter(&evil, "m@example.ru", "Тема\r\nBcc: y@evil.test"));
        let head = text.split("\r\n\r\n").next().unwrap();
        assert!(!head.contains("\nBcc"), "{head}");
    }

    #[test]
    fn an_address_with_more_than_an_address_is_refused() {
        for to in [
            "m@example.ru\r\nBcc: x@evil.test",
            "m@example.ru>,<x@evil.test",
        ] {
            let sender = Sender::plain("Клиника".into());
            let refused = letter(&sender, to, "Тема").compose(&settings(), 0);
            assert_eq!(refused.unwrap_err().reason, Reason::Rejected);
        }
    }
}
