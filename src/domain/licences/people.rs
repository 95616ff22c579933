//! The users of a site, as the provisioning API lists them.

use serde_json::{Map, Value};

use super::{USER, tenants};
use crate::{
    domain::{App, Caller, hierarchy::shortened},
    fault::Fault,
    list_query::{Condition, Direction},
    model::Kind,
    store::{Attr, Cover, ListFilter, ListRow, ListSpec, Node, Order, ReadTx},
};

/// A user, without what it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    pub user_id: String,
    pub first_name: String,
    pub last_name: String,
    pub email: String,
}

/// The users of a site, by user id; at most `limit`.
pub async fn people(
    app: &App,
    caller: &Caller,
    tenant_id: &str,
    group: &str,
    limit: Option<u64>,
) -> Result<Vec<Person>, Fault> {
    let limit = limit.unwrap_or(u64::MAX);
    let (_, people) = read(app, caller, tenant_id, group, None, limit).await?;
    Ok(people)
}

/// One user of a site; not found when there is none of that id.
pub async fn person(
    app: &App,
    caller: &Caller,
    tenant_id: &str,
    group: &str,
    user_id: &str,
) -> Result<Person, Fault> {
    let (site, people) = read(app, caller, tenant_id, group, Some(user_id), 1).await?;
    people.into_iter().next().ok_or_else(|| {
        tenants::not_found(
            "user_id",
            format!("The site {} has no user {:?}.", site.name, shortened(user_id)),
        )
    })
}

async fn read(
    app: &App,
    caller: &Caller,
    tenant_id: &str,
    group: &str,
    user_id: Option<&str>,
    limit: u64,
) -> Result<(Node, Vec<Person>), Fault> {
    let (caller, tenant_id, group) = (caller.clone(), tenant_id.to_owned(), group.to_owned());
    let user_id = user_id.map(str::to_owned);
    app.store
        .read(move |tx| {
            let tenant = tenants::find(tx, &caller, &tenant_id)?;
            let site = tenants::find_site(tx, &tenant, &group)?;
            let people = at(tx, &site, user_id, limit)?;
            Ok((site, people))
        })
        .await
}

fn at(
    tx: &ReadTx<'_>,
    site: &Node,
    user_id: Option<String>,
    limit: u64,
) -> Result<Vec<Person>, Fault> {
    let attr = || Attr::Data("user_id".to_owned(), Kind::String);
    let named = user_id.map(|text| ListFilter {
        attrs: vec![attr()],
        condition: Condition::Equals,
        text,
        ignore_case: false,
    });
    let rows = tx.list(&ListSpec {
        model: USER.to_owned(),
        cover: Cover::Local(site.id),
        filters: named.into_iter().collect(),
        order: Order { attr: attr(), direction: Direction::Asc },
        skip: 0,
        limit,
    })?;
    rows.iter().map(person_of).collect()
}

fn person_of(row: &ListRow) -> Result<Person, Fault> {
    let data: Map<String, Value> = serde_json::from_str(&row.data).map_err(|error| {
        tracing::error!(%error, pkid = row.pkid, "the stored JSON can't be read");
        Fault::internal()
    })?;
    let text = |name: &str| data.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    Ok(Person {
        user_id: text("user_id"),
        first_name: text("first_name"),
        last_name: text("last_name"),
        email: text("email"),
    })
}
