//! Ways through the entry of a code.

use podpis_shared::Timestamp;
use podpis_shared::wire::account::CodeSent;

use super::*;

const NOW: i64 = 1_800_000_000;

fn sent(resends_left: u32) -> Rc<Sent> {
    Rc::new(Sent {
        code_id: "c1".into(),
        by_email: false,
        to: "+7 916 ***-**-67".into(),
        resend_at: NOW + 60,
        expires_at: NOW + 300,
        resends_left,
    })
}

fn failure(code: Code) -> Failure {
    Trouble::Code(code).into()
}

fn after(steps: impl IntoIterator<Item = Step>) -> Entry {
    steps.into_iter().fold(Entry::default(), Entry::after)
}

fn waiting() -> Entry {
    after([Step::Asked, Step::Sent(sent(3))])
}

#[test]
fn from_the_button_to_the_signature() {
    let mut entry = Entry::default();
    assert_eq!((entry.open, entry.is_busy()), (false, false));
    entry = entry.after(Step::Asked);
    assert_eq!(
        (entry.open, entry.is_busy(), entry.can_type(NOW)),
        (true, true, false)
    );
    entry = entry.after(Step::Sent(sent(3)));
    assert!(entry.can_type(NOW) && !entry.is_busy());
    entry = entry.after(Step::Typed);
    assert!(entry.is_busy() && !entry.can_type(NOW));
    entry = entry.after(Step::Signed);
    assert_eq!((entry.open, entry.stage), (false, Stage::Signed));
}

#[test]
fn another_code_after_a_minute() {
    let entry = waiting();
    for (second, resend) in [
        (0, Resend::In(60)),
        (59, Resend::In(1)),
        (60, Resend::Now),
        (299, Resend::Now),
    ] {
        assert_eq!(entry.resend(NOW + second), resend, "{second}");
    }
    assert_eq!(Entry::default().resend(NOW), Resend::Now);
}

#[test]
fn after_the_last_sending_the_server_names_the_moment() {
    let last = Sent {
        resend_at: NOW + 3_420,
        ..(*sent(0)).clone()
    };
    let entry = after([Step::Asked, Step::Sent(Rc::new(last))]);
    assert_eq!(entry.resend(NOW + 300), Resend::In(3_120));
    assert_eq!(entry.resend(NOW + 3_420), Resend::Now);
}

#[test]
fn the_time_runs_out() {
    let entry = waiting();
    assert_eq!((entry.time_left(NOW), entry.is_late(NOW)), (300, false));
    assert!(entry.can_type(NOW + 299));
    let late = NOW + 300;
    assert_eq!((entry.time_left(late), entry.is_late(late)), (0, true));
    assert!(!entry.can_type(late));
    // What was sent in time is still being checked.
    let checking = entry.after(Step::Typed);
    assert!(!checking.is_late(late));
}

#[test]
fn a_wrong_code_can_be_mended() {
    let wrong = Failure {
        detail: "Осталось попыток: 4".into(),
        ..failure(Code::CodeWrong)
    };
    let entry = waiting()
        .after(Step::Typed)
        .after(Step::NotSigned(wrong, NOW + 9));
    let said = "Осталось попыток: 4".into();
    assert_eq!(entry.slip, Some(Slip::Wrong { said }));
    assert!(entry.open && entry.can_type(NOW + 9));
    let entry = entry.after(Step::Typed);
    assert_eq!(entry.slip, None);
}

#[test]
fn a_spent_code_needs_another_one() {
    let spent = Step::NotSigned(failure(Code::CodeExpired), NOW + 90);
    let entry = waiting().after(Step::Typed).after(spent);
    assert!(matches!(entry.slip, Some(Slip::Spent { .. })));
    assert!(!entry.can_type(NOW + 90) && !entry.is_late(NOW + 90));
    assert_eq!(entry.resend(NOW + 90), Resend::Now);
    let entry = entry.after(Step::Asked).after(Step::Sent(sent(2)));
    assert!(entry.can_type(NOW + 90) && entry.slip.is_none());
}

#[test]
fn while_the_network_is_away_the_same_code_can_be_sent_again() {
    for (trouble, slip) in [
        (Trouble::Offline, Slip::Offline),
        (Trouble::Code(Code::Unavailable), Slip::Away),
        (Trouble::Other, Slip::Away),
    ] {
        let lost = Step::NotSigned(trouble.into(), NOW + 5);
        let entry = waiting().after(Step::Typed).after(lost);
        assert_eq!(entry.slip, Some(slip));
        assert!(entry.can_type(NOW + 5));
    }
}

