//! What `worker.js` calls.

use std::sync::Arc;

use wasm_bindgen::prelude::*;

use crate::{Document, Flaw, Intake, Substitutes};

#[wasm_bindgen]
extern "C" {
    /// Reads a substitute font synchronously (allowed in a worker); `undefined` when it can't be had.
    #[wasm_bindgen(js_namespace = globalThis, js_name = podpisFont)]
    fn podpis_font(name: &str) -> Option<Vec<u8>>;
}

/// The document of this worker's life: first it arrives, then it is drawn.
#[wasm_bindgen]
pub struct Worker {
    intake: Intake,
    document: Option<Document<'static>>,
}

/// Facts of an arrived document.
#[wasm_bindgen(getter_with_clone)]
pub struct Facts {
    /// SHA-256, 64 hex digits.
    pub sha256: String,
    /// Streebog-256, 64 hex digits.
    pub streebog256: String,
    /// Width and height of each page in points, two numbers a page; empty when the file can't be shown.
    pub sizes: Vec<f32>,
    /// Why the file can't be shown.
    pub error: Option<String>,
}

/// A drawn page.
#[wasm_bindgen]
pub struct Drawn {
    /// Pixels.
    pub width: u16,
    /// Pixels.
    pub height: u16,
    rgba: Vec<u8>,
    flaws: Vec<Flaw>,
}

#[wasm_bindgen]
impl Worker {
    /// Room for `expected` bytes.
    #[wasm_bindgen(constructor)]
    pub fn new(expected: usize) -> Self {
        Self {
            intake: Intake::with_capacity(expected),
            document: None,
        }
    }

    /// The next bytes of the file.
    pub fn push(&mut self, chunk: &[u8]) {
        self.intake.push(chunk);
    }

    /// The file is whole: hashes it and opens it.
    pub fn finish(&mut self) -> Facts {
        let opened = std::mem::take(&mut self.intake).finish();
        let (sizes, error) = match opened.pdf {
            Ok(pdf) => {
                // The worker lives as long as its document.
                let substitutes = Arc::new(Substitutes::new(Box::new(podpis_font)));
                let document = Document::new(Box::leak(Box::new(pdf)), substitutes);
                let sizes = document
                    .page_sizes()
                    .iter()
                    .flat_map(|page| [page.width, page.height])
                    .collect();
                self.document = Some(document);
                (sizes, None)
            }
            Err(error) => (Vec::new(), Some(error.to_string())),
        };
        Facts {
            sha256: opened.hashes.sha256,
            streebog256: opened.hashes.streebog256,
            sizes,
            error,
        }
    }

    /// Draws page `index` (from 0) about `width` pixels wide.
    pub fn draw(&mut self, index: usize, width: f64) -> Option<Drawn> {
        let picture = self.document.as_mut()?.draw(index, width)?;
        Some(Drawn {
            width: picture.width,
            height: picture.height,
            rgba: picture.rgba,
            flaws: picture.flaws,
        })
    }
}

#[wasm_bindgen]
impl Drawn {
    /// The pixels, RGBA; can be taken once.
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.rgba)
    }

    /// Names of what could not be drawn, separated by spaces; empty when the page is whole.
    #[wasm_bindgen(getter)]
    pub fn flaws(&self) -> String {
        self.flaws
            .iter()
            .map(|flaw| flaw.name())
            .collect::<Vec<_>>()
            .join(" ")
    }
}
