//! The users of a customer as Webex has them, narrowed by name or address, licence, and whether they
//! can log in: a page at a time, all of it in the address.

use leptos::prelude::*;

use super::{WebexView, address::WebexPath, head};
use crate::{
    domain::webex::view::{self, USER, User},
    fault::{Fault, FieldError},
    store::{Standing, UserFilter},
    ui::{
        components::{Icon, IconName, table_of, value::counted},
        drawn::{
            Page, Visit,
            pager::{self, Part},
            parts::hidden,
        },
        routes::{at_node, detail_href, with_query},
    },
};

/// Users of a page.
const PAGE: u64 = 50;

/// The standings, with their words in the address and on the page.
const STANDINGS: [(Option<Standing>, &str, &str); 4] = [
    (None, "", "Any status"),
    (Some(Standing::CanLogIn), "active", "Can log in"),
    (Some(Standing::InvitePending), "pending", "Invitation pending"),
    (Some(Standing::CannotLogIn), "disabled", "Can't log in"),
];

/// The users of a customer that hold a licence.
pub fn with_licence(pkid: &str, node: Option<&str>, licence: &str) -> String {
    let filter = UserFilter { licence: licence.to_owned(), ..UserFilter::default() };
    Address { pkid, node, filter }.with(0, |_| {})
}

/// What the page's URL says of it.
struct Address<'a> {
    pkid: &'a str,
    node: Option<&'a str>,
    filter: UserFilter,
}

impl<'a> Address<'a> {
    fn read(visit: &'a Visit<'_>, pkid: &'a str) -> Result<(Self, u64), Fault> {
        let wrong = |name: &str, text: &str| {
            Fault::invalid(vec![FieldError::new(name, "wrong_type", text)])
        };
        let status = visit.value("status").unwrap_or_default();
        let standing = STANDINGS.iter().find(|(_, name, _)| *name == status);
        let (standing, ..) =
            standing.ok_or_else(|| wrong("status", "status is active, pending or disabled."))?;
        let skip = visit.value("skip").map_or(Ok(0), str::parse::<u64>);
        let skip = skip.map_err(|_| {
            wrong("skip", "skip is a whole number: how many users come before the page.")
        })?;
        let text = |name| visit.value(name).unwrap_or_default().trim().to_owned();
        let filter =
            UserFilter { search: text("search"), licence: text("license"), standing: *standing };
        Ok((Self { pkid, node: visit.node(), filter }, skip))
    }

    fn path(&self) -> String {
        WebexPath::new(self.pkid, WebexView::Users).href()
    }

    fn pairs(&self, skip: u64, change: impl FnOnce(&mut UserFilter)) -> Vec<(String, String)> {
        let mut filter = self.filter.clone();
        change(&mut filter);
        let status = STANDINGS.iter().find(|(s, ..)| *s == filter.standing);
        let status = status.map_or("", |(_, name, _)| *name).to_owned();
        let skip = if skip > 0 { skip.to_string() } else { String::new() };
        [
            ("hierarchy", self.node.unwrap_or_default().to_owned()),
            ("search", filter.search),
            ("license", filter.licence),
            ("status", status),
            ("skip", skip),
        ]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
    }

    fn with(&self, skip: u64, change: impl FnOnce(&mut UserFilter)) -> String {
        with_query(&self.path(), &self.pairs(skip, change))
    }

    fn is_filtered(&self) -> bool {
        let UserFilter { search, licence, standing } = &self.filter;
        !search.is_empty() || !licence.is_empty() || standing.is_some()
    }
}

pub async fn page(visit: &Visit<'_>, pkid: &str) -> Page {
    let (address, skip) = Address::read(visit, pkid)?;
    let filter = address.filter.clone();
    let found = view::users(visit.app, visit.caller, pkid, filter, skip, PAGE).await?;
    let title = format!("Webex users of {}", found.customer.name);
    let body = if found.users.is_empty() {
        nothing(&address, found.total)
    } else {
        table(visit, &found.users)
    };
    let part = Part { skip, shown: found.users.len() as u64, total: found.total, limit: PAGE };
    let view = view! {
        <div class="list-page" data-announce=counted(found.total, "user", "users")>
            {head(visit, &found.customer, WebexView::Users, &title)}
            {toolbar(&address, &found.licences)}
            <p class="licence-counts">{counted(found.total, "user", "users")}</p>
            {body}
            {(found.total > PAGE).then(|| {
                pager::pager(part, "Pages of the users", "page", None, |skip| {
                    address.with(skip, |_| {})
                })
            })}
        </div>
    };
    Ok((title, view.into_any()))
}

fn toolbar(address: &Address<'_>, licences: &[String]) -> AnyView {
    view! {
        <div class="toolbar licence-tools">
            {search(address)}
            {licence(address, licences)}
            {standings(address)}
            {address.is_filtered().then(|| {
                let href = address.with(0, |filter| *filter = UserFilter::default());
                view! { <a class="btn btn-quiet" href=href data-noscroll="">"Clear all"</a> }
            })}
        </div>
    }
    .into_any()
}

