//! The service packs of a tenant: how many there are, who may still get one, packs to be added, and
//! a page for each to change its quantity or take it away again.

use leptos::prelude::*;
use serde_json::json;

use super::{
    address::TenantView,
    gauge::{Taken, bar, quantity, state},
    head::{head, tabs, to},
    notice,
};
use crate::{
    domain::licences::{self, OfferedPack, PackLine, Quantity},
    fault::{Fault, FieldError},
    ui::{
        components::{Icon, IconName, value::grouped},
        drawn::{
            Page, Visit,
            parts::{heading, refusal},
        },
        pages::form::back_link,
    },
};

type Pairs = [(String, String)];

const CHOSEN: &str = "pack";
const QUANTITY: &str = "quantity";
const UNLIMITED: &str = "unlimited";
/// Ticked: the services of the packs are licensed as far as they need.
pub const AUTO: &str = "auto_auth_services";
/// How refusals of the domain name a pack, before its index.
const AT: &str = "/servicePacksFromConfig/";

/// The quantities that were typed at the packs that were ticked.
pub fn quantities(pairs: &Pairs) -> Result<Vec<(String, Quantity)>, Fault> {
    let mut errors = Vec::new();
    let mut wanted = Vec::new();
    for (index, name) in chosen(pairs).into_iter().enumerate() {
        match typed(pairs, &format!(":{name}"), name) {
            Ok(quantity) => wanted.push((name.to_owned(), quantity)),
            Err(error) => {
                errors.push(FieldError { field: format!("{AT}{index}/quantity"), ..error });
            }
        }
    }
    if !errors.is_empty() {
        return Err(Fault::invalid(errors));
    }
    if wanted.is_empty() {
        return Err(Fault::field(CHOSEN, "required", "Tick at least one service pack to add."));
    }
    Ok(wanted)
}

/// The quantity that was typed on the page of one pack.
pub fn quantity_of(pairs: &Pairs, name: &str) -> Result<Quantity, Fault> {
    typed(pairs, "", name).map_err(|error| {
        Fault::invalid(vec![FieldError { field: format!("/{QUANTITY}"), ..error }])
    })
}

fn chosen(pairs: &Pairs) -> Vec<&str> {
    pairs.iter().filter(|(n, _)| n == CHOSEN).map(|(_, value)| value.as_str()).collect()
}

fn value<'p>(pairs: &'p Pairs, wanted: &str) -> Option<&'p str> {
    pairs.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str())
}

fn typed(pairs: &Pairs, whose: &str, name: &str) -> Result<Quantity, FieldError> {
    if value(pairs, &format!("{UNLIMITED}{whose}")).is_some() {
        return Ok(Quantity::Unlimited);
    }
    let text = value(pairs, &format!("{QUANTITY}{whose}")).unwrap_or_default().trim();
    if text.is_empty() {
        let text = format!("{name} needs a quantity, or tick Unlimited.");
        return Err(FieldError::new("", "required", text));
    }
    let maximum = text.parse::<u64>().map_or_else(|_| json!(text), |number| json!(number));
    Quantity::read(Some(&json!({ "unlimited": false, "maximum": maximum })), "", name)
}

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
            {add_form(visit, tenant_id, &offered)}
        </div>
    };
    Ok((title, view.into_any()))
}

fn table(visit: &Visit<'_>, tenant_id: &str, packs: &[PackLine]) -> AnyView {
    let rows: Vec<AnyView> = packs.iter().map(|pack| row(visit, tenant_id, pack)).collect();
    view! {
        <div
            class="table-wrap list-table licence-table"
            tabindex="0"
            role="region"
            aria-label="Table of service packs"
        >
            <table class="table">
                <caption class="sr-only">"Service packs, by name"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Service pack"</th>
                        <th scope="col" class="wide-only">"Usage"</th>
                        <th scope="col" class="cell-number">"Allocated"</th>
                        <th scope="col" class="cell-number">"Maximum allowed"</th>
                        <th scope="col" class="cell-number">"Used"</th>
                        <th scope="col" class="cell-number">"Free"</th>
                        <th scope="col">"State"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
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
                <small class="muted pack-services">{pack.services.join(", ")}</small>
            </th>
            <td class="wide-only">{bar(taken(pack))}</td>
            <td class="cell-number">{quantity(pack.allocated)}</td>
            <td class="cell-number">{quantity(pack.maximum_allowed)}</td>
            <td class="cell-number">{grouped(pack.used)}</td>
            <td class="cell-number">{quantity(pack.free())}</td>
            <td>{state(pack.allocated, pack.level())}</td>
        </tr>
    }
    .into_any()
}

