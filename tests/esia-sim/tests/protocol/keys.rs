//! The key files.

use crate::openssl;
use anyhow::Result;
use podpis_esia_sim::{CryptoKind, write_missing};
use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

#[test]
fn they_are_kept_and_private() -> Result<()> {
    for kind in [CryptoKind::OpenSsl, CryptoKind::Builtin] {
        let dir = tempfile::tempdir()?;
        write_missing(dir.path(), kind)?;
        let before = files(dir.path())?;
        let names: Vec<&str> = before.keys().map(String::as_str).collect();
        assert_eq!(
            names,
            [
                "client.cer.pem",
                "client.pem",
                "esia.cer.pem",
                "esia.pem",
                "esia.rsa.cer.pem",
                "esia.rsa.pem",
                "storage.key"
            ]
        );
        assert!(before["client.pem"].starts_with("-----BEGIN PRIVATE KEY-----"));
        assert!(before["esia.cer.pem"].starts_with("-----BEGIN CERTIFICATE-----"));
        assert!(
            before["storage.key"].len() == 64
                && before["storage.key"].bytes().all(|b| b.is_ascii_hexdigit())
        );
        for secret in ["client.pem", "esia.pem", "esia.rsa.pem", "storage.key"] {
            let mode = dir.path().join(secret).metadata()?.permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{secret}");
        }
        write_missing(dir.path(), kind)?;
        assert_eq!(before, files(dir.path())?);

        // A certificate that is gone is made anew for the key that is there.
        std::fs::remove_file(dir.path().join("client.cer.pem"))?;
        write_missing(dir.path(), kind)?;
        assert_eq!(files(dir.path())?["client.pem"], before["client.pem"]);
        openssl::self_signed_is_sound(dir.path(), "client.cer.pem", true)?;
    }
    Ok(())
}

/// Folders of versions before GOST have a P-256 key as `client.pem`.
#[test]
fn keys_of_another_kind_are_put_aside() -> Result<()> {
    for kind in [CryptoKind::OpenSsl, CryptoKind::Builtin] {
        let dir = tempfile::tempdir()?;
        openssl::certificate(dir.path(), "client", openssl::RSA)?;
        std::fs::remove_file(dir.path().join("client.cer.pem"))?;
        let old = files(dir.path())?["client.pem"].clone();
        write_missing(dir.path(), kind)?;
        let now = files(dir.path())?;
        assert_eq!(now["client.pem.old"], old);
        assert_ne!(now["client.pem"], old);
        openssl::sign(dir.path(), "client.pem", "message")?;
    }
    Ok(())
}

fn files(dir: &Path) -> Result<BTreeMap<String, String>> {
    std::fs::read_dir(dir)?
        .map(|entry| {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            Ok((name, std::fs::read_to_string(entry.path())?))
        })
        .collect()
}
