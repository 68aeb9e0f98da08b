//! What Gosuslugi answered, as our callback puts it into the fragment: `state=…&code=…` or `…&error=…`.

use podpis_shared::wire::patient::EsiaComplete;

/// Reads the answer; `None` where there is no `state`, or neither a code nor an error.
pub(crate) fn parse_return(query: &str) -> Option<EsiaComplete> {
    let value = |name: &str| {
        query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .find(|(key, _)| *key == name)
            .map(|(_, v)| decode(v))
    };
    let answer = EsiaComplete {
        state: value("state").filter(|state| !state.is_empty())?,
        code: value("code").filter(|code| !code.is_empty()),
        error: value("error"),
        error_description: value("error_description"),
    };
    (answer.code.is_some() || answer.error.is_some()).then_some(answer)
}

/// `application/x-www-form-urlencoded` decoding; a broken escape stays as it is.
fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let escaped = (byte == b'%').then(|| {
            text.get(at + 1..at + 3)
                .and_then(|hex| u8::from_str_radix(hex, 16).ok())
        });
        match (byte, escaped.flatten()) {
            (_, Some(value)) => {
                out.push(value);
                at += 3;
            }
            (b'+', None) => {
                out.push(b' ');
                at += 1;
            }
            (_, None) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code() {
        let answer = parse_return("state=a%2Db&code=x%3D%3D").unwrap();
        assert_eq!(answer.state, "a-b");
        assert_eq!(answer.code.as_deref(), Some("x=="));
        assert_eq!(answer.error, None);
    }

    #[test]
    fn an_error_with_a_description() {
        let answer =
            parse_return("error=access_denied&error_description=%D0%9D%D0%B5%D1%82+%D0%BF%D1%80%D0%B0%D0%B2&state=s")
                .unwrap();
        assert_eq!(answer.code, None);
        assert_eq!(answer.error_description.as_deref(), Some("Нет прав"));
    }

    #[test]
    fn nonsense_is_refused_without_a_panic() {
        for text in [
            "",
            "state=",
            "state=x",
            "code=1",
            "state=%&&&=",
            "%%%",
            "state=я&code",
        ] {
            assert_eq!(parse_return(text), None, "{text}");
        }
        assert_eq!(
            parse_return("state=%zz%d0&code=1%")
                .unwrap()
                .code
                .as_deref(),
            Some("1%")
        );
    }
}
