//! The filters of a licence table: each a link, or a GET form, that changes its address.

use leptos::prelude::*;

use super::address::Look;
use crate::{
    domain::licences::{Family, Flag, LineFilter, LineState},
    ui::{
        components::{Icon, IconName},
        drawn::parts::hidden,
    },
};

pub fn toolbar(look: &Look) -> AnyView {
    view! {
        <div class="toolbar licence-tools">
            {search(look)}
            {families(look)}
            {states(look)}
            {flags(look)}
            {clear(look)}
        </div>
    }
    .into_any()
}

/// What narrows the lines, in words, where it can't be changed.
pub fn in_words(look: &Look) -> Option<String> {
    let filter = &look.filter;
    let mut words = Vec::new();
    if let Some(text) = &filter.search {
        words.push(format!("“{text}”"));
    }
    words.extend(filter.family.map(|family| family_words(Some(family)).to_lowercase()));
    if filter.state != LineState::All {
        words.push(state_words(filter.state).to_lowercase());
    }
    words.extend(filter.flags.iter().map(|flag| format!("for {}", flag.words().to_lowercase())));
    (!words.is_empty()).then(|| words.join(", "))
}

fn search(look: &Look) -> AnyView {
    view! {
        <form
            id="licence-search"
            class="list-search"
            role="search"
            aria-label="Search services"
            method="get"
            action=look.path().to_owned()
        >
            {hidden(&look.pairs(|filter| filter.search = None))}
            <Icon name=IconName::Search/>
            <input
                type="search"
                id="licence-search-text"
                class="input"
                name="search"
                placeholder="Search services"
                autocomplete="off"
                aria-label="Search services"
                value=look.filter.search.clone()
                data-live=""
            />
            <button class="btn nojs">"Search"</button>
        </form>
    }
    .into_any()
}

fn families(look: &Look) -> AnyView {
    let options = [None, Some(Family::Group), Some(Family::User)].map(|family| {
        let href = look.with(|filter| filter.family = family);
        (family_words(family), href, look.filter.family == family)
    });
    segmented("Family", options.to_vec())
}

fn family_words(family: Option<Family>) -> &'static str {
    match family {
        None => "All",
        Some(Family::Group) => "Group services",
        Some(Family::User) => "User services",
    }
}

fn states(look: &Look) -> AnyView {
    let options = LineState::ALL.map(|state| {
        let href = look.with(|filter| filter.state = state);
        (state_words(state), href, look.filter.state == state)
    });
    segmented("State", options.to_vec())
}

fn state_words(state: LineState) -> &'static str {
    match state {
        LineState::All => "Any state",
        LineState::Licensed => "Licensed",
        LineState::Near => "Near full",
    }
}

fn segmented(label: &'static str, options: Vec<(&'static str, String, bool)>) -> AnyView {
    let options: Vec<AnyView> = options
        .into_iter()
        .map(|(words, href, current)| {
            view! {
                <li>
                    <a href=href data-noscroll="" aria-current=current.then_some("true")>{words}</a>
                </li>
            }
            .into_any()
        })
        .collect();
    view! { <ul class="segmented" aria-label=label>{options}</ul> }.into_any()
}

/// What user services are meant for. Each can be switched on and off by itself.
fn flags(look: &Look) -> AnyView {
    let options: Vec<AnyView> = Flag::ALL
        .into_iter()
        .map(|flag| {
            let on = look.filter.flags.contains(&flag);
            let href = look.with(|filter| {
                if on {
                    filter.flags.retain(|other| *other != flag);
                } else {
                    filter.flags.push(flag);
                }
            });
            view! {
                <li>
                    <a href=href data-noscroll="" aria-current=on.then_some("true")>
                        {flag.words()}
                    </a>
                </li>
            }
            .into_any()
        })
        .collect();
    view! {
        <div class="cluster">
            <span class="muted" aria-hidden="true">"For"</span>
            <ul class="segmented" aria-label="User services for">{options}</ul>
        </div>
    }
    .into_any()
}

fn clear(look: &Look) -> Option<AnyView> {
    let href = look.with(|filter| *filter = LineFilter::default());
    look.filter.is_set().then(|| {
        view! { <a class="btn btn-quiet" href=href data-noscroll="">"Clear all"</a> }.into_any()
    })
}
