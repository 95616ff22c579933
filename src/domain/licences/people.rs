//! The users of a site, as the provisioning API lists them.

use serde_json::{Map, Value};

use super::{USER, UserRef, tenants, users};
use crate::{
    domain::{
        App, Caller,
        access::{Permission, permit_type},
        resources::from_json,
    },
    fault::Fault,
    list_query::Direction,
    model::Kind,
    store::{Attr, Cover, ListRow, ListSpec, Order},
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
    let (caller, tenant_id, group) = (caller.clone(), tenant_id.to_owned(), group.to_owned());
    app.store
        .read(move |tx| {
            let tenant = tenants::find(tx, &caller, &tenant_id)?;
            let site = tenants::find_site(tx, &tenant, &group)?;
            permit_type(&caller, USER, Permission::Read)?;
            let rows = tx.list(&ListSpec {
                model: USER.to_owned(),
                cover: Cover::Local(site.id),
                filters: Vec::new(),
                order: Order {
                    attr: Attr::Data("user_id".to_owned(), Kind::String),
                    direction: Direction::Asc,
                },
                skip: 0,
                limit: limit.unwrap_or(u64::MAX),
            })?;
            rows.iter().map(listed).collect()
        })
        .await
}

/// One user.
pub async fn person(app: &App, caller: &Caller, user: UserRef) -> Result<Person, Fault> {
    let caller = caller.clone();
    app.store
        .read(move |tx| {
            let user = users::find(tx, &caller, &user)?;
            permit_type(&caller, USER, Permission::Read)?;
            Ok(Person::of(&from_json(&user)?))
        })
        .await
}

impl Person {
    fn of(user: &Map<String, Value>) -> Self {
        let text =
            |name: &str| user.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        Self {
            user_id: text("user_id"),
            first_name: text("first_name"),
            last_name: text("last_name"),
            email: text("email"),
        }
    }
}

fn listed(row: &ListRow) -> Result<Person, Fault> {
    match serde_json::from_str(&row.data) {
        Ok(data) => Ok(Person::of(&data)),
        Err(error) => {
            tracing::error!(%error, pkid = row.pkid, "the stored JSON can't be read");
            Err(Fault::internal())
        }
    }
}
