//! The dashboard's panel of what is nearly used up at the chosen node and below, the fullest first.

use leptos::prelude::*;

use super::{
    address::{TENANTS, TenantPath, TenantView},
    gauge::{self, Taken, bar},
};
use crate::{
    domain::licences::{self, Family, Level, Quantity, Tenant},
    fault::Fault,
    store::NearFull,
    ui::{
        components::{Icon, IconName, NUMBER, table_of, value::grouped},
        drawn::Visit,
        routes::{at_node, with_query},
    },
};

/// Lines that the panel has room for.
const SHOWN: u32 = 8;

/// `path` is that of the chosen node.
pub async fn panel(visit: &Visit<'_>, path: &str) -> Result<AnyView, Fault> {
    let (total, lines) = licences::near_full(visit.app, visit.caller, Some(path), SHOWN).await?;
    let rows: Vec<AnyView> = lines.iter().map(|(tenant, near)| row(visit, tenant, near)).collect();
    let body = if rows.is_empty() {
        view! {
            <div class="empty">
                <Icon name=IconName::Succeeded/>
                <p>"No licences are near full."</p>
                <p class="muted">"Limits of which nine tenths or more are taken are listed here."</p>
            </div>
        }
        .into_any()
    } else {
        table_of(
            "",
            "",
            "Licences near full, the fullest first".to_owned(),
            None,
            &[
                ("Licence", ""),
                ("Tenant", ""),
                ("Usage", "wide-only"),
                ("Taken", NUMBER),
                ("State", ""),
            ],
            rows,
        )
    };
    let more = (total > lines.len() as u64)
        .then(|| view! { <span class="badge">{format!("{} in all", grouped(total))}</span> });
    Ok(view! {
        <section class="card is-flush near-full">
            <div class="card-head">
                <h2 id="near-full">"Licences near full"</h2>
                {more}
                <a href=at_node(TENANTS, Some(path))>"All tenants"</a>
            </div>
            {body}
        </section>
    }
    .into_any())
}

fn row(visit: &Visit<'_>, tenant: &Tenant, near: &NearFull) -> AnyView {
    let allocated = Quantity::Limited(near.maximum);
    let level = Level::of(allocated, near.taken);
    let kind = match near.family {
        None => Some("Service pack"),
        Some(Family::Group) => Some("Group"),
        Some(Family::User) => None,
    };
    let href = line_href(visit.node(), &tenant.tenant_id, near.family, &near.name);
    let to_tenant = TenantPath::new(&tenant.tenant_id, TenantView::Licences).href();
    let taken = Taken { allocated, used: near.taken, packs: 0, words: "taken" };
    view! {
        <tr>
            <th scope="row">
                <a href=href>{near.name.clone()}</a>
                " "
                {kind.map(|kind| view! { <span class="type-badge">{kind}</span> })}
            </th>
            <td><a href=at_node(&to_tenant, visit.node())>{tenant.node.name.clone()}</a></td>
            <td class="wide-only">{bar(taken)}</td>
            <td class="cell-number">
                {format!("{} of {}", grouped(near.taken), grouped(u64::from(near.maximum)))}
            </td>
            <td>{gauge::state(allocated, level)}</td>
        </tr>
    }
    .into_any()
}

/// The line of a service in its tenant's table, or the page of a pack, which has no family.
pub fn line_href(
    node: Option<&str>,
    tenant_id: &str,
    family: Option<Family>,
    name: &str,
) -> String {
    let Some(family) = family else {
        let view = TenantView::Pack(name.to_owned());
        return at_node(&TenantPath::new(tenant_id, view).href(), node);
    };
    let mut pairs: Vec<(String, String)> =
        node.map(|node| ("hierarchy".to_owned(), node.to_owned())).into_iter().collect();
    pairs.push(("search".to_owned(), name.to_owned()));
    pairs.push(("family".to_owned(), family.as_str().to_owned()));
    with_query(&TenantPath::new(tenant_id, TenantView::Licences).href(), &pairs)
}
