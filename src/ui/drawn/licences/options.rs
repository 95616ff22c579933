//! What can be given to the users that are chosen, put together over their sites: packs are counted
//! at their tenant, services at their site.

use leptos::prelude::*;

use super::address::{TenantPath, TenantView};
use crate::{
    domain::{
        chosen,
        licences::{self, Assignable, Marks, Quantity},
    },
    fault::Fault,
    ui::{
        components::{Icon, IconName, value::counted},
        drawn::{Visit, chosen::About},
        routes::at_node,
    },
};

/// What is left is read site by site; more than these aren't shown at once.
const MOST_SITES: usize = 30;

pub struct Options {
    /// Packs before services, each by name.
    pub chances: Vec<Chance>,
    /// Sites with the users chosen there, by path.
    sites: Vec<(Assignable, u64)>,
}

/// A pack or a service.
pub struct Chance {
    /// As it is posted.
    pub name: String,
    pub title: String,
    pub kind: Kind,
    /// Where it is shortest for the users there; none where it can't be had at all.
    pub scarcest: Option<Left>,
    /// How many places it was looked for at.
    pub places: usize,
    /// Places that don't have it.
    pub missing_at: Vec<String>,
    /// Why nobody new gets it.
    pub blocked: Option<&'static str>,
}

pub enum Kind {
    Pack { authorization: u64, services: Vec<String> },
    Service,
}

/// What is left at a place, and the users who would take it.
#[derive(Clone)]
pub struct Left {
    pub place: String,
    pub free: Quantity,
    pub users: u64,
}

impl Left {
    pub fn is_enough(&self) -> bool {
        self.free.covers(self.users)
    }

    /// How many would go without; less than nothing is how many stay over.
    fn lack(&self) -> i64 {
        let users = i64::try_from(self.users).unwrap_or(i64::MAX);
        match self.free {
            Quantity::Unlimited => i64::MIN,
            Quantity::Limited(left) => users.saturating_sub(i64::from(left)),
        }
    }
}

impl Options {
    pub async fn read(visit: &Visit<'_>, about: &About<'_>) -> Result<Self, Fault> {
        let (app, caller) = (visit.app, visit.caller);
        let places = chosen::places(app, caller, &about.model, about.which.clone()).await?;
        if places.len() > MOST_SITES {
            return Err(Fault::field(
                "pkid",
                "too_many_sites",
                format!(
                    "These users stand at {} sites, and what is left is shown for at most \
                     {MOST_SITES}. Choose users of fewer sites.",
                    places.len()
                ),
            ));
        }
        let mut sites = Vec::new();
        let mut marks = Marks::new();
        for (path, users) in places {
            let given = licences::assignable(app, caller, &path).await?;
            marks.extend(licences::marks(app, &given.tenant.node).await?);
            sites.push((given, users));
        }
        let chances = packs(&sites).into_iter().chain(services(&sites, &marks)).collect();
        Ok(Self { chances, sites })
    }

    /// The sites of the chosen users, in words.
    pub fn where_they_are(&self) -> AnyView {
        let words: Vec<String> = self
            .sites
            .iter()
            .map(|(site, users)| {
                let users = counted(*users, "user", "users");
                format!("{users} at {} of {}", site.site.name, site.tenant.node.name)
            })
            .collect();
        view! { <p class="page-sub">{words.join(", ")}</p> }.into_any()
    }

    /// In place of the form where nothing can be given.
    pub fn nothing(&self, visit: &Visit<'_>) -> AnyView {
        let links: Vec<AnyView> = self
            .sites
            .iter()
            .take(1)
            .map(|(given, _)| {
                let to = |view| {
                    let path = TenantPath::new(&given.tenant.tenant_id, view);
                    at_node(&path.href(), visit.node())
                };
                view! {
                    <a class="btn btn-primary" href=to(TenantView::Packs)>
                        {format!("Service packs of {}", given.tenant.node.name)}
                    </a>
                    <a class="btn" href=to(TenantView::Site(given.site.pkid.clone()))>
                        {format!("Licences of {}", given.site.name)}
                    </a>
                }
                .into_any()
            })
            .collect();
        view! {
            <div class="empty">
                <Icon name=IconName::Bookmark/>
                <h2>"Nothing can be given here yet"</h2>
                <p class="muted">
                    "Put a service pack to the tenant, or give the site a quantity of a service."
                </p>
                <p class="cluster">{links}</p>
            </div>
        }
        .into_any()
    }
}

/// The packs of each tenant once, with its users of all sites.
fn packs(sites: &[(Assignable, u64)]) -> Vec<Chance> {
    let mut tenants: Vec<(&Assignable, u64)> = Vec::new();
    for (site, users) in sites {
        match tenants.iter_mut().find(|(t, _)| t.tenant.node.id == site.tenant.node.id) {
            Some((_, all)) => *all += users,
            None => tenants.push((site, *users)),
        }
    }
    let mut chances: Vec<Chance> = Vec::new();
    for (given, _) in &tenants {
        for pack in &given.packs {
            if chances.iter().any(|chance| chance.name == pack.name) {
                continue;
            }
            let blocked = match (pack.authorization, pack.no_more_assignable) {
                (0, _) => Some("Forbidden: nobody new gets it."),
                (_, true) => Some("No more assigned: nobody new gets it."),
                (1, _) => Some("Only beside a primary pack that allows it."),
                _ => None,
            };
            let at = tenants.iter().map(|(given, users)| {
                let here = given.packs.iter().find(|other| other.name == pack.name);
                (given.tenant.node.name.clone(), *users, here.map(licences::PackLine::free))
            });
            let kind =
                Kind::Pack { authorization: pack.authorization, services: pack.services.clone() };
            chances.push(chance(&pack.name, &pack.display_name, kind, blocked, at.collect()));
        }
    }
    chances.sort_by_key(|chance| chance.title.to_lowercase());
    chances
}

fn services(sites: &[(Assignable, u64)], marks: &Marks) -> Vec<Chance> {
    let mut chances: Vec<Chance> = Vec::new();
    for (given, _) in sites {
        for line in &given.services {
            if chances.iter().any(|chance| chance.name == line.name) {
                continue;
            }
            let at = sites.iter().map(|(given, users)| {
                let here = given.services.iter().find(|other| other.name == line.name);
                (given.site.name.clone(), *users, here.map(licences::Line::free))
            });
            let retired = marks.get(&line.name).is_some_and(|marks| marks.no_more_assignable);
            let blocked = retired.then_some("No more assigned: nobody new gets it.");
            chances.push(chance(&line.name, &line.name, Kind::Service, blocked, at.collect()));
        }
    }
    chances.sort_by_key(|chance| chance.title.to_lowercase());
    chances
}

/// `at` has each place, the users there, and what is left where it can be had.
fn chance(
    name: &str,
    title: &str,
    kind: Kind,
    blocked: Option<&'static str>,
    at: Vec<(String, u64, Option<Quantity>)>,
) -> Chance {
    let places = at.len();
    let mut missing_at = Vec::new();
    let mut scarcest: Option<Left> = None;
    for (place, users, left) in at {
        let Some(left) = left else {
            missing_at.push(place);
            continue;
        };
        let here = Left { place, free: left, users };
        if scarcest.as_ref().is_none_or(|other| other.lack() < here.lack()) {
            scarcest = Some(here);
        }
    }
    Chance {
        name: name.to_owned(),
        title: title.to_owned(),
        kind,
        scarcest,
        places,
        missing_at,
        blocked,
    }
}
