//! The operator's seal: PAdES B-B, with a time stamp B-T (ETSI EN 319 142-1).

pub(crate) mod signer;
pub(crate) mod timestamps;
pub(crate) mod tsa;

use crate::keys::Seal;
use podpis_cms::{ContentType, SignedData, ToSign};
use podpis_evidence::Operator;
use podpis_kit::{Failure, Result};
use podpis_pdf::{MarkSheet, Protocol, SealField, SealText, Unsealed};
use podpis_shared::Timestamp;
use podpis_shared::hash::sha256;
use signer::Signer as _;
use tsa::{TOKEN_MAX, Tsa};

/// What a CMS takes beside certificates and time stamp, in bytes; an RSA-4096 signature included.
const CMS_BASE: usize = 2048;

/// How much is proven about the moment of sealing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    /// By the operator's clock only.
    Basic,
    /// By an independent time stamp.
    Timestamped,
}

impl Level {
    /// Name in the API, the database and the document.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Basic => "B-B",
            Self::Timestamped => "B-T",
        }
    }
}

/// A sealed PDF.
pub(crate) struct Sealed {
    pub(crate) pdf: Vec<u8>,
    pub(crate) level: Level,
}

/// What goes into the one update that is sealed.
pub(crate) struct Contents<'a> {
    pub(crate) original: &'a [u8],
    pub(crate) protocol: Protocol,
    pub(crate) evidence: &'a [u8],
    pub(crate) operator: &'a str,
    pub(crate) sandbox: bool,
    pub(crate) at: Timestamp,
}

/// Makes the sealed PDF: with a time stamp where an authority is configured and answers, else without one,
/// and the document says which.
///
/// # Errors
/// When the signer does not answer, or what it answers is not the certificate's signature.
pub(crate) async fn make(seal: &Seal, tsa: Option<&Tsa>, contents: Contents<'_>) -> Result<Sealed> {
    if let Some(tsa) = tsa {
        match attempt(seal, Some(tsa), &contents).await {
            Err(Fault::Stamp(why)) => eprintln!("error at tsa: {why}"),
            other => return finished(other, Level::Timestamped),
        }
    }
    finished(attempt(seal, None, &contents).await, Level::Basic)
}

enum Fault {
    /// No time stamp: the seal is made without one.
    Stamp(String),
    Other(Failure),
}

impl<E: Into<Failure>> From<E> for Fault {
    fn from(failure: E) -> Self {
        Self::Other(failure.into())
    }
}

fn finished(made: Result<Vec<u8>, Fault>, level: Level) -> Result<Sealed> {
    match made {
        Ok(pdf) => Ok(Sealed { pdf, level }),
        Err(Fault::Other(failure)) => Err(failure),
        Err(Fault::Stamp(why)) => Err(Failure::internal("tsa", why)),
    }
}

async fn attempt(
    seal: &Seal,
    tsa: Option<&Tsa>,
    contents: &Contents<'_>,
) -> Result<Vec<u8>, Fault> {
    let level = if tsa.is_some() {
        Level::Timestamped
    } else {
        Level::Basic
    };
    let mut protocol = contents.protocol.clone();
    protocol.seal = Some(text(seal, level, contents.sandbox));
    let field = SealField {
        name: contents.operator.to_owned(),
        reason: "Печать оператора: состав и время подписания".into(),
        at: contents.at.at(),
        reserve: reserve(seal, tsa.is_some()),
    };
    let unsealed = podpis_pdf::append_protocol(
        contents.original,
        &protocol,
        contents.evidence,
        Some(&field),
    )
    .map_err(|e| failure(&e))?;
    embed(seal, tsa, unsealed).await
}

/// The operator's seal on the sheet of the clinic's signatures: level B-B, with what the sheet says about it.
///
/// # Errors
/// As [`make`].
pub(crate) async fn on_sheet(
    seal: &Seal,
    signed: &[u8],
    sheet: &mut MarkSheet,
    signatures: &[Vec<u8>],
    evidence: &[u8],
    operator: &Operator,
) -> Result<Vec<u8>> {
    sheet.seal = text(seal, Level::Basic, operator.sandbox).lines;
    let field = SealField {
        name: operator.name.clone(),
        reason: "Печать оператора: лист подписей медицинской организации".into(),
        at: sheet.made_at.at(),
        reserve: reserve(seal, false),
    };
    let unsealed =
        podpis_pdf::append_marks(signed, sheet, signatures, Some(evidence), Some(&field))
            .map_err(|e| failure(&e))?;
    finished(embed(seal, None, unsealed).await, Level::Basic).map(|sealed| sealed.pdf)
}

/// Signs what is to be sealed, and puts the signature in.
async fn embed(seal: &Seal, tsa: Option<&Tsa>, unsealed: Unsealed) -> Result<Vec<u8>, Fault> {
    let to_sign = ToSign::new(unsealed.content_sha256(), &seal.leaf, ContentType::Data)
        .map_err(|e| failure(&e))?;
    let algorithm = seal.signer.algorithm();
    let signature = seal.signer.sign(to_sign.message()).await?;
    let signature = algorithm.canonical(&signature).map_err(|e| failure(&e))?;
    let token = match tsa {
        Some(tsa) => Some(tsa.stamp(&sha256(&signature)).await.map_err(Fault::Stamp)?),
        None => None,
    };
    // Checks the signature against the certificate: what a remote signer answers is not believed.
    let cms = to_sign
        .finish(algorithm, &signature, &seal.intermediates, token.as_deref())
        .map_err(|e| failure(&e))?;
    SignedData::parse(&cms)
        .and_then(|parsed| parsed.strict())
        .map_err(|e| failure(&e))?;
    Ok(unsealed.embed(&cms).map_err(|e| failure(&e))?)
}

/// Room for the CMS, in bytes.
fn reserve(seal: &Seal, timestamped: bool) -> usize {
    let certificates: usize = std::iter::once(&seal.leaf)
        .chain(&seal.intermediates)
        .map(|certificate| certificate.der().len())
        .sum();
    CMS_BASE + certificates + if timestamped { TOKEN_MAX } else { 0 }
}

/// What the protocol page says about the seal.
fn text(seal: &Seal, level: Level, sandbox: bool) -> SealText {
    let leaf = &seal.leaf;
    let name = |text: String, part: Option<String>| part.unwrap_or(text);
    let mut lines = Vec::new();
    if sandbox {
        lines.push(
            "ПЕСОЧНИЦА: печать сделана для проверки системы и не имеет юридической силы.".into(),
        );
    }
    lines.push(format!(
        "Файл целиком заверен печатью: {}. Сертификат № {}, действует с {} по {}, выдан: {}.",
        name(leaf.subject_text(), leaf.subject_part("CN")),
        leaf.serial_hex(),
        date(leaf.not_before()),
        date(leaf.not_after()),
        name(leaf.issuer_text(), leaf.issuer_part("CN")),
    ));
    lines.push(match level {
        Level::Timestamped => {
            "Уровень B-T (ETSI EN 319 142-1): время заверено меткой независимой службы, она находится в самой печати."
                .into()
        }
        Level::Basic => {
            "Уровень B-B (ETSI EN 319 142-1): независимой метки времени в печати нет, время — по часам оператора."
                .into()
        }
    });
    SealText { lines }
}

/// The day in Moscow.
fn date(at: Timestamp) -> String {
    let (year, month, day) = at.moscow_date();
    format!("{day:02}.{month:02}.{year}")
}

fn failure(error: &dyn std::fmt::Display) -> Failure {
    Failure::internal("seal", error.to_string())
}
