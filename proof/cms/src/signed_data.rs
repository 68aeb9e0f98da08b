//! Reading and checking CMS signatures (RFC 5652, 5).

use cms::cert::IssuerAndSerialNumber;
use cms::content_info::ContentInfo;
use cms::signed_data::{SignerIdentifier, SignerInfo};
use der::asn1::OctetString;
use der::{Decode as _, Encode as _};
use podpis_shared::Timestamp;
use x509_cert::ext::pkix::SubjectKeyIdentifier;

use crate::algorithm::SignedWith;
use crate::asn1::{self, ID_DATA, ID_SIGNED_DATA, ID_TST_INFO, RawSignedData};
use crate::attributes::{self, Signed};
use crate::build::{Message, path_in_bag};
use crate::certificate::{MAX_CERTIFICATES, base64_text};
use crate::{Certificate, CmsError, ContentType, HashKind, ber, tsp};

/// A parsed CMS message with its signers; nothing is believed yet.
#[derive(Clone, Debug)]
pub struct SignedData {
    der: Vec<u8>,
    content_type: ContentType,
    content: Option<Vec<u8>>,
    unreadable: usize,
    signers: Vec<Signer>,
}

/// One signature of a message.
#[derive(Clone, Debug)]
pub struct Signer {
    info: SignerInfo,
    /// `None` where the content itself was signed, without attributes.
    signed: Option<Signed>,
    certificate: Option<Certificate>,
    others: Vec<Certificate>,
    timestamp: Option<Vec<u8>>,
}

/// A signature that belongs to the content and to the signer's certificate. Who the signer is, [`crate::chain`] tells.
#[derive(Clone, Debug)]
pub struct Verified {
    /// The certificate whose key signed.
    pub signer: Certificate,
    /// The other certificates of the message, not checked.
    pub others: Vec<Certificate>,
    /// When the signer says it was signed: a claim, not a proof. A PAdES seal has none here.
    pub signing_time: Option<Timestamp>,
    /// How it was signed.
    pub algorithm: SignedWith,
    /// Whether the signature itself names the certificate (ESS `signing-certificate`, which CAdES demands).
    pub names_certificate: bool,
    /// The signature's value: what a signature time stamp is over.
    pub signature: Vec<u8>,
    /// The time-stamp token beside the signature, DER, for [`tsp::check_token`]; not checked yet.
    pub timestamp: Option<Vec<u8>>,
}

/// Longest message, 1 MiB.
const MAX_BYTES: usize = 1 << 20;
const MAX_SIGNERS: usize = 16;

impl SignedData {
    /// Reads DER of at most 1 MiB, 16 certificates and 16 signers. Certificates that can't be read are left out.
    ///
    /// # Errors
    /// [`CmsError::TooLarge`], [`CmsError::Malformed`], [`CmsError::NotSignedData`], [`CmsError::Attribute`].
    pub fn parse(der: &[u8]) -> Result<Self, CmsError> {
        let parsed = Self::parse_bare(der)?;
        // Without signed attributes nothing says what kind of bytes were signed; CAdES has no such form.
        match parsed.signers.iter().any(|signer| signer.signed.is_none()) {
            true => Err(CmsError::Attribute("message-digest")),
            false => Ok(parsed),
        }
    }

