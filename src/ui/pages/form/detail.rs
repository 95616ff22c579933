//! An instance's page: the form in place, its latest changes, and the API calls for it. The tabs
//! are links. The form stays while another one is looked at, so that nothing typed is lost; the
//! other two are drawn by the server when they are.

use std::sync::Arc;

use leptos::prelude::*;

use super::{Editor, view, without_passing};
use crate::{
    fault::Fault,
    model::Operation,
    server_fns::{
        Answer, Ask, PageAt,
        views::{FormPage, Instance},
    },
    ui::{
        browser,
        components::{
            Icon, IconName, NodeTypeBadge, PageHeading, Time, done::DoneNotice, fields::details,
            redraw::Redraw,
        },
        html::Html,
        live,
        navigation::{use_list_search, use_model_path, use_navigation, use_query_pairs},
        reading::{fault_view, page, reading},
        routes::{Deed, USER, detail_href, list_href, one_href, with_search},
    },
};

/// Name in the address, title, icon.
type Tab = (&'static str, &'static str, IconName);

/// The parts of the page; the first is shown when the address names none. Only users have the last.
const TABS: [Tab; 4] = [
    ("overview", "Overview", IconName::Edit),
    ("history", "History", IconName::History),
    ("api", "API", IconName::Link),
    ("services", "Services", IconName::Check),
];

fn tabs_of(model_type: &str) -> &'static [Tab] {
    if model_type == USER { &TABS } else { &TABS[..3] }
}

/// What can be done with an instance beside changing it, each on a page of its own.
const DEEDS: [(Operation, Deed, IconName, &str); 3] = [
    (Operation::Move, Deed::Move, IconName::Move, "Move…"),
    (Operation::Export, Deed::Export, IconName::Download, "Export…"),
    (Operation::Remove, Deed::Delete, IconName::Trash, "Delete…"),
];

#[component]
pub fn DetailPage() -> impl IntoView {
    let here = use_model_path();
    let path = here.get_untracked();
    let pkid = path.pkid().unwrap_or_default().to_owned();
    let model_type = path.model_type.clone();
    let navigation = use_navigation();
    let pairs = use_query_pairs();
    let parts = tabs_of(&model_type);
    let tab = Memo::new(move |_| {
        let asked = pairs.with(|p| p.iter().find(|(n, _)| n == "tab").map(|(_, v)| v.clone()));
        parts.iter().position(|(name, _, _)| Some(*name) == asked.as_deref()).unwrap_or_default()
    });
    let back = use_list_search();
    let redraw = Redraw::new();
    let drawn = StoredValue::new(false);
    let draw = page(move |page: FormPage, reload| {
        // The button that was pressed is gone with the old form.
        if drawn.get_value() {
            browser::next_frame(|| browser::focus("main h1"));
        }
        drawn.set_value(true);
        Effect::new(|_| live::tell_ages());
        redraw.afresh(detail(&page, back, tab, reload))
    });
    // While the page is being left, the address is already that of the next one.
    let own = path.clone();
    let query = Memo::new(move |last: Option<&Vec<(String, String)>>| match last {
        Some(last) if *here.read() != own => last.clone(),
        _ => without_passing(pairs.get()),
    });
    let what = move || {
        Some(Ask::Instance {
            model_type: model_type.clone(),
            pkid: pkid.clone(),
            query: query.get(),
        })
    };
    view! {
        <div class="form-page">
            <DoneNotice/>
            {reading(what, navigation.busy, draw)}
        </div>
    }
}

