//! The parameter sets: names, object identifiers, sizes.

/// A curve with its generator, as keys and certificates name it (RFC 4357 section 11.4, RFC 7836 appendix A,
/// RFC 9215 appendix B). Several names stand for one curve; a key keeps the name that it came with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ParamSet {
    /// `id-GostR3410-2001-CryptoPro-A-ParamSet`, 256 bits.
    CryptoProA,
    /// `id-GostR3410-2001-CryptoPro-B-ParamSet`, 256 bits.
    CryptoProB,
    /// `id-GostR3410-2001-CryptoPro-C-ParamSet`, 256 bits.
    CryptoProC,
    /// `id-GostR3410-2001-CryptoPro-XchA-ParamSet`, 256 bits; the curve of [`Self::CryptoProA`].
    CryptoProXchA,
    /// `id-GostR3410-2001-CryptoPro-XchB-ParamSet`, 256 bits; the curve of [`Self::CryptoProC`].
    CryptoProXchB,
    /// `id-tc26-gost-3410-2012-256-paramSetA`, 256 bits, cofactor 4.
    Tc26A256,
    /// `id-tc26-gost-3410-2012-256-paramSetB`, 256 bits; the curve of [`Self::CryptoProA`].
    Tc26B256,
    /// `id-tc26-gost-3410-2012-256-paramSetC`, 256 bits; the curve of [`Self::CryptoProB`].
    Tc26C256,
    /// `id-tc26-gost-3410-2012-256-paramSetD`, 256 bits; the curve of [`Self::CryptoProC`].
    Tc26D256,
    /// `id-tc26-gost-3410-2012-512-paramSetA`, 512 bits.
    Tc26A512,
    /// `id-tc26-gost-3410-2012-512-paramSetB`, 512 bits.
    Tc26B512,
    /// `id-tc26-gost-3410-2012-512-paramSetC`, 512 bits, cofactor 4.
    Tc26C512,
}

impl ParamSet {
    /// All of them.
    pub const ALL: &[Self] = &[
        Self::CryptoProA,
        Self::CryptoProB,
        Self::CryptoProC,
        Self::CryptoProXchA,
        Self::CryptoProXchB,
        Self::Tc26A256,
        Self::Tc26B256,
        Self::Tc26C256,
        Self::Tc26D256,
        Self::Tc26A512,
        Self::Tc26B512,
        Self::Tc26C512,
    ];

    /// The set with this object identifier, written as `1.2.643.2.2.36.0`.
    pub fn from_oid(dotted: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|set| set.oid() == dotted)
    }

    /// Its object identifier, as `1.2.643.2.2.36.0`.
    pub fn oid(self) -> &'static str {
        match self {
            Self::CryptoProA => "1.2.643.2.2.35.1",
            Self::CryptoProB => "1.2.643.2.2.35.2",
            Self::CryptoProC => "1.2.643.2.2.35.3",
            Self::CryptoProXchA => "1.2.643.2.2.36.0",
            Self::CryptoProXchB => "1.2.643.2.2.36.1",
            Self::Tc26A256 => "1.2.643.7.1.2.1.1.1",
            Self::Tc26B256 => "1.2.643.7.1.2.1.1.2",
            Self::Tc26C256 => "1.2.643.7.1.2.1.1.3",
            Self::Tc26D256 => "1.2.643.7.1.2.1.1.4",
            Self::Tc26A512 => "1.2.643.7.1.2.1.2.1",
            Self::Tc26B512 => "1.2.643.7.1.2.1.2.2",
            Self::Tc26C512 => "1.2.643.7.1.2.1.2.3",
        }
    }

    /// Its name in the documents that define it.
    pub fn name(self) -> &'static str {
        match self {
            Self::CryptoProA => "id-GostR3410-2001-CryptoPro-A-ParamSet",
            Self::CryptoProB => "id-GostR3410-2001-CryptoPro-B-ParamSet",
            Self::CryptoProC => "id-GostR3410-2001-CryptoPro-C-ParamSet",
            Self::CryptoProXchA => "id-GostR3410-2001-CryptoPro-XchA-ParamSet",
            Self::CryptoProXchB => "id-GostR3410-2001-CryptoPro-XchB-ParamSet",
            Self::Tc26A256 => "id-tc26-gost-3410-2012-256-paramSetA",
            Self::Tc26B256 => "id-tc26-gost-3410-2012-256-paramSetB",
            Self::Tc26C256 => "id-tc26-gost-3410-2012-256-paramSetC",
            Self::Tc26D256 => "id-tc26-gost-3410-2012-256-paramSetD",
            Self::Tc26A512 => "id-tc26-gost-3410-2012-512-paramSetA",
            Self::Tc26B512 => "id-tc26-gost-3410-2012-512-paramSetB",
            Self::Tc26C512 => "id-tc26-gost-3410-2012-512-paramSetC",
        }
    }

    /// Bytes of a secret key, of one coordinate, of a digest and of half a signature: 32 or 64.
    pub fn size(self) -> usize {
        match self {
            Self::Tc26A512 | Self::Tc26B512 | Self::Tc26C512 => 64,
            _ => 32,
        }
    }
}
