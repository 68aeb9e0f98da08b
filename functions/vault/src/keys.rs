//! The operator's keys: from secret variables, in a sandbox made once and kept in the database.
//!
//! They are read for each use: nothing secret outlives a request.

use crate::seal::signer::{Configured, RemoteSigner};
use podpis_cms::{Algorithm, Certificate, SoftwareKey, make};
use podpis_evidence::{EvidenceKey, seed_from_pem, seed_to_pem};
use podpis_journal::NoteKey;
use podpis_kit::store::sandbox_keys;
use podpis_kit::{Db, Failure, Result, now, random, vars};
use podpis_shared::Sensitive;
use podpis_shared::problem::Code;

/// How long the sandbox's certificates are valid, in seconds: ten years.
const SANDBOX_S: i64 = 10 * 365 * 86_400;

/// What a sandbox keeps for itself.
const SEAL_KEY: &str = "seal_key";
const SEAL_CERTIFICATES: &str = "seal_certificates";
const EVIDENCE_KEY: &str = "evidence_key";
const JOURNAL_KEY: &str = "journal_key";

/// The seal's certificate with all that stands above it, and who signs.
pub(crate) struct Seal {
    /// Certificate of the key.
    pub(crate) leaf: Certificate,
    /// Intermediates: they go into the seal.
    pub(crate) intermediates: Vec<Certificate>,
    /// Roots: they go into the trust list only.
    pub(crate) roots: Vec<Certificate>,
    /// Who signs.
    pub(crate) signer: Configured,
}

/// The operator's seal.
///
/// # Errors
/// `unavailable` where none is configured, 500 where the configuration contradicts itself.
pub(crate) async fn seal(db: &Db) -> Result<Seal> {
    let pem = value(db, SEAL_CERTIFICATES).await?;
    let certificates =
        Certificate::from_pem_many(pem.expose()).map_err(wrong(SEAL_CERTIFICATES))?;
    let (roots, mut chain): (Vec<_>, Vec<_>) = certificates
        .into_iter()
        .partition(Certificate::is_self_issued);
    if chain.is_empty() {
        return Err(wrong(SEAL_CERTIFICATES)("no certificate of the seal's key"));
    }
    let leaf = chain.remove(0);
    let signer = match vars::endpoint("seal_signer_url", "seal_signer_path").await? {
        Some(url) => Configured::Remote(RemoteSigner {
            url,
            token: Sensitive::new(vars::get("seal_signer_token").await?),
            algorithm: Algorithm::of(&leaf).map_err(wrong(SEAL_CERTIFICATES))?,
        }),
        None => {
            let pem = value(db, SEAL_KEY).await?;
            let key = SoftwareKey::from_pem(pem.expose()).map_err(wrong(SEAL_KEY))?;
            if !key.matches(&leaf) {
                return Err(wrong(SEAL_KEY)("the first certificate is of another key"));
            }
            Configured::Software(key)
        }
    };
    Ok(Seal {
        leaf,
        intermediates: chain,
        roots,
        signer,
    })
}

/// The key of evidence bundles.
///
/// # Errors
/// As [`seal`].
pub(crate) async fn evidence(db: &Db) -> Result<EvidenceKey> {
    seed(db, EVIDENCE_KEY).await.map(EvidenceKey::from_seed)
}

/// The key of the journal's checkpoints.
///
/// # Errors
/// As [`seal`].
pub(crate) async fn journal(db: &Db) -> Result<NoteKey> {
    let name = vars::get("journal_name").await?;
    NoteKey::from_seed(&name, seed(db, JOURNAL_KEY).await?).map_err(wrong("journal_name"))
}

async fn seed(db: &Db, name: &'static str) -> Result<[u8; 32]> {
    seed_from_pem(value(db, name).await?.expose())
        .ok_or_else(|| wrong(name)("not an Ed25519 key in PKCS#8 PEM"))
}

/// The variable, or what the sandbox made for itself.
async fn value(db: &Db, name: &'static str) -> Result<Sensitive<String>> {
    let value = vars::get(name).await?;
    if !value.trim().is_empty() {
        return Ok(Sensitive::new(value));
    }
    if !vars::sandbox().await? {
        eprintln!("error at keys: the variable {name} is empty");
        return Err(Failure::new(
            Code::Unavailable,
            "Печать оператора не настроена.",
        ));
    }
    if let Some(value) = sandbox_keys::find(db, name).await? {
        return Ok(value);
    }
    let made = sandbox_keys()?;
    let tx = Db::open().await?.begin().await?;
    for (name, value) in made {
        sandbox_keys::insert(&tx, name, &value).await?;
    }
    tx.commit().await?;
    sandbox_keys::find(db, name)
        .await?
        .ok_or_else(|| wrong(name)("not kept"))
}

/// Everything at once, so that key and certificate always belong together.
fn sandbox_keys() -> Result<[(&'static str, String); 4]> {
    let ed25519 = || {
        let seed = random::bytes()?;
        seed_to_pem(seed).ok_or_else(|| wrong("sandbox")("no key"))
    };
    let from = now();
    let made = make::root_and_leaf(&random::bytes()?, from, from.plus(SANDBOX_S))
        .map_err(wrong("sandbox"))?;
    Ok([
        (SEAL_KEY, made.leaf_key),
        (SEAL_CERTIFICATES, made.leaf + &made.root),
        (EVIDENCE_KEY, ed25519()?),
        (JOURNAL_KEY, ed25519()?),
    ])
}

fn wrong<E: std::fmt::Display>(name: &'static str) -> impl Fn(E) -> Failure {
    move |e| Failure::internal(name, e.to_string())
}
