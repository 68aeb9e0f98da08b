//! What a file is, by its content: people rename files, and phones give them no extension at all.

use podpis_evidence::Trust;
use serde_json::Value;

/// The files that the page takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A PDF, signed or not, or the operator's archive of a final version.
    Pdf,
    /// A detached CMS signature: DER, PEM or bare base64.
    Signature,
    /// An evidence bundle.
    Evidence,
    /// A trust list that can be read.
    Trust,
    /// Something else.
    Unknown,
}

impl FileKind {
    /// Its name for the page.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Signature => "signature",
            Self::Evidence => "evidence",
            Self::Trust => "trust",
            Self::Unknown => "unknown",
        }
    }
}

/// Readers of PDF look for the header this far (ISO 32000-1, annex H.3.4.1).
const PDF_HEADER_WITHIN: usize = 1024;

/// `1.2.840.113549.1.7.2`, signedData (RFC 5652 section 5.1), as DER.
const SIGNED_DATA: [u8; 11] = [
    0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02,
];

/// The outer SEQUENCE's tag and length are at most so long before [`SIGNED_DATA`].
const DER_HEADER_MAX: usize = 6;

/// Larger bundles and lists than this are not ours.
const JSON_MAX: usize = 16 << 20;

/// What the file is.
pub fn recognise(bytes: &[u8]) -> FileKind {
    let head = bytes.get(..PDF_HEADER_WITHIN).unwrap_or(bytes);
    if head.windows(5).any(|window| window == b"%PDF-") || podpis_verify::is_archive(bytes) {
        FileKind::Pdf
    } else if is_signature(head) {
        FileKind::Signature
    } else if bytes.len() <= JSON_MAX {
        json(bytes)
    } else {
        FileKind::Unknown
    }
}

fn is_signature(head: &[u8]) -> bool {
    let der = head.first() == Some(&0x30)
        && head
            .windows(SIGNED_DATA.len())
            .take(DER_HEADER_MAX)
            .any(|window| window == SIGNED_DATA);
    let text = head.trim_ascii_start();
    let pem = ["-----BEGIN CMS-----", "-----BEGIN PKCS7-----"]
        .iter()
        .any(|label| text.starts_with(label.as_bytes()));
    // Base64 of a SEQUENCE starts with `M`; what follows its length has three alignments.
    let bare = text.first() == Some(&b'M')
        && ["BgkqhkiG9w0BBw", "YJKoZIhvcNAQcC", "GCSqGSIb3DQEHA"]
            .iter()
            .any(|oid| {
                text.windows(oid.len())
                    .take(16)
                    .any(|window| window == oid.as_bytes())
            });
    der || pem || bare
}

fn json(bytes: &[u8]) -> FileKind {
    let Ok(value) = serde_json::from_slice::<Value>(bytes) else {
        return FileKind::Unknown;
    };
    match value["format"].as_str() {
        Some(format) if format.starts_with("podpis-evidence/") => FileKind::Evidence,
        Some(_) if serde_json::from_slice::<Trust>(bytes).is_ok() => FileKind::Trust,
        _ => FileKind::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn told_by_content() {
        let mut der = vec![0x30, 0x82, 0x10, 0x00];
        der.extend(SIGNED_DATA);
        // Somebody else's archive, an office document among them.
        let foreign = b"PK\x03\x04\x14\0\x06\0\x08\0\0\0\0\0[Content_Types].xml";
        let cases: [(&[u8], FileKind); 13] = [
            (foreign, FileKind::Unknown),
            (b"%PDF-1.7\n", FileKind::Pdf),
            (b"\xef\xbb\xbf\n%PDF-2.0", FileKind::Pdf),
            (&der, FileKind::Signature),
            (b"-----BEGIN CMS-----\nMII", FileKind::Signature),
            (b"\r\n-----BEGIN PKCS7-----\nMII", FileKind::Signature),
            (b"MIIKFwYJKoZIhvcNAQcCoIIKCDCCCgQCAQEx", FileKind::Signature),
            (br#"{"format":"podpis-evidence/1"}"#, FileKind::Evidence),
            (br#"{"format":"podpis-trust/1"}"#, FileKind::Unknown),
            (br#"{"format":5}"#, FileKind::Unknown),
            (b"[1]", FileKind::Unknown),
            (b"", FileKind::Unknown),
            (b"\x30\x82\x10\x00\x06\x03", FileKind::Unknown),
        ];
        for (bytes, kind) in cases {
            assert_eq!(recognise(bytes), kind, "{}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn a_trust_list_is_one_only_when_it_can_be_read() {
        let list = r#"{"format":"podpis-trust/1","as_of":"2026-11-23T00:00:00Z","operator":"O","sandbox":true,
            "seal_roots":[],"evidence_keys":[],"journal_keys":[],"esia_keys":[],"esia_client_id":"","esia_issuer":""}"#;
        assert_eq!(recognise(list.as_bytes()), FileKind::Trust);
        assert_eq!(
            recognise(list.replace("true", "1").as_bytes()),
            FileKind::Unknown
        );
    }
}
