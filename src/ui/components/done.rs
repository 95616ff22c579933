//! The confirmation that something was saved. The page that follows a save finds it in its own
//! address (`?done=saved&transaction=…`), so that it is the same with and without JavaScript.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::{Icon, IconName, dom};
use crate::ui::{
    navigation::use_navigation,
    routes::{TRANSACTION, detail_href, from_search, to_search, with_search},
};

/// What was done, as it stands in the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    Created,
    Saved,
    Deleted,
}

impl Done {
    const ALL: [Self; 3] = [Self::Created, Self::Saved, Self::Deleted];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Saved => "saved",
            Self::Deleted => "deleted",
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Created => "Created.",
            Self::Saved => "Your changes are saved.",
            Self::Deleted => "Deleted.",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|d| d.as_str() == text)
    }
}

/// The query string of a page with the confirmation added: `search` is its query without the `?`.
pub fn with_done(search: &str, done: Done, transaction_id: &str) -> String {
    let mut pairs = from_search(search);
    pairs.retain(|(name, _)| !is_ours(name));
    pairs.push(("done".to_owned(), done.as_str().to_owned()));
    pairs.push(("transaction".to_owned(), transaction_id.to_owned()));
    to_search(&pairs)
}

fn is_ours(name: &str) -> bool {
    name == "done" || name == "transaction"
}

/// Shows the confirmation that the address asks for, and takes it out of the address bar, so that
/// neither a reload nor a copied link says it again.
#[component]
pub fn DoneNotice() -> impl IntoView {
    let location = use_location();
    let navigation = use_navigation();
    let (pathname, search) = (location.pathname, location.search);
    let asked = Memo::new(move |_| {
        let pairs = from_search(&search.read());
        let value = |name: &str| pairs.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone());
        Some((Done::parse(&value("done")?)?, value("transaction").unwrap_or_default()))
    });
    Effect::new(move |_| {
        let Some((done, _)) = asked.get() else { return };
        navigation.announce(done.words());
        let mut pairs = from_search(&search.read_untracked());
        pairs.retain(|(name, _)| !is_ours(name));
        let tidy = with_search(&pathname.get_untracked(), &to_search(&pairs));
        // The router changes the address bar only after this page is drawn.
        set_timeout(
            move || {
                if dom::address().starts_with(&pathname.get_untracked()) {
                    dom::tidy_address(&tidy);
                }
            },
            std::time::Duration::from_millis(100),
        );
    });
    move || {
        asked.get().map(|(done, transaction)| {
            let link = (!transaction.is_empty()).then(|| {
                let href = detail_href(TRANSACTION, &transaction);
                view! { <a href=href>"See the transaction"</a> }
            });
            view! {
                <div class="notice is-success done-notice" role="status">
                    <Icon name=IconName::Succeeded/>
                    <p>{done.words()} " " {link}</p>
                </div>
            }
        })
    }
}
