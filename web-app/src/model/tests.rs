//! Ways through the page.

use podpis_shared::problem::words;
use podpis_shared::wire::account::ClinicRef;
use podpis_shared::wire::patient::{AgreementView, ClinicView, Consent};
use podpis_shared::{Kind, Method, Status, Timestamp};

use super::*;

pub(crate) fn view(status: Status) -> DocumentView {
    let hashes = Hashes::of(b"the document");
    DocumentView {
        id: "d1".into(),
        clinic: ClinicView {
            name: "Клиника".into(),
            registered_name: None,
            logo: None,
            palette: None,
            support_phone: None,
            support_email: None,
        },
        title: "Согласие".into(),
        kind: Kind::Ids,
        kept: false,
        status,
        method: Method::Esia,
        size: 12,
        pages: 2,
        sha256: hashes.sha256,
        streebog256: hashes.streebog256,
        created_at: Timestamp::from_unix(1_700_000_000),
        expires_at: Timestamp::from_unix(1_800_000_000),
        signed_at: None,
        signed_with: None,
        signer: "Мария Петровна И.".into(),
        on_behalf_of: None,
        consent: Consent::for_kind(Kind::Ids),
        ways: Vec::new(),
        may_act: true,
        about: None,
        signed_for_me_by: None,
        agreement_needed: None,
        agreement: None,
        waits_for: None,
        clinic_signed: Vec::new(),
        consultation: None,
        package_waiting: Vec::new(),
        kept_signatures: Vec::new(),
    }
}

fn opened(bytes: &[u8]) -> Event {
    Event::FileOpened {
        hashes: Hashes::of(bytes),
        sizes: vec![(595.0, 842.0); 2],
    }
}

fn drawn(page: usize, flaws: &str) -> Event {
    Event::Drawn {
        page,
        width: 1000,
        flaws: flaws.into(),
        at_ms: 100 + page as u64,
    }
}

fn after(events: impl IntoIterator<Item = Event>) -> Model {
    events
        .into_iter()
        .fold(Model::new(Place::Link, true, false), Model::after)
}

#[test]
fn signable_only_when_every_page_has_been_drawn_whole() {
    let mut model = after([
        Event::ViewRead(Ok(Rc::new(view(Status::Sent)))),
        opened(b"the document"),
    ]);
    assert_eq!((model.screen(), model.signable()), (Screen::Loading, None));
    model = model.after(drawn(0, ""));
    assert_eq!((model.screen(), model.signable()), (Screen::Ready, None));
    model = model.after(drawn(1, ""));
    assert_eq!(
        (model.screen(), model.signable()),
        (Screen::Ready, Some(Hashes::of(b"the document")))
    );
}

#[test]
fn other_bytes_than_the_clinics_stop_the_signing() {
    let model = after([
        Event::ViewRead(Ok(Rc::new(view(Status::Sent)))),
        opened(b"another"),
        drawn(0, ""),
        drawn(1, ""),
    ]);
    assert_eq!(
        (model.screen(), model.signable()),
        (Screen::HashMismatch, None)
    );
}

#[test]
fn a_page_that_is_not_whole_stops_the_signing() {
    let model = after([
        Event::ViewRead(Ok(Rc::new(view(Status::Opened)))),
        opened(b"the document"),
        drawn(0, ""),
        drawn(1, "font"),
    ]);
    assert_eq!(
        (model.screen(), model.signable()),
        (Screen::RenderFailed, None)
    );
}

#[test]
fn a_trap_in_the_renderer_stops_the_signing_and_leaves_what_is_drawn() {
    let model = after([
        Event::ViewRead(Ok(Rc::new(view(Status::Opened)))),
        opened(b"the document"),
        drawn(0, ""),
        Event::Drawing(Job {
            page: 1,
            width: 1000,
        }),
        Event::PageFailed { page: 1 },
    ]);
    assert_eq!(
        (model.screen(), model.signable()),
        (Screen::RenderFailed, None)
    );
    assert!(model.pages()[0].is_drawn() && model.drawing.is_some());
}

