//! Measures GOST signatures from within: natively by a call of [`measure`], under the runner by a GET.

#[cfg(target_family = "wasm")]
mod component;

use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use podpis_gost::{ParamSet, SecretKey, streebog};
use serde_json::{Value, json};

/// Microseconds of one signature and of one check of it, over the set with this object identifier: the mean of `runs`. Digests
/// are signed, so hashing a message is not in it, nor are the tables of the generator, which the first of each makes.
///
/// # Errors
/// For an unknown set, or when a signature does not verify.
pub fn measure(oid: &str, runs: u32) -> Result<Value> {
    let set = ParamSet::from_oid(oid).context("an unknown set")?;
    let key = SecretKey::from_bytes(set, &vec![0x11; set.size()])?;
    let public = key.public_key();
    // How often a nonce has to be drawn anew depends on the digest: each is another one.
    let digests: Vec<_> = (0..runs)
        .map(|run| streebog(set.size(), &run.to_le_bytes()))
        .collect();
    let unseen = streebog(set.size(), b"tables");
    ensure!(public.verify_digest(&unseen, &key.sign_digest(&unseen)?));

    let start = Instant::now();
    let signatures: Vec<_> = (digests.iter())
        .map(|digest| key.sign_digest(digest))
        .collect::<Result<_, _>>()?;
    let sign = micros(start, runs);
    let start = Instant::now();
    for (digest, signature) in digests.iter().zip(&signatures) {
        ensure!(public.verify_digest(digest, signature));
    }
    let verify = micros(start, runs);
    Ok(json!({ "sign": sign, "verify": verify }))
}

fn micros(start: Instant, runs: u32) -> f64 {
    start.elapsed().as_secs_f64() * 1e6 / f64::from(runs.max(1))
}
