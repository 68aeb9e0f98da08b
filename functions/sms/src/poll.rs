//! `POST /tick`: asks about messages that no receipt has come for, and for balances.

use crate::db::sends::{self, Kept, Status};
use crate::gateways::{self, Gateway};
use crate::settings::low_below;
use crate::{send, settle};
use axum::http::StatusCode;
use axum::response::Response;
use podpis_kit::store::sms_gateways;
use podpis_kit::{Db, Result, http, now, vars};
use serde_json::json;

/// Messages that one tick asks about.
const ASKED_MAX: i64 = 20;

/// From one question about a message to the next, in seconds: receipts mostly come by themselves, and SMSC.ru answers at
/// most five a minute. All together three days, which is longer than any gateway tries.
const PAUSES: [i64; 8] = [5, 15, 30, 60, 300, 600, 1200, 1800];

/// Questions about one message.
const POLLS_MAX: i64 = 150;

/// From one question for the balance to the next, in seconds.
const BALANCE_EVERY: i64 = 600;

/// Age at which phones are forgotten here, and codes altogether, in seconds: nobody asks any more.
const PHONES_KEPT: i64 = 4 * 86_400;

/// Pause after so many questions.
pub(crate) fn pause(polls: i64) -> i64 {
    let last = PAUSES.len() - 1;
    let step = usize::try_from(polls).unwrap_or(last).min(last);
    PAUSES.get(step).copied().unwrap_or(1800)
}

/// Does what is due. Several at once do no harm: each question is taken by compare-and-set.
pub(crate) async fn tick() -> Result<Response> {
    let (db, at) = (Db::open().await?, now());
    sends::sweep(&db, at.plus(-PHONES_KEPT)).await?;
    let gateways = if vars::sandbox().await? {
        Vec::new()
    } else {
        gateways::configured().await?
    };
    let names: Vec<&str> = gateways.iter().map(Gateway::name).collect();
    sms_gateways::set(&db, &names, at).await?;
    let mut asked = 0;
    for kept in sends::due(&db, at, ASKED_MAX).await? {
        asked += u32::from(ask(&db, &gateways, kept).await?);
    }
    for name in sms_gateways::take_due(&db, at, at.plus(BALANCE_EVERY)).await? {
        if let Some(gateway) = gateways.iter().find(|gateway| gateway.name() == name) {
            balance(gateway).await?;
        }
    }
    http::json(StatusCode::OK, &json!({ "asked": asked }))
}

async fn ask(db: &Db, gateways: &[Gateway], kept: Kept) -> Result<bool> {
    let gateway = gateways
        .iter()
        .find(|gateway| gateway.name() == kept.gateway);
    let last = kept.polls + 1 >= POLLS_MAX;
    let next = (!last && gateway.is_some()).then(|| now().plus(pause(kept.polls + 1)));
    if !sends::postpone(db, &kept, next).await? {
        return Ok(false);
    }
    let kept = Kept {
        polls: kept.polls + 1,
        ..kept
    };
    // A code that nobody knows of is lost, not failed: it may be on the phone.
    if let Some(gateway) = gateway {
        send::ask(gateway, &kept).await?;
    }
    if next.is_none() && kept.status == Status::Taken {
        let tx = Db::open().await?.begin().await?;
        settle::give_up(&tx, &kept, now()).await?;
        tx.commit().await?;
    }
    Ok(true)
}

async fn balance(gateway: &Gateway) -> Result<()> {
    match gateway.balance().await {
        Ok(sum) => {
            let (db, low_below) = (Db::open().await?, low_below().await?);
            if sum.kopecks < low_below {
                eprintln!("warning: the balance at gateway {} is low", gateway.name());
            }
            Ok(sms_gateways::ok(&db, gateway.name(), Some(sum.kopecks), low_below, now()).await?)
        }
        Err(refused) => send::failing(gateway.name(), &refused).await,
    }
}
