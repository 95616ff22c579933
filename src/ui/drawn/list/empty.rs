//! A list without rows: what it would hold, why there is nothing, and the one thing that helps.

use leptos::prelude::*;

use super::Address;
use crate::{
    domain::shown::ListPage,
    list_query::Traversal,
    ui::{
        components::{Icon, IconName, value::counted},
        routes::add_href,
    },
};

pub fn empty(page: &ListPage, address: &Address) -> AnyView {
    let model = &page.model;
    let many = &model.title_plural;
    if page.total > 0 {
        return state(
            "These rows are gone",
            format!("The list has {} by now.", counted(page.total, "entry", "entries")),
            Some(("Go to the first page", address.with(|query| query.skip = 0), IconName::Back)),
        );
    }
    if address.is_filtered() && page.total_unfiltered > 0 {
        return state(
            "Nothing matches",
            format!(
                "{} here, but none fits the search and filters.",
                counted(page.total_unfiltered, "entry is", "entries are")
            ),
            Some(("Clear search and filters", address.unfiltered(), IconName::Cross)),
        );
    }
    if page.query.traversal == Traversal::Local && page.total_unfiltered > 0 {
        let (where_, all) = if model.inherited {
            ("above or below it", "Show all that hold here")
        } else {
            ("below it", "Show this node and below")
        };
        return state(
            format!("No {many} at this node itself"),
            format!("{} {where_}.", counted(page.total_unfiltered, "entry is", "entries are")),
            Some((
                all,
                address.at_start(|query| query.traversal = Traversal::Down),
                IconName::Tree,
            )),
        );
    }
    let title = format!("No {many} yet");
    match &page.can.add {
        Ok(()) => state(
            title,
            model.description.clone(),
            Some((
                "Add the first one",
                address.onward(&add_href(&model.model_type)),
                IconName::Plus,
            )),
        ),
        Err(reason) => state(title, format!("{} {reason}", model.description), None),
    }
}

fn state(
    title: impl Into<String>,
    text: String,
    action: Option<(&'static str, String, IconName)>,
) -> AnyView {
    let title: String = title.into();
    view! {
        <div class="empty">
            <h2>{title}</h2>
            <p class="muted">{text}</p>
            {action.map(|(label, href, icon)| view! {
                <p>
                    <a class="btn btn-primary" href=href>
                        <Icon name=icon/>
                        {label}
                    </a>
                </p>
            })}
        </div>
    }
    .into_any()
}
