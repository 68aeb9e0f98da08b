//! JavaScript glue and the final module, by wasm-bindgen's own library: its version is the one in `Cargo.lock`.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use wasm_bindgen_cli_support::Bindgen;

use super::short_hash;

/// What the browser loads for one crate.
#[derive(Debug)]
pub(super) struct Generated {
    /// `app` for `podpis-web-app`, `renderer` for `podpis-renderer`.
    pub(super) name: String,
    /// An ES module whose default export is `init({ module_or_path })`.
    pub(super) js: Vec<u8>,
    /// The module.
    pub(super) wasm: Vec<u8>,
}

/// Runs wasm-bindgen (target `web`) over `module`, or takes what an earlier run made of the same bytes.
pub(super) fn generate(module: &Path, cache: &Path) -> Result<Generated> {
    let stem = module
        .file_stem()
        .and_then(|stem| stem.to_str())
        .context("a module without a name")?;
    let name = stem
        .replace('_', "-")
        .trim_start_matches("podpis-")
        .trim_start_matches("web-")
        .to_owned();
    let input = fs::read(module).with_context(|| format!("reading {}", module.display()))?;
    // Another wasm-bindgen, or other options of ours, make other output of the same module.
    let recipe = [
        include_bytes!("bindgen.rs").as_slice(),
        include_bytes!("../../Cargo.toml"),
    ]
    .concat();
    let folder = cache.join(format!(
        "bindgen-{}-{}",
        short_hash(&recipe),
        short_hash(&input)
    ));
    let (js, wasm) = (
        folder.join(format!("{name}.js")),
        folder.join(format!("{name}_bg.wasm")),
    );
    if !(js.is_file() && wasm.is_file()) {
        fs::create_dir_all(&folder)?;
        bindgen(input, &name, &folder)?;
    }
    Ok(Generated {
        name,
        js: fs::read(js)?,
        wasm: fs::read(wasm)?,
    })
}

fn bindgen(input: Vec<u8>, name: &str, folder: &Path) -> Result<()> {
    let mut bindgen = Bindgen::new();
    bindgen
        .web(true)?
        .typescript(false)
        .omit_default_module_path(true);
    bindgen
        .remove_name_section(true)
        .remove_producers_section(true);
    bindgen.input_bytes(name, input).out_name(name);
    bindgen
        .generate(folder)
        .with_context(|| format!("wasm-bindgen over {name}"))?;
    if folder.join("snippets").exists() {
        bail!(
            "{name} brings inline JavaScript (`snippets/`), which the site doesn't serve: use web-sys instead"
        );
    }
    Ok(())
}
