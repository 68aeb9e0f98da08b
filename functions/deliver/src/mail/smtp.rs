//! The conversation with a relay (RFC 5321): `EHLO`, TLS, login, one letter.
//!
//! Nothing but `EHLO` and `STARTTLS` goes in clear text; a relay that does not begin TLS gets no letter. Whoever calls bounds
//! the time of all of it.

use super::outcome;
use super::reply::{self, Reply};
use super::settings::{Relay, Security, is_address};
use crate::attempt::Failed;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use podpis_shared::delivery::Reason;

/// A connection: bytes both ways, and TLS in the middle of it.
pub(super) trait Link {
    /// What came next; never empty.
    async fn read(&mut self) -> Result<Vec<u8>, Failed>;
    /// Sends it all.
    async fn write(&mut self, bytes: &[u8]) -> Result<(), Failed>;
    /// Goes on under TLS.
    async fn start_tls(&mut self) -> Result<(), Failed>;
}

/// One letter from one address to another.
pub(super) struct Envelope<'a> {
    pub(super) from: &'a str,
    pub(super) to: &'a str,
    /// Lines ended by CR LF.
    pub(super) data: &'a [u8],
}

/// Gives a letter to a relay; the code of its last reply.
pub(super) async fn deliver(
    link: &mut impl Link,
    relay: &Relay,
    envelope: &Envelope<'_>,
) -> Result<u16, Failed> {
    if !is_address(envelope.from) || !is_address(envelope.to) {
        return Err(Failed::for_good(Reason::Rejected));
    }
    let domain = envelope
        .from
        .rsplit_once('@')
        .map_or("", |(_, domain)| domain);
    let hello = format!("EHLO {domain}");
    if relay.security == Security::Implicit {
        link.start_tls().await?;
    }
    let mut session = Session {
        link,
        inbox: Vec::new(),
    };
    wanted(session.reply().await?, 220, outcome::of_session)?;
    let mut offers = wanted(session.ask(&hello).await?, 250, outcome::of_session)?;
    if relay.security == Security::StartTls {
        if offers.keyword("STARTTLS").is_none() {
            return Err(Failed::for_now(Reason::Tls));
        }
        wanted(session.ask("STARTTLS").await?, 220, outcome::of_session)?;
        // What was said before TLS began may be anybody's: nothing of it counts (RFC 3207 section 4.2).
        if !session.inbox.is_empty() {
            return Err(Failed::for_now(Reason::Tls));
        }
        session.link.start_tls().await?;
        offers = wanted(session.ask(&hello).await?, 250, outcome::of_session)?;
    }
    if let Some((user, password)) = &relay.login {
        session.log_in(&offers, user, password).await?;
    }
    let size = match offers.keyword("SIZE") {
        Some(_) => format!(" SIZE={}", envelope.data.len()),
        None => String::new(),
    };
    let from = format!("MAIL FROM:<{}>{size}", envelope.from);
    wanted(session.ask(&from).await?, 250, outcome::of_session)?;
    let to = format!("RCPT TO:<{}>", envelope.to);
    let reply = session.ask(&to).await?;
    // 251: it will be forwarded.
    if reply.code != 251 {
        wanted(reply, 250, outcome::of_recipient)?;
    }
    wanted(session.ask("DATA").await?, 354, outcome::of_letter)?;
    session.link.write(&stuffed(envelope.data)).await?;
    let taken = wanted(session.reply().await?, 250, outcome::of_letter)?;
    // The letter is theirs; whatever they say now changes nothing.
    let _ = session.link.write(b"QUIT\r\n").await;
    Ok(taken.code)
}

struct Session<'l, L> {
    link: &'l mut L,
    inbox: Vec<u8>,
}

impl<L: Link> Session<'_, L> {
    /// A command and its reply.
    async fn ask(&mut self, command: &str) -> Result<Reply, Failed> {
        // Nothing that came from outside ends a line; a second check costs nothing.
        if command.contains(['\r', '\n']) {
            return Err(Failed::for_good(Reason::Rejected));
        }
        self.link.write(format!("{command}\r\n").as_bytes()).await?;
        self.reply().await
    }

    async fn reply(&mut self) -> Result<Reply, Failed> {
        loop {
            let found = reply::parse(&self.inbox);
            if let Some((reply, length)) = found.map_err(|_| Failed::for_now(Reason::Connection))? {
                self.inbox.drain(..length);
                return Ok(reply);
            }
            let more = self.link.read().await?;
            self.inbox.extend(more);
        }
    }

    /// `AUTH` (RFC 4954), only ever under TLS.
    async fn log_in(&mut self, offers: &Reply, user: &str, password: &str) -> Result<(), Failed> {
        let offered = offers.keyword("AUTH").unwrap_or_default();
        let has = |name: &str| offered.split(' ').any(|m| m.eq_ignore_ascii_case(name));
        let reply = if has("PLAIN") {
            let both = STANDARD.encode(format!("\0{user}\0{password}"));
            self.ask(&format!("AUTH PLAIN {both}")).await?
        } else if has("LOGIN") {
            wanted(self.ask("AUTH LOGIN").await?, 334, outcome::of_login)?;
            let name = self.ask(&STANDARD.encode(user)).await?;
            wanted(name, 334, outcome::of_login)?;
            self.ask(&STANDARD.encode(password)).await?
        } else {
            return Err(Failed::for_now(Reason::NotConfigured));
        };
        wanted(reply, 235, outcome::of_login).map(drop)
    }
}

fn wanted(reply: Reply, code: u16, otherwise: fn(&Reply) -> Failed) -> Result<Reply, Failed> {
    if reply.code == code {
        Ok(reply)
    } else {
        Err(otherwise(&reply))
    }
}

/// Data with its end, and with a dot before each line that begins with one (RFC 5321 section 4.5.2).
fn stuffed(data: &[u8]) -> Vec<u8> {
    let mut sent = Vec::with_capacity(data.len() + 16);
    for line in data.split_inclusive(|&b| b == b'\n') {
        if line.first() == Some(&b'.') {
            sent.push(b'.');
        }
        sent.extend_from_slice(line);
    }
    if !sent.ends_with(b"\r\n") {
        sent.extend_from_slice(b"\r\n");
    }
    sent.extend_from_slice(b".\r\n");
    sent
}

#[cfg(test)]
mod tests;
