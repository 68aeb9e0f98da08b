//! One-time codes through gateways: the code works, and its evidence has the gateway's word.

use anyhow::{Context as _, Result, ensure};
use podpis_tests::gateways::{Mode, Smsc};
use podpis_tests::{Upload, wait_for};

use super::{stack, value, wait_for_value};

fn code_in(text: &str) -> Option<String> {
    let rest = text.split("код ").nth(1)?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    (digits.len() == 6).then_some(digits)
}

#[test]
fn a_code_signs_in_and_has_its_receipt() -> Result<()> {
    let smsc = Smsc::start()?;
    let Some(mut stack) = stack("smsc", smsc.variables())? else {
        return Ok(());
    };
    let mut account = stack.account();
    let phone = Upload::small().phone;
    let sent = account.ask_code(&phone)?;
    let messages = smsc.messages_to(&phone);
    ensure!(messages.len() == 1, "{messages:?}");
    let code = messages
        .iter()
        .find_map(|message| code_in(&message.text))
        .context("no code")?;
    let receipt = "SELECT receipt FROM codes WHERE recipient = ?1";
    let at_gateway = format!("smsc:{}; taken; 2 SMS; 8.24 RUB", messages[0].id);
    ensure!(value(&mut stack, receipt, &phone)? == Some(at_gateway));
    smsc.tell(&phone, 1);
    wait_for("the receipt", || {
        let found = value(&mut stack, receipt, &phone)?.unwrap_or_default();
        Ok(found.contains("; delivered 20").then_some(()))
    })?;
    account.type_code(&sent.code_id, &code)?.expect(200)?;
    Ok(())
}

#[test]
fn a_code_whose_answer_is_late_works() -> Result<()> {
    let smsc = Smsc::start()?;
    let Some(mut stack) = stack("smsc", smsc.variables())? else {
        return Ok(());
    };
    let mut account = stack.account();
    // The answer is late: SMSC.ru is asked, and has it.
    smsc.set(Mode::TakesAndHangs(6000));
    let phone = Upload::small().phone;
    let sent = account.ask_code(&phone)?;
    let messages = smsc.messages_to(&phone);
    ensure!(messages.len() == 1, "{messages:?}");
    let code = messages
        .iter()
        .find_map(|message| code_in(&message.text))
        .context("no code")?;
    account.type_code(&sent.code_id, &code)?.expect(200)?;
    // Numbers that get no SMS are told at once, and count nowhere.
    smsc.set(Mode::Refuses(7));
    let wrong = Upload::small().phone;
    let body = serde_json::json!({ "contact": wrong });
    let reply = account.post("/sign-in", &body)?;
    ensure!(reply.status == 422 || reply.status == 503, "{reply:?}");
    wait_for_value(
        &mut stack,
        "SELECT status FROM codes WHERE recipient = ?1",
        &wrong,
        "failed",
    )
}