fn detail(page: &FormPage, back: Memo<String>, tab: Memo<usize>, reload: Callback<()>) -> AnyView {
    let model = &page.model;
    let Some(instance) = &page.instance else { return ().into_any() };
    let search = back.get_untracked();
    let to_list = with_search(&list_href(&model.model_type), &search);
    let href = detail_href(&model.model_type, &instance.pkid);
    let own = page.can.update || page.can.remove;
    let actions: Vec<AnyView> = DEEDS
        .into_iter()
        .filter(|(operation, ..)| {
            model.offers(*operation) && (own || *operation == Operation::Export)
        })
        .map(|(_, deed, icon, label)| {
            let href = with_search(&one_href(&model.model_type, &instance.pkid, deed), &search);
            view! {
                <a class="btn" href=href>
                    <Icon name=icon/>
                    {label}
                </a>
            }
            .into_any()
        })
        .collect();
    let overview = if page.can.update {
        view::form(Editor::new(page, reload), page, to_list.clone())
    } else {
        details(model, &instance.data)
    };
    let overview = view! {
        {view::choosers(page)}
        {overview}
    }
    .into_any();
    let parts = tabs_of(&model.model_type);
    let drawn: Vec<AnyView> = (1..parts.len())
        .map(|position| panel(position, tab, part(position, tab, href.clone(), back)))
        .collect();
    view! {
        {view::back_link(to_list, &model.title_plural)}
        <div class="page-head">
            <div>
                <PageHeading
                    text=instance.label.clone()
                    title=format!("{} · {}", instance.label, model.title)
                />
                {sub_line(page, instance)}
            </div>
            <div class="cluster">{actions}</div>
        </div>
        {tabs(parts, &href, back, tab)}
        {panel(0, tab, overview)}
        {drawn}
    }
    .into_any()
}

fn sub_line(page: &FormPage, instance: &Instance) -> AnyView {
    view! {
        <p class="page-sub">
            <span class="muted">{format!("{} at", page.model.title)}</span>
            <span title=instance.place.path.clone()>{instance.place.name.clone()}</span>
            <NodeTypeBadge node_type=instance.place.node_type/>
            <span class="muted">"· created " <Time at=instance.created.clone() relative=true/></span>
            <span class="muted">"· changed " <Time at=instance.modified.clone() relative=true/></span>
        </p>
    }
    .into_any()
}

fn tabs(parts: &[Tab], own: &str, back: Memo<String>, tab: Memo<usize>) -> AnyView {
    let links: Vec<AnyView> = parts
        .iter()
        .enumerate()
        .map(|(position, &(name, title, icon))| {
            let own = own.to_owned();
            let href = move || {
                let list = back.read();
                with_search(&own, &if position > 0 { of_tab(&list, name) } else { list.clone() })
            };
            view! {
                <li>
                    <a
                        href=href
                        data-noscroll=""
                        aria-current=move || (tab.get() == position).then_some("page")
                    >
                        <Icon name=icon/>
                        {title}
                    </a>
                </li>
            }
            .into_any()
        })
        .collect();
    view! {
        <nav aria-label="Parts of this page">
            <ul class="tabs">{links}</ul>
        </nav>
    }
    .into_any()
}

fn of_tab(list: &str, name: &str) -> String {
    if list.is_empty() { format!("tab={name}") } else { format!("{list}&tab={name}") }
}

/// A tab that the server draws, once it is looked at.
fn part(position: usize, tab: Memo<usize>, own: String, back: Memo<String>) -> AnyView {
    let (name, _, _) = TABS[position];
    let what = move || {
        let at = || PageAt { path: own.clone(), search: of_tab(&back.read(), name) };
        (tab.get() == position).then(|| Ask::Part(at()))
    };
    let draw = move |answer: Result<Answer, Fault>, retry| match answer.and_then(|a| a.drawn()) {
        Ok(drawn) => Html::new("drawn", name, drawn.html).into_any(),
        Err(fault) => fault_view(fault, retry),
    };
    reading(what, RwSignal::new(false), Arc::new(draw))
}

fn panel(position: usize, tab: Memo<usize>, inside: AnyView) -> AnyView {
    let (name, title, _) = TABS[position];
    view! {
        <section
            id=format!("panel-{name}")
            class="panel"
            aria-label=title
            hidden=move || tab.get() != position
        >
            {inside}
        </section>
    }
    .into_any()
}
