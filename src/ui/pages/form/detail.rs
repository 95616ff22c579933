//! An instance's page: the form in place, its latest changes, and the API calls for it. The tabs
//! are links. All three parts are in the page, so that looking at another one loses nothing typed.

use leptos::prelude::*;

use super::{Editor, calls::calls, history::history, view};
use crate::{
    server_fns::{
        Ask,
        views::{FormPage, Instance},
    },
    ui::{
        browser,
        components::{
            Icon, IconName, NodeTypeBadge, PageHeading, Time, done::DoneNotice, fields::details,
            redraw::Redraw,
        },
        navigation::{use_model_path, use_navigation, use_query_pairs},
        pages::list::{Address, use_list_address},
        reading::{page, reading},
        routes::{delete_one_href, detail_href, list_href, with_query},
    },
};

/// The parts of the page; the first is shown when the address names none.
const TABS: [(&str, &str, IconName); 3] = [
    ("overview", "Overview", IconName::Edit),
    ("history", "History", IconName::History),
    ("api", "API", IconName::Link),
];

#[component]
pub fn DetailPage() -> impl IntoView {
    let path = use_model_path().get_untracked();
    let pkid = path.pkid().unwrap_or_default().to_owned();
    let model_type = path.model_type;
    let navigation = use_navigation();
    let pairs = use_query_pairs();
    let tab = Memo::new(move |_| {
        let asked = pairs.with(|p| p.iter().find(|(n, _)| n == "tab").map(|(_, v)| v.clone()));
        TABS.iter().position(|(name, _, _)| Some(*name) == asked.as_deref()).unwrap_or_default()
    });
    let back = use_list_address(list_href(&model_type));
    let redraw = Redraw::new();
    let drawn = StoredValue::new(false);
    let draw = page(move |page: FormPage, reload| {
        // The button that was pressed is gone with the old form.
        if drawn.get_value() {
            browser::next_frame(|| browser::focus("main h1"));
        }
        drawn.set_value(true);
        redraw.afresh(detail(&page, back, tab, reload))
    });
    let what = move || Some(Ask::Instance { model_type: model_type.clone(), pkid: pkid.clone() });
    view! {
        <div class="form-page">
            <DoneNotice/>
            {reading(what, navigation.busy, draw)}
        </div>
    }
}

fn detail(page: &FormPage, back: Memo<Address>, tab: Memo<usize>, reload: Callback<()>) -> AnyView {
    let model = &page.model;
    let Some(instance) = &page.instance else { return ().into_any() };
    let list = back.get_untracked();
    let to_list = list.with(|_| {});
    let own = detail_href(&model.model_type, &instance.pkid);
    let delete = page.can.remove.then(|| {
        let href = list.onward(&delete_one_href(&model.model_type, &instance.pkid));
        view! {
            <a class="btn" href=href>
                <Icon name=IconName::Trash/>
                "Delete…"
            </a>
        }
    });
    let overview = if page.can.update {
        view::form(Editor::new(page, reload), page, to_list.clone())
    } else {
        details(model, &instance.data)
    };
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
            {delete}
        </div>
        {tabs(&own, back, tab)}
        {panel(0, tab, overview)}
        {panel(1, tab, history(&page.history, list.asked.hierarchy.as_deref()))}
        {panel(2, tab, calls(model, instance))}
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

fn tabs(own: &str, back: Memo<Address>, tab: Memo<usize>) -> AnyView {
    let links: Vec<AnyView> = TABS
        .into_iter()
        .enumerate()
        .map(|(position, (name, title, icon))| {
            let own = own.to_owned();
            let href = move || {
                let mut pairs = back.read().asked.to_pairs();
                if position > 0 {
                    pairs.push(("tab".to_owned(), name.to_owned()));
                }
                with_query(&own, &pairs)
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
