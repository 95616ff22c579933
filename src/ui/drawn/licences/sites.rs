//! The sites of a tenant, each with the way to what it is licensed for.

use leptos::prelude::*;

use super::{
    address::TenantView,
    head::{head, tabs, to},
};
use crate::{
    domain::licences::{self, Site, TenantDetail},
    ui::{
        components::{Icon, IconName, table, value::grouped},
        drawn::{Page, Visit},
        routes::{HIERARCHY_NODE, add_href, at_node, list_href},
    },
};

pub async fn page(visit: &Visit<'_>, tenant_id: &str) -> Page {
    let (tenant, sites) = licences::sites(visit.app, visit.caller, tenant_id).await?;
    let title = format!("Sites of {}", tenant.node.name);
    let users = sites.iter().map(|site| site.users).sum();
    let detail = TenantDetail { tenant, groups: sites.len() as u64, users };
    let rows: Vec<AnyView> = sites.iter().map(|site| row(visit, tenant_id, site)).collect();
    let body = if rows.is_empty() {
        let href = at_node(&add_href(HIERARCHY_NODE), Some(&detail.tenant.node.path));
        view! {
            <div class="empty">
                <Icon name=IconName::Building/>
                <h2>"No sites yet"</h2>
                <p class="muted">
                    "Users stand at sites, and each site is given some of the tenant's licences."
                </p>
                <a class="btn btn-primary" href=href>"Add a site"</a>
            </div>
        }
        .into_any()
    } else {
        table(title.clone(), "", &["Site", "Description", "Users", "Licences"], rows)
    };
    let view = view! {
        <div class="list-page licence-page">
            {head(visit, &detail, None, title.clone(), ().into_any())}
            {tabs(visit, tenant_id, &TenantView::Sites)}
            {body}
        </div>
    };
    Ok((title, view.into_any()))
}

fn row(visit: &Visit<'_>, tenant_id: &str, site: &Site) -> AnyView {
    let node = &site.node;
    let licences = to(visit, tenant_id, TenantView::Site(node.pkid.clone()));
    let users = at_node(&list_href(licences::USER), Some(&node.path));
    let users_label = format!("{} users of {}", grouped(site.users), node.name);
    view! {
        <tr>
            <th scope="row"><a href=licences.clone() title=node.path.clone()>{node.name.clone()}</a></th>
            <td>{site.description.clone()}</td>
            <td><a href=users aria-label=users_label>{grouped(site.users)}</a></td>
            <td><a href=licences>{format!("Licences of {}", node.name)}</a></td>
        </tr>
    }
    .into_any()
}
