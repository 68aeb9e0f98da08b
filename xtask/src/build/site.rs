//! `target/site/`: every file under a name that holds its hash, text files with the others' names filled in.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use serde_json::{Map, Value};

use super::bindgen::Generated;
use super::compress::{self, Effort};
use super::{short_hash, write_if_changed};

/// The folder, and the start of the address, of everything with a hash in its name.
const ASSETS: &str = "assets";
/// In these `{{name}}` is replaced by the address of that file.
const TEMPLATES: &[&str] = &["html", "js", "css", "webmanifest"];
/// A browser knows the versions of a service worker and of a manifest by their addresses, so these keep their names, as
/// pages do.
const KEPT_NAMES: &[&str] = &["sw.js", "account-sw.js", "manifest.webmanifest"];

/// Lays out the site of the web app in `source` (see xtask/README.md for what it may hold) in `out`.
///
/// # Errors
/// A placeholder that names no file, files that name each other in a circle, and any IO.
pub(super) fn lay_out(
    source: &Path,
    generated: &[Generated],
    out: &Path,
    cache: &Path,
    effort: Effort,
) -> Result<()> {
    let mut site = Site {
        files: BTreeMap::new(),
        addresses: BTreeMap::new(),
        written: BTreeMap::new(),
    };
    let mut fixed = BTreeSet::new();
    for module in generated {
        site.files
            .insert(format!("{}.js", module.name), module.js.clone());
        site.files
            .insert(format!("{}.wasm", module.name), module.wasm.clone());
        // Its own text may hold braces of any kind.
        fixed.insert(format!("{}.js", module.name));
    }
    let top = files_of(source, false)?;
    for name in top.iter().filter(|name| is_template(name)) {
        site.files
            .insert(name.clone(), fs::read(source.join(name))?);
    }
    let folder = source.join("static");
    let mut manifest = Map::new();
    for name in files_of(&folder, true)? {
        site.files
            .insert(name.clone(), fs::read(folder.join(&name))?);
        fixed.insert(name.clone());
        manifest.insert(
            name.clone(),
            site.address(&name, &fixed, &mut Vec::new())?.into(),
        );
    }
    let manifest = serde_json::to_vec(&Value::Object(manifest))?;
    site.files
        .insert("assets.json".to_owned(), manifest.clone());

    let names: Vec<String> = site.files.keys().cloned().collect();
    for name in names {
        if name.ends_with(".html") || KEPT_NAMES.contains(&name.as_str()) {
            let page = site.filled(&name, &fixed, &mut Vec::new())?;
            site.written.insert(PathBuf::from(&name), page);
        } else {
            site.address(&name, &fixed, &mut Vec::new())?;
        }
    }
    site.write(out, cache, effort)
}

struct Site {
    /// Content before filling in, by name.
    files: BTreeMap<String, Vec<u8>>,
    /// Address of each file that has one already.
    addresses: BTreeMap<String, String>,
    /// What stands in the folder, by path.
    written: BTreeMap<PathBuf, Vec<u8>>,
}

impl Site {
    /// `/assets/<stem>-<hash>.<extension>` of the file `name`; `open` holds those that wait for it.
    fn address(
        &mut self,
        name: &str,
        fixed: &BTreeSet<String>,
        open: &mut Vec<String>,
    ) -> Result<String> {
        if let Some(address) = self.addresses.get(name) {
            return Ok(address.clone());
        }
        if open.iter().any(|other| other == name) {
            bail!("web-app: {} and {name} name each other", open.join(", "));
        }
        open.push(name.to_owned());
        let content = self.filled(name, fixed, open)?;
        open.pop();
        let path = PathBuf::from(ASSETS).join(hashed_name(name, &content));
        let address = format!("/{}", path.display());
        self.written.insert(path, content);
        self.addresses.insert(name.to_owned(), address.clone());
        Ok(address)
    }