fn search(address: &Address<'_>) -> AnyView {
    view! {
        <form
            id="webex-user-search"
            class="list-search"
            role="search"
            aria-label="Search users"
            method="get"
            action=address.path()
        >
            {hidden(&address.pairs(0, |filter| filter.search.clear()))}
            <Icon name=IconName::Search/>
            <input
                type="search"
                id="webex-user-search-text"
                class="input"
                name="search"
                placeholder="Search names and addresses"
                autocomplete="off"
                aria-label="Search users"
                value=address.filter.search.clone()
                data-live=""
            />
            <button class="btn nojs">"Search"</button>
        </form>
    }
    .into_any()
}

fn licence(address: &Address<'_>, licences: &[String]) -> AnyView {
    let current = &address.filter.licence;
    // One that is gone stays what was asked for.
    let gone = (!current.is_empty() && !licences.contains(current)).then(|| current.clone());
    let options: Vec<AnyView> = licences
        .iter()
        .cloned()
        .chain(gone)
        .map(|name| {
            let selected = name == *current;
            view! { <option value=name.clone() selected=selected>{name.clone()}</option> }
                .into_any()
        })
        .collect();
    view! {
        <form id="webex-user-licence" method="get" action=address.path() class="cluster">
            {hidden(&address.pairs(0, |filter| filter.licence.clear()))}
            <select
                class="input"
                name="license"
                aria-label="Licence"
                autocomplete="off"
                data-submit=""
            >
                <option value="">"Any licence"</option>
                {options}
            </select>
            <button class="btn nojs">"Show"</button>
        </form>
    }
    .into_any()
}

fn standings(address: &Address<'_>) -> AnyView {
    let options: Vec<AnyView> = STANDINGS
        .into_iter()
        .map(|(standing, _, words)| {
            let href = address.with(0, |filter| filter.standing = standing);
            let current = (address.filter.standing == standing).then_some("true");
            view! { <li><a href=href data-noscroll="" aria-current=current>{words}</a></li> }
                .into_any()
        })
        .collect();
    view! { <ul class="segmented" aria-label="Status">{options}</ul> }.into_any()
}

fn nothing(address: &Address<'_>, total: u64) -> AnyView {
    let (title, help) = if total > 0 {
        ("These users are gone", "There are fewer by now.")
    } else if address.is_filtered() {
        ("No user is like that", "Other filters show more.")
    } else {
        ("No users yet", "They come with a sync of users, which is started at the connection.")
    };
    let all = (total > 0 || address.is_filtered()).then(|| {
        let href = address.with(0, |filter| {
            if total == 0 {
                *filter = UserFilter::default();
            }
        });
        let words = if total > 0 { "Go to the first page" } else { "Show all users" };
        view! { <a class="btn btn-primary" href=href>{words}</a> }
    });
    view! {
        <div class="empty">
            <Icon name=IconName::User/>
            <h2>{title}</h2>
            <p class="muted">{help}</p>
            {all}
        </div>
    }
    .into_any()
}

fn table(visit: &Visit<'_>, users: &[User]) -> AnyView {
    let rows = users.iter().map(|user| row(visit, user)).collect();
    table_of(
        "list-table webex-users",
        "",
        "Webex users".to_owned(),
        Some("Webex users, by name"),
        &[
            ("Name", ""),
            ("Address", ""),
            ("Status", ""),
            ("Licences", "wide-only"),
            ("Roles", "wide-only"),
        ],
        rows,
    )
}

fn row(visit: &Visit<'_>, user: &User) -> AnyView {
    let name = [&user.display_name, &user.email].into_iter().find(|text| !text.is_empty());
    let name = name.unwrap_or(&user.pkid).clone();
    let href = at_node(&detail_href(USER, &user.pkid), visit.node());
    view! {
        <tr id=format!("user-{}", user.pkid)>
            <th scope="row"><a href=href>{name}</a></th>
            <td>{user.email.clone()}</td>
            <td>{standing(user)}</td>
            <td class="wide-only webex-names">{user.licenses.join(", ")}</td>
            <td class="wide-only webex-names">{user.roles.join(", ")}</td>
        </tr>
    }
    .into_any()
}

fn standing(user: &User) -> AnyView {
    let (class, icon, words) = if user.invite_pending == Some(true) {
        ("badge is-warning", IconName::Clock, "Invitation pending")
    } else if user.login_enabled == Some(false) {
        ("badge", IconName::Lock, "Can't log in")
    } else {
        ("badge is-success", IconName::Succeeded, "Can log in")
    };
    view! {
        <span class=class>
            <Icon name=icon/>
            {words}
        </span>
    }
    .into_any()
}
