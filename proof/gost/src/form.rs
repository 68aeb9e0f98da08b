//! Keys in the forms that people have: PKCS#8 and SubjectPublicKeyInfo, DER and PEM.
//!
//! RFC 9215 says how GOST R 34.10-2012 keys stand in X.509; RFC 4491, its forerunner, which parameters came first. What
//! can't be read is named, and [`KeyFormError`] says what to do about it.

mod error;
mod pem;
mod private;
mod public;
mod shape;

pub use error::KeyFormError;

use der::asn1::{AnyRef, ObjectIdentifier};
use der::{Reader as _, Sequence};

use crate::ParamSet;

/// Longest DER that is looked at, in bytes; the longest key takes about 250.
const MAX_DER: usize = 64 << 10;

/// `AlgorithmIdentifier` of RFC 5280, 4.1.1.2.
#[derive(Clone, Debug, Sequence)]
struct Identifier<'a> {
    oid: ObjectIdentifier,
    #[asn1(optional = "true")]
    parameters: Option<AnyRef<'a>>,
}

const GOST_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.643.7.1.1.1.1");
const GOST_512: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.643.7.1.1.1.2");
const STREEBOG_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.643.7.1.1.2.2");
const STREEBOG_512: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.643.7.1.1.2.3");

impl Identifier<'_> {
    /// The parameter set of a GOST R 34.10-2012 key (RFC 9215, 4.1 and 4.2).
    ///
    /// The digest may be named or not, whatever the set: OpenSSL's engine, BouncyCastle and CryptoPro differ there. Where it
    /// is named it must be the Streebog of the key's size. A third identifier, the cipher of RFC 4491, is passed over.
    fn param_set(&self) -> Result<ParamSet, KeyFormError> {
        let size = size_of(self.oid)?;
        let parameters = self
            .parameters
            .ok_or(KeyFormError::Malformed("no parameters"))?;
        let (curve, digest) = parameters
            .sequence(|reader| {
                let curve: ObjectIdentifier = reader.decode()?;
                let digest: Option<ObjectIdentifier> = following(reader)?;
                following(reader)?;
                Ok((curve, digest))
            })
            .map_err(|_| KeyFormError::Malformed("parameters"))?;
        let curve = curve.to_string();
        let set =
            ParamSet::from_oid(&curve).ok_or(KeyFormError::UnknownParameters(curve.clone()))?;
        if set.size() != size {
            return Err(KeyFormError::Malformed("parameters of another size"));
        }
        if digest.is_some_and(|digest| digest != digest_of(set)) {
            return Err(KeyFormError::Malformed("a digest that does not go with it"));
        }
        Ok(set)
    }
}

fn following(reader: &mut der::SliceReader<'_>) -> der::Result<Option<ObjectIdentifier>> {
    match reader.is_finished() {
        true => Ok(None),
        false => reader.decode().map(Some),
    }
}

/// Bytes of a key of that algorithm; the fault says which other algorithm it is.
fn size_of(algorithm: ObjectIdentifier) -> Result<usize, KeyFormError> {
    let text = algorithm.to_string();
    let below = |arc: &str| {
        text.strip_prefix(arc)
            .is_some_and(|rest| rest.starts_with('.'))
    };
    let other = |name: &str| Err(KeyFormError::OtherAlgorithm(name.to_owned()));
    match text.as_str() {
        "1.2.643.7.1.1.1.1" => Ok(32),
        "1.2.643.7.1.1.1.2" => Ok(64),
        // 34.10-2001 and 34.10-94, for signatures and for agreement (RFC 4357, RFC 4490).
        "1.2.643.2.2.19" | "1.2.643.2.2.20" | "1.2.643.2.2.98" | "1.2.643.2.2.99" => {
            Err(KeyFormError::Old)
        }
        "1.2.643.7.1.1.6.1" | "1.2.643.7.1.1.6.2" => Err(KeyFormError::Exchange),
        // Key wrapping: TC 26's, and CryptoPro's of RFC 4357.
        _ if below("1.2.643.7.1.1.7") || below("1.2.643.2.2.13") || below("1.2.643.2.2.9") => {
            Err(KeyFormError::Wrapped)
        }
        "1.2.840.113549.1.1.1" => other("RSA"),
        "1.2.840.10045.2.1" => other("ECDSA"),
        "1.3.101.112" => other("Ed25519"),
        _ => Err(KeyFormError::OtherAlgorithm(text)),
    }
}

/// What stands in the parameters of a key of this set, beside the algorithm: RFC 9215, 4.2 has the digest with
/// CryptoPro's sets only.
fn identifiers(set: ParamSet) -> Result<(ObjectIdentifier, Parameters), KeyFormError> {
    let curve = ObjectIdentifier::new(set.oid())
        .map_err(|_| KeyFormError::UnknownParameters(set.oid().to_owned()))?;
    let older = matches!(
        set,
        ParamSet::CryptoProA
            | ParamSet::CryptoProB
            | ParamSet::CryptoProC
            | ParamSet::CryptoProXchA
            | ParamSet::CryptoProXchB
    );
    let algorithm = if set.size() == 32 { GOST_256 } else { GOST_512 };
    let parameters = Parameters {
        curve,
        digest: older.then(|| digest_of(set)),
    };
    Ok((algorithm, parameters))
}

/// `GostR3410-2012-PublicKeyParameters` of RFC 9215, 4.2.
#[derive(Clone, Debug, Sequence)]
struct Parameters {
    curve: ObjectIdentifier,
    #[asn1(optional = "true")]
    digest: Option<ObjectIdentifier>,
}

/// An algorithm as it is written.
#[derive(Clone, Debug, Sequence)]
struct Written {
    oid: ObjectIdentifier,
    parameters: Parameters,
}

impl Written {
    fn of(set: ParamSet) -> Result<Self, KeyFormError> {
        let (oid, parameters) = identifiers(set)?;
        Ok(Self { oid, parameters })
    }
}

fn digest_of(set: ParamSet) -> ObjectIdentifier {
    if set.size() == 32 {
        STREEBOG_256
    } else {
        STREEBOG_512
    }
}

const fn bounded(der: &[u8]) -> Result<(), KeyFormError> {
    if der.len() > MAX_DER {
        return Err(KeyFormError::TooLarge);
    }
    Ok(())
}