    /// As [`SignedData::parse`], and signers may stand there without signed attributes (RFC 5652, 5.4), as older programs
    /// write them. Only for content whose form is known: such a signature says nothing of what it is over.
    ///
    /// # Errors
    /// As [`SignedData::parse`].
    pub fn parse_bare(der: &[u8]) -> Result<Self, CmsError> {
        if der.len() > MAX_BYTES {
            return Err(CmsError::TooLarge("a signature of more than 1 MiB"));
        }
        asn1::bounded(der)?;
        let outer =
            ContentInfo::from_der(der).map_err(|_| CmsError::Malformed("CMS ContentInfo"))?;
        if outer.content_type != ID_SIGNED_DATA {
            return Err(CmsError::NotSignedData(outer.content_type.to_string()));
        }
        let data: RawSignedData = outer
            .content
            .decode_as()
            .map_err(|_| CmsError::Malformed("CMS SignedData"))?;
        let content_type = match data.encap_content_info.econtent_type {
            ID_DATA => ContentType::Data,
            ID_TST_INFO => ContentType::TstInfo,
            other => return Err(CmsError::NotSignedData(other.to_string())),
        };
        let content = data
            .encap_content_info
            .econtent
            .as_ref()
            .map(|any| any.decode_as::<OctetString>().map(OctetString::into_bytes))
            .transpose()
            .map_err(|_| CmsError::Malformed("CMS content"))?;
        let bag = data.certificates.unwrap_or_default();
        if bag.len() > MAX_CERTIFICATES {
            return Err(CmsError::TooLarge("more than 16 certificates"));
        }
        let certificates: Vec<Certificate> = bag
            .iter()
            .filter_map(|any| Certificate::from_der(&any.to_der().ok()?).ok())
            .collect();
        if data.signer_infos.is_empty() {
            return Err(CmsError::Signers(0));
        }
        if data.signer_infos.len() > MAX_SIGNERS {
            return Err(CmsError::TooLarge("more than 16 signers"));
        }
        let signers = data
            .signer_infos
            .into_vec()
            .into_iter()
            .map(|info| Signer::read(info, content_type, &certificates))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            der: der.to_vec(),
            content_type,
            content,
            unreadable: bag.len() - certificates.len(),
            signers,
        })
    }

    /// Reads a `.sig` as clinics send it: DER, BER, PEM, or bare base64. From BER, [`SignedData::der`] gives the same in
    /// DER.
    ///
    /// # Errors
    /// As [`SignedData::parse`].
    pub fn from_any(bytes: &[u8]) -> Result<Self, CmsError> {
        Self::read_any(bytes, Self::parse)
    }

    /// As [`SignedData::from_any`], and signers may stand there without signed attributes: see [`SignedData::parse_bare`].
    ///
    /// # Errors
    /// As [`SignedData::parse`].
    pub fn from_any_bare(bytes: &[u8]) -> Result<Self, CmsError> {
        Self::read_any(bytes, Self::parse_bare)
    }

    fn read_any(
        bytes: &[u8],
        parse: fn(&[u8]) -> Result<Self, CmsError>,
    ) -> Result<Self, CmsError> {
        // Base64 takes four bytes for three, and lines their ends.
        if bytes.len() > 2 * MAX_BYTES {
            return Err(CmsError::TooLarge("a signature of more than 1 MiB"));
        }
        let in_ber = |bytes: &[u8]| match parse(bytes) {
            Err(CmsError::Malformed(_)) => parse(&ber::to_der(bytes)?),
            other => other,
        };
        // Every message begins with a SEQUENCE, and so does no base64 of one.
        if bytes.first() == Some(&0x30) {
            return in_ber(bytes);
        }
        let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let body: Vec<u8> = text
            .split(|b| matches!(b, b'\n' | b'\r'))
            .filter(|line| !line.starts_with(b"-----"))
            .flatten()
            .copied()
            .collect();
        in_ber(&base64_text(&body)?)
    }

    /// The DER as it was given.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// What kind of content is signed.
    pub const fn content_type(&self) -> ContentType {
        self.content_type
    }

    /// The content, where the message carries it; `None` in a detached signature.
    pub fn content(&self) -> Option<&[u8]> {
        self.content.as_deref()
    }

    /// Every signature of the message, at least one.
    pub fn signers(&self) -> &[Signer] {
        &self.signers
    }

    /// The only signature.
    ///
    /// # Errors
    /// [`CmsError::Signers`] when there are several.
    pub fn signer(&self) -> Result<&Signer, CmsError> {
        match self.signers.as_slice() {
            [one] => Ok(one),
            several => Err(CmsError::Signers(several.len())),
        }
    }

    /// Checks the only signature; `digest` gives the hash of the content in the asked kind.
    ///
    /// # Errors
    /// As [`Signer::verify`], and [`CmsError::Signers`].
    pub fn verify(&self, digest: impl Fn(HashKind) -> Vec<u8>) -> Result<Verified, CmsError> {
        self.signer()?.verify(digest)
    }

    /// Checks that these bytes are the only ones that [`crate::ToSign::finish`] could have made: the message is built anew
    /// from its parts and compared, its time-stamp token too. Together with [`SignedData::verify`] and
    /// [`crate::chain::validate_exact`], for the seal and for the token, it leaves no byte that could be changed.
    ///
    /// # Errors
    /// [`CmsError::NotCanonical`] and what building can meet.
    pub fn strict(&self) -> Result<(), CmsError> {
        if self.content_type != ContentType::Data || self.content.is_some() {
            return Err(CmsError::NotCanonical("a seal is detached and over data"));
        }
        let signer = self.signer()?;
        let certificate = signer.certificate().ok_or(CmsError::NoCertificate)?;
        let digest = signer
            .message_digest()
            .ok_or(CmsError::Attribute("message-digest"))?;
        let expected = attributes::seal(ID_DATA, digest, certificate)?;
        if signer.info.signed_attrs.as_ref() != Some(&expected) {
            return Err(CmsError::NotCanonical("signed attributes"));
        }
        self.canonical_as_is()?;
        if let Some(token) = &signer.timestamp {
            tsp::strict_token(token, signer.signature())?;
        }
        Ok(())
    }

    /// Compares the bytes with those of the same message built anew; every certificate must lie on the signer's path.
    pub(crate) fn canonical_as_is(&self) -> Result<(), CmsError> {
        let signer = self.signer()?;
        let certificate = signer.certificate().ok_or(CmsError::NoCertificate)?;
        if self.unreadable > 0
            || path_in_bag(certificate, &signer.others).len() != signer.others.len()
        {
            return Err(CmsError::NotCanonical(
                "a root, or a certificate outside the signer's chain",
            ));
        }
        if self.rebuilt(&signer.others, signer.timestamp.as_deref())? != self.der {
            return Err(CmsError::NotCanonical("encoding"));
        }
        Ok(())
    }

    /// The canonical form of a message of one signer, with these certificates beside the signer's and without unsigned
    /// attributes.
    pub(crate) fn canonical(&self, others: &[Certificate]) -> Result<Vec<u8>, CmsError> {
        self.rebuilt(others, None)
    }

    fn rebuilt(
        &self,
        others: &[Certificate],
        timestamp: Option<&[u8]>,
    ) -> Result<Vec<u8>, CmsError> {
        let signer = self.signer()?;
        let with = signer.with()?;
        Message {
            content_type: self.content_type.oid(),
            content: self.content(),
            signer: signer.certificate().ok_or(CmsError::NoCertificate)?,
            others,
            attributes: signer
                .info
                .signed_attrs
                .as_ref()
                .ok_or(CmsError::Attribute("message-digest"))?,
            with,
            signature: &with.scheme.canonical(signer.signature())?,
            timestamp,
        }
        .encode()
    }
}

