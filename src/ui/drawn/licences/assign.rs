//! Giving packs and services to users, or taking them back: what is left of each is in sight, for
//! as many users as are chosen. Of one user the outcome is told here; of many it is a task.

use leptos::prelude::*;

use super::{
    gauge::quantity,
    options::{Chance, Kind, Options},
    packs::kind,
    some_of,
};
use crate::{
    domain::licences::{Assigned, Holdings, ItemResult, Quantity, UserRef, holdings},
    model::Operation,
    server_fns::context::Did,
    ui::{
        components::{Icon, IconName, table_of, value::counted},
        drawn::{
            Page, Visit,
            chosen::About,
            parts::{heading, refusal},
        },
        routes::{TRANSACTION, USER, at_node, detail_href},
    },
};

/// The names of the checkboxes.
pub const PACK: &str = "pack";
pub const SERVICE: &str = "service";
/// The buttons, as values of `_submit`.
pub const ASSIGN: &str = "assign";
pub const TAKE_BACK: &str = "unassign";

/// `single` is the pkid of the only one.
pub async fn page(visit: &Visit<'_>, single: Option<&str>) -> Page {
    let about = About::read(visit, USER, single, Operation::Update).await?;
    if about.chosen.total == 0 {
        return Ok(("Nothing selected".to_owned(), about.nothing()));
    }
    let title = match single {
        Some(_) => format!("Licences of {}", about.name()),
        None => format!("Licences of {}", about.words()),
    };
    let shown = Shown {
        options: Options::read(visit, &about).await?,
        held: match single {
            Some(pkid) => {
                let user = UserRef::Pkid(pkid.to_owned());
                Some(holdings(visit.app, visit.caller, user).await?)
            }
            None => None,
        },
        done: match visit.did {
            Some(Did::Assigned(done)) => Some(done),
            _ => None,
        },
        ticked: ticked(visit),
    };
    let fault = visit.posted.and_then(|posted| posted.fault.as_ref());
    let form = if shown.options.chances.is_empty() {
        shown.options.nothing(visit)
    } else {
        form(&about, &shown)
    };
    let view = view! {
        <div class="form-page licence-page assign-page">
            {about.back_link()}
            <div class="page-head">
                <div>
                    {heading(title.clone())}
                    <p class="page-about muted">
                        {match single {
                            Some(_) => "Each item is judged by itself: one that is refused leaves the others.",
                            None => {
                                "Each user is given all that you tick, or nothing; what one holds already takes \
                                 nothing more. The transaction tells what became of each."
                            }
                        }}
                    </p>
                    {shown.options.where_they_are()}
                </div>
            </div>
            {match fault {
                Some(fault) if !fault.errors.is_empty() => refusal(fault, &[]),
                _ => about.notices(),
            }}
            {shown.done.map(|done| told(visit, done))}
            {single.is_none().then(|| about.items(true))}
            {form}
        </div>
    };
    Ok((title, view.into_any()))
}

struct Shown<'a> {
    options: Options,
    /// Of one user.
    held: Option<Holdings>,
    /// What was just done to it.
    done: Option<&'a Assigned>,
    /// What was ticked in the form that was posted, as input and value.
    ticked: Vec<(&'a str, &'a str)>,
}

/// What was ticked stays ticked while it isn't done.
fn ticked<'a>(visit: &'a Visit<'_>) -> Vec<(&'a str, &'a str)> {
    let posted = visit.posted.filter(|posted| posted.fault.is_some());
    let pairs = posted.map(|posted| posted.pairs.as_slice()).unwrap_or_default();
    let boxes = pairs.iter().filter(|(name, _)| [PACK, SERVICE].contains(&name.as_str()));
    boxes.map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

impl Shown<'_> {
    fn result(&self, chance: &Chance) -> Option<&ItemResult> {
        let done = self.done?;
        let results = match chance.kind {
            Kind::Pack { .. } => &done.packs,
            Kind::Service => &done.services,
        };
        results.iter().find(|result| result.name == chance.name)
    }

    /// How one user has it.
    fn held_words(&self, chance: &Chance) -> Option<&'static str> {
        let held = self.held.as_ref()?;
        Some(match chance.kind {
            Kind::Pack { .. } if held.packs.contains(&chance.name) => "Held",
            Kind::Service if held.services.contains(&chance.name) => "Held",
            Kind::Service if held.packed_services.contains(&chance.name) => "Through a pack",
            _ => "",
        })
    }
}