#[test]
fn the_servers_word_comes_first() {
    for (status, screen) in [
        (Status::PatientSigned, Screen::Signed),
        (Status::Completed, Screen::Signed),
        (Status::Declined, Screen::Declined),
        (Status::Expired, Screen::Expired),
        (Status::Cancelled, Screen::Cancelled),
        (Status::Superseded, Screen::Superseded),
    ] {
        let model = after([
            Event::ViewRead(Ok(Rc::new(view(status)))),
            opened(b"another"),
            drawn(0, "font"),
        ]);
        assert_eq!((model.screen(), model.signable()), (screen, None));
    }
}

/// Back from Gosuslugi, with the document drawn, and then this.
fn back_with(trouble: Trouble) -> Model {
    let mut model = Model::new(Place::Link, true, true);
    assert_eq!(model.screen(), Screen::Signing);
    for event in [
        Event::ViewRead(Ok(Rc::new(view(Status::Opened)))),
        opened(b"the document"),
        drawn(0, ""),
        drawn(1, ""),
        Event::Stepped(Step::Refused(trouble)),
    ] {
        model = model.after(event);
    }
    model
}

#[test]
fn every_failure_at_gosuslugi_has_its_words_and_a_way_on() {
    for code in Code::ALL {
        let Some(words) = words::of(*code) else {
            continue;
        };
        let model = back_with(Trouble::Code(*code));
        assert_eq!(model.screen(), Screen::Refused(*code));
        assert!(crate::text::notice::notice(model.screen(), Place::Link).is_some());
        // The main button is on where the words offer it, and only there.
        assert_eq!(model.signable().is_some(), words.may_sign(), "{code:?}");
        assert_eq!(model.screen().has_bar(), words.may_sign(), "{code:?}");
        assert!(!words.next.is_empty(), "{code:?}");
    }
}

#[test]
fn states_that_browsers_and_tests_know() {
    for (code, state) in [
        (Code::WrongPerson, "wrong-person"),
        (Code::EsiaUnconfirmed, "unconfirmed"),
        (Code::EsiaDenied, "esia-denied"),
        (Code::EsiaSession, "esia-session"),
        (Code::EsiaUnavailable, "esia-down"),
        (Code::EsiaRejected, "esia-rejected"),
        (Code::EsiaStale, "esia-stale"),
        (Code::EsiaChild, "esia-child"),
        (Code::EsiaAccount, "esia-account"),
        (Code::EsiaPersonData, "esia-data"),
        (Code::EsiaTokenSignature, "esia-answer"),
        (Code::EsiaState, "esia-answer"),
        (Code::Policy, "not-allowed"),
        (Code::Unavailable, "service-down"),
        (Code::TooMany, "too-many"),
    ] {
        assert_eq!(back_with(Trouble::Code(code)).screen().name(), state);
    }
}

#[test]
fn gosuslugis_answer_is_kept_while_it_may_still_be_good() {
    for (trouble, screen, kept) in [
        (
            Trouble::EsiaAway,
            Screen::Refused(Code::EsiaUnavailable),
            true,
        ),
        (Trouble::Offline, Screen::Offline, true),
        (Trouble::Code(Code::Unavailable), Screen::ServiceDown, true),
        (
            Trouble::Code(Code::EsiaUnavailable),
            Screen::Refused(Code::EsiaUnavailable),
            false,
        ),
        (
            Trouble::Code(Code::EsiaSession),
            Screen::Refused(Code::EsiaSession),
            false,
        ),
        (Trouble::Other, Screen::Error, false),
    ] {
        let model = back_with(trouble);
        assert_eq!((model.screen(), model.can_repeat()), (screen, kept));
        assert_eq!(trouble.keeps_answer(), kept);
    }
    // A new attempt may begin while the old answer waits.
    assert!(back_with(Trouble::EsiaAway).signable().is_some());
}