impl Signer {
    fn read(
        info: SignerInfo,
        content_type: ContentType,
        certificates: &[Certificate],
    ) -> Result<Self, CmsError> {
        let signed = info
            .signed_attrs
            .as_ref()
            .map(|attributes| Signed::read(attributes, content_type.oid()))
            .transpose()?;
        let certificate = certificates
            .iter()
            .find(|certificate| identifies(&info.sid, certificate))
            .cloned();
        let others = certificates
            .iter()
            .filter(|other| Some(*other) != certificate.as_ref())
            .cloned()
            .collect();
        let timestamp = attributes::read_time_stamp(info.unsigned_attrs.as_ref())?;
        Ok(Self {
            info,
            signed,
            certificate,
            others,
            timestamp,
        })
    }

    /// The signer's certificate, where the message has it.
    pub const fn certificate(&self) -> Option<&Certificate> {
        self.certificate.as_ref()
    }

    /// Every certificate of the message, the signer's first.
    pub fn certificates(&self) -> Vec<Certificate> {
        self.certificate
            .iter()
            .chain(&self.others)
            .cloned()
            .collect()
    }

    /// When the signer says it was signed.
    pub fn signing_time(&self) -> Option<Timestamp> {
        self.signed.as_ref().and_then(|signed| signed.signing_time)
    }

    /// The hash of the content that was signed, in the kind of [`Signer::hash`]; `None` without signed attributes.
    pub fn message_digest(&self) -> Option<&[u8]> {
        let signed = self.signed.as_ref()?;
        Some(&signed.message_digest)
    }

