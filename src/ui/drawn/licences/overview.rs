//! The tenants at the chosen node, a page at a time: what each has, and what is nearly used up.

use leptos::prelude::*;

use super::{
    address::{TENANTS, TenantPath, TenantView},
    gauge::quantity,
    panel::line_href,
};
use crate::{
    domain::{
        licences::{self, Family, Level, Line, PackLine, TenantOverview, level_words},
        places,
    },
    fault::{Fault, FieldError},
    server_fns::views::NodeRef,
    ui::{
        components::{
            Icon, IconName, NUMBER, NodeTypeBadge, table_of,
            value::{counted, grouped},
        },
        drawn::{
            Page, Visit,
            pager::{self, Part},
            parts::{heading, hidden},
        },
        routes::{HIERARCHY_NODE, add_href, at_node, list_href, with_query},
    },
};

/// Tenants of a page.
const PAGE: u64 = 50;
/// Lines of a tenant that are named; of more the number is told.
const NAMED: usize = 4;

pub async fn page(visit: &Visit<'_>) -> Page {
    let skip = match visit.value("skip") {
        None => 0,
        Some(text) => text.parse().map_err(|_| {
            let text = "skip is a whole number: how many tenants come before the page.";
            Fault::invalid(vec![FieldError::new("skip", "wrong_type", text)])
        })?,
    };
    let search = visit.value("search").map(str::trim).filter(|text| !text.is_empty());
    let (app, caller, node) = (visit.app, visit.caller, visit.node());
    let (total, tenants) = licences::overview(app, caller, node, search, skip, PAGE).await?;
    let place = places::place(app, caller, node).await?;
    let place = place.parts.into_iter().last().map(|part| part.node);
    let title = "Tenants and licences";
    let address = Address { node, search };
    let view = view! {
        <div class="list-page" data-announce=counted(total, "tenant", "tenants")>
            {head(title, total, place)}
            <div class="toolbar">{address.search_form()}</div>
            {if tenants.is_empty() { address.nothing(total) } else { table(visit, &tenants) }}
            {(total > PAGE).then(|| address.pager(skip, tenants.len() as u64, total))}
        </div>
    };
    Ok((title.to_owned(), view.into_any()))
}

fn head(title: &'static str, total: u64, place: Option<NodeRef>) -> AnyView {
    let place = place.map(|place| {
        view! {
            <p class="page-sub">
                <span>{place.name}</span>
                <NodeTypeBadge node_type=place.node_type/>
                <span class="muted">"and everything below"</span>
            </p>
        }
    });
    view! {
        <div class="page-head">
            <div>
                <div class="head-line">
                    {heading(title)}
                    <span class="badge">
                        {grouped(total)}
                        <span class="sr-only">" tenants"</span>
                    </span>
                </div>
                {place}
                <p class="page-about muted">
                    "Each customer node is a tenant: what it is licensed for, what its sites and \
                     users take of it, and what is nearly used up."
                </p>
            </div>
        </div>
    }
    .into_any()
}

fn table(visit: &Visit<'_>, tenants: &[TenantOverview]) -> AnyView {
    let rows: Vec<AnyView> = tenants.iter().map(|tenant| row(visit, tenant)).collect();
    table_of(
        "list-table tenant-table",
        "",
        "Table of tenants".to_owned(),
        Some("Tenants, ordered by tenant id"),
        &[
            ("Tenant", ""),
            ("Sites", NUMBER),
            ("Users", NUMBER),
            ("Services licensed", NUMBER),
            ("Service packs", NUMBER),
            ("Nearly used up", ""),
        ],
        rows,
    )
}

fn row(visit: &Visit<'_>, overview: &TenantOverview) -> AnyView {
    let tenant = &overview.tenant;
    let to = |view| at_node(&TenantPath::new(&tenant.tenant_id, view).href(), visit.node());
    let users = at_node(&list_href(licences::USER), Some(&tenant.node.path));
    let name = tenant.node.name.clone();
    // Unlike an id that is the name, one of its own says something.
    let id = (tenant.tenant_id != tenant.node.name).then(|| tenant.tenant_id.clone());
    let count = |number: u64, href: String, words: &'static str| {
        let label = format!("{} {words} of {}", grouped(number), tenant.node.name);
        view! {
            <td class="cell-number"><a href=href aria-label=label>{grouped(number)}</a></td>
        }
    };
    view! {
        <tr id=format!("tenant-{}", tenant.node.pkid)>
            <th scope="row">
                <a href=to(TenantView::Licences) title=tenant.node.path.clone()>{name}</a>
                " "
                {id.map(|id| view! { <span class="muted">{id}</span> })}
            </th>
            {count(overview.sites, to(TenantView::Sites), "sites")}
            {count(overview.users, users, "users")}
            {count(overview.licensed, to(TenantView::Licences), "licensed services")}
            {count(overview.packs, to(TenantView::Packs), "service packs")}
            <td class="nearly-cell">{nearly(visit, overview)}</td>
        </tr>
    }
    .into_any()
}