fn taken(pack: &PackLine) -> Taken {
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
    let about = match pack.description.as_str() {
        "" => pack.services.join(", "),
        about => format!("{about} ({})", pack.services.join(", ")),
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

/// A number and "Unlimited"; `now` is what they show before anything was typed.
fn quantity_fields(
    posted: &Pairs,
    whose: &str,
    title: &str,
    now: Option<Quantity>,
    wrong: Option<&FieldError>,
) -> AnyView {
    let (number, unlimited) = (format!("{QUANTITY}{whose}"), format!("{UNLIMITED}{whose}"));
    let is_typed = value(posted, &number).is_some();
    let shown = match (value(posted, &number), now) {
        (Some(text), _) => text.to_owned(),
        (None, Some(Quantity::Limited(number))) => number.to_string(),
        (None, _) => String::new(),
    };
    let ticked = if is_typed {
        value(posted, &unlimited).is_some()
    } else {
        now == Some(Quantity::Unlimited)
    };
    let error_id = format!("error-{}", crate::ui::routes::encode(&number));
    let error = wrong.map(|error| {
        view! {
            <p class="field-error" id=error_id.clone()>
                <Icon name=IconName::Warning/>
                <span>{error.message.clone()}</span>
            </p>
        }
    });
    view! {
        <div class="limit-fields">
            <input
                type="text"
                inputmode="numeric"
                class="input limit-number"
                name=number
                value=shown
                autocomplete="off"
                aria-label=format!("Quantity of {title}")
                aria-invalid=wrong.map(|_| "true")
                aria-describedby=wrong.map(|_| error_id.clone())
            />
            <label class="check">
                <input
                    type="checkbox"
                    name=unlimited
                    value="1"
                    checked=ticked
                    autocomplete="off"
                    aria-label=format!("{title} unlimited")
                />
                <span aria-hidden="true">"Unlimited"</span>
            </label>
        </div>
        {error}
    }
    .into_any()
}

async fn find(
    visit: &Visit<'_>,
    tenant_id: &str,
    name: &str,
) -> Result<(licences::TenantLicences, PackLine), Fault> {
    let all = licences::of_tenant(visit.app, visit.caller, tenant_id).await?;
    let found = all.packs.iter().find(|pack| pack.name == name).cloned();
    let pack = found.ok_or_else(|| {
        Fault::not_found(format!("The tenant {tenant_id} has no service pack of that name."))
    })?;
    Ok((all, pack))
}

/// The page of one pack of a tenant.
pub async fn pack(visit: &Visit<'_>, tenant_id: &str, name: &str) -> Page {
    let (all, pack) = find(visit, tenant_id, name).await?;
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
        crate::ui::components::table(
            "Services of the pack",
            "",
            &["Service", "Licensed to the tenant", "Free"],
            services,
        )
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
                        {state(pack.allocated, pack.level())}
                    </div>
                    <p class="page-about muted">{pack.description.clone()}</p>
                </div>
                <div class="cluster">
                    <a class="btn" href=to(visit, tenant_id, TenantView::RemovePack(pack.name.clone()))>
                        <Icon name=IconName::Trash/>
                        "Remove…"
                    </a>
                </div>
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

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
        list.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect()
    }

    #[test]
    fn only_ticked_packs_are_added_and_each_error_is_at_its_pack() {
        let posted = pairs(&[
            ("pack", "a"),
            ("quantity:a", "5"),
            ("quantity:b", "7"),
            ("pack", "c"),
            ("quantity:c", ""),
            ("unlimited:c", "1"),
        ]);
        let expected =
            vec![("a".to_owned(), Quantity::Limited(5)), ("c".to_owned(), Quantity::Unlimited)];
        assert_eq!(quantities(&posted), Ok(expected));
        for (typed, code) in [("", "required"), ("-1", "out_of_range"), ("1.5", "out_of_range")] {
            let posted =
                pairs(&[("pack", "a"), ("quantity:a", "1"), ("pack", "b"), ("quantity:b", typed)]);
            let errors = quantities(&posted).err().map(|fault| fault.errors).unwrap_or_default();
            let told: Vec<_> = errors.iter().map(|e| (e.field.as_str(), e.code.as_str())).collect();
            assert_eq!(told, [("/servicePacksFromConfig/1/quantity", code)], "{typed}");
        }
        assert!(quantities(&[]).is_err());
    }
}
