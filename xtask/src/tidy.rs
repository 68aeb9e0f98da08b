//! Checks of the repository's own text, as ordinary tests.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Names and namespaces that look like addresses but load nothing.
const NOT_LOADED: &[&str] = &["http://www.w3.org/"];

#[test]
fn every_rust_file_says_what_it_is() {
    let silent = offenders(|path, text| {
        is_rust(path) && !text.starts_with("//!") && !text.starts_with("#![")
    });
    assert!(
        silent.is_empty(),
        "these don't start with `//!`: {silent:#?}"
    );
}

#[test]
fn no_line_ends_in_whitespace() {
    let extensions = ["rs", "md", "toml", "html", "css", "js", "json", "sql"];
    let trailing = offenders(|path, text| {
        path.extension()
            .is_some_and(|extension| extensions.iter().any(|known| extension == *known))
            && text.lines().any(|line| line.ends_with([' ', '\t']))
    });
    assert!(
        trailing.is_empty(),
        "whitespace at the end of a line in {trailing:#?}"
    );
}

#[test]
fn paths_named_in_the_documents_exist() {
    let root = root();
    let mut missing = Vec::new();
    for document in ["README.md", "docs/ARCHITECTURE.md"] {
        let Ok(text) = fs::read_to_string(root.join(document)) else {
            missing.push(format!("{document} itself"));
            continue;
        };
        for name in named_paths(&text) {
            let here = root.join(document).with_file_name(&name);
            if ![root.join(&name), here].iter().any(|path| path.exists()) {
                missing.push(format!("{name} ({document})"));
            }
        }
    }
    assert!(missing.is_empty(), "named but not there: {missing:#?}");
}

#[test]
fn the_web_app_names_no_foreign_origin() {
    let foreign = offenders(|path, text| {
        path.starts_with("web-app")
            && ["rs", "html", "css", "js"].iter().any(|known| {
                path.extension()
                    .is_some_and(|extension| extension == *known)
            })
            && text.lines().any(names_an_origin)
    });
    assert!(
        foreign.is_empty(),
        "an address of another origin in {foreign:#?}"
    );
}

#[test]
fn wasm_bindgen_and_its_library_are_of_one_version() {
    let lock = fs::read_to_string(root().join("Cargo.lock")).unwrap();
    let version = |package: &str| {
        let entry = lock
            .split("[[package]]")
            .find(|entry| entry.contains(&format!("name = \"{package}\"\n")))?;
        entry
            .lines()
            .find(|line| line.starts_with("version = "))
            .map(str::to_owned)
    };
    let library = version("wasm-bindgen-cli-support");
    assert!(library.is_some());
    assert_eq!(
        version("wasm-bindgen"),
        library,
        "set wasm-bindgen-cli-support in xtask/Cargo.toml to the same version"
    );
}

/// Prints, never fails: long files are a prompt to look again.
#[test]
fn ten_largest_files() {
    let mut sizes: Vec<(usize, PathBuf)> = files()
        .into_iter()
        .filter(|path| is_rust(path))
        .filter_map(|path| {
            Some((
                fs::read_to_string(root().join(&path)).ok()?.lines().count(),
                path,
            ))
        })
        .collect();
    sizes.sort_unstable_by(|one, other| other.cmp(one));
    for (lines, path) in sizes.iter().take(10) {
        println!("{lines:>6}  {}", path.display());
    }
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// The files that git knows or would add, relative to the root.
fn files() -> Vec<PathBuf> {
    let output = Command::new("git")
        .current_dir(root())
        .args([
            "ls-files",
            "--cached",
            "--others",
            "--exclude-standard",
            "-z",
        ])
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.split('\0')
        .filter(|name| !name.is_empty())
        .map(PathBuf::from)
        .filter(|path| root().join(path).is_file())
        .collect()
}

fn offenders(is_one: impl Fn(&Path, &str) -> bool) -> Vec<PathBuf> {
    files()
        .into_iter()
        .filter(|path| fs::read_to_string(root().join(path)).is_ok_and(|text| is_one(path, &text)))
        .collect()
}

fn is_rust(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "rs")
}

/// What stands in back quotes or as a link's target and looks like a path of this repository.
fn named_paths(text: &str) -> Vec<String> {
    let quoted = text.split('`').skip(1).step_by(2);
    let linked = text
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split_once(')'))
        .map(|(target, _)| target);
    let is_path = |name: &&str| {
        name.contains('/')
            && !name.starts_with(['/', '.', '<', '#'])
            && !name.contains("://")
            && !name.starts_with("target/")
            && !name.starts_with("data/")
            && name
                .chars()
                .all(|char| char.is_ascii_alphanumeric() || "/._-".contains(char))
            && (name.ends_with('/')
                || root()
                    .join(name.split('/').next().unwrap_or_default())
                    .exists())
    };
    quoted
        .chain(linked)
        .filter(is_path)
        .map(str::to_owned)
        .collect()
}

fn names_an_origin(line: &str) -> bool {
    let code = line.trim_start();
    if code.starts_with("//") || code.starts_with("/*") || code.starts_with('*') {
        return false;
    }
    NOT_LOADED
        .iter()
        .fold(code.to_owned(), |code, known| code.replace(known, ""))
        .split_inclusive("//")
        .any(|part| part.ends_with("http://") || part.ends_with("https://"))
}
