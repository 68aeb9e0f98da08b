//! `tests/manifest/<case>.toml` beside `<case>.json` (accepted, and how it is
//! read) or `<case>.err` (refused, and the message). A new case is a new file;
//! `BLESS=1` writes what is found.

use std::path::{Path, PathBuf};

use podpis_runner::manifest::Manifest;

#[test]
fn manifests_are_taken_or_refused_as_written() {
    let mut cases = 0;
    for entry in std::fs::read_dir(root().join("tests/manifest")).unwrap() {
        let path = entry.unwrap().path();
        if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            check(&path);
            cases += 1;
        }
    }
    assert!(cases > 0);
}

#[test]
fn the_projects_own_manifest_is_taken() {
    let text = std::fs::read_to_string(root().join("../spin.toml")).unwrap();
    let manifest = Manifest::parse(&text).unwrap();
    let values = manifest.values(|_| None).unwrap();
    for component in manifest.components.values() {
        component.values(&values).unwrap();
        component.hosts(&values).unwrap();
    }
}

fn check(path: &Path) {
    let text = std::fs::read_to_string(path).unwrap();
    let (kind, other, found) = match Manifest::parse(&text) {
        Ok(manifest) => (
            "json",
            "err",
            serde_json::to_string_pretty(&manifest).unwrap() + "\n",
        ),
        Err(error) => ("err", "json", format!("{}\n", error.to_string().trim_end())),
    };
    let golden = path.with_extension(kind);
    if std::env::var_os("BLESS").is_some() {
        _ = std::fs::remove_file(path.with_extension(other));
        return std::fs::write(golden, found).unwrap();
    }
    let expected = std::fs::read_to_string(&golden);
    let expected = expected.unwrap_or_else(|_| panic!("no {}; found: {found}", golden.display()));
    assert_eq!(found, expected, "{}", path.display());
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}
