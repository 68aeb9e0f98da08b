//! The files that a component may read, as directories mounted read-only.
//!
//! A directory placed somewhere is mounted where it lies. Only what Spin
//! would assemble from patterns, single files and exclusions is assembled in
//! a temporary directory, by hard links where the file system allows it.

use std::fs;
use std::path::{Component as Part, Path, PathBuf};

use anyhow::{Context, bail, ensure};
use glob::Pattern;
use wasmtime_wasi::{FsPerms, WasiCtxBuilder};

use crate::manifest::{Component, Files};

/// What is mounted in each instance of a component.
#[derive(Debug, Default)]
pub struct Mounts(Vec<(PathBuf, String)>);

impl Mounts {
    /// Prepares the files of `component`; `root` is the manifest's folder and
    /// `assembled` a folder for this component alone, made when needed.
    ///
    /// # Errors
    /// A path that does not exist, leaves the manifest's folder by a pattern,
    /// or cannot be read.
    pub fn prepare(component: &Component, root: &Path, assembled: &Path) -> anyhow::Result<Self> {
        let direct = |entry: &Files| match entry {
            Files::Placement {
                source,
                destination,
            } => {
                let path = root.join(source);
                path.is_dir().then(|| (path, destination.clone()))
            }
            Files::Pattern(_) => None,
        };
        if component.exclude_files.is_empty()
            && let Some(mounts) = component.files.iter().map(direct).collect()
        {
            return Ok(Self(mounts));
        }
        let exclude: Vec<_> = component
            .exclude_files
            .iter()
            .map(|p| Pattern::new(p))
            .collect::<Result<_, _>>()?;
        fs::create_dir_all(assembled)?;
        for entry in &component.files {
            assemble(entry, root, assembled, &exclude)?;
        }
        Ok(Self(vec![(assembled.to_owned(), "/".to_owned())]))
    }

    /// Opens the directories for one instance.
    ///
    /// # Errors
    /// A directory that has gone since the start.
    pub fn open(&self, wasi: &mut WasiCtxBuilder) -> wasmtime::Result<()> {
        for (path, destination) in &self.0 {
            wasi.preopened_dir(path, destination, FsPerms::ReadOnly)?;
        }
        Ok(())
    }
}

fn assemble(entry: &Files, root: &Path, into: &Path, exclude: &[Pattern]) -> anyhow::Result<()> {
    match entry {
        Files::Placement {
            source,
            destination,
        } => {
            let from = root.join(source);
            let to = into.join(inside(Path::new(destination.trim_start_matches('/')))?);
            ensure!(from.exists(), "files: {source} does not exist");
            if from.is_dir() {
                return link_matching(&from.join("**/*"), &from, root, &to, exclude);
            }
            link(&from, &to)
        }
        Files::Pattern(pattern) => {
            let path = root.join(inside(Path::new(pattern))?);
            if path.is_dir() {
                return link_matching(&path.join("**/*"), root, root, into, exclude);
            }
            ensure!(
                path.exists() || Pattern::escape(pattern) != *pattern,
                "files: {pattern} does not exist"
            );
            link_matching(&path, root, root, into, exclude)
        }
    }
}

/// Links every file of a pattern; names below `base` are kept. Exclusions are
/// relative to the manifest's folder `root`.
fn link_matching(
    pattern: &Path,
    base: &Path,
    root: &Path,
    into: &Path,
    exclude: &[Pattern],
) -> anyhow::Result<()> {
    let pattern = pattern.to_str().context("files: a pattern must be UTF-8")?;
    for found in glob::glob(pattern)? {
        let found = found?;
        let named = found.strip_prefix(root).unwrap_or(&found);
        if found.is_file() && !exclude.iter().any(|pattern| pattern.matches_path(named)) {
            link(&found, &into.join(found.strip_prefix(base)?))?;
        }
    }
    Ok(())
}

fn link(from: &Path, to: &Path) -> anyhow::Result<()> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    if to.exists() {
        fs::remove_file(to)?;
    }
    // Another file system: a copy does the same.
    let linked = fs::hard_link(from, to).or_else(|_| fs::copy(from, to).map(drop));
    linked.with_context(|| format!("files: cannot mount {}", from.display()))
}

/// A relative path that stays below where it starts.
fn inside(path: &Path) -> anyhow::Result<&Path> {
    if path
        .components()
        .any(|part| !matches!(part, Part::Normal(_) | Part::CurDir))
    {
        bail!("files: {} must stay inside", path.display());
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn component(files: &str) -> Component {
        toml::from_str(&format!("source = \"x.wasm\"\n{files}")).unwrap()
    }

    fn folder() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("site/deep")).unwrap();
        for name in [
            "site/index.html",
            "site/deep/a.js",
            "site/deep/secret.txt",
            "readme.md",
        ] {
            fs::write(root.path().join(name), name).unwrap();
        }
        root
    }

    #[test]
    fn a_directory_is_mounted_where_it_lies() {
        let root = folder();
        let component = component(r#"files = [{ source = "site", destination = "/" }]"#);
        let mounts =
            Mounts::prepare(&component, root.path(), &root.path().join("assembled")).unwrap();
        assert_eq!(mounts.0, [(root.path().join("site"), "/".to_owned())]);
    }

    #[test]
    fn patterns_and_exclusions_are_assembled() {
        let root = folder();
        let into = root.path().join("assembled");
        let component = component(
            "files = [\"site/**/*\", { source = \"readme.md\", destination = \"/docs/readme\" }]\n\
             exclude_files = [\"**/secret.txt\"]",
        );
        Mounts::prepare(&component, root.path(), &into).unwrap();
        assert!(into.join("site/index.html").is_file() && into.join("site/deep/a.js").is_file());
        assert!(into.join("docs/readme").is_file());
        assert!(!into.join("site/deep/secret.txt").exists());
    }

    #[test]
    fn paths_that_leave_or_lack_are_refused() {
        let root = folder();
        for files in [
            r#"files = ["../*"]"#,
            r#"files = ["absent.txt"]"#,
            r#"files = [{ source = "absent", destination = "/" }]"#,
        ] {
            let refused = Mounts::prepare(
                &component(files),
                root.path(),
                &root.path().join("assembled"),
            );
            assert!(refused.is_err(), "{files}");
        }
    }
}