/// What is nearly used up, with its figures: each a link to its line.
fn nearly(visit: &Visit<'_>, overview: &TenantOverview) -> AnyView {
    let tenant_id = &overview.tenant.tenant_id;
    let all = overview.nearly.len() + overview.nearly_packs.len();
    if all == 0 {
        return view! { <span class="muted">"Nothing"</span> }.into_any();
    }
    let packs = overview.nearly_packs.iter().map(|pack| pack_link(visit, tenant_id, pack));
    let lines = overview.nearly.iter().map(|line| line_link(visit, tenant_id, line));
    let items: Vec<AnyView> =
        packs.chain(lines).take(NAMED).map(|link| view! { <li>{link}</li> }.into_any()).collect();
    let more = (all > NAMED).then(|| {
        let path = TenantPath::new(tenant_id, TenantView::Licences).href();
        let href = with_query(&path, &near(visit.node()));
        view! { <li><a href=href>{format!("and {} more", all - NAMED)}</a></li> }
    });
    view! { <ul class="nearly">{items} {more}</ul> }.into_any()
}

fn near(node: Option<&str>) -> Vec<(String, String)> {
    let node = node.map(|node| ("hierarchy".to_owned(), node.to_owned()));
    node.into_iter().chain([("state".to_owned(), "near".to_owned())]).collect()
}

/// A service that is nearly used up: its name and figures, as a link to its line.
fn line_link(visit: &Visit<'_>, tenant_id: &str, line: &Line) -> AnyView {
    let href = line_href(visit.node(), tenant_id, Some(line.family), &line.name);
    let family = if line.family == Family::Group { " (group)" } else { "" };
    let figures = format!("{} of {}", grouped(line.taken()), quantity(line.allocated));
    link(href, format!("{}{family}", line.name), figures, line.level())
}

/// The same of a service pack.
fn pack_link(visit: &Visit<'_>, tenant_id: &str, pack: &PackLine) -> AnyView {
    let href = line_href(visit.node(), tenant_id, None, &pack.name);
    let figures = format!("{} of {}", grouped(pack.used), quantity(pack.allocated));
    link(href, format!("{} (pack)", pack.display_name), figures, pack.level())
}

fn link(href: String, name: String, figures: String, level: Level) -> AnyView {
    let (class, icon) = match level {
        Level::Full | Level::Over => ("nearly-link is-full", IconName::Lock),
        _ => ("nearly-link", IconName::Warning),
    };
    view! {
        <a class=class href=href>
            <Icon name=icon/>
            <span>{name}</span>
            " "
            <strong>{figures}</strong>
            <span class="sr-only">{format!(", {}", level_words(level).to_lowercase())}</span>
        </a>
    }
    .into_any()
}

/// What the page's URL says of it.
struct Address<'a> {
    node: Option<&'a str>,
    search: Option<&'a str>,
}

impl Address<'_> {
    fn pairs(&self, search: Option<&str>, skip: u64) -> Vec<(String, String)> {
        let mut pairs = Vec::new();
        let mut push = |name: &str, value: String| pairs.push((name.to_owned(), value));
        if let Some(node) = self.node {
            push("hierarchy", node.to_owned());
        }
        if let Some(search) = search {
            push("search", search.to_owned());
        }
        if skip > 0 {
            push("skip", skip.to_string());
        }
        pairs
    }

    fn search_form(&self) -> AnyView {
        view! {
            <form
                id="tenant-search"
                class="list-search"
                role="search"
                aria-label="Search tenants"
                method="get"
                action=TENANTS
            >
                {hidden(&self.pairs(None, 0))}
                <Icon name=IconName::Search/>
                <input
                    type="search"
                    id="tenant-search-text"
                    class="input"
                    name="search"
                    placeholder="Search tenants"
                    autocomplete="off"
                    aria-label="Search tenants"
                    value=self.search.map(str::to_owned)
                    data-live=""
                />
                <button class="btn nojs">"Search"</button>
            </form>
        }
        .into_any()
    }

    fn nothing(&self, total: u64) -> AnyView {
        let (title, help, href, words) = if total > 0 {
            let first = with_query(TENANTS, &self.pairs(self.search, 0));
            ("These tenants are gone", "There are fewer by now.", first, "Go to the first page")
        } else if self.search.is_some() {
            let all = with_query(TENANTS, &self.pairs(None, 0));
            ("No tenant is called so", "Other words may find it.", all, "Show all tenants")
        } else {
            (
                "No tenants yet",
                "Each customer node is a tenant. Add one below a provider or a reseller.",
                at_node(&add_href(HIERARCHY_NODE), self.node),
                "Add a node here",
            )
        };
        view! {
            <div class="empty">
                <Icon name=IconName::Building/>
                <h2>{title}</h2>
                <p class="muted">{help}</p>
                <a class="btn btn-primary" href=href>{words}</a>
            </div>
        }
        .into_any()
    }

    fn pager(&self, skip: u64, shown: u64, total: u64) -> AnyView {
        let part = Part { skip, shown, total, limit: PAGE };
        pager::pager(part, "Pages of the tenants", "page", None, |skip| {
            with_query(TENANTS, &self.pairs(self.search, skip))
        })
    }
}
