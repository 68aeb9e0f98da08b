//! `/api/v1/webhook`: where the clinic's events are pushed (`docs/webhooks.md`).

pub(crate) mod deliveries;

use crate::answer::{Done, FromJson, Json, MaybeJson};
use crate::auth::{Clinic, Session};
use crate::db::webhooks::{self as rows, Webhook};
use crate::idempotency::{self, Kept};
use podpis_kit::at_rest::Keys;
use podpis_kit::store::webhooks::{self, KEY_VARIABLE};
use podpis_kit::store::{Event, journal};
use podpis_kit::{Failure, Result, Tx, now, random, vars, webhook_url};
use podpis_shared::Timestamp;
use podpis_shared::problem::Code;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// How long the old secret signs too after a rotation, in hours, where nothing else is said; and the longest.
const GRACE_HOURS: u32 = 24;
const GRACE_HOURS_MAX: u32 = 168;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(inline))]
pub(crate) struct Put {
    /// Https, of a public host.
    #[cfg_attr(test, schemars(length(max = webhook_url::URL_MAX)))]
    url: String,
    /// Types that are pushed; all where absent.
    #[serde(default)]
    #[cfg_attr(test, schemars(length(min = 1)))]
    events: Option<Vec<String>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(inline))]
pub(crate) struct Rotate {
    /// How long the old secret signs too, in hours; 24 where absent.
    #[serde(default)]
    #[cfg_attr(test, schemars(range(max = GRACE_HOURS_MAX)))]
    grace_hours: Option<u32>,
}

/// Where a clinic's events are pushed.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Webhook"))]
pub(crate) struct View {
    url: String,
    /// Types that are pushed; null: all.
    events: Option<Vec<String>>,
    #[cfg_attr(test, schemars(extend("enum" = ["active", "disabled"])))]
    status: &'static str,
    created_at: Timestamp,
    disabled_at: Option<Timestamp>,
    /// `gone`: the receiver answered 410.
    disabled_reason: Option<String>,
    /// Until when the secret before the last rotation signs too.
    old_secret_until: Option<Timestamp>,
    /// The host failed too often and is left alone until then.
    paused_until: Option<Timestamp>,
}

/// A webhook with its secret.
#[derive(Serialize)]
#[cfg_attr(
    test,
    derive(schemars::JsonSchema),
    schemars(rename = "WebhookWithSecret")
)]
pub(crate) struct WithSecret {
    #[serde(flatten)]
    webhook: View,
    /// What deliveries are signed with.
    secret: String,
}

/// A new secret.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(inline))]
pub(crate) struct Rotated {
    secret: String,
    old_secret_until: Timestamp,
}

/// `PUT /api/v1/webhook`: sets it, or changes it; the secret of one that is there stays. One that was disabled works again.
///
/// # Errors
/// `invalid` for an address that is not https and public, or for events that there are none of.
pub(crate) async fn put(
    Session { clinic, db }: Session,
    FromJson(put): FromJson<Put>,
) -> Result<Json<WithSecret>> {
    let target = webhook_url::parse(&put.url, vars::sandbox().await?);
    let target = target.map_err(|why| Failure::new(Code::Invalid, why))?;
    let events = put.events.map(checked).transpose()?;
    let keys = Keys::load_named(&db, KEY_VARIABLE).await?;
    let (at, purpose) = (now(), webhooks::purpose(&clinic.id));
    let made = new_secret()?;
    let sealed = keys.seal_text(&purpose, &made)?;
    let tx = db.begin().await?;
    let before = rows::find(&tx, &clinic.id).await?;
    rows::put(&tx, &clinic.id, &target, events.as_deref(), &sealed, at).await?;
    let same =
        |old: &Webhook| old.url == target.url && old.events == events && old.disabled_at.is_none();
    if !before.as_ref().is_some_and(same) {
        note(&tx, &clinic, Change::Set, at).await?;
    }
    let webhook = rows::find(&tx, &clinic.id).await?;
    let webhook = webhook.ok_or_else(Failure::not_found)?;
    tx.commit().await?;
    let secret = keys.open_text(&purpose, webhook.secret.clone())?;
    let webhook = view(webhook, at);
    Ok(Json(WithSecret { webhook, secret }))
}

