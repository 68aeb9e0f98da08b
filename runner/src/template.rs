//! Application and component variables, and the `{{ name }}` templates of the
//! manifest that refer to them (Spin: "Application variables").

use std::collections::BTreeMap;
use std::fmt;

/// Why a template or a variable is refused. Names only: values may be secret.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum VariableError {
    /// `{{` without its `}}`.
    #[error("unmatched '{{{{' in template")]
    Unmatched,
    /// A template names a variable that `[variables]` does not declare.
    #[error("unknown variable \"{0}\"")]
    Unknown(String),
    /// A name that Spin does not allow.
    #[error("\"{name}\": {reason}")]
    Name {
        /// The name as written.
        name: String,
        /// What is wrong with it.
        reason: &'static str,
    },
}

/// A parsed template: literal text and names of application variables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Literal(String),
    Variable(String),
}

impl Template {
    /// Parses `text`; names are trimmed of spaces.
    pub fn parse(text: &str) -> Result<Self, VariableError> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((literal, after)) = rest.split_once("{{") {
            let (name, tail) = after.split_once("}}").ok_or(VariableError::Unmatched)?;
            if !literal.is_empty() {
                parts.push(Part::Literal(literal.to_owned()));
            }
            parts.push(Part::Variable(name.trim().to_owned()));
            rest = tail;
        }
        if !rest.is_empty() {
            parts.push(Part::Literal(rest.to_owned()));
        }
        Ok(Self(parts))
    }

    /// Names of the variables that the template needs.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|part| match part {
            Part::Variable(name) => Some(name.as_str()),
            Part::Literal(_) => None,
        })
    }

    /// True when there is nothing to fill in.
    pub fn is_literal(&self) -> bool {
        self.names().next().is_none()
    }

    /// Fills in the values.
    pub fn resolve(&self, values: &Values) -> Result<String, VariableError> {
        let mut text = String::new();
        for part in &self.0 {
            match part {
                Part::Literal(literal) => text.push_str(literal),
                Part::Variable(name) => match values.get(name) {
                    Some(value) => text.push_str(value),
                    None => return Err(VariableError::Unknown(name.clone())),
                },
            }
        }
        Ok(text)
    }
}

/// Variables with their values. `Debug` shows the names alone.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Values(BTreeMap<String, String>);

impl Values {
    /// The value of `name`; it may be a secret.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}

impl FromIterator<(String, String)> for Values {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(pairs: I) -> Self {
        Self(pairs.into_iter().collect())
    }
}

impl fmt::Debug for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// Spin's rule for a variable's name: lower-case ASCII letters, digits and
/// single underscores, a letter first and no underscore last.
pub fn check_name(name: &str) -> Result<(), VariableError> {
    let refuse = |reason| {
        Err(VariableError::Name {
            name: name.to_owned(),
            reason,
        })
    };
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    match name.as_bytes() {
        [] => refuse("must not be empty"),
        bytes if !bytes.iter().all(|b| allowed(*b)) => {
            refuse("may contain only lower-case letters, numbers and underscores")
        }
        [first, ..] if !first.is_ascii_lowercase() => refuse("must start with a lower-case letter"),
        [.., b'_'] => refuse("must end with a lower-case letter or digit"),
        _ if name.contains("__") => refuse("must not contain several underscores in a row"),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(pairs: &[(&str, &str)]) -> Values {
        pairs
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect()
    }

    #[test]
    fn templates_are_filled_in() {
        let values = values(&[("host", "esia.example"), ("port", "443"), ("empty", "")]);
        for (template, expected) in [
            ("", ""),
            ("plain", "plain"),
            ("{{ host }}", "esia.example"),
            ("https://{{host}}:{{ port }}/", "https://esia.example:443/"),
            ("{{ empty }}", ""),
            ("}} stays", "}} stays"),
        ] {
            let parsed = Template::parse(template).unwrap();
            assert_eq!(parsed.resolve(&values).unwrap(), expected, "{template}");
        }
    }

    #[test]
    fn broken_templates_are_refused() {
        assert_eq!(
            Template::parse("{{ a }} {{ b"),
            Err(VariableError::Unmatched)
        );
        let template = Template::parse("{{ nobody }}").unwrap();
        assert_eq!(
            template.resolve(&Values::default()),
            Err(VariableError::Unknown("nobody".into()))
        );
    }

    #[test]
    fn names_follow_spin() {
        for good in ["a", "api_host", "a1"] {
            assert_eq!(check_name(good), Ok(()), "{good}");
        }
        for bad in ["", "A", "1a", "_a", "a_", "a__b", "a-b", "ключ"] {
            assert!(check_name(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn debug_shows_no_value() {
        let shown = format!("{:?}", values(&[("token", "s3cret")]));
        assert!(
            shown.contains("token") && !shown.contains("s3cret"),
            "{shown}"
        );
    }
}