#[test]
fn limits_say_when_to_come_back() {
    let limit = Failure {
        retry_after_s: Some(600),
        ..failure(Code::TooMany)
    };
    let first = after([Step::Asked, Step::NotSent(limit.clone(), NOW)]);
    assert_eq!((first.open, first.stage), (true, Stage::Idle));
    assert!(matches!(first.slip, Some(Slip::TooMany { .. })));
    assert_eq!(first.resend(NOW), Resend::In(600));
    // The code that came before the limit still works.
    let later = waiting()
        .after(Step::Asked)
        .after(Step::NotSent(limit.clone(), NOW + 70));
    assert!(later.can_type(NOW + 70));
    // Unless it is late by then.
    let late = waiting()
        .after(Step::Asked)
        .after(Step::NotSent(limit, NOW + 301));
    assert_eq!(late.stage, Stage::Idle);
    // A limit without a time is no invitation to hammer.
    let mute = after([Step::Asked, Step::NotSent(failure(Code::TooMany), NOW)]);
    assert_eq!(mute.resend(NOW), Resend::In(PAUSE_S));
}

#[test]
fn going_back_keeps_the_code_and_coming_again_asks_for_none() {
    let entry = waiting().after(Step::Closed);
    assert!(!entry.open && entry.can_type(NOW + 30));
    let entry = entry.after(Step::Opened);
    assert!(entry.open && entry.can_type(NOW + 30));
}

#[test]
fn a_phone_may_drop_the_page_while_the_message_is_read() {
    for by_email in [false, true] {
        let sent = Sent {
            by_email,
            ..(*sent(2)).clone()
        };
        let kept = sent.to_keep();
        assert_eq!(Sent::kept(&kept, NOW + 299), Some(sent));
        assert_eq!(Sent::kept(&kept, NOW + 300), None);
    }
    for text in ["", "sms", "sms 1 2 3 c1", "sms x 99999999999 3 c1 +7"] {
        assert_eq!(Sent::kept(text, NOW), None, "{text}");
    }
    let entry = after([Step::Kept(sent(2))]);
    // The person comes back to the document and presses the button once more.
    assert!(!entry.open && entry.can_type(NOW + 90));
    assert_eq!(entry.resend(NOW + 30), Resend::In(30));
}

#[test]
fn nobody_leaves_while_it_is_being_signed() {
    let entry = waiting().after(Step::Typed).after(Step::Closed);
    assert!(entry.open);
}

#[test]
fn clocks_that_are_wrong_do_not_matter() {
    let answer = CodeSent {
        code_id: "c1".into(),
        channel: "sms".into(),
        to: "+7".into(),
        resend_at: Timestamp::from_unix(NOW + 60),
        expires_at: Timestamp::from_unix(NOW + 300),
        resends_left: 3,
    };
    for skew in [0, 86_400, -7_200] {
        let now = NOW + skew;
        let sent = Sent::new(answer.clone(), Some(NOW), now);
        assert_eq!((sent.resend_at - now, sent.expires_at - now), (60, 300));
    }
    assert_eq!(Sent::new(answer, None, NOW).expires_at, NOW + 300);
}

#[test]
fn failures_that_are_the_pages() {
    for code in [
        Code::HashMismatch,
        Code::NotFullyShown,
        Code::AlreadySigned,
        Code::InvalidState,
        Code::SignedOut,
        Code::Gated,
        Code::NotFound,
        Code::ConsentChanged,
    ] {
        assert!(!is_told_at_the_entry(Trouble::Code(code)), "{code:?}");
    }
    for code in [
        Code::CodeWrong,
        Code::CodeExpired,
        Code::TooMany,
        Code::Policy,
    ] {
        assert!(is_told_at_the_entry(Trouble::Code(code)), "{code:?}");
    }
    let entry = waiting().after(Step::Typed).after(Step::Ended);
    assert_eq!(entry, Entry::default());
}

#[test]
fn what_people_type() {
    for typed in ["042137", " 042 137", "042-137", "Код 042137"] {
        assert_eq!(whole(typed).as_deref(), Some("042137"));
    }
    for typed in ["", "04213", "abc"] {
        assert_eq!(whole(typed), None);
    }
    assert_eq!(digits("0421379"), "042137");
}
