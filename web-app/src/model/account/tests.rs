//! Every way through the account's pages that does not need a browser.

use podpis_shared::Timestamp;
use podpis_shared::problem::Code;
use podpis_shared::wire::account::{CodeSent, Ended, Gate, Level, Notices};

use super::*;

fn view(gate: Option<Gate>) -> Rc<AccountView> {
    Rc::new(AccountView {
        level: Level::Contact,
        name: None,
        birth_date: None,
        gate,
        contacts: Vec::new(),
        clinics: Vec::new(),
        to_sign: 0,
        signed: 0,
        all: 0,
        unread: 0,
        agreements_due: Vec::new(),
        notices: Notices::default(),
        utc_offset: None,
    })
}

fn opened() -> Account {
    Account::new(Route::Documents(Filter::ToSign), false)
}

fn signed_in() -> Account {
    opened().after(Event::ViewRead(Ok(view(None))))
}

fn trouble(what: What) -> Trouble {
    Trouble::new(what)
}

fn page() -> DocumentPage {
    DocumentPage {
        items: Vec::new(),
        next: None,
    }
}

#[test]
fn whoever_was_never_signed_in_is_told_nothing() {
    let account = opened().after(Event::ViewRead(Err(trouble(What::SignedOut))));
    assert_eq!((account.state(), &account.note), ("signed-out", &None));
}

#[test]
fn a_session_that_ended_meanwhile_takes_everything_along_and_says_so() {
    let account = signed_in()
        .after(Event::Routed(Route::Devices))
        .after(Event::ViewRead(Err(trouble(What::SignedOut))));
    assert_eq!(account.state(), "signed-out");
    assert_eq!(account.note, Some(Note::Ended(None)));
    assert!(account.list.rows().is_empty());
    // Signing in again leads to the same page.
    assert_eq!(account.route, Route::Devices);
}

#[test]
fn a_session_that_ended_before_the_page_was_opened_says_why() {
    let over = |why| Trouble {
        ended: Some(why),
        ..trouble(What::SignedOut)
    };
    for why in [Ended::Idle, Ended::Absolute, Ended::Everywhere] {
        let account = opened().after(Event::ViewRead(Err(over(why))));
        assert_eq!(account.state(), "signed-out");
        assert_eq!(account.note, Some(Note::Ended(Some(why))));
        // Asking for a code takes it away.
        let asked = account.after(Event::Entry(proof::Event::Asking("+79160000001".into())));
        assert_eq!(asked.note, None);
        let meanwhile = signed_in().after(Event::ViewRead(Err(over(why))));
        assert_eq!(meanwhile.note, Some(Note::Ended(Some(why))));
    }
    // What was told before is more important.
    let refused = Note::Esia(trouble(What::Other));
    let account = opened()
        .after(Event::Noted(Some(refused.clone())))
        .after(Event::ViewRead(Err(over(Ended::Idle))));
    assert_eq!(account.note, Some(refused));
    // Who signs out in this browser knows why.
    let left = signed_in()
        .after(Event::Left(Note::Left))
        .after(Event::ViewRead(Err(over(Ended::Everywhere))));
    assert_eq!(left.note, Some(Note::Left));
}

#[test]
fn a_lost_network_leaves_what_is_on_the_screen() {
    for what in [What::Offline, What::Down, What::TooMany] {
        let account = signed_in().after(Event::ViewRead(Err(trouble(what))));
        assert!(account.open().is_some());
        let account = opened().after(Event::ViewRead(Err(trouble(what))));
        assert_eq!(account.state(), trouble(what).state());
        assert_eq!(account.after(Event::Again).state(), "loading");
    }
}

#[test]
fn a_gate_hides_every_page() {
    for gate in [Gate::Who, Gate::Recycled] {
        for route in Route::ALL {
            let account = Account::new(route, false).after(Event::ViewRead(Ok(view(Some(gate)))));
            assert_eq!(account.state(), "gate");
            assert!(account.open().is_none());
        }
    }
}

#[test]
fn every_page_has_its_state() {
    for route in Route::ALL {
        let account = signed_in()
            .after(Event::Routed(route))
            .after(Event::ListHeard(
                Query::of(Filter::ToSign),
                None,
                Ok(page()),
            ));
        assert_eq!(account.state(), route.state());
    }
    let failed = signed_in().after(Event::ListHeard(
        Query::of(Filter::ToSign),
        None,
        Err(trouble(What::Offline)),
    ));
    assert_eq!(failed.state(), "offline");
}

#[test]
fn the_code_page_follows_the_code() {
    let sent = Rc::new(CodeSent {
        code_id: "c".into(),
        channel: "email".into(),
        to: "m***@example.ru".into(),
        resend_at: Timestamp::from_unix(60),
        expires_at: Timestamp::from_unix(300),
        resends_left: 3,
    });
    let now = proof::Now {
        page_ms: 0.0,
        server: Timestamp::from_unix(0),
    };
    let out = signed_in().after(Event::Left(Note::Left));
    assert_eq!(out.note, Some(Note::Left));
    let asked = out.after(Event::Entry(proof::Event::Asking("m@example.ru".into())));
    assert_eq!(asked.note, None);
    let code = asked.after(Event::Entry(proof::Event::Sent(sent, now)));
    assert_eq!(code.state(), "code");
    let wrong = proof::Event::Failed(trouble(What::Code(Code::CodeWrong)), 1.0);
    assert_eq!(code.clone().after(Event::Entry(wrong)).state(), "code");
    let back = code.after(Event::Entry(proof::Event::Back));
    assert_eq!(back.state(), "signed-out");
}

#[test]
fn what_gosuslugi_refused_is_told_where_the_person_stands() {
    let refused = Note::Esia(trouble(What::Code(Code::WrongPerson)));
    let account = Account::new(Route::Profile, true);
    assert_eq!(account.state(), "signing-in");
    let account = account
        .after(Event::Noted(Some(refused.clone())))
        .after(Event::ViewRead(Err(trouble(What::SignedOut))));
    assert_eq!(
        (account.state(), account.note),
        ("signed-out", Some(refused))
    );
}

#[test]
fn news_ends_with_the_page() {
    let account = signed_in().after(Event::Noted(Some(Note::Confirmed)));
    let same = account
        .clone()
        .after(Event::Routed(Route::Documents(Filter::ToSign)));
    assert_eq!(same.note, Some(Note::Confirmed));
    assert_eq!(account.after(Event::Routed(Route::Help)).note, None);
}

#[test]
fn a_closed_account_shows_what_stays_and_nothing_else() {
    let erased = Rc::new(Erased {
        deleted: Vec::new(),
        kept: Vec::new(),
    });
    let account = signed_in().after(Event::Closed(erased));
    assert_eq!(account.state(), "closed");
    // The cookie is gone: a late answer says so, and changes nothing.
    let account = account.after(Event::ViewRead(Err(trouble(What::SignedOut))));
    assert_eq!(account.state(), "closed");
}
