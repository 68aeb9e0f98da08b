//! What every answer carries: security headers, a request id, and how long it may be kept.

use anyhow::{Context as _, Result, ensure};
use podpis_tests::client::{Client, Reply};
use podpis_tests::{Stack, Upload};

#[test]
fn every_answer_is_guarded() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let (id, link) = clinic.send_with_link(&Upload::small())?;
    let mut patient = stack.patient(&link)?;
    let mut nobody = stack.anonymous();
    let document = format!("/api/v1/documents/{id}");
    let personal = [
        clinic.get("/api/v1/documents")?,
        clinic.get(&document)?,
        clinic.get(&format!("{document}/original"))?,
        clinic.get(&format!("{document}/signed"))?,
        clinic.get("/api/v1/events")?,
        patient.get("/patient/document")?,
        patient.get("/patient/document/file")?,
        patient.get("/patient/document/signed")?,
        nobody.get("/api/v1/documents")?,
        nobody.get("/patient/document")?,
        nobody.get("/esia/callback?code=c&state=s")?,
        nobody.get("/esia/unknown")?,
        nobody.get("/api/unknown")?,
        nobody.get("/sandbox/messages")?,
    ];
    for reply in &personal {
        guarded(reply).with_context(|| format!("{reply:?}"))?;
        ensure!(
            reply.header("cache-control").contains("no-store"),
            "may be kept: {reply:?}"
        );
    }
    for path in [
        "/",
        "/d/",
        "/c/",
        "/index.html",
        "/unknown.js",
        "/api/health",
    ] {
        let reply = nobody.get(path)?;
        guarded(&reply).with_context(|| format!("{path}: {:?}", reply.headers))?;
    }
    Ok(())
}

#[test]
fn the_page_runs_our_own_scripts_only() -> Result<()> {
    let mut nobody = Stack::shared()?.anonymous();
    let page = nobody.get("/d/")?.expect(200)?;
    let policy = page.header("content-security-policy");
    let directive = |name: &str| {
        let found = policy
            .split(';')
            .find_map(|part| part.trim().strip_prefix(name))
            .map(str::trim);
        found.with_context(|| format!("no {name} in {policy}"))
    };
    ensure!(
        directive("script-src")? == "'self' 'wasm-unsafe-eval'",
        "{policy}"
    );
    ensure!(
        ["'none'", "'self'"].contains(&directive("default-src")?),
        "{policy}"
    );
    ensure!(directive("frame-ancestors")? == "'none'", "{policy}");
    ensure!(
        directive("base-uri")? == "'none'" || directive("base-uri")? == "'self'",
        "{policy}"
    );
    ensure!(
        !policy.contains("unsafe-inline") && !policy.contains("http:") && !policy.contains('*'),
        "{policy}"
    );
    let html = page.text();
    for script in html.split("<script").skip(1) {
        let tag = script.split('>').next().unwrap_or_default();
        ensure!(
            tag.contains("src=\"/"),
            "an inline or foreign script: <script{tag}>"
        );
    }
    ensure!(
        !html.contains(" style=\"") && !html.contains(" onclick="),
        "inline styles or handlers"
    );
    Ok(())
}

#[test]
fn hashed_files_may_be_kept_for_ever_and_come_compressed() -> Result<()> {
    let mut nobody = Stack::shared()?.anonymous();
    let page = nobody.get("/d/")?.expect(200)?;
    ensure!(
        page.header("cache-control").contains("no-cache")
            || page.header("cache-control").contains("no-store")
    );
    let assets = assets(&page.text());
    ensure!(
        assets.iter().any(|path| path.ends_with(".wasm"))
            && assets.iter().any(|path| path.ends_with(".js")),
        "{assets:?}"
    );
    for path in assets {
        let plain = nobody.get(&path)?.expect(200)?;
        ensure!(
            plain.header("cache-control").contains("immutable"),
            "{path}: {:?}",
            plain.headers
        );
        for encoding in ["br", "gzip"] {
            let packed = compressed(&mut nobody, &path, encoding)?;
            ensure!(
                packed
                    .header("vary")
                    .to_ascii_lowercase()
                    .contains("accept-encoding"),
                "{path}: {:?}",
                packed.headers
            );
            ensure!(
                packed.header("content-type") == plain.header("content-type"),
                "{path}: {:?}",
                packed.headers
            );
            if packed.header("content-encoding") == encoding {
                ensure!(
                    packed.body.len() < plain.body.len(),
                    "{path}: {encoding} is no smaller"
                );
            } else {
                ensure!(
                    plain.body.len() < 4096,
                    "{path}: large, and not sent as {encoding}"
                );
            }
        }
        if path.ends_with(".wasm") {
            ensure!(
                plain.header("content-type") == "application/wasm",
                "{:?}",
                plain.headers
            );
        }
    }
    Ok(())
}

#[test]
fn no_path_leads_out_of_the_site() -> Result<()> {
    let mut nobody = Stack::shared()?.anonymous();
    for path in [
        "/../spin.toml",
        "/%2e%2e/spin.toml",
        "/assets/..%2f..%2fspin.toml",
        "/assets/%00",
        "/.br",
    ] {
        let reply = nobody.get(path)?;
        ensure!(
            !reply.text().contains("spin_manifest_version"),
            "{path} leads out"
        );
        ensure!(
            reply.status.is_client_error() || reply.header("content-type").starts_with("text/html"),
            "{path}: {}",
            reply.status
        );
    }
    Ok(())
}

fn compressed(client: &mut Client, path: &str, encoding: &str) -> Result<Reply> {
    client
        .send(
            http::Method::GET,
            path,
            &[("accept-encoding", encoding)],
            None,
        )?
        .expect(200)
}

fn guarded(reply: &Reply) -> Result<()> {
    ensure!(
        reply.header("x-content-type-options") == "nosniff",
        "no nosniff"
    );
    ensure!(
        reply.header("referrer-policy") == "no-referrer",
        "no Referrer-Policy"
    );
    ensure!(
        reply
            .header("content-security-policy")
            .contains("default-src 'none'")
            || reply
                .header("content-security-policy")
                .contains("default-src 'self'"),
        "no Content-Security-Policy"
    );
    ensure!(
        reply
            .header("content-security-policy")
            .contains("frame-ancestors 'none'"),
        "may be framed"
    );
    ensure!(!reply.header("x-request-id").is_empty(), "no X-Request-Id");
    ensure!(
        !reply.header("cache-control").is_empty(),
        "no Cache-Control"
    );
    Ok(())
}

/// Addresses of our own assets that the page names.
fn assets(html: &str) -> Vec<String> {
    let quoted = html.split('"').filter(|part| part.starts_with("/assets/"));
    quoted.map(str::to_owned).collect()
}
