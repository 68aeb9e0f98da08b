//! Measures the check of a clinic's signature and the setting of a template from within: natively by a call of [`Work::measure`],
//! under the runner by a POST of the work as JSON.

#[cfg(target_family = "wasm")]
mod component;
#[path = "../../../../functions/pdf/examples/template/sample.rs"]
mod sample;

use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use podpis_cms::clinic::{Against, check, read};
use podpis_cms::{Certificate, HashKind};
use podpis_shared::{Timestamp, templates};
use serde::{Deserialize, Serialize};

/// What is measured.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Work {
    /// The technical check of a detached signature: reading the message, the digest of what it is over, its mathematics, the chain.
    Cms {
        /// Authorities in PEM.
        roots: String,
        /// The message, in base64.
        signature: String,
        /// What it is over, in base64.
        content: String,
        /// The moment of the check, in unix seconds.
        now: i64,
    },
    /// The template with this id, filled and set in type as PDF/A.
    Template(String),
}

/// One turn: work, and how often.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Turn {
    /// The work.
    pub work: Work,
    /// How often it is done after once that is not counted.
    pub runs: u32,
}

impl Turn {
    /// Milliseconds of one run: the mean.
    ///
    /// # Errors
    /// When a signature isn't accepted, or there is no such template.
    pub fn measure(&self) -> Result<f64> {
        match &self.work {
            Work::Cms {
                roots,
                signature,
                content,
                now,
            } => {
                let roots = Certificate::from_pem_many(roots)?;
                let (signature, content) = (BASE64.decode(signature)?, BASE64.decode(content)?);
                let against = Against {
                    roots: &roots,
                    tsa_roots: &[],
                    lists: &[],
                    now: Timestamp::from_unix(*now),
                };
                self.mean(|| accepted(&signature, &content, &against))
            }
            Work::Template(id) => {
                let template = templates::all()
                    .iter()
                    .find(|template| template.id() == id)
                    .context("no such template")?;
                let values = sample::values(template, false);
                self.mean(|| {
                    let pdf = podpis_pdf::template::typeset(&template.fill(&values)?)?;
                    ensure!(pdf.starts_with(b"%PDF"), "no PDF");
                    Ok(())
                })
            }
        }
    }

    fn mean(&self, run: impl Fn() -> Result<()>) -> Result<f64> {
        run()?;
        let start = Instant::now();
        for _ in 0..self.runs {
            run()?;
        }
        Ok(start.elapsed().as_secs_f64() * 1e3 / f64::from(self.runs.max(1)))
    }
}

fn accepted(signature: &[u8], content: &[u8], against: &Against<'_>) -> Result<()> {
    let message = read(signature).map_err(|fault| anyhow::anyhow!("{fault:?}"))?;
    let digest = |kind: HashKind| kind.digest(content);
    for signer in message.signers() {
        check(signer, digest, against).map_err(|fault| anyhow::anyhow!("{fault:?}"))?;
    }
    Ok(())
}
