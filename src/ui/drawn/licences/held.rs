//! What a user holds: packs, the services that come with them, and those that were given directly.

use leptos::prelude::*;

use super::packs::kind;
use crate::{
    domain::{
        access::Permission,
        licences::{self, PackLine, UserRef},
        resources,
    },
    fault::Fault,
    ui::{
        components::{Icon, IconName, table},
        drawn::Visit,
        routes::{Deed, USER, at_node, one_href},
    },
};

/// The mode of the integrated client whose package is told.
const WEBEX: &str = "webex";

/// The tab "Services" of a user's page.
pub async fn tab(visit: &Visit<'_>, pkid: &str) -> Result<AnyView, Fault> {
    let (app, caller) = (visit.app, visit.caller);
    let user = || UserRef::Pkid(pkid.to_owned());
    let held = licences::holdings(app, caller, user()).await?;
    let stored = resources::get(app, caller, &app.model(USER)?, pkid).await?;
    let given = licences::assignable(app, caller, &stored.node.path).await?;
    let webex = licences::integrated_client_package(app, caller, user(), WEBEX).await?;
    let assign = at_node(&one_href(USER, pkid, Deed::Assign), visit.node());
    let button = visit.may(USER, Permission::Update).then(|| {
        view! {
            <p class="cluster">
                <a class="btn btn-primary" href=assign>
                    <Icon name=IconName::Check/>
                    "Assign or take back…"
                </a>
            </p>
        }
        .into_any()
    });
    if held.packs.is_empty() && held.services.is_empty() {
        return Ok(view! {
            <div class="empty">
                <Icon name=IconName::Bookmark/>
                <h2>"No services yet"</h2>
                <p class="muted">
                    "A user holds services directly, as far as the site was given them, or through \
                     service packs."
                </p>
                {button}
            </div>
        }
        .into_any());
    }
    let packs: Vec<&PackLine> =
        given.packs.iter().filter(|pack| held.packs.contains(&pack.name)).collect();
    let through = |service: &str| -> Vec<&str> {
        let has = |pack: &&&PackLine| pack.services.iter().any(|name| name == service);
        packs.iter().filter(has).map(|pack| pack.display_name.as_str()).collect()
    };
    let mut services: Vec<&String> = held.services.iter().chain(&held.packed_services).collect();
    services.sort();
    services.dedup();
    let rows: Vec<AnyView> = services
        .into_iter()
        .map(|service| {
            let direct = held.services.contains(service).then(|| "Directly".to_owned());
            let through = through(service);
            let packed = (!through.is_empty()).then(|| format!("through {}", through.join(", ")));
            let how = match (direct, packed) {
                (Some(direct), Some(packed)) => format!("{direct}, and {packed}"),
                (Some(direct), None) => direct,
                (None, packed) => packed.unwrap_or_default().replacen("through", "Through", 1),
            };
            view! {
                <tr>
                    <th scope="row">{service.clone()}</th>
                    <td>{how}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let package = webex.map(|package| {
        view! {
            <p>
                "Webex package: "
                <strong>{package}</strong>
            </p>
        }
    });
    Ok(view! {
        {button}
        {package}
        {(!packs.is_empty()).then(|| pack_table(&packs))}
        <section class="panel-part" aria-labelledby="held-services">
            <h2 id="held-services">"User services"</h2>
            {table("User services that are held", "", &["Service", "Held"], rows)}
        </section>
    }
    .into_any())
}

fn pack_table(packs: &[&PackLine]) -> AnyView {
    let rows: Vec<AnyView> = packs
        .iter()
        .map(|pack| {
            let services = match pack.services.as_slice() {
                [] => "No services".to_owned(),
                names => names.join(", "),
            };
            view! {
                <tr>
                    <th scope="row">{pack.display_name.clone()} " " {kind(pack.authorization)}</th>
                    <td>{services}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    view! {
        <section class="panel-part" aria-labelledby="held-packs">
            <h2 id="held-packs">"Service packs"</h2>
            {table("Service packs that are held", "", &["Service pack", "Gives"], rows)}
        </section>
    }
    .into_any()
}
