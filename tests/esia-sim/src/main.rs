//! `podpis-esia-sim keys DIR` writes missing keys; `podpis-esia-sim serve …` serves the simulator.

use anyhow::{Context as _, bail};
use podpis_esia_sim::{Options, Simulator, write_missing};
use std::net::SocketAddr;
use std::path::PathBuf;

const USAGE: &str = "\
podpis-esia-sim: a local stand-in for ESIA (Gosuslugi)

    podpis-esia-sim keys DIR [--crypto builtin|openssl]
        writes the missing ones of client.pem, client.cer.pem, esia.pem, esia.cer.pem,
        esia.rsa.pem, esia.rsa.cer.pem, storage.key
    podpis-esia-sim serve --listen 127.0.0.1:3001 --keys DIR [options]
        --client-id PODPIS         mnemonic of the registered client
        --client-certificate FILE  a further certificate of it, PEM, GOST or RSA (repeatable)
        --other-client ID=FILE     another system with its certificate (repeatable)
        --redirect-host HOST       where redirect_uri may lead (repeatable; default localhost, 127.0.0.1)
        --issuer URL               iss of the tokens (default http://esia.gosuslugi.ru/)
        --single-sign-on           a signed-in browser comes back without the login page, as at ESIA
        --confirmed-only           others than confirmed accounts get ESIA-007055
        --token-alg gost|rs256     what tokens are signed with (default gost)
        --pkce off|required        whether v2 demands code_challenge (default off)
        --clock-window SECONDS     how far the time of a request may be off (default 600)
        --strict-state             a token request must not repeat the authorise request's state
        --crypto builtin|openssl   who signs tokens and verifies requests (default builtin)";

fn main() -> anyhow::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .as_slice()
    {
        ["keys", dir] => write_missing(dir.as_ref(), Options::default().crypto),
        ["keys", dir, "--crypto", kind] => write_missing(dir.as_ref(), kind.parse()?),
        ["serve", options @ ..] => serve(options),
        ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            Ok(())
        }
        _ => bail!("unknown arguments\n\n{USAGE}"),
    }
}

fn serve(args: &[&str]) -> anyhow::Result<()> {
    let mut listen = SocketAddr::from(([127, 0, 0, 1], 3001));
    let mut keys: Option<PathBuf> = None;
    let mut hosts = Vec::new();
    let mut options = Options::default();
    let mut rest = args.iter();
    while let Some(flag) = rest.next() {
        let mut value = || {
            rest.next()
                .map(|v| (*v).to_owned())
                .with_context(|| format!("{flag} needs a value"))
        };
        match *flag {
            "--listen" => {
                listen = value()?
                    .parse()
                    .context("--listen needs an address such as 127.0.0.1:3001")?
            }
            "--keys" => keys = Some(value()?.into()),
            "--client-id" => options.client_id = value()?,
            "--client-certificate" => options.client_certificates.push(value()?.into()),
            "--other-client" => {
                let value = value()?;
                let (id, file) = value
                    .split_once('=')
                    .context("--other-client needs ID=FILE")?;
                options.other_clients.push((id.to_owned(), file.into()));
            }
            "--redirect-host" => hosts.push(value()?.to_ascii_lowercase()),
            "--issuer" => options.issuer = value()?,
            "--single-sign-on" => options.settings.single_sign_on = true,
            "--confirmed-only" => options.settings.confirmed_only = true,
            "--token-alg" => options.settings.token_alg = value()?.parse()?,
            "--pkce" => options.settings.pkce = value()?.parse()?,
            "--clock-window" => options.clock_window_s = value()?.parse()?,
            "--strict-state" => options.strict_state = true,
            "--crypto" => options.crypto = value()?.parse()?,
            other => bail!("unknown option {other}\n\n{USAGE}"),
        }
    }
    if !hosts.is_empty() {
        options.redirect_hosts = hosts;
    }
    let keys = keys.context("--keys DIR is missing")?;
    let simulator = Simulator::start(listen, &keys, &options)?;
    println!(
        "{}",
        serde_json::json!({"msg": "listening", "url": format!("http://{}", simulator.address())})
    );
    wait_for_signal()
}

/// Until SIGINT or SIGTERM.
fn wait_for_signal() -> anyhow::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(async {
            let (mut interrupt, mut terminate) = (
                signal(SignalKind::interrupt())?,
                signal(SignalKind::terminate())?,
            );
            tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {} }
            Ok(())
        })
}