    /// The kind of the content's hash.
    ///
    /// # Errors
    /// [`CmsError::Unsupported`] with the OID of another hash.
    pub fn hash(&self) -> Result<HashKind, CmsError> {
        HashKind::read(&self.info.digest_alg)
    }

    /// The signature algorithm as a dotted OID.
    pub fn signature_oid(&self) -> String {
        self.info.signature_algorithm.oid.to_string()
    }

    /// The signature's value.
    pub fn signature(&self) -> &[u8] {
        self.info.signature.as_bytes()
    }

    /// What stands beside the signature without being signed: attributes as dotted OIDs.
    pub fn unsigned_attributes(&self) -> Vec<String> {
        let attributes = self.info.unsigned_attrs.iter().flat_map(|all| all.iter());
        attributes
            .map(|attribute| attribute.oid.to_string())
            .collect()
    }

    /// The time-stamp token beside the signature, DER, not checked.
    pub fn timestamp(&self) -> Option<&[u8]> {
        self.timestamp.as_deref()
    }

    /// Whether the content is what this signer signed: so much can be said whatever the signature's algorithm.
    ///
    /// # Errors
    /// [`CmsError::Unsupported`] for an unknown hash, [`CmsError::MessageDigest`] when it is other content,
    /// [`CmsError::Attribute`] without signed attributes, where only the signature itself tells.
    pub fn check_content(&self, digest: impl Fn(HashKind) -> Vec<u8>) -> Result<(), CmsError> {
        let stated = self
            .message_digest()
            .ok_or(CmsError::Attribute("message-digest"))?;
        if digest(self.hash()?) != stated {
            return Err(CmsError::MessageDigest);
        }
        Ok(())
    }

    /// Checks content, named certificate and signature, in this order.
    ///
    /// # Errors
    /// [`CmsError::MessageDigest`], [`CmsError::NoCertificate`], [`CmsError::Attribute`], [`CmsError::Unsupported`],
    /// [`CmsError::Signature`].
    pub fn verify(&self, digest: impl Fn(HashKind) -> Vec<u8>) -> Result<Verified, CmsError> {
        let prehash = self.prehash(digest)?;
        let signer = self.certificate.clone().ok_or(CmsError::NoCertificate)?;
        if let Some(signed) = &self.signed {
            signed.check_certificate(&signer)?;
        }
        let with = self.with()?;
        with.verify(signer.key(), &prehash, self.signature())?;
        Ok(Verified {
            signer,
            others: self.others.clone(),
            signing_time: self.signing_time(),
            algorithm: with,
            names_certificate: self.signed.as_ref().is_some_and(Signed::names_certificate),
            signature: self.signature().to_vec(),
            timestamp: self.timestamp.clone(),
        })
    }

    /// The hash that the signature is over: that of the attributes, which hold the content's, or the content's own.
    fn prehash(&self, digest: impl Fn(HashKind) -> Vec<u8>) -> Result<Vec<u8>, CmsError> {
        let Some(attributes) = &self.info.signed_attrs else {
            return Ok(digest(self.hash()?));
        };
        self.check_content(digest)?;
        // RFC 5652, 5.4: not `[0]` but an explicit SET is what was signed.
        let message = attributes
            .to_der()
            .map_err(|_| CmsError::Malformed("signed attributes"))?;
        Ok(self.hash()?.digest(&message))
    }

    fn with(&self) -> Result<SignedWith, CmsError> {
        SignedWith::read(&self.info.signature_algorithm, Some(self.hash()?))
    }
}

fn identifies(sid: &SignerIdentifier, certificate: &Certificate) -> bool {
    let tbs = certificate.tbs();
    match sid {
        SignerIdentifier::IssuerAndSerialNumber(IssuerAndSerialNumber {
            issuer,
            serial_number,
        }) => *issuer == tbs.issuer && *serial_number == tbs.serial_number,
        SignerIdentifier::SubjectKeyIdentifier(id) => tbs
            .get::<SubjectKeyIdentifier>()
            .is_ok_and(|own| own.is_some_and(|(_, own)| own == *id)),
    }
}
