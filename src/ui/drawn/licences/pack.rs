//! One service pack of a tenant: its quantity, its services, and the way to take it away again.

use leptos::prelude::*;

use super::{
    address::TenantView,
    gauge::{bar, quantity, state},
    head::to,
    pack_fields::quantity_fields,
    packs::{kind, taken},
};
use crate::{
    domain::licences::{self, PackLine, Quantity, TenantLicences},
    fault::Fault,
    ui::{
        components::{Icon, IconName, table, value::grouped},
        drawn::{
            Page, Visit,
            parts::{heading, refusal},
        },
        pages::form::back_link,
    },
};

async fn find(
    visit: &Visit<'_>,
    tenant_id: &str,
    name: &str,
) -> Result<(TenantLicences, PackLine), Fault> {
    let all = licences::of_tenant(visit.app, visit.caller, tenant_id).await?;
    let found = all.packs.iter().find(|pack| pack.name == name).cloned();
    let pack = found.ok_or_else(|| {
        Fault::not_found(format!("The tenant {tenant_id} has no service pack of that name."))
    })?;
    Ok((all, pack))
}

/// The page of one pack of a tenant.
pub async fn page(visit: &Visit<'_>, tenant_id: &str, name: &str) -> Page {
    let (all, pack) = find(visit, tenant_id, name).await?;
    let may = licences::may_license(visit.caller, &all.tenant);
    let tenant = &all.tenant.node.name;
    let title = format!("{} at {tenant}", pack.display_name);
    let posted = visit.posted.map(|posted| posted.pairs.as_slice()).unwrap_or_default();
    let fault = visit.posted.and_then(|posted| posted.fault.as_ref());
    let at_field = fault.and_then(|f| f.errors.iter().find(|e| e.field == "/quantity"));
    let services: Vec<AnyView> = pack
        .services
        .iter()
        .map(|service| {
            let line = all.user.iter().find(|line| line.name == *service);
            let (allocated, free) = match line {
                Some(line) => (quantity(line.allocated), quantity(line.free())),
                None => ("–".to_owned(), "–".to_owned()),
            };
            view! {
                <tr>
                    <th scope="row">{service.clone()}</th>
                    <td>{allocated}</td>
                    <td>{free}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let services = if services.is_empty() {
        view! { <p class="muted">"The pack has no services."</p> }.into_any()
    } else {
        table("Services of the pack", "", &["Service", "Licensed to the tenant", "Free"], services)
    };
    let view = view! {
        <div class="form-page licence-page">
            {back_link(
                to(visit, tenant_id, TenantView::Packs),
                &format!("Service packs of {tenant}"),
            )}
            <div class="page-head">
                <div>
                    <div class="head-line">
                        {heading(title.clone())}
                        {kind(pack.authorization)}
                        {state(pack.limit(), pack.level())}
                    </div>
                    <p class="page-about muted">{pack.description.clone()}</p>
                </div>
                {may.then(|| view! {
                    <div class="cluster">
                        <a
                            class="btn"
                            href=to(visit, tenant_id, TenantView::RemovePack(pack.name.clone()))
                        >
                            <Icon name=IconName::Trash/>
                            "Remove…"
                        </a>
                    </div>
                })}
            </div>
            {fault.filter(|_| at_field.is_none()).map(|fault| refusal(fault, &[]))}
            <section class="form-section" aria-labelledby="quantity">
                <h2 id="quantity">"Quantity"</h2>
                <p>
                    {format!(
                        "Users hold {}; {} can still be given. The licences of its services allow {}.",
                        grouped(pack.used),
                        words(pack.free()),
                        words(pack.maximum_allowed),
                    )}
                </p>
                {bar(taken(&pack))}
                {may.then(|| view! {
                <form
                    method="post"
                    action=to(visit, tenant_id, TenantView::Pack(pack.name.clone()))
                    class="stack"
                    novalidate
                >
                    {quantity_fields(posted, "", &pack.display_name, Some(pack.allocated), at_field)}
                    <p class="cluster">
                        <button class="btn btn-primary" name="_submit" value="change">
                            "Change quantity"
                        </button>
                        <a class="btn btn-quiet" href=to(visit, tenant_id, TenantView::Packs)>
                            "Cancel"
                        </a>
                    </p>
                </form>
                })}
            </section>
            <section class="form-section" aria-labelledby="services">
                <h2 id="services">"Services"</h2>
                {services}
            </section>
        </div>
    };
    Ok((title, view.into_any()))
}

fn words(number: Quantity) -> String {
    match number {
        Quantity::Unlimited => "any number".to_owned(),
        number @ Quantity::Limited(_) => quantity(number),
    }
}

/// The page before a pack is taken away from a tenant.
pub async fn remove(visit: &Visit<'_>, tenant_id: &str, name: &str) -> Page {
    let (all, pack) = find(visit, tenant_id, name).await?;
    let tenant = &all.tenant.node.name;
    let title = format!("Remove {} from {tenant}?", pack.display_name);
    let fault = visit.posted.and_then(|posted| posted.fault.as_ref());
    let back = to(visit, tenant_id, TenantView::Pack(pack.name.clone()));
    let held = (pack.used > 0).then(|| {
        view! {
            <div class="notice is-warning">
                <Icon name=IconName::Warning/>
                <p>
                    {format!(
                        "Users hold {}: take it back from them first. Until then it can't be removed.",
                        grouped(pack.used),
                    )}
                </p>
            </div>
        }
    });
    let view = view! {
        <div class="form-page licence-page stack">
            {back_link(back.clone(), &format!("{} at {tenant}", pack.display_name))}
            {heading(title.clone())}
            {fault.map(|fault| refusal(fault, &[]))}
            {held}
            <p>
                "Its users can't be given it any more. What its services are licensed for stays as \
                 it is."
            </p>
            <form
                method="post"
                action=to(visit, tenant_id, TenantView::RemovePack(pack.name.clone()))
                class="cluster"
            >
                <button class="btn btn-danger" name="_submit" value="remove">"Remove"</button>
                <a class="btn" href=back>"Cancel"</a>
            </form>
        </div>
    };
    Ok((title, view.into_any()))
}
