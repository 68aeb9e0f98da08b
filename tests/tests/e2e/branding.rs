//! A clinic's look: what is taken, what becomes of it, and who sees it.

use anyhow::{Context as _, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use podpis_shared::hash::sha256_hex;
use podpis_tests::client::Reply;
use podpis_tests::picture::{chunks, png};
use podpis_tests::{Clinic, Stack, Upload};
use serde_json::{Value, json};

#[test]
fn a_look_is_kept_shown_and_told_of_once() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let (_, link) = clinic.send_with_link(&Upload::small())?;
    let plain = clinic.get("/api/v1/branding")?.expect(200)?.json()?;
    ensure!(plain["display_name"] == plain["registered_name"], "{plain}");
    ensure!(
        plain["logo"].is_null() && plain["colors"].is_null() && plain["primary_color"].is_null()
    );

    let secret = "secret-in-a-comment";
    let look = json!({
        "display_name": "  Клиника   «Здоровье» ",
        "logo_png_base64": STANDARD.encode(png(40, 20, Some(secret))?),
        "primary_color": "#ffcc00",
        "support_phone": "+78001234567",
        "support_email": "help@clinic.example",
    });
    let kept = put(&mut clinic, &look)?.expect(200)?.json()?;
    ensure!(
        kept["display_name"] == "Клиника «Здоровье»" && kept["primary_color"] == "#ffcc00",
        "{kept}"
    );
    ensure!(
        kept["logo"]["width"] == 40 && kept["logo"]["height"] == 20,
        "{kept}"
    );
    // Yellow is no text on white: pages show a variant that can be read.
    ensure!(kept["colors"]["light"]["main"] != "#ffcc00", "{kept}");
    // The answer can be sent back, and changes nothing then.
    ensure!(put(&mut clinic, &kept)?.expect(200)?.json()? == kept);
    ensure!(clinic.get("/api/v1/branding")?.expect(200)?.json()? == kept);
    let told = clinic
        .events()?
        .into_iter()
        .filter(|event| event["type"] == "branding.changed");
    let told: Vec<Value> = told.collect();
    ensure!(
        told.len() == 1 && !told[0].to_string().contains("78001234567"),
        "{told:?}"
    );

    // The patient's page.
    let document = stack.patient(&link)?.document()?;
    ensure!(
        document.clinic.name == "Клиника «Здоровье»",
        "{:?}",
        document.clinic
    );
    ensure!(document.clinic.registered_name.as_deref() == plain["registered_name"].as_str());
    ensure!(document.clinic.support_phone.as_deref() == Some("+78001234567"));
    let logo = document.clinic.logo.context("no logo")?;
    ensure!(Some(logo.src.as_str()) == kept["logo"]["src"].as_str());

    // The picture is public, ours, and of pixels only.
    let reply = stack.anonymous().get(&logo.src)?.expect(200)?;
    ensure!(
        reply.header("content-type") == "image/png"
            && reply.header("x-content-type-options") == "nosniff"
    );
    ensure!(
        reply.header("cache-control").contains("immutable"),
        "{reply:?}"
    );
    ensure!(
        reply
            .header("content-security-policy")
            .starts_with("default-src 'none'")
    );
    ensure!(Some(STANDARD.encode(&reply.body).as_str()) == kept["logo_png_base64"].as_str());
    let names = chunks(&reply.body)?;
    ensure!(
        names
            .iter()
            .all(|name| ["IHDR", "IDAT", "IEND"].contains(&name.as_str())),
        "{names:?}"
    );
    ensure!(
        !reply
            .body
            .windows(secret.len())
            .any(|part| part == secret.as_bytes())
    );

    // Whatever is absent is gone.
    let bare = put(&mut clinic, &json!({"display_name": "Клиника"}))?
        .expect(200)?
        .json()?;
    ensure!(
        bare["logo"].is_null() && bare["support_phone"].is_null(),
        "{bare}"
    );
    // Letters still show the earlier logo.
    stack.anonymous().get(&logo.src)?.expect(200)?;
    Ok(())
}

