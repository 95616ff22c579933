//! Moving instances to another node, which is picked in the tree, or found by its name.

use leptos::prelude::*;

use super::{
    Page, Visit,
    chosen::About,
    parts::{heading, hidden},
    tree::{Look, tree},
};
use crate::{
    domain::{places, shown::FoundNodes},
    model::{Model, Operation},
    server_fns::views::NodeRef,
    ui::components::{
        Icon, IconName, NodeTypeBadge,
        value::{counted, grouped},
    },
};

/// The form that posts the choice.
const FORM: &str = "move-form";
/// The parameter of the API's call, too.
pub const TARGET: &str = "context_hierarchy";
/// The parameters that say what of the tree is shown.
const SHOWN: [&str; 3] = ["find", "open", "closed"];

pub async fn page(visit: &Visit<'_>, model_type: &str, single: Option<&str>) -> Page {
    let about = About::read(visit, model_type, single, Operation::Move).await?;
    if about.chosen.total == 0 {
        return Ok(("Nothing selected".to_owned(), about.nothing()));
    }
    let title = format!("Move {}", about.name());
    let nodes = match visit.value("find") {
        Some(text) => {
            let found = places::find_nodes(visit.app, visit.caller, text).await?;
            matches(&about, text, &found)
        }
        None => {
            let open = visit.branches();
            let around = about.chosen.place.as_ref().map(|node| node.pkid.as_str());
            let around = around.or(visit.node());
            let root = places::tree(visit.app, visit.caller, around, open).await?;
            let look = Look {
                form: "tree-form",
                toggle: &|_, is_open| if is_open { "closed" } else { "open" },
                value: |node| node.pkid.clone(),
                row: &|node| choice(&about, node),
                chosen: "",
            };
            let kept = kept(visit, &["find"]);
            view! {
                <form id="tree-form" method="get" action=visit.path.to_owned()>{hidden(&kept)}</form>
                {tree(root, &look)}
            }
            .into_any()
        }
    };
    let view = view! {
        <div class="form-page">
            {about.back_link()}
            <div class="page-head">
                <div>
                    {heading(title.clone())}
                    <p class="page-about muted">
                        {about.words()} " will be moved. " {allowed(&about.model)}
                    </p>
                </div>
            </div>
            {about.notices()}
            {about.items(true)}
            <section class="card picker" aria-labelledby="picker">
                <div class="card-head">
                    <h2 id="picker">"Where to"</h2>
                    {search(visit)}
                </div>
                <div class="picker-nodes">{nodes}</div>
            </section>
            <form id=FORM method="post" action=about.action.clone()>
                {about.hidden()}
                <div class="form-bar">
                    <button class="btn btn-primary" name="_submit" value="move">
                        {format!("Move {}", about.words())}
                    </button>
                    <a class="btn btn-quiet" href=about.back()>"Cancel"</a>
                </div>
            </form>
        </div>
    };
    Ok((title, view.into_any()))
}

/// Where the model may stand, in a sentence.
fn allowed(model: &Model) -> Option<String> {
    let types: Vec<&str> = model.allowed_at.iter().map(|t| t.as_str()).collect();
    (!types.is_empty())
        .then(|| format!("{} stand at {} nodes.", model.title_plural, types.join(" or ")))
}

/// The parameters of the address without some of those that choose what is shown.
fn kept(visit: &Visit<'_>, without: &[&str]) -> Vec<(String, String)> {
    visit.pairs.iter().filter(|(name, _)| !without.contains(&name.as_str())).cloned().collect()
}

fn search(visit: &Visit<'_>) -> AnyView {
    let text = visit.value("find").unwrap_or_default().to_owned();
    let clear = (!text.is_empty()).then(|| {
        let href = crate::ui::routes::with_query(visit.path, &kept(visit, &SHOWN));
        view! { <a class="btn btn-quiet" href=href data-noscroll="">"Show the tree"</a> }
    });
    view! {
        <form class="list-search" role="search" method="get" action=visit.path.to_owned()>
            {hidden(&kept(visit, &SHOWN))}
            <Icon name=IconName::Search/>
            <input
                type="search"
                id="picker-find"
                class="input"
                name="find"
                placeholder="Find a node"
                aria-label="Find a node by its name"
                autocomplete="off"
                value=text
                data-live=""
            />
            <button class="btn nojs">"Find"</button>
            {clear}
        </form>
    }
    .into_any()
}

/// A node of the tree: to be picked where the model may stand, else there to find the way.
fn choice(about: &About<'_>, node: &NodeRef) -> AnyView {
    let badge = view! { <NodeTypeBadge node_type=node.node_type/> };
    let here = about.chosen.place.as_ref().is_some_and(|place| place.pkid == node.pkid);
    if here || !about.model.allowed_at(node.node_type) {
        let here = here.then(|| view! { <span class="muted">"here now"</span> });
        return view! {
            <span class="tree-name muted">{node.name.clone()}</span>
            {badge}
            {here}
        }
        .into_any();
    }
    view! {
        <label class="tree-name radio">
            <input
                type="radio"
                id=format!("target-{}", node.pkid)
                name=TARGET
                value=node.pkid.clone()
                form=FORM
                required
                autocomplete="off"
            />
            <span>{node.name.clone()}</span>
        </label>
        {badge}
    }
    .into_any()
}

fn matches(about: &About<'_>, text: &str, found: &FoundNodes) -> AnyView {
    let fits: Vec<&NodeRef> =
        found.nodes.iter().filter(|node| about.model.allowed_at(node.node_type)).collect();
    if fits.is_empty() {
        return view! {
            <p class="picker-note muted">
                {format!("No node with {text:?} in its name takes {}.", about.model.title_plural)}
            </p>
        }
        .into_any();
    }
    let shown = found.nodes.len() as u64;
    let more = (found.total > shown).then(|| {
        let words = counted(found.total, "node has", "nodes have");
        view! {
            <p class="picker-note muted">
                {format!("{words} that in their name; the first {} are looked at.", grouped(shown))}
            </p>
        }
    });
    let rows: Vec<AnyView> = fits
        .into_iter()
        .map(|node| {
            let above = node.path.rsplit_once('.').map(|(above, _)| above.to_owned());
            view! {
                <li id=format!("found-{}", node.pkid)>
                    <div class="tree-row">
                        {choice(about, node)}
                        <span class="muted picker-path">{above}</span>
                    </div>
                </li>
            }
            .into_any()
        })
        .collect();
    view! { <ul class="tree">{rows}</ul> {more} }.into_any()
}
