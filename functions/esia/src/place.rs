//! Where on our pages an act at ESIA began, and so where the browser goes back to.

use crate::db;
use podpis_kit::Db;
use podpis_shared::hash::sha256_hex;

/// A page of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// That of a link.
    Link,
    /// That of a link to the consent to a consultation.
    Consultation,
    /// A document of the personal account.
    Document,
    /// A clinic's agreement that is accepted in the account.
    Agreement,
    /// The account itself: signing in, or confirming it.
    Account,
}

impl Place {
    /// The address, to which the page's fragment is added.
    pub const fn address(self) -> &'static str {
        match self {
            Self::Link => "/d/",
            Self::Consultation => "/c/",
            Self::Document => "/account/document",
            Self::Agreement => "/account/agreement",
            Self::Account => "/account",
        }
    }
}

/// The place of a `state`; reads only. An unknown one leads to the page of links, which tells that the sign-in is lost, and so
/// does a database that does not answer: that page completes every act.
pub async fn place(state: &str) -> Place {
    let found = async {
        let db = Db::open().await?;
        db::place(&db, &sha256_hex(state.as_bytes())).await
    };
    match found.await {
        Ok(place) => place.unwrap_or(Place::Link),
        Err(error) => {
            eprintln!("error at esia place: {error}");
            Place::Link
        }
    }
}
