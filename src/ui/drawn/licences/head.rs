//! The head of a tenant's pages: who it is, where it stands, how much it has, and the way between
//! its pages.

use leptos::prelude::*;

use super::address::{TENANTS, TenantPath, TenantView};
use crate::{
    domain::licences::TenantDetail,
    store::Node,
    ui::{
        components::{NodeTypeBadge, value::counted},
        drawn::{Visit, parts::heading},
        pages::form::back_link,
        routes::{at_node, hierarchy_href},
    },
};

/// `site` is the one that the page is about; `actions` stand at the right of the title.
pub fn head(
    visit: &Visit<'_>,
    detail: &TenantDetail,
    site: Option<&Node>,
    title: String,
    actions: AnyView,
) -> AnyView {
    let tenant = &detail.tenant;
    let node = site.unwrap_or(&tenant.node);
    let back = match site {
        None => back_link(at_node(TENANTS, visit.node()), "Tenants and licences"),
        Some(_) => back_link(
            to(visit, &tenant.tenant_id, TenantView::Sites),
            &format!("Sites of {}", tenant.node.name),
        ),
    };
    let has = site.is_none().then(|| {
        let sites = counted(detail.groups, "site", "sites");
        let users = counted(detail.users, "user", "users");
        view! { <span class="muted">{format!("· {sites}, {users}")}</span> }
    });
    view! {
        {back}
        <div class="page-head">
            <div>
                {heading(title)}
                <p class="page-sub">
                    <a href=hierarchy_href(&node.path)>{node.path.clone()}</a>
                    <NodeTypeBadge node_type=node.node_type/>
                    <span class="muted">
                        {format!("· tenant {}", tenant.tenant_id)}
                    </span>
                    {has}
                </p>
            </div>
            <div class="cluster">{actions}</div>
        </div>
    }
    .into_any()
}

/// The pages of a tenant. One that isn't among them belongs to none.
pub fn tabs(visit: &Visit<'_>, tenant_id: &str, here: &TenantView) -> AnyView {
    let pages = [
        (TenantView::Licences, "Licences"),
        (TenantView::Packs, "Service packs"),
        (TenantView::Sites, "Sites"),
    ];
    let links: Vec<AnyView> = pages
        .into_iter()
        .map(|(view, title)| {
            let current = (view == *here).then_some("page");
            let href = to(visit, tenant_id, view);
            view! { <li><a href=href aria-current=current>{title}</a></li> }.into_any()
        })
        .collect();
    view! {
        <nav aria-label="Pages of this tenant">
            <ul class="tabs">{links}</ul>
        </nav>
    }
    .into_any()
}

/// A page of a tenant, at the chosen node.
pub fn to(visit: &Visit<'_>, tenant_id: &str, view: TenantView) -> String {
    at_node(&TenantPath::new(tenant_id, view).href(), visit.node())
}
