//! Signed tree heads: c2sp.org/tlog-checkpoint as a c2sp.org/signed-note with Ed25519 (RFC 8032).

use crate::tree::Hash;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest as _, Sha256};

/// Longest note that is read, in bytes: ours have about 300.
const NOTE_MAX: usize = 16 * 1024;

/// Signature type of the note's specification for Ed25519.
const ED25519: u8 = 0x01;

/// The head of a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log: `<journal_name>/<clinic_id>`.
    pub origin: String,
    /// Number of entries.
    pub size: u64,
    /// Root hash of RFC 6962.
    pub root: Hash,
}

/// Why a note is not a checkpoint that can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Not the form of a signed note.
    #[error("not a signed note")]
    Malformed,
    /// The text is not a checkpoint; extension lines, which ours never have, are not taken either.
    #[error("not a checkpoint")]
    NotACheckpoint,
    /// A known key's signature does not fit the text.
    #[error("the signature does not fit")]
    BadSignature,
    /// No signature of a known key.
    #[error("not signed by a known key")]
    UnknownKey,
    /// Key names are non-empty, without spaces, control characters and `+`.
    #[error("not a name of a key")]
    BadName,
    /// A verifier key is `name+hex key id+base64`.
    #[error("not a verifier key for Ed25519")]
    BadVerifier,
}

impl Checkpoint {
    /// The text that is signed: three lines.
    pub fn text(&self) -> String {
        let root = STANDARD.encode(self.root);
        format!("{}\n{}\n{root}\n", self.origin, self.size)
    }

    /// What a note says, whoever signed it: to show it where there is no key to check it with. [`open`] is the check.
    pub fn unverified(note: &str) -> Option<Self> {
        let note = Some(note).filter(|note| note.len() <= NOTE_MAX)?;
        let (text, _) = note.rsplit_once("\n\n")?;
        Self::parse(&format!("{text}\n"))
    }

    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.strip_suffix('\n')?.split('\n');
        let (origin, size, root) = (lines.next()?, lines.next()?, lines.next()?);
        let checkpoint = Self {
            origin: origin.to_owned(),
            size: size.parse().ok()?,
            root: STANDARD.decode(root).ok()?.try_into().ok()?,
        };
        // Written anew it is the same: no leading zeros, no signs, no further lines.
        (!origin.is_empty() && checkpoint.text() == text).then_some(checkpoint)
    }
}

/// A key that signs notes. `Debug` shows its name only.
pub struct NoteKey {
    name: String,
    key: SigningKey,
}

impl NoteKey {
    /// The key of a seed (RFC 8032: the private key of 32 bytes).
    ///
    /// # Errors
    /// [`NoteError::BadName`].
    pub fn from_seed(name: &str, seed: [u8; 32]) -> Result<Self, NoteError> {
        if !is_key_name(name) {
            return Err(NoteError::BadName);
        }
        Ok(Self {
            name: name.to_owned(),
            key: SigningKey::from_bytes(&seed),
        })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Who checks its signatures.
    pub fn verifier(&self) -> NoteVerifier {
        NoteVerifier {
            name: self.name.clone(),
            key: self.key.verifying_key(),
        }
    }
}

impl std::fmt::Debug for NoteKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "NoteKey({})", self.name)
    }
}

/// A public key that notes are checked with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteVerifier {
    name: String,
    key: VerifyingKey,
}

impl NoteVerifier {
    /// Parses `name+hex key id+base64(0x01 || public key)`, the form of Go's `note` package and of witnesses.
    ///
    /// # Errors
    /// [`NoteError::BadVerifier`], also where the key id doesn't fit the key.
    pub fn parse(vkey: &str) -> Result<Self, NoteError> {
        let parse = || {
            let (name, rest) = vkey.split_once('+')?;
            let (_, key) = rest.split_once('+')?;
            let (kind, key) = STANDARD
                .decode(key)
                .ok()?
                .split_first()
                .map(|(kind, key)| {
                    let key: Result<[u8; 32], _> = key.try_into();
                    (*kind, key)
                })?;
            let key = VerifyingKey::from_bytes(&key.ok()?).ok()?;
            let verifier = Self {
                name: name.to_owned(),
                key,
            };
            (kind == ED25519 && is_key_name(name) && verifier.to_text() == vkey).then_some(verifier)
        };
        parse().ok_or(NoteError::BadVerifier)
    }

