//! Which page stands at which address.

use yew::prelude::*;

use crate::dom;
use crate::plain::{Landing, NotFound};
use crate::sign::SignPage;

/// The page for the address.
#[component]
pub(crate) fn App() -> Html {
    match dom::path().as_str() {
        "/" => html! { <Landing /> },
        "/d" | "/d/" | "/c" | "/c/" | "/account/document" | "/account/agreement" => {
            html! { <SignPage /> }
        }
        _ => html! { <NotFound /> },
    }
}