/// `GET /api/v1/webhook`: without the secret.
///
/// # Errors
/// 404 where there is none.
pub(crate) async fn read(Session { clinic, db }: Session) -> Result<Json<View>> {
    let webhook = rows::find(&db, &clinic.id).await?;
    let webhook = webhook.ok_or_else(Failure::not_found)?;
    Ok(Json(view(webhook, now())))
}

/// `DELETE /api/v1/webhook`: what was not delivered is given up; repeating it is harmless.
pub(crate) async fn remove(Session { clinic, db }: Session) -> Result<Done> {
    let (tx, at) = (db.begin().await?, now());
    if rows::delete(&tx, &clinic.id).await? {
        note(&tx, &clinic, Change::Removed, at).await?;
    }
    webhooks::stop(&tx, &clinic.id, at).await?;
    tx.commit().await?;
    Ok(Done)
}

/// `POST /api/v1/webhook/rotate`: a new secret; the old one signs too for a while.
///
/// # Errors
/// 404 where there is no webhook, `invalid` for a longer time than a week.
pub(crate) async fn rotate(
    Session { clinic, db }: Session,
    key: idempotency::Key,
    MaybeJson { value, bytes }: MaybeJson<Rotate>,
) -> Result<Kept<Rotated>> {
    let hours = value.grace_hours.unwrap_or(GRACE_HOURS);
    if hours > GRACE_HOURS_MAX {
        return Err(Failure::new(Code::Invalid, "grace_hours is 0 to 168"));
    }
    let keys = Keys::load_named(&db, KEY_VARIABLE).await?;
    let once = idempotency::of(&key, &clinic, "/webhook/rotate", &bytes)?;
    let purpose = webhooks::purpose(&clinic.id);
    let tx = db.begin().await?;
    if let Some(once) = &once
        && let Some(first) = once.replay_sealed(&tx, &keys, &purpose).await?
    {
        return Ok(first);
    }
    let (at, made) = (now(), new_secret()?);
    let until = at.plus(i64::from(hours) * 3600);
    let sealed = keys.seal_text(&purpose, &made)?;
    if !rows::rotate(&tx, &clinic.id, &sealed, until).await? {
        return Err(Failure::not_found());
    }
    note(&tx, &clinic, Change::Secret, at).await?;
    let answer = Kept::new(&Rotated {
        secret: made,
        old_secret_until: until,
    })?;
    if let Some(once) = &once {
        once.keep_sealed(&tx, &keys, &purpose, &answer).await?;
    }
    tx.commit().await?;
    Ok(answer)
}

/// What became of a webhook, as the journal says it.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Change {
    Set,
    Removed,
    /// A new secret.
    Secret,
}

/// The journal entry; an address may have a secret in it, so it is not told.
async fn note(tx: &Tx, clinic: &Clinic, change: Change, at: Timestamp) -> Result<()> {
    let facts = clinic.by.signed(json!({ "change": change }));
    journal::append(tx, &clinic.id, None, Event::WebhookChanged, at, facts).await?;
    Ok(())
}

fn new_secret() -> Result<String> {
    Ok(format!("whsec_{}", random::token()?))
}

/// Types that exist, sorted and each once.
fn checked(mut events: Vec<String>) -> Result<Vec<String>> {
    let public = |kind: &String| {
        Event::ALL
            .iter()
            .any(|event| event.is_public() && event.as_str() == kind)
    };
    if let Some(wrong) = events.iter().find(|kind| !public(kind)) {
        let wrong: String = wrong.chars().take(50).collect();
        return Err(Failure::new(
            Code::Invalid,
            format!("events: there is no type {wrong}"),
        ));
    }
    if events.is_empty() {
        return Err(Failure::new(
            Code::Invalid,
            "events is empty; leave it out for all types",
        ));
    }
    events.sort_unstable();
    events.dedup();
    Ok(events)
}

fn view(webhook: Webhook, at: Timestamp) -> View {
    let disabled = webhook.disabled_at.is_some();
    View {
        url: webhook.url,
        events: webhook.events,
        status: if disabled { "disabled" } else { "active" },
        created_at: webhook.created_at,
        disabled_at: webhook.disabled_at,
        disabled_reason: webhook.disabled_why,
        old_secret_until: webhook.old_until.filter(|until| *until > at),
        paused_until: webhook.paused_until.filter(|until| *until > at),
    }
}
