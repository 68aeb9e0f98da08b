//! Tests of the list.

use podpis_shared::wire::account::ClinicRef;
use podpis_shared::{Kind, Method, Status, Timestamp};

use super::super::trouble::What;
use super::*;

fn item(id: usize, behalf: Option<&str>) -> DocumentItem {
    DocumentItem {
        id: id.to_string(),
        title: format!("Документ {id}"),
        kind: Kind::Other,
        kept: false,
        status: Status::Sent,
        clinic: ClinicRef {
            id: "c".into(),
            name: "Клиника".into(),
            logo: None,
        },
        method: Method::Esia,
        // A day apart, newest first.
        created_at: Timestamp::from_unix(1_796_000_000 - id as i64 * 86_400),
        expires_at: Timestamp::from_unix(1_796_000_000),
        signed_at: None,
        on_behalf_of: behalf.map(str::to_owned),
        on_behalf_of_age: behalf.map(|_| 7),
        signed_for_me_by: None,
        unread: false,
        mine_to_sign: true,
    }
}

fn page(from: usize, to: usize, next: Option<&str>) -> DocumentPage {
    DocumentPage {
        items: (from..to).map(|id| item(id, None)).collect(),
        next: next.map(str::to_owned),
    }
}

/// Presses «more» until nothing is left of `total` documents.
fn filled(total: usize) -> List {
    let mut list = List::new(Filter::All);
    let mut from = 0;
    loop {
        let to = (from + PAGE as usize).min(total);
        let after = (from > 0).then(|| from.to_string());
        let next = (to < total).then(|| to.to_string());
        let query = list.query.clone();
        if from > 0 {
            list.ask_more();
        }
        list.heard(
            &query,
            after.as_deref(),
            Ok(page(from, to, next.as_deref())),
        );
        if to == total {
            return list;
        }
        from = to;
    }
}

#[test]
fn three_documents_stand_there_at_once() {
    let list = filled(3);
    assert_eq!(
        (list.rows().len(), list.has_more(), list.before()),
        (3, false, 0)
    );
}

#[test]
fn of_three_thousand_never_more_than_a_window_is_on_the_screen() {
    let mut list = filled(3_000);
    assert_eq!(list.rows().len(), SHOWN_MAX);
    assert_eq!(list.rows().last().unwrap().id, "2999");
    let mut seen = 0;
    while list.before() > 0 {
        list.back();
        assert!(list.rows().len() <= SHOWN_MAX);
        seen += 1;
    }
    assert_eq!(list.rows().first().unwrap().id, "0");
    assert!(list.has_behind() && seen == (3_000 - SHOWN_MAX) / PAGE as usize);
    while list.has_behind() {
        list.forth();
    }
    assert_eq!(list.rows().last().unwrap().id, "2999");
    assert!(!list.has_more());
}

#[test]
fn late_answers_and_repeated_pages_change_nothing() {
    let mut list = List::new(Filter::All);
    let first = list.query.clone();
    let narrowed = Query {
        words: "договор".into(),
        ..first.clone()
    };
    list.ask(narrowed.clone());
    list.heard(&first, None, Ok(page(0, 50, Some("50"))));
    assert_eq!((list.rows().len(), &list.state), (0, &State::Waiting));
    list.heard(&narrowed, None, Ok(page(0, 50, Some("50"))));
    list.heard(&narrowed, Some("50"), Ok(page(50, 60, None)));
    list.heard(&narrowed, Some("50"), Ok(page(50, 60, None)));
    assert_eq!(list.rows().len(), 60);
}

#[test]
fn a_failure_keeps_the_rows_and_another_tab_does_not() {
    let mut list = filled(60);
    let query = list.query.clone();
    list.ask_more();
    list.heard(&query, None, Err(Trouble::new(What::Offline)));
    assert_eq!(list.rows().len(), 60);
    assert!(matches!(list.state, State::Failed(_)));
    list.ask(Query {
        words: "договор".into(),
        ..query
    });
    assert_eq!(list.rows().len(), 60, "while one types, nothing flickers");
    list.ask(Query::of(Filter::Signed));
    assert!(list.rows().is_empty());
}

#[test]
fn a_refresh_asks_for_as_many_as_there_are() {
    assert_eq!(List::new(Filter::All).refresh_limit(), PAGE);
    assert_eq!(filled(3).refresh_limit(), PAGE);
    assert_eq!(filled(120).refresh_limit(), 120);
    assert_eq!(filled(3_000).refresh_limit(), 200);
}

#[test]
fn what_waits_is_grouped_by_people_only_where_there_are_several() {
    let rows = |names: &[Option<&str>]| -> Vec<_> {
        let rows = names.iter().enumerate();
        rows.map(|(id, name)| Rc::new(item(id, *name))).collect()
    };
    let alone = groups(Filter::ToSign, &rows(&[None, None]));
    assert_eq!((alone.len(), &alone[0].of), (1, &None));
    // One child's documents only: whom they are for is said all the same.
    let child = groups(Filter::ToSign, &rows(&[Some("Пётр")]));
    assert_eq!(child[0].of, Some(Common::For("Пётр".into(), Some(7))));
    let family = groups(
        Filter::ToSign,
        &rows(&[Some("Пётр"), None, Some("Анна"), Some("Пётр")]),
    );
    let sizes: Vec<_> = family.iter().map(|group| group.rows.len()).collect();
    assert_eq!(sizes, [2, 1, 1]);
    assert_eq!(family[1].of, Some(Common::Me));
}

#[test]
fn what_is_kept_is_grouped_by_months_in_the_servers_order() {
    let rows: Vec<_> = (0..70).map(|id| Rc::new(item(id, None))).collect();
    let months = groups(Filter::Signed, &rows);
    let of: Vec<_> = months.iter().map(|group| group.of.clone()).collect();
    assert_eq!(
        of,
        [
            Some(Common::Month(2026, 11)),
            Some(Common::Month(2026, 10)),
            Some(Common::Month(2026, 9))
        ]
    );
    assert_eq!(
        months.iter().map(|group| group.rows.len()).sum::<usize>(),
        70
    );
}

#[test]
fn people_keep_their_colours() {
    let mut list = List::new(Filter::All);
    let query = list.query.clone();
    let of = |names: &[&str]| DocumentPage {
        items: names.iter().map(|name| item(1, Some(name))).collect(),
        next: None,
    };
    list.heard(&query, None, Ok(of(&["Анна", "Пётр"])));
    list.heard(&query, None, Ok(of(&["Пётр", "Анна", "Ия"])));
    assert_eq!(
        (list.person("Анна"), list.person("Пётр"), list.person("Ия")),
        (0, 1, 2)
    );
}
