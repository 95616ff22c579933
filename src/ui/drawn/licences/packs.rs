//! The service packs of a tenant: how many there are, who may still get one, and packs to be added.

use leptos::prelude::*;

use super::{
    address::TenantView,
    gauge::{Taken, bar, quantity, state},
    head::{head, tabs, to},
    notice,
    pack_fields::{AT, CHOSEN, chosen, quantity_fields, value},
    some_of,
};
use crate::{
    domain::licences::{self, OfferedPack, PackLine},
    fault::FieldError,
    ui::{
        components::{Icon, IconName, NUMBER, table_of, value::grouped},
        drawn::{Page, Visit, parts::refusal},
    },
};

type Pairs = [(String, String)];

/// Ticked: the services of the packs are licensed as far as they need.
pub const AUTO: &str = "auto_auth_services";

/// All packs of a tenant, and those that could be added.
pub async fn page(visit: &Visit<'_>, tenant_id: &str) -> Page {
    let (app, caller) = (visit.app, visit.caller);
    let all = licences::of_tenant(app, caller, tenant_id).await?;
    let offered = licences::offered_packs(app, &all.tenant).await?;
    let detail = licences::detail(app, caller, tenant_id).await?;
    let is_put = |pack: &OfferedPack| all.packs.iter().any(|line| line.name == pack.name);
    let offered: Vec<OfferedPack> = offered.into_iter().filter(|pack| !is_put(pack)).collect();
    let title = format!("Service packs of {}", all.tenant.node.name);
    let body = if all.packs.is_empty() {
        view! {
            <div class="empty">
                <Icon name=IconName::Bookmark/>
                <h2>"No service packs yet"</h2>
                <p class="muted">
                    "A pack gives a user several services at once. Add one to the tenant below; then \
                     its users can be given it."
                </p>
            </div>
        }
        .into_any()
    } else {
        table(visit, tenant_id, &all.packs)
    };
    let view = view! {
        <div class="list-page licence-page">
            {head(visit, &detail, None, title.clone(), ().into_any())}
            {tabs(visit, tenant_id, &TenantView::Packs)}
            {notice(visit)}
            {body}
            {licences::may_license(visit.caller, &all.tenant)
                .then(|| add_form(visit, tenant_id, &offered))}
        </div>
    };
    Ok((title, view.into_any()))
}

fn table(visit: &Visit<'_>, tenant_id: &str, packs: &[PackLine]) -> AnyView {
    let rows: Vec<AnyView> = packs.iter().map(|pack| row(visit, tenant_id, pack)).collect();
    table_of(
        "list-table licence-table",
        "",
        "Table of service packs".to_owned(),
        Some("Service packs, by name"),
        &[
            ("Service pack", ""),
            ("Usage", "wide-only"),
            ("Allocated", NUMBER),
            ("Maximum allowed", NUMBER),
            ("Used", NUMBER),
            ("Free", NUMBER),
            ("State", ""),
        ],
        rows,
    )
}

fn row(visit: &Visit<'_>, tenant_id: &str, pack: &PackLine) -> AnyView {
    let href = to(visit, tenant_id, TenantView::Pack(pack.name.clone()));
    view! {
        <tr>
            <th scope="row">
                <a href=href title=pack.description.clone()>{pack.display_name.clone()}</a>
                " "
                {kind(pack.authorization)}
                " "
                {pack
                    .no_more_assignable
                    .then(|| view! { <span class="type-badge is-note">"No more assigned"</span> })}
                <small class="muted pack-services">{some_of(&pack.services)}</small>
            </th>
            <td class="wide-only">{bar(taken(pack))}</td>
            <td class="cell-number">{quantity(pack.allocated)}</td>
            <td class="cell-number">{quantity(pack.maximum_allowed)}</td>
            <td class="cell-number">{grouped(pack.used)}</td>
            <td class="cell-number">{quantity(pack.free())}</td>
            <td>{state(pack.limit(), pack.level())}</td>
        </tr>
    }
    .into_any()
}

/// What its bar shows.
pub fn taken(pack: &PackLine) -> Taken {
    Taken { allocated: pack.allocated, used: pack.used, packs: 0, words: "held by users" }
}

/// What a pack is for a user.
pub fn kind(authorization: u64) -> AnyView {
    let word = match authorization {
        2 => "Primary",
        1 => "Optional",
        _ => "Forbidden",
    };
    view! { <span class="type-badge">{word}</span> }.into_any()
}

fn add_form(visit: &Visit<'_>, tenant_id: &str, offered: &[OfferedPack]) -> AnyView {
    let fault = visit.posted.and_then(|posted| posted.fault.as_ref());
    let posted = visit.posted.map(|posted| posted.pairs.as_slice()).unwrap_or_default();
    let body = if offered.is_empty() {
        view! { <p class="muted">"All packs that the catalogue offers here were added already."</p> }
            .into_any()
    } else {
        let wrong = |name: &str| {
            let index = chosen(posted).iter().position(|other| *other == name)?;
            let at = format!("{AT}{index}/");
            fault?.errors.iter().find(|error| error.field.starts_with(&at))
        };
        let lines: Vec<AnyView> =
            offered.iter().map(|pack| offer(pack, posted, wrong(&pack.name))).collect();
        let auto = value(posted, AUTO).is_some();
        let action = to(visit, tenant_id, TenantView::Packs);
        view! {
            <form method="post" action=action class="stack" novalidate>
                <ul class="pack-offers">{lines}</ul>
                <label class="check">
                    <input type="checkbox" name=AUTO value="1" checked=auto autocomplete="off"/>
                    <span>"License their services to the tenant as far as the packs need"</span>
                </label>
                <p class="cluster">
                    <button class="btn btn-primary" name="_submit" value="add">
                        <Icon name=IconName::Plus/>
                        "Add packs"
                    </button>
                </p>
            </form>
        }
        .into_any()
    };
    view! {
        <section class="form-section pack-add" aria-labelledby="add-packs">
            <h2 id="add-packs">"Add packs to the tenant"</h2>
            {fault.map(|fault| refusal(fault, &[]))}
            {body}
        </section>
    }
    .into_any()
}

fn offer(pack: &OfferedPack, posted: &Pairs, wrong: Option<&FieldError>) -> AnyView {
    let ticked = chosen(posted).contains(&pack.name.as_str());
    let services = some_of(&pack.services);
    let about = match (pack.description.as_str(), services.as_str()) {
        ("", services) => services.to_owned(),
        (about, "") => about.to_owned(),
        (about, services) => format!("{about} ({services})"),
    };
    let whose = format!(":{}", pack.name);
    view! {
        <li>
            <label class="check option">
                <input
                    type="checkbox"
                    name=CHOSEN
                    value=pack.name.clone()
                    checked=ticked
                    autocomplete="off"
                />
                <span>
                    {pack.display_name.clone()}
                    " "
                    {kind(pack.authorization)}
                    <small class="muted">{about}</small>
                </span>
            </label>
            {quantity_fields(posted, &whose, &pack.display_name, None, wrong)}
        </li>
    }
    .into_any()
}
