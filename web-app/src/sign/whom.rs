//! Whom the document is about, when it is somebody else than the person who signs: impossible to miss.

use podpis_shared::wire::patient::DocumentView;
use yew::prelude::*;

use crate::text::whom as text;

/// Properties of [`Whom`].
#[derive(PartialEq, Properties)]
pub(crate) struct WhomProps {
    pub(crate) document: std::rc::Rc<DocumentView>,
    /// One line, next to a button.
    #[prop_or_default]
    pub(crate) short: bool,
}

/// `За ребёнка: Иванов Пётр Петрович, 7 лет, дата рождения 03.05.2019`; nothing where the person signs for themselves.
#[component]
pub(crate) fn Whom(props: &WhomProps) -> Html {
    let Some(whom) = text::whom(&props.document) else {
        return Html::default();
    };
    let class = classes!("whom", props.short.then_some("whom-short"));
    html! {
        <div {class} data-testid="on-behalf-of">
            <span class="whom-mark" aria-hidden="true">{ whom.initial }</span>
            <p>
                <span class="whom-role">{ whom.role }</span>
                { " " }
                <strong class="whom-name">{ whom.name }</strong>
                if let Some(facts) = whom.facts {
                    { " " }
                    <span class="whom-facts">{ facts }</span>
                }
            </p>
        </div>
    }
}
