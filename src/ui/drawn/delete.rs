//! Before anything is deleted: what goes, what stands in the way, and the button that does it. One
//! page for one instance and for many.

use leptos::prelude::*;

use super::{Page, Visit, chosen::About, parts::heading};
use crate::{
    model::Operation,
    ui::components::{Icon, IconName},
};

pub async fn page(visit: &Visit<'_>, model_type: &str, single: Option<&str>) -> Page {
    let about = About::read(visit, model_type, single, Operation::Remove).await?;
    let count = about.chosen.total;
    if count == 0 {
        return Ok(("Nothing selected".to_owned(), about.nothing()));
    }
    let obstacles = obstacles(&about.chosen.obstacles);
    let stuck = count == 1 && obstacles.is_some();
    let name = about.name();
    let title =
        if stuck { format!("{name} can't be deleted yet") } else { format!("Delete {name}?") };
    let action = if stuck {
        view! { <p><a class="btn" href=about.back()>"Back"</a></p> }.into_any()
    } else {
        form(&about)
    };
    let warning = (!stuck).then(|| warning(&about));
    let view = view! {
        <div class="form-page">
            {about.back_link()}
            <div class="page-head">{heading(title.clone())}</div>
            {about.notices()}
            {warning}
            {about.items(false)}
            {along(&about)}
            {obstacles}
            {action}
        </div>
    };
    Ok((title, view.into_any()))
}

fn warning(about: &About<'_>) -> AnyView {
    let place = about
        .chosen
        .place
        .as_ref()
        .map(|node| view! { " at " <strong>{node.path.clone()}</strong> });
    view! {
        <p>
            {about.words()} {place}
            " will be deleted. This can't be undone; the record of it, with what was there before, \
             stays in the transactions."
        </p>
    }
    .into_any()
}

/// What goes with them, though nobody chose it.
fn along(about: &About<'_>) -> Option<AnyView> {
    let chosen = &about.chosen;
    if chosen.along.is_empty() {
        return None;
    }
    let single = chosen.total == 1;
    let mut lines: Vec<String> = chosen
        .along
        .iter()
        .map(|(label, words)| if single { words.clone() } else { format!("{label}: {words}") })
        .collect();
    if chosen.total > chosen.items.len() as u64 {
        lines.push("and what belongs to the others".to_owned());
    }
    let lines: Vec<AnyView> =
        lines.into_iter().map(|text| view! { <li>{text}</li> }.into_any()).collect();
    let title = if single { "With it goes" } else { "With them goes" };
    Some(
        view! {
            <div class="notice is-warning">
                <Icon name=IconName::Warning/>
                <div>
                    <p><strong>{title}</strong></p>
                    <ul>{lines}</ul>
                </div>
            </div>
        }
        .into_any(),
    )
}

fn form(about: &About<'_>) -> AnyView {
    let label = if about.chosen.total == 1 {
        "Delete".to_owned()
    } else {
        format!("Delete {}", about.words())
    };
    view! {
        <form method="post" action=about.action.clone() class="cluster">
            {about.hidden()}
            <button class="btn btn-danger" name="_submit" value="delete">
                <Icon name=IconName::Trash/>
                {label}
            </button>
            <a class="btn" href=about.back()>"Cancel"</a>
        </form>
    }
    .into_any()
}

fn obstacles(obstacles: &[String]) -> Option<AnyView> {
    if obstacles.is_empty() {
        return None;
    }
    let lines: Vec<AnyView> =
        obstacles.iter().map(|text| view! { <li>{text.clone()}</li> }.into_any()).collect();
    Some(
        view! {
            <div class="notice is-warning">
                <Icon name=IconName::Warning/>
                <div>
                    <p><strong>"This stands in the way"</strong></p>
                    <ul>{lines}</ul>
                </div>
            </div>
        }
        .into_any(),
    )
}
