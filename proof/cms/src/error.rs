//! What can be wrong with a signature.

/// Why a CMS message can't be read, made or believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CmsError {
    /// Longer than its bound, or of too many parts; the text names the bound.
    #[error("past a bound: {0}")]
    TooLarge(&'static str),
    /// Not DER of the expected form; the text says which part.
    #[error("malformed: {0}")]
    Malformed(&'static str),
    /// A well-formed CMS message of another kind, such as encrypted data.
    #[error("not a signature: CMS content type {0}")]
    NotSignedData(String),
    /// An algorithm that this version can't check, as a dotted OID; withdrawn ones with their name behind it.
    #[error("algorithm {0} is not supported")]
    Unsupported(String),
    /// The message was asked for its one signer and holds another number of them.
    #[error("{0} signers where one is expected")]
    Signers(usize),
    /// The signer's certificate is not in the message.
    #[error("the signer's certificate is missing")]
    NoCertificate,
    /// A signed attribute is missing, doubled or contradicts the message; the text names it.
    #[error("signed attribute {0} is missing or wrong")]
    Attribute(&'static str),
    /// What was signed is not this content.
    #[error("the content is not what was signed")]
    MessageDigest,
    /// The signature does not belong to the signed attributes and the certificate's key.
    #[error("the signature is wrong")]
    Signature,
    /// Readable, but not in the one form that [`crate::SignedData::strict`] allows.
    #[error("not in the canonical form: {0}")]
    NotCanonical(&'static str),
    /// Not an unencrypted PKCS#8 key on P-256 or of RSA with 2048 to 4096 bits.
    #[error("not a usable private key")]
    Key,
}
