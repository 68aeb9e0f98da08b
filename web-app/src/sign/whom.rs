//! Whom the document is about, when it is somebody else than the person who signs: impossible to miss.

use podpis_shared::wire::patient::DocumentView;
use yew::prelude::*;

use crate::text::whom as text;

/// How much of it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Size {
    /// At the top of the page.
    Large,
    /// In a dialog: in few lines.
    Small,
    /// In the bar: the name and the age.
    Line,
}

/// `За ребёнка: Иванов Пётр Петрович, 7 лет, дата рождения 03.05.2019`; nothing where the person signs for themselves.
pub(crate) fn whom(document: &DocumentView, size: Size) -> Html {
    let Some(whom) = text::whom(document) else {
        return Html::default();
    };
    let (class, facts) = match size {
        Size::Large => ("whom", [whom.age, whom.birth_date]),
        Size::Small => ("whom whom-small", [whom.age, whom.birth_date]),
        Size::Line => ("whom whom-small whom-line", [whom.age, None]),
    };
    let facts: Vec<String> = facts.into_iter().flatten().collect();
    html! {
        <div {class} data-testid="on-behalf-of">
            <span class="whom-mark" aria-hidden="true">{ whom.initial }</span>
            <p>
                <span class="whom-role">{ whom.role }</span>
                { " " }
                <strong class="whom-name">{ whom.name }</strong>
                if !facts.is_empty() {
                    <span class="whom-facts"><span class="whom-comma">{ ", " }</span>{ facts.join(", ") }</span>
                }
            </p>
        </div>
    }
}