#[test]
fn what_is_no_look_is_refused_and_changes_nothing() -> Result<()> {
    let mut clinic = Stack::shared()?.clinic()?;
    let before = clinic.get("/api/v1/branding")?.expect(200)?.json()?;
    let good = png(32, 32, None)?;
    let broken = |change: fn(&mut Vec<u8>)| {
        let mut bytes = good.clone();
        change(&mut bytes);
        json!({"display_name": "Клиника", "logo_png_base64": STANDARD.encode(bytes)})
    };
    let named = |name: &str| json!({ "display_name": name });
    let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>";
    let with_logo = |bytes: &[u8]| json!({"display_name": "Клиника", "logo_png_base64": STANDARD.encode(bytes)});
    for wrong in [
        json!({}),
        named(""),
        named(&"я".repeat(101)),
        named("Клиника\u{202e}"),
        named("Cбербанк"),
        named("<b>Клиника</b>"),
        json!({"display_name": "Клиника", "primary_color": "red"}),
        json!({"display_name": "Клиника", "support_phone": "8 800 123-45-67"}),
        json!({"display_name": "Клиника", "support_email": "help"}),
        json!({"display_name": "Клиника", "primary_colour": "#112233"}),
        json!({"display_name": "Клиника", "logo_png_base64": "не Base64"}),
        with_logo(svg.as_bytes()),
        with_logo(b"\xff\xd8\xff\xe0JFIF"),
        with_logo(&good[..good.len() / 2]),
        with_logo(&png(8, 32, None)?),
        with_logo(&png(2000, 32, None)?),
        // A bomb: a header that promises four thousand million pixels.
        broken(|bytes| bytes[16..24].fill(0xff)),
        // A wrong checksum.
        broken(|bytes| bytes[30] ^= 1),
    ] {
        let said = put(&mut clinic, &wrong)?
            .problem(422, "invalid")
            .with_context(|| wrong.to_string())?;
        ensure!(
            said["detail"]
                .as_str()
                .is_some_and(|detail| !detail.is_empty())
        );
    }
    let large = json!({"display_name": "Клиника", "logo_png_base64": "A".repeat(500_000)});
    put(&mut clinic, &large)?.problem(413, "too_large")?;
    let text = [("content-type", "text/plain")];
    let plain = clinic.send(Method::PUT, "/api/v1/branding", &text, Some(b"{}".to_vec()))?;
    plain.problem(415, "unsupported_media_type")?;
    ensure!(clinic.get("/api/v1/branding")?.expect(200)?.json()? == before);
    ensure!(clinic.events()?.is_empty());
    Ok(())
}

#[test]
fn a_preview_shows_the_look_and_runs_nothing() -> Result<()> {
    let mut clinic = Stack::shared()?.clinic()?;
    let look = json!({
        "display_name": "Врач & \"Ко\"", "primary_color": "#cc0033",
        "logo_png_base64": STANDARD.encode(png(64, 16, None)?),
    });
    let body = Some(look.to_string().into_bytes());
    let json_type = [("content-type", "application/json")];
    let drafted = clinic
        .send(Method::POST, "/api/v1/branding/preview", &json_type, body)?
        .expect(200)?;
    ensure!(clinic.events()?.is_empty(), "a preview was stored");
    put(&mut clinic, &look)?.expect(200)?;
    let stored = clinic.get("/api/v1/branding/preview")?.expect(200)?;
    ensure!(stored.body == drafted.body, "drafted and stored differ");
    let html = stored.text();
    ensure!(
        html.contains("Врач &amp; &quot;Ко&quot;") && html.contains("data:image/png;base64,"),
        "{html}"
    );
    ensure!(!html.contains("<script") && !html.contains("http://") && !html.contains("https://"));
    let policy = stored.header("content-security-policy");
    ensure!(
        policy.contains("default-src 'none'") && policy.contains("sandbox"),
        "{policy}"
    );
    // The one style that the policy lets in is the one that stands there.
    let style = html
        .split_once("<style>")
        .and_then(|(_, rest)| rest.split_once("</style>"));
    let hash = sha256_hex(style.context("no style")?.0.as_bytes());
    let bytes = (0..32).map(|at| u8::from_str_radix(&hash[at * 2..at * 2 + 2], 16));
    let hash = STANDARD.encode(bytes.collect::<Result<Vec<u8>, _>>()?);
    ensure!(policy.contains(&format!("'sha256-{hash}'")), "{policy}");
    Ok(())
}

#[test]
fn a_logo_is_found_by_its_hash_only() -> Result<()> {
    let mut nobody = Stack::shared()?.anonymous();
    let zeros = "0".repeat(64);
    for name in [
        "",
        "x.png",
        zeros.as_str(),
        &format!("{zeros}.png"),
        &format!("{zeros}.svg"),
        "..%2f..%2fx.png",
    ] {
        nobody
            .get(&format!("/patient/logo/{name}"))?
            .problem(404, "not_found")
            .context(name.to_owned())?;
    }
    Ok(())
}

fn put(clinic: &mut Clinic, body: &Value) -> Result<Reply> {
    let json_type = [("content-type", "application/json")];
    clinic.send(
        Method::PUT,
        "/api/v1/branding",
        &json_type,
        Some(body.to_string().into_bytes()),
    )
}