/// The outcome for one user, as a whole.
fn told(visit: &Visit<'_>, done: &Assigned) -> AnyView {
    let all = done.packs.iter().chain(&done.services);
    let (fine, refused): (Vec<_>, Vec<_>) = all.partition(|item| item.result.is_ok());
    let (class, icon) = match (fine.len(), refused.len()) {
        (_, 0) => ("notice is-success", IconName::Succeeded),
        (0, _) => ("notice is-danger", IconName::Failed),
        _ => ("notice is-warning", IconName::Warning),
    };
    let words = match refused.len() {
        0 => "Done.".to_owned(),
        _ => format!(
            "{} done, {} refused.",
            counted(fine.len() as u64, "item was", "items were"),
            counted(refused.len() as u64, "item was", "items were")
        ),
    };
    let href = at_node(&detail_href(TRANSACTION, &done.transaction_id), visit.node());
    let reasons: Vec<AnyView> = refused
        .iter()
        .filter_map(|item| item.result.as_ref().err())
        .map(|error| view! { <li>{error.message.clone()}</li> }.into_any())
        .collect();
    let reasons = (!reasons.is_empty()).then(|| view! { <ul>{reasons}</ul> });
    view! {
        <div class=class role="status">
            <Icon name=icon/>
            <div>
                <p>{words} " " <a href=href>"See the transaction"</a></p>
                {reasons}
            </div>
        </div>
    }
    .into_any()
}

fn form(about: &About<'_>, shown: &Shown<'_>) -> AnyView {
    let of = |pack: bool| -> Vec<&Chance> {
        let is = |chance: &&Chance| matches!(chance.kind, Kind::Pack { .. }) == pack;
        shown.options.chances.iter().filter(is).collect()
    };
    let (packs, services) = (of(true), of(false));
    view! {
        <form method="post" action=about.action.clone()>
            {about.hidden()}
            {(!packs.is_empty()).then(|| table("Service packs", "Service pack", &packs, shown))}
            {(!services.is_empty()).then(|| table("User services", "User service", &services, shown))}
            <div class="form-bar">
                <button class="btn btn-primary" name="_submit" value=ASSIGN>
                    {format!("Assign to {}", about.name())}
                </button>
                <button class="btn" name="_submit" value=TAKE_BACK>"Take back"</button>
                <a class="btn btn-quiet" href=about.back()>"Cancel"</a>
            </div>
        </form>
    }
    .into_any()
}

fn table(
    title: &'static str,
    one: &'static str,
    chances: &[&Chance],
    shown: &Shown<'_>,
) -> AnyView {
    let rows: Vec<AnyView> = chances.iter().map(|chance| row(chance, shown)).collect();
    let mut heads = vec![(one, "")];
    if shown.held.is_some() {
        heads.push(("This user", ""));
    }
    heads.extend([("Left", ""), ("Note", "wide-only")]);
    view! {
        <div class="panel-part">
            <h2>{title}</h2>
            {table_of("", "assign-table", title.to_owned(), None, &heads, rows)}
        </div>
    }
    .into_any()
}

fn row(chance: &Chance, shown: &Shown<'_>) -> AnyView {
    let (input, badge, about) = match &chance.kind {
        Kind::Pack { authorization, services } => {
            let about = if services.is_empty() { String::new() } else { some_of(services) };
            (PACK, Some(kind(*authorization)), about)
        }
        Kind::Service => (SERVICE, None, String::new()),
    };
    let ticked = shown.ticked.contains(&(input, chance.name.as_str()));
    let held = shown.held_words(chance).map(|words| {
        let result = shown.result(chance).map(outcome);
        view! { <td>{words} " " {result}</td> }
    });
    let about = (!about.is_empty()).then(|| view! { <small class="muted">{about}</small> });
    view! {
        <tr>
            <th scope="row">
                <label class="check option">
                    <input
                        type="checkbox"
                        name=input
                        value=chance.name.clone()
                        checked=ticked
                        autocomplete="off"
                    />
                    <span>{chance.title.clone()} " " {badge} {about}</span>
                </label>
            </th>
            {held}
            <td>{left(chance)}</td>
            <td class="wide-only assign-note">{notes(chance)}</td>
        </tr>
    }
    .into_any()
}

fn outcome(item: &ItemResult) -> AnyView {
    let (class, icon, words) = match &item.result {
        Ok(()) => ("badge is-success", IconName::Succeeded, "Done"),
        Err(_) => ("badge is-danger", IconName::Failed, "Refused"),
    };
    view! {
        <span class=class>
            <Icon name=icon/>
            {words}
        </span>
    }
    .into_any()
}

/// How many are left where they are scarcest, against the users who would take them there.
fn left(chance: &Chance) -> AnyView {
    let Some(scarcest) = &chance.scarcest else { return ().into_any() };
    let left = quantity(scarcest.free);
    if scarcest.is_enough() {
        return match scarcest.free {
            Quantity::Unlimited => "Unlimited".into_any(),
            Quantity::Limited(_) => format!("{left} left").into_any(),
        };
    }
    let place = if chance.places > 1 { format!(" at {}", scarcest.place) } else { String::new() };
    view! {
        <span class="badge is-warning">
            <Icon name=IconName::Warning/>
            {format!("{left} left for {}{place}", counted(scarcest.users, "user", "users"))}
        </span>
    }
    .into_any()
}

fn notes(chance: &Chance) -> Option<String> {
    let mut notes = Vec::new();
    if !chance.missing_at.is_empty() {
        notes.push(format!("Not there at {}.", chance.missing_at.join(", ")));
    }
    if let Some(why) = chance.blocked {
        notes.push(why.to_owned());
    }
    (!notes.is_empty()).then(|| notes.join(" "))
}
