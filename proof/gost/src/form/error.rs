//! Why a key can't be read, and what to do.

/// What was given in place of a key that can be used. Each text says what to do; none says anything of the key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyFormError {
    /// Longer than any key.
    #[error("more than 64 KiB: this is no key")]
    TooLarge,
    /// Neither PEM nor DER of anything known.
    #[error(
        "no key found: give PKCS#8 that begins with -----BEGIN PRIVATE KEY-----, \
         or for a public key -----BEGIN PUBLIC KEY-----"
    )]
    NoKey,
    /// The right kind of file, but broken; the text says where.
    #[error("the key is damaged ({0}): export or copy it anew")]
    Malformed(&'static str),
    /// PKCS#8 under a password.
    #[error(
        "the key is encrypted with a password: take it off with \
         `openssl pkcs8 -engine gost -in key.pem -out plain.pem` and keep the result as a secret"
    )]
    Encrypted,
    /// A PFX file.
    #[error(
        "this is a PKCS#12 (PFX) file: take the key out with \
         `openssl pkcs12 -engine gost -in file.pfx -nocerts -nodes -out key.pem`; where OpenSSL can't, it is a PFX of \
         CryptoPro CSP: leave the key there and let CryptoPro sign through an HTTP signer"
    )]
    Pkcs12,
    /// `header.key`, `masks.key`, `primary.key`, `name.key` of a CryptoPro container.
    #[error(
        "this is a file of a CryptoPro key container (header.key, masks.key, primary.key…), which no other program reads: \
         leave the key there and let CryptoPro CSP sign through an HTTP signer, or make a new PKCS#8 key and have a \
         certificate issued for it"
    )]
    Container,
    /// A key with its masks behind it, as CryptoPro keeps keys.
    #[error(
        "the key is hidden by masks and therefore longer than a key: write it plainly with \
         `openssl pkey -engine gost -in key.pem -out plain.pem`"
    )]
    Masked,
    /// A key that names key agreement as its algorithm.
    #[error(
        "the key was exported as an \"exchange\" key, for key agreement and not for signatures: export the key that its \
         certificate belongs to (algorithm 1.2.643.7.1.1.1.1 or .2), or let CryptoPro CSP sign through an HTTP signer"
    )]
    Exchange,
    /// CryptoPro's key transport, or a wrapped key.
    #[error(
        "the key is wrapped by another key (a key blob of CryptoPro CSP): it opens only there; let CryptoPro sign \
         through an HTTP signer, or make a new PKCS#8 key and have a certificate issued for it"
    )]
    Wrapped,
    /// GOST R 34.10-2001 or 34.10-94.
    #[error(
        "a key of GOST R 34.10-2001 or older, which may not sign any more: make one of GOST R 34.10-2012 \
         and have a certificate issued for it"
    )]
    Old,
    /// RSA, ECDSA or anything else, by name or OID.
    #[error("a key of {0}, not of GOST R 34.10-2012: give the GOST key")]
    OtherAlgorithm(String),
    /// A certificate where a key belongs.
    #[error(
        "this is a certificate: give the key itself, -----BEGIN PRIVATE KEY----- or -----BEGIN PUBLIC KEY-----"
    )]
    Certificate,
    /// A public key where the private one belongs.
    #[error("this is the public key: give the private one, -----BEGIN PRIVATE KEY-----")]
    Public,
    /// A private key where the public one belongs.
    #[error(
        "this is a private key where a public one belongs: give the public one, and if others could read this place, \
         replace the key"
    )]
    Private,
    /// A parameter set that is not one of [`crate::ParamSet`], as a dotted OID.
    #[error(
        "parameter set {0} is not known: use one of CryptoPro (A, B, C, XchA, XchB) or TC 26 (256 A-D, 512 A-C)"
    )]
    UnknownParameters(String),
    /// The private number is 0 or not below the group's order.
    #[error(
        "the private key is out of range: it is damaged, or of other parameters; export it anew"
    )]
    OutOfRange,
    /// The public point does not lie on the curve or not in the group.
    #[error(
        "the public key is no point of its curve: it is damaged, or of other parameters; export it anew"
    )]
    NotOnCurve,
}
