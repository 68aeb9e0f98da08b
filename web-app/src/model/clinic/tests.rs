//! Ways through the console's pages.

use std::rc::Rc;

use podpis_shared::staff::Role;
use podpis_shared::wire::account::Ended;
use podpis_shared::wire::staff::{Clinic, ClinicChoice, Factor, Me};

use super::route::Route;
use super::trouble::{Trouble, What};
use super::{Console, Event, Note, Proofs, Session, Stage};

/// A person of one clinic.
pub(crate) fn person(role: Role) -> Me {
    let (id, name) = ("cli_1".to_owned(), "ООО Клиника".to_owned());
    Me {
        id: "stf_1".into(),
        name: "Анна Петрова".into(),
        email: "anna@example.ru".into(),
        role,
        clinic: Clinic {
            id: id.clone(),
            name: name.clone(),
        },
        clinics: vec![ClinicChoice { id, name, role }],
        permissions: role.permissions(),
        has_totp: true,
        passkeys: 0,
        recovery_codes: 8,
        sandbox: true,
    }
}

fn signed_out() -> Trouble {
    Trouble::new(What::SignedOut)
}

fn second() -> Stage {
    Stage::Second(Rc::new(Proofs {
        factors: vec![Factor::Totp],
        passkey: None,
    }))
}

#[test]
fn password_and_second_factor_lead_in() {
    let console = Console::new(Route::Send);
    assert_eq!(console.state(), "loading");
    let console = console.after(Event::Told(Err(signed_out())));
    assert_eq!((console.state(), &console.note), ("signed-out", &None));
    let console = console.after(Event::Stage(second()));
    assert_eq!(console.state(), "second");
    let me = Rc::new(person(Role::Registrar));
    let console = console.after(Event::Entered(me));
    assert_eq!(console.state(), "send");
}

#[test]
fn who_works_in_two_clinics_chooses() {
    let mut me = person(Role::Medic);
    me.clinics.push(ClinicChoice {
        id: "cli_2".into(),
        name: "Другая".into(),
        role: Role::Head,
    });
    let console = Console::new(Route::Home).after(Event::Entered(Rc::new(me.clone())));
    assert_eq!(console.state(), "choose");
    let console = console.after(Event::Opened(Rc::new(me)));
    assert_eq!(console.state(), "documents");
}

#[test]
fn a_letter_stands_before_everything_until_it_is_taken() {
    let me = Rc::new(person(Role::Head));
    for told in [Ok(Rc::clone(&me)), Err(signed_out())] {
        let console = Console::new(Route::Invitation("t".into())).after(Event::Told(told));
        assert_eq!(
            (console.state(), console.letter()),
            ("invitation", Some("t"))
        );
        let console = console.after(Event::Stage(second()));
        assert_eq!((console.state(), console.letter()), ("second", None));
        let console = console.after(Event::Entered(Rc::clone(&me)));
        assert_eq!(console.state(), "documents");
    }
}

#[test]
fn the_network_takes_no_open_page_away_but_the_end_of_the_session_does() {
    let open = Console::new(Route::Home).after(Event::Told(Ok(Rc::new(person(Role::Head)))));
    let offline = Trouble::new(What::Offline);
    let console = open.clone().after(Event::Told(Err(offline.clone())));
    assert!(matches!(console.session, Session::In(_)));
    assert_eq!(console.note, Some(Note::Failed(offline)));
    let console = open.after(Event::Told(Err(signed_out())));
    assert_eq!(
        (console.state(), console.note),
        ("signed-out", Some(Note::Ended(None)))
    );
    let over = Trouble {
        ended: Some(Ended::Idle),
        ..signed_out()
    };
    let console = Console::new(Route::Send).after(Event::Told(Err(over.clone())));
    let told = Some(Note::Ended(Some(Ended::Idle)));
    assert_eq!((console.state(), console.note), ("signed-out", told));
    let letter = Console::new(Route::Reset("t".into())).after(Event::Told(Err(over.clone())));
    assert_eq!(letter.note, None);
    let left = Console::new(Route::Home)
        .after(Event::Left)
        .after(Event::Told(Err(over)));
    assert_eq!(left.note, Some(Note::Left));
}
