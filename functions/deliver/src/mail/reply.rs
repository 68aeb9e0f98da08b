//! Replies of an SMTP server (RFC 5321 section 4.2): `250-first`, `250 last`.

/// Longest reply that is read, in bytes: the RFC's 512 a line, and many lines.
pub(super) const REPLY_MAX: usize = 16 * 1024;

/// A whole reply. Its text may name a person: it is not logged.
#[derive(PartialEq, Eq)]
pub(super) struct Reply {
    /// Three digits, 200 to 599.
    pub(super) code: u16,
    lines: Vec<String>,
}

/// What came is no reply.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Broken;

impl Reply {
    /// `4yz` or anything else that is no success: `5yz`.
    pub(super) const fn is_permanent(&self) -> bool {
        self.code >= 500
    }

    /// Enhanced status code (RFC 2034), such as `5.1.1`.
    pub(super) fn enhanced(&self) -> Option<&str> {
        let code = self.lines.first()?.split(' ').next()?;
        let numbers = || code.split('.');
        let right = numbers().count() == 3
            && numbers().all(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
        right.then_some(code)
    }

    /// Parameters of a keyword that the answer to `EHLO` names.
    pub(super) fn keyword(&self, name: &str) -> Option<&str> {
        self.lines.iter().skip(1).find_map(|line| {
            let (keyword, parameters) = line.split_once(' ').unwrap_or((line, ""));
            keyword.eq_ignore_ascii_case(name).then_some(parameters)
        })
    }
}

/// The first reply in `bytes` and its length; `None` while it is not whole.
///
/// # Errors
/// [`Broken`]
pub(super) fn parse(bytes: &[u8]) -> Result<Option<(Reply, usize)>, Broken> {
    let (mut rest, mut code, mut lines) = (bytes, None, Vec::new());
    while let Some(end) = rest.windows(2).position(|pair| pair == b"\r\n") {
        let line = std::str::from_utf8(&rest[..end]).map_err(|_| Broken)?;
        rest = &rest[end + 2..];
        let digits = line.get(..3).ok_or(Broken)?;
        let this: u16 = digits.parse().map_err(|_| Broken)?;
        if !(200..600).contains(&this) || *code.get_or_insert(this) != this {
            return Err(Broken);
        }
        lines.push(line.get(4..).unwrap_or_default().to_owned());
        match line.as_bytes().get(3) {
            Some(b'-') => {}
            None | Some(b' ') => {
                return Ok(Some((
                    Reply { code: this, lines },
                    bytes.len() - rest.len(),
                )));
            }
            Some(_) => return Err(Broken),
        }
    }
    if bytes.len() > REPLY_MAX {
        return Err(Broken);
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_are_read_whole() {
        let bytes = b"250-mail.example.ru\r\n250-STARTTLS\r\n250 AUTH LOGIN PLAIN\r\n220 next\r\n";
        for cut in [0, 3, 20, 22, 56] {
            assert!(matches!(parse(&bytes[..cut]), Ok(None)), "{cut}");
        }
        let (reply, length) = parse(bytes).unwrap().unwrap();
        assert_eq!((reply.code, &bytes[length..]), (250, &b"220 next\r\n"[..]));
        assert_eq!(reply.keyword("starttls"), Some(""));
        assert_eq!(reply.keyword("AUTH"), Some("LOGIN PLAIN"));
        assert_eq!(reply.keyword("mail.example.ru"), None);
        let (reply, _) = parse(b"550 5.1.1 nobody\r\n").unwrap().unwrap();
        assert_eq!(
            (reply.enhanced(), reply.is_permanent()),
            (Some("5.1.1"), true)
        );
        let (reply, _) = parse(b"250\r\n").unwrap().unwrap();
        assert_eq!(reply.enhanced(), None);
    }

    #[test]
    fn what_is_no_reply_is_refused() {
        for bytes in [
            &b"HTTP/1.1 400 Bad Request\r\n"[..],
            b"25\r\n",
            b"250+no\r\n",
            b"250-one\r\n251 two\r\n",
            b"999 no\r\n",
            b"250 \xff\r\n",
        ] {
            assert!(matches!(parse(bytes), Err(Broken)), "{bytes:?}");
        }
        assert!(matches!(parse(&vec![b'2'; REPLY_MAX + 1]), Err(Broken)));
    }
}