#[test]
fn answers_that_are_not_good() {
    let esia = Some(Code::EsiaUnavailable);
    for (code, status, may_repeat, trouble) in [
        (esia, 502, true, Trouble::EsiaAway),
        (esia, 502, false, Trouble::Code(Code::EsiaUnavailable)),
        (Some(Code::TooMany), 429, true, Trouble::Code(Code::TooMany)),
        (None, 502, false, Trouble::Code(Code::Unavailable)),
        (None, 504, true, Trouble::Code(Code::Unavailable)),
        (None, 500, true, Trouble::Other),
        (None, 404, false, Trouble::Other),
    ] {
        assert_eq!(Trouble::of(code, status, may_repeat), trouble);
    }
}

#[test]
fn nothing_can_be_pressed_twice() {
    let ready = after([
        Event::ViewRead(Ok(Rc::new(view(Status::Opened)))),
        opened(b"the document"),
        drawn(0, ""),
        drawn(1, ""),
    ]);
    for step in [
        Step::Starting,
        Step::Leaving,
        Step::Completing,
        Step::Declining,
    ] {
        assert_eq!(ready.clone().after(Event::Stepped(step)).signable(), None);
    }
}

#[test]
fn links_and_networks_that_fail() {
    assert_eq!(
        Model::new(Place::Link, false, false).screen(),
        Screen::LinkUnknown
    );
    for (trouble, screen) in [
        (Trouble::Offline, Screen::Offline),
        (Trouble::Code(Code::LinkUnknown), Screen::LinkUnknown),
        (Trouble::Code(Code::LinkExpired), Screen::Expired),
        (Trouble::Code(Code::Internal), Screen::Error),
        (Trouble::Code(Code::Unavailable), Screen::ServiceDown),
        (Trouble::Code(Code::TooMany), Screen::TooMany),
        (Trouble::Other, Screen::Error),
    ] {
        assert_eq!(after([Event::ViewRead(Err(trouble))]).screen(), screen);
    }
    let stays = after([
        Event::ViewRead(Ok(Rc::new(view(Status::Sent)))),
        Event::ViewRead(Err(Trouble::Offline)),
    ]);
    assert_eq!(stays.screen(), Screen::Loading);
}

#[test]
fn a_file_that_can_not_be_shown_is_not_fetched_again() {
    let lost = after([Event::FileFailed(Trouble::Offline), Event::FileAsked]);
    assert_eq!(
        (lost.reopened, lost.file),
        (
            1,
            File::Arriving {
                loaded: 0,
                total: 0
            }
        )
    );
    let broken = after([Event::FileFailed(Trouble::Other), Event::FileAsked]);
    assert_eq!(
        (broken.reopened, broken.file),
        (0, File::Failed(Trouble::Other))
    );
}

#[test]
fn the_evidence_tells_what_was_seen() {
    let model = after([
        Event::ViewRead(Ok(Rc::new(view(Status::Opened)))),
        opened(b"the document"),
        drawn(0, ""),
        Event::InView {
            page: 0,
            share: 1.0,
        },
        Event::InView {
            page: 1,
            share: 0.2,
        },
        Event::Watched(500),
        drawn(1, ""),
        Event::Watched(500),
        Event::ReachedEnd,
        Event::Downloaded,
        Event::Downloaded,
        drawn(0, ""),
    ]);
    let shown = model.presentation(2_000);
    assert_eq!(
        shown.pages,
        [
            PageShown {
                page: 1,
                painted_ms: Some(100),
                visible_ms: 1_000
            },
            PageShown {
                page: 2,
                painted_ms: Some(101),
                visible_ms: 500
            }
        ]
    );
    assert!(shown.reached_end && shown.downloaded);
    assert_eq!(shown.downloads, 2);
}

/// In the account, with the document drawn.
fn in_the_account(view: DocumentView) -> Model {
    [
        Event::ViewRead(Ok(Rc::new(view))),
        opened(b"the document"),
        drawn(0, ""),
        drawn(1, ""),
    ]
    .into_iter()
    .fold(Model::new(Place::Document, true, false), Model::after)
}

fn sent() -> Rc<code::Sent> {
    Rc::new(code::Sent {
        code_id: "c1".into(),
        by_email: false,
        to: "+7 916 ***-**-67".into(),
        resend_at: 60,
        expires_at: 300,
        resends_left: 3,
    })
}

