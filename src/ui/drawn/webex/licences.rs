//! The licences of a customer as Webex has them: what is consumed against what there is.

use leptos::prelude::*;

use super::{WebexView, head, users};
use crate::{
    domain::{
        licences::{Level, Quantity},
        webex::view::{self, LICENCE, Licence},
    },
    ui::{
        components::{
            Icon, IconName, NUMBER, Time, table_of,
            value::{counted, grouped},
        },
        drawn::{
            Page, Visit,
            licences::gauge::{self, Parts},
        },
        routes::{at_node, detail_href},
    },
};

impl Licence {
    /// `None` where Webex doesn't say.
    pub(super) fn total(&self) -> Option<Quantity> {
        Some(match self.total_units? {
            // -1 is what Webex says of one without a limit.
            total if total < 0 => Quantity::Unlimited,
            total => Quantity::Limited(u32::try_from(total).unwrap_or(u32::MAX)),
        })
    }

    pub(super) fn consumed(&self) -> u64 {
        let parts = self.consumed_by_users.unwrap_or_default()
            + self.consumed_by_workspaces.unwrap_or_default();
        u64::try_from(self.consumed_units.unwrap_or(parts)).unwrap_or_default()
    }

    /// By users and by workspaces; what Webex tells of neither counts as the users'.
    fn parts(&self) -> (u64, u64) {
        let workspaces =
            u64::try_from(self.consumed_by_workspaces.unwrap_or_default()).unwrap_or_default();
        (self.consumed().saturating_sub(workspaces), workspaces.min(self.consumed()))
    }

    pub(super) fn level(&self) -> Option<Level> {
        Some(Level::of(self.total()?, self.consumed()))
    }
}

pub async fn page(visit: &Visit<'_>, pkid: &str) -> Page {
    let (customer, licences) = view::licences(visit.app, visit.caller, pkid).await?;
    let title = format!("Webex licences of {}", customer.name);
    let body = if licences.is_empty() {
        nothing()
    } else {
        view! {
            {summary(&licences)}
            {table(visit, pkid, &licences)}
        }
        .into_any()
    };
    let view = view! {
        <div
            class="list-page licence-page"
            data-announce=counted(licences.len() as u64, "licence", "licences")
        >
            {head(visit, &customer, WebexView::Licences, &title)}
            {body}
        </div>
    };
    Ok((title, view.into_any()))
}

fn nothing() -> AnyView {
    view! {
        <div class="empty">
            <Icon name=IconName::Layers/>
            <h2>"No licences yet"</h2>
            <p class="muted">
                "They come with a sync of roles and licences, which is started at the connection."
            </p>
        </div>
    }
    .into_any()
}

fn summary(licences: &[Licence]) -> AnyView {
    let number = |wanted: &[Level]| {
        let is = |licence: &&Licence| licence.level().is_some_and(|l| wanted.contains(&l));
        licences.iter().filter(is).count() as u64
    };
    let part = |number: u64, words: &'static str| {
        (number > 0).then(|| view! { <li>{grouped(number)} " " {words}</li> })
    };
    let synced = licences.iter().map(|licence| licence.last_synced.as_str()).max();
    let synced = synced.filter(|at| !at.is_empty()).map(|at| {
        view! { <li>"synced " <Time at=at.to_owned() relative=true/></li> }
    });
    view! {
        <div class="licence-summary">
            <ul class="licence-counts" aria-label="What is shown">
                <li>{counted(licences.len() as u64, "licence", "licences")}</li>
                {part(number(&[Level::NearFull]), "near full")}
                {part(number(&[Level::Full]), "full")}
                {part(number(&[Level::Over]), "over")}
                {synced}
            </ul>
            {gauge::legend_of(&[
                ("is-used", "By users"),
                ("is-packs", "By workspaces"),
                ("is-free", "Free"),
            ])}
        </div>
    }
    .into_any()
}

fn table(visit: &Visit<'_>, pkid: &str, licences: &[Licence]) -> AnyView {
    let rows = licences.iter().map(|licence| row(visit, pkid, licence)).collect();
    table_of(
        "list-table licence-table webex-licences",
        "",
        "Webex licences".to_owned(),
        Some("Webex licences, by name"),
        &[
            ("Licence", ""),
            ("Usage", "wide-only"),
            ("Total", NUMBER),
            ("Used", NUMBER),
            ("By users", "cell-number wide-only"),
            ("By workspaces", "cell-number wide-only"),
            ("Free", NUMBER),
            ("State", ""),
            ("Users", ""),
        ],
        rows,
    )
}

fn row(visit: &Visit<'_>, pkid: &str, licence: &Licence) -> AnyView {
    let total = licence.total();
    let bar = bar(licence);
    let free = match total {
        Some(Quantity::Limited(total)) => {
            grouped(u64::from(total).saturating_sub(licence.consumed()))
        }
        Some(Quantity::Unlimited) => "Unlimited".to_owned(),
        None => String::new(),
    };
    let state = total.zip(licence.level()).map(|(total, level)| gauge::state(total, level));
    let of = belongs_to(licence);
    let with = users::with_licence(pkid, visit.node(), &licence.name);
    let label = format!("Users with {}", licence.name);
    view! {
        <tr id=format!("licence-{}", licence.pkid)>
            <th scope="row">
                <a href=at_node(&detail_href(LICENCE, &licence.pkid), visit.node())>
                    {licence.name.clone()}
                </a>
                {of}
            </th>
            <td class="wide-only">{bar}</td>
            <td class="cell-number">{total.map(gauge::quantity)}</td>
            <td class="cell-number">{grouped(licence.consumed())}</td>
            <td class="cell-number wide-only">{figure(licence.consumed_by_users)}</td>
            <td class="cell-number wide-only">{figure(licence.consumed_by_workspaces)}</td>
            <td class="cell-number">{free}</td>
            <td>{state}</td>
            <td><a href=with aria-label=label>"Users"</a></td>
        </tr>
    }
    .into_any()
}

/// How much of it is consumed by whom.
pub(super) fn bar(licence: &Licence) -> Option<AnyView> {
    let (users, workspaces) = licence.parts();
    let (first, second) = ((users, "by users"), (workspaces, "by workspaces"));
    licence.total().map(|allocated| gauge::parts(Parts { allocated, first, second }))
}

/// The site and the subscription: a name may occur once for each.
pub(super) fn belongs_to(licence: &Licence) -> Option<AnyView> {
    let of: Vec<&str> = [licence.site_url.as_str(), &licence.subscription_id]
        .into_iter()
        .filter(|text| !text.is_empty())
        .collect();
    (!of.is_empty()).then(|| view! { <span class="webex-of">{of.join(" · ")}</span> }.into_any())
}

/// What Webex doesn't say isn't nothing.
fn figure(number: Option<i64>) -> AnyView {
    match number {
        None => view! { <span class="muted" title="Webex doesn't say">"–"</span> }.into_any(),
        Some(number) => grouped(u64::try_from(number).unwrap_or_default()).into_any(),
    }
}
