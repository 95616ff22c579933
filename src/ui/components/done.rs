//! The confirmation that something was saved. The page that follows a save finds it in its own
//! address (`?done=saved&transaction=…`), so that it is the same with and without JavaScript.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::{Icon, IconName, dom};
use crate::ui::{
    navigation::{use_hierarchy, use_navigation},
    routes::{TRANSACTION, at_node, detail_href, from_search, to_search, with_search},
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

/// Parameters that pages hand to each other and that say nothing about a list.
pub const PASSING: [&str; 6] = ["done", "transaction", "tab", "pkid", "expected_total", "draft"];

/// Whether a parameter tells what was done, which a page says once and then forgets.
pub fn is_said_once(name: &str) -> bool {
    name == "done" || name == "transaction"
}

/// The query string of the page that follows a save or a delete: `search` is that of the page it
/// was done on (without the `?`), of which the state of the list stays.
pub fn with_done(search: &str, done: Done, transaction_id: &str) -> String {
    let mut pairs = from_search(search);
    pairs.retain(|(name, _)| !PASSING.contains(&name.as_str()));
    pairs.push(("done".to_owned(), done.as_str().to_owned()));
    pairs.push(("transaction".to_owned(), transaction_id.to_owned()));
    to_search(&pairs)
}

/// Shows the confirmation that the address asks for, and takes it out of the address bar, so that
/// neither a reload nor a copied link says it again.
#[component]
pub fn DoneNotice() -> impl IntoView {
    let location = use_location();
    let navigation = use_navigation();
    let (pathname, search) = (location.pathname, location.search);
    let node = use_hierarchy();
    let asked = Memo::new(move |_| {
        let pairs = from_search(&search.read());
        let value = |name: &str| pairs.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone());
        Some((Done::parse(&value("done")?)?, value("transaction").unwrap_or_default()))
    });
    Effect::new(move |_| {
        let Some((done, _)) = asked.get() else { return };
        navigation.announce(done.words());
        let mut pairs = from_search(&search.read_untracked());
        pairs.retain(|(name, _)| !is_said_once(name));
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
                let href = at_node(&detail_href(TRANSACTION, &transaction), node.read().as_deref());
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_state_of_the_list_stays_and_nothing_else() {
        let search = "hierarchy=sys.x&search=q&tab=api&done=saved&transaction=1&pkid=1&pkid=2";
        assert_eq!(
            with_done(search, Done::Deleted, "t"),
            "hierarchy=sys.x&search=q&done=deleted&transaction=t"
        );
    }
}