#[test]
fn by_a_code_the_same_must_hold_as_by_gosuslugi() {
    let ready = in_the_account(view(Status::Opened));
    assert!(ready.signable().is_some());
    let asking = ready.clone().after(Event::Code(code::Step::Asked));
    // Nothing else can be pressed meanwhile.
    assert_eq!((asking.screen(), asking.signable()), (Screen::Code, None));
    let waiting = asking.after(Event::Code(code::Step::Sent(sent())));
    // Another code may be asked for, by the same proof.
    assert!(waiting.screen() == Screen::Code && waiting.signable().is_some());
    let checking = waiting.clone().after(Event::Code(code::Step::Typed));
    assert!(checking.is_busy() && checking.signable().is_none());
    let back = waiting.after(Event::Code(code::Step::Closed));
    assert_eq!(back.screen(), Screen::Ready);
    let signed = checking.after(Event::Code(code::Step::Signed));
    assert_eq!((signed.screen(), signed.signable()), (Screen::Signed, None));
}

#[test]
fn an_entry_of_a_code_does_not_hide_what_the_server_says() {
    let waiting = in_the_account(view(Status::Opened))
        .after(Event::Code(code::Step::Asked))
        .after(Event::Code(code::Step::Sent(sent())));
    let signed = waiting.after(Event::ViewRead(Ok(Rc::new(view(Status::PatientSigned)))));
    assert_eq!(signed.screen(), Screen::Signed);
}

#[test]
fn what_is_kept_is_read_and_not_signed() {
    let kept = |status| DocumentView {
        kept: true,
        expires_at: Timestamp::MAX,
        ..view(status)
    };
    let shown = in_the_account(kept(Status::Completed));
    assert_eq!((shown.screen(), shown.signable()), (Screen::Kept, None));
    assert!(!shown.screen().is_open() && !shown.screen().has_bar());
    let taken = in_the_account(kept(Status::Cancelled));
    assert_eq!(taken.screen(), Screen::Cancelled);
}

#[test]
fn who_only_sees_signs_nothing() {
    let seen = in_the_account(DocumentView {
        may_act: false,
        ..view(Status::Sent)
    });
    assert_eq!((seen.screen(), seen.signable()), (Screen::Ready, None));
}

#[test]
fn an_agreement_that_was_accepted_says_so() {
    let agreement = |accepted: Option<&str>| DocumentView {
        agreement: Some(AgreementView {
            version: 2,
            clinic: ClinicRef {
                id: "c1".into(),
                name: "Клиника".into(),
                logo: None,
            },
            accepted: accepted.map(str::to_owned),
            phone: None,
        }),
        ..view(Status::Sent)
    };
    assert_eq!(in_the_account(agreement(None)).screen(), Screen::Ready);
    let accepted = in_the_account(agreement(Some("d9")));
    assert_eq!(
        (accepted.screen(), accepted.signable()),
        (Screen::Signed, None)
    );
}

#[test]
fn in_the_account_other_doors_are_closed_than_by_a_link() {
    for place in [Place::Document, Place::Agreement] {
        assert_eq!(Model::new(place, false, false).screen(), Screen::NotFound);
        for (code, screen) in [
            (Code::SignedOut, Screen::SignedOut),
            (Code::Gated, Screen::SignedOut),
            (Code::NotFound, Screen::NotFound),
        ] {
            let failed = Event::ViewRead(Err(Trouble::Code(code)));
            let model = Model::new(place, true, false).after(failed);
            assert_eq!(model.screen(), screen);
        }
    }
}

#[test]
fn what_gosuslugi_signed_just_now_is_told_from_what_was_signed_before() {
    let signed = || in_the_account(view(Status::Completed));
    assert!(!signed().is_signed_now());
    let done = signed().after(Event::Stepped(Step::Done));
    assert!(done.is_signed_now() && !done.is_busy());
    assert_eq!(done.screen(), Screen::Signed);
}
