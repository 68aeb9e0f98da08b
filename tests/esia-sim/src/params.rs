//! Parameters of a request, in the query or in a form: each at most once, none empty.

use crate::error::EsiaError;
use std::collections::HashSet;

/// Decoded pairs in the order received.
#[derive(Default)]
pub(crate) struct Params(Vec<(String, String)>);

impl Params {
    /// Decodes `application/x-www-form-urlencoded`; a raw `+` is a space, as at ESIA.
    pub(crate) fn decode(text: &[u8]) -> Self {
        Self(form_urlencoded::parse(text).into_owned().collect())
    }

    /// The parameters of both.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// A mandatory parameter.
    pub(crate) fn required(&self, name: &str) -> Result<&str, EsiaError> {
        self.optional(name)?.ok_or_else(|| EsiaError::missing(name))
    }

    /// A parameter that may be absent; an empty one is absent.
    pub(crate) fn optional(&self, name: &str) -> Result<Option<&str>, EsiaError> {
        let mut found = self
            .0
            .iter()
            .filter(|(key, _)| key == name)
            .map(|(_, value)| value.as_str());
        let first = found.next();
        if found.next().is_some() {
            return Err(EsiaError::malformed(name));
        }
        Ok(first.filter(|value| !value.is_empty()))
    }

    /// Refuses a request that names a parameter twice, even one that nothing reads.
    pub(crate) fn each_once(&self) -> Result<(), EsiaError> {
        let mut seen = HashSet::new();
        match self.0.iter().find(|(name, _)| !seen.insert(name)) {
            Some((name, _)) => Err(EsiaError::malformed(name)),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_once_and_not_empty() {
        let params = Params::decode(b"a=1&b=&c=x&c=x&d=1+2%2B3");
        assert_eq!(params.required("a").unwrap(), "1");
        assert_eq!(params.required("b").unwrap_err().code, "ESIA-007014");
        assert_eq!(params.required("c").unwrap_err().code, "ESIA-007003");
        assert_eq!(params.required("d").unwrap(), "1 2+3");
        assert_eq!(params.optional("e").unwrap(), None);
        assert_eq!(params.each_once().unwrap_err().code, "ESIA-007003");
        assert!(Params::decode(b"a=1&b=1").each_once().is_ok());
    }
}