    /// The form that [`NoteVerifier::parse`] reads.
    pub fn to_text(&self) -> String {
        let id = podpis_shared::hash::hex(&self.id());
        let key = STANDARD.encode([&[ED25519], self.key.as_bytes().as_slice()].concat());
        format!("{}+{id}+{key}", self.name)
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// First 4 bytes of `SHA-256(name || "\n" || 0x01 || public key)`.
    fn id(&self) -> [u8; 4] {
        let hash = Sha256::new()
            .chain_update(&self.name)
            .chain_update([b'\n', ED25519])
            .chain_update(self.key.as_bytes())
            .finalize();
        [hash[0], hash[1], hash[2], hash[3]]
    }
}

/// The checkpoint as a signed note. The same input gives the same bytes.
pub fn sign(checkpoint: &Checkpoint, key: &NoteKey) -> String {
    let text = checkpoint.text();
    let signature = key.key.sign(text.as_bytes()).to_bytes();
    let signature = STANDARD.encode([key.verifier().id().as_slice(), &signature].concat());
    format!("{text}\n— {} {signature}\n", key.name)
}

/// The checkpoint of a note that at least one of the keys has signed. Whether its origin is the one that was
/// expected is for the caller to ask.
///
/// # Errors
/// As [`NoteError`] says. Signatures of unknown keys are passed over, as the specification demands; one of a known key
/// that doesn't fit spoils the note.
pub fn open(note: &str, keys: &[NoteVerifier]) -> Result<Checkpoint, NoteError> {
    if note.len() > NOTE_MAX || note.bytes().any(|byte| byte < 0x20 && byte != b'\n') {
        return Err(NoteError::Malformed);
    }
    let (text, signatures) = note.rsplit_once("\n\n").ok_or(NoteError::Malformed)?;
    let text = format!("{text}\n");
    let signatures = signatures.strip_suffix('\n').ok_or(NoteError::Malformed)?;
    let mut signed = false;
    for line in signatures.split('\n') {
        let (name, id, signature) = signature_line(line).ok_or(NoteError::Malformed)?;
        let Some(known) = keys.iter().find(|key| key.name == name && key.id() == id) else {
            continue;
        };
        let signature = Signature::from_slice(&signature).map_err(|_| NoteError::BadSignature)?;
        known
            .key
            .verify_strict(text.as_bytes(), &signature)
            .map_err(|_| NoteError::BadSignature)?;
        signed = true;
    }
    if !signed {
        return Err(NoteError::UnknownKey);
    }
    Checkpoint::parse(&text).ok_or(NoteError::NotACheckpoint)
}

/// `— name base64(key id || signature)`.
fn signature_line(line: &str) -> Option<(&str, [u8; 4], Vec<u8>)> {
    let (name, signature) = line.strip_prefix("— ")?.split_once(' ')?;
    let bytes = STANDARD.decode(signature).ok()?;
    let (id, signature) = bytes.split_first_chunk::<4>()?;
    is_key_name(name).then(|| (name, *id, signature.to_vec()))
}

fn is_key_name(name: &str) -> bool {
    !name.is_empty()
        && !name
            .chars()
            .any(|c| c.is_whitespace() || c.is_control() || c == '+')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two heads of Go's public checksum database, with its key as compiled into the `go` command.
    const GO: &str = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";
    const GO_NOTES: [(u64, &str); 2] = [
        (
            15_081_221,
            "go.sum database tree\n15081221\nBoMMe1wd25Tco0mYGROkyqxHZWx+hcSCtMV315Lu6Lg=\n\n\
             — sum.golang.org Az3grilD7vQqTrv66jRgKM84Y80KTprrSt4bKmiOPxgmS5ZVBTeCl6dUvjYnN13R+C8j0jGY1WnUADGMkok3U0m2Zgo=\n",
        ),
        (
            63_096_908,
            "go.sum database tree\n63096908\n8lHrQPRYe4KT4WQ9/Qk8/taKnD6IRHbFgfN7vQE2Y54=\n\n\
             — sum.golang.org Az3gri/oVBN1jAhNZ/iS+W31psFAWRT20/GyrhpU6taFwulQGetBkH5S7wpGXdS935jiIGiUUAXBVHzT/P6fYhqAmAk=\n",
        ),
    ];

    fn ours() -> (NoteKey, String) {
        let key = NoteKey::from_seed("podpis.test/journal", [7; 32]).unwrap();
        let checkpoint = Checkpoint {
            origin: "podpis.test/journal/cl_1".into(),
            size: 42,
            root: [9; 32],
        };
        let note = sign(&checkpoint, &key);
        assert_eq!(open(&note, &[key.verifier()]), Ok(checkpoint));
        (key, note)
    }

    #[test]
    fn notes_of_others_are_read() {
        let key = NoteVerifier::parse(GO).unwrap();
        assert_eq!(key.to_text(), GO);
        for (size, note) in GO_NOTES {
            let checkpoint = open(note, std::slice::from_ref(&key)).unwrap();
            assert_eq!(checkpoint.origin, "go.sum database tree");
            assert_eq!(checkpoint.size, size);
            assert!(note.starts_with(&checkpoint.text()));
        }
    }

    /// Made by Python's `cryptography`: `Ed25519PrivateKey.from_private_bytes(bytes([7]) * 32)` over the three lines, key id
    /// by `hashlib`.
    #[test]
    fn ours_are_as_an_independent_program_makes_them() {
        let (key, note) = ours();
        assert_eq!(
            key.verifier().to_text(),
            "podpis.test/journal+dc243838+AepKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs"
        );
        assert_eq!(
            note,
            "podpis.test/journal/cl_1\n42\nCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk=\n\n— podpis.test/journal 3CQ4OG1dvvzclC9wjDUBj+NRpzNmxLqn0N1GkTNBxIqgHwyioPGQAfHQQvllh1OZWSTXRYYXwqbUa1INquLxCvMBsAU=\n"
        );
    }

    #[test]
    fn any_altered_character_spoils_a_note() {
        let (key, note) = ours();
        for (at, old) in note.char_indices() {
            for new in ['A', 'B', '\n', ' '] {
                if new == old {
                    continue;
                }
                let (before, after) = (&note[..at], &note[at + old.len_utf8()..]);
                let bad = format!("{before}{new}{after}");
                assert!(open(&bad, &[key.verifier()]).is_err(), "{bad}");
            }
        }
        for bad in [
            format!("{note}\n"),
            format!("\n{note}"),
            note.replace("42", "042"),
        ] {
            assert!(open(&bad, &[key.verifier()]).is_err(), "{bad}");
        }
    }

    #[test]
    fn whose_signatures_count() {
        let (key, note) = ours();
        let other = NoteKey::from_seed("podpis.test/journal", [8; 32]).unwrap();
        assert_eq!(open(&note, &[other.verifier()]), Err(NoteError::UnknownKey));
        assert_eq!(open(&note, &[]), Err(NoteError::UnknownKey));
        // A witness's line beside ours changes nothing; a forged line in our name spoils the note.
        let witnessed = format!("{note}— witness.example {}\n", STANDARD.encode([1; 68]));
        assert!(open(&witnessed, &[key.verifier()]).is_ok());
        let id = key.verifier().id();
        let forged = STANDARD.encode([id.as_slice(), &[0; 64]].concat());
        let forged = format!("{note}— podpis.test/journal {forged}\n");
        assert_eq!(
            open(&forged, &[key.verifier()]),
            Err(NoteError::BadSignature)
        );
    }

    #[test]
    fn what_is_signed_but_no_checkpoint() {
        let key = NoteKey::from_seed("k", [7; 32]).unwrap();
        let root = STANDARD.encode([9; 32]);
        for text in [
            "o\n1\n".to_owned(),
            format!("o\n01\n{root}\n"),
            format!("o\n-1\n{root}\n"),
            format!("\n1\n{root}\n"),
            format!("o\n1\n{root}=\n"),
            format!("o\n1\n{root}\nmore\n"),
            format!("o\n18446744073709551616\n{root}\n"),
        ] {
            let signature = key.key.sign(text.as_bytes()).to_bytes();
            let signature = STANDARD.encode([key.verifier().id().as_slice(), &signature].concat());
            let note = format!("{text}\n— k {signature}\n");
            assert_eq!(
                open(&note, &[key.verifier()]),
                Err(NoteError::NotACheckpoint),
                "{text}"
            );
        }
    }

    #[test]
    fn names_and_verifiers_that_are_none() {
        for name in ["", "a b", "a+b", "a\u{a0}b", "a\n"] {
            assert!(NoteKey::from_seed(name, [0; 32]).is_err(), "{name:?}");
        }
        for vkey in [
            "",
            "a+b",
            "sum.golang.org+033de0af+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8",
            "sum.golang.org+033de0ae+As4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8",
            "sum.golang.org+033de0ae+Ac4z",
        ] {
            assert!(NoteVerifier::parse(vkey).is_err(), "{vkey}");
        }
    }
}