    /// The content of `name` with its placeholders replaced.
    fn filled(
        &mut self,
        name: &str,
        fixed: &BTreeSet<String>,
        open: &mut Vec<String>,
    ) -> Result<Vec<u8>> {
        let waiting = open.last().cloned().unwrap_or_default();
        let content =
            self.files.get(name).cloned().with_context(|| {
                format!("web-app: {waiting:?} names {name:?}, which is not there")
            })?;
        if !is_template(name) || fixed.contains(name) {
            return Ok(content);
        }
        let text = String::from_utf8(content).with_context(|| format!("{name} isn't UTF-8"))?;
        let mut parts = text.split("{{");
        let mut filled = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (placeholder, rest) = part
                .split_once("}}")
                .with_context(|| format!("{name}: {{{{ without }}}}"))?;
            filled += &self
                .address(placeholder.trim(), fixed, open)
                .with_context(|| format!("in {name}"))?;
            filled += rest;
        }
        Ok(filled.into_bytes())
    }

    /// Brings `out` to hold these files, their compressed forms and nothing else.
    fn write(&self, out: &Path, cache: &Path, effort: Effort) -> Result<()> {
        let mut wanted = BTreeSet::new();
        for (path, content) in &self.written {
            let path = out.join(path);
            write_if_changed(&path, content)?;
            compress::beside(&path, content, cache, effort)?;
            for suffix in ["", ".br", ".gz"] {
                let mut name = path.as_os_str().to_owned();
                name.push(suffix);
                wanted.insert(PathBuf::from(name));
            }
        }
        for name in files_of(out, true)? {
            let path = out.join(name);
            if !wanted.contains(&path) {
                fs::remove_file(path)?;
            }
        }
        Ok(())
    }
}

/// `fonts/sans.ttf` → `fonts-sans-0123456789abcdef.ttf`: one flat folder.
fn hashed_name(name: &str, content: &[u8]) -> String {
    let (name, hash) = (name.replace('/', "-"), short_hash(content));
    match name.rsplit_once('.') {
        Some((stem, extension)) => format!("{stem}-{hash}.{extension}"),
        None => format!("{name}-{hash}"),
    }
}

fn is_template(name: &str) -> bool {
    name.rsplit_once('.')
        .is_some_and(|(_, extension)| TEMPLATES.contains(&extension))
}

/// Names of the files in `folder` (with its subfolders where `deep`), relative to it, sorted; none where it isn't.
fn files_of(folder: &Path, deep: bool) -> Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    let mut open = vec![folder.to_owned()];
    while let Some(current) = open.pop() {
        if !current.is_dir() {
            continue;
        }
        for entry in fs::read_dir(&current)? {
            let path = entry?.path();
            if path.is_dir() {
                if deep {
                    open.push(path);
                }
            } else {
                let name = path
                    .strip_prefix(folder)?
                    .to_str()
                    .context("a file name that isn't UTF-8")?;
                names.insert(name.to_owned());
            }
        }
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(files: &[(&str, &str)]) -> Site {
        let files = files
            .iter()
            .map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec()))
            .collect();
        Site {
            files,
            addresses: BTreeMap::new(),
            written: BTreeMap::new(),
        }
    }

    #[test]
    fn a_placeholder_becomes_the_address_and_so_changes_the_name_of_who_holds_it() {
        let address = |wasm: &str| {
            let mut site = site(&[("boot.js", "init(\"{{app.wasm}}\")"), ("app.wasm", wasm)]);
            let address = site
                .address("boot.js", &BTreeSet::new(), &mut Vec::new())
                .unwrap();
            let text = site
                .written
                .values()
                .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
                .find(|text| text.contains("init"));
            (address, text.unwrap())
        };
        let (first, text) = address("one");
        assert!(
            first.starts_with("/assets/boot-")
                && first.ends_with(".js")
                && first.len() == "/assets/boot-.js".len() + 16
        );
        assert!(text.contains("/assets/app-") && !text.contains("{{"));
        assert_ne!(first, address("two").0);
    }

    #[test]
    fn a_circle_and_a_missing_file_are_named() {
        let mut circle = site(&[("a.js", "{{b.js}}"), ("b.js", "{{a.js}}")]);
        assert!(
            format!(
                "{:#}",
                circle
                    .address("a.js", &BTreeSet::new(), &mut Vec::new())
                    .unwrap_err()
            )
            .contains("name each other")
        );
        let mut missing = site(&[("a.js", "{{c.css}}")]);
        assert!(
            format!(
                "{:#}",
                missing
                    .address("a.js", &BTreeSet::new(), &mut Vec::new())
                    .unwrap_err()
            )
            .contains("c.css")
        );
    }
}
