//! Signatures made and checked by OpenSSL, which knows nothing of this project.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use podpis_pdf::{SealField, Unsealed};
use time::macros::datetime;

/// The seal of an operator.
pub(crate) fn field() -> SealField {
    SealField {
        name: "ООО «Подпись»".to_owned(),
        reason: "Печать оператора: документ подписан пациентом".to_owned(),
        at: datetime!(2026-11-22 11:05:32 UTC),
        reserve: 8192,
    }
}

/// What the signature covers: the file but for the string of `/Contents`.
///
/// The two places are read from the newest `/ByteRange`, as a stranger would.
pub(crate) fn covered(file: &[u8]) -> Result<Vec<u8>> {
    let text = String::from_utf8_lossy(file);
    let array = text.rsplit("/ByteRange [").next().context("no ByteRange")?;
    let numbers: Vec<usize> = array
        .split(']')
        .next()
        .context("no end of the ByteRange")?
        .split_ascii_whitespace()
        .map(str::parse)
        .collect::<Result<_, _>>()?;
    let [0, first, second, rest] = numbers[..] else {
        anyhow::bail!("not a ByteRange: {numbers:?}");
    };
    ensure!(second + rest == file.len(), "the range is not to the end");
    Ok([&file[..first], &file[second..]].concat())
}

/// A CAdES signature in DER, as PAdES wants it, over what the file's newest field covers.
pub(crate) fn sign(
    file: &Unsealed,
    key: &Path,
    certificate: &Path,
    scratch: &Path,
) -> Result<Vec<u8>> {
    let (input, output) = (scratch.join("covered.bin"), scratch.join("cms.der"));
    std::fs::write(&input, covered(file.bytes())?)?;
    let mut command = Command::new("openssl");
    command.args(["cms", "-sign", "-cades", "-binary", "-md", "sha256"]);
    command.args(["-outform", "DER", "-in"]).arg(&input);
    command
        .arg("-signer")
        .arg(certificate)
        .arg("-inkey")
        .arg(key);
    command.arg("-out").arg(&output);
    let done = command.output().context("openssl is missing")?;
    ensure!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
    let cms = std::fs::read(&output)?;
    std::fs::remove_file(input)?;
    std::fs::remove_file(output)?;
    Ok(cms)
}
