//! `+SyncWebexTeamsUsers`: the people of the organisation, with their roles and licences by name.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::{
    super::same_organization,
    Entry, Stop, Sync, USER,
    apply::{text, value},
};
use crate::webex::shapes::{License, Person, Role};

/// People a page.
const PAGE: &str = "100";

pub async fn read(sync: &mut Sync<'_>) -> Result<(), Stop> {
    let organization = sync.organization();
    let of_licenses: Vec<(&str, &str)> = organization.iter().map(|id| ("orgId", &**id)).collect();
    let roles = sync.all::<Role>("roles", &[]).await?;
    let licenses = sync.all::<License>("licenses", &of_licenses).await?;
    let names = Names {
        roles: roles.into_iter().map(|role| (role.id, role.name)).collect(),
        licenses: licenses.into_iter().map(|license| (license.id, license.name)).collect(),
    };
    // Without the presence, which nobody asked for and which is slow.
    let mut query = vec![("max", PAGE), ("excludeStatus", "true")];
    if let Some(id) = &organization {
        // Webex wants it from administrators of another organisation only.
        let own = sync.get::<Person>("people/me").await?.org_id;
        if !same_organization(id, &own) {
            query.push(("orgId", id));
        }
    }
    sync.list(USER, "people", &query, |person| names.entry(person)).await?;
    sync.prune().await
}

/// Names of roles and licences by their ids.
struct Names {
    roles: HashMap<String, String>,
    licenses: HashMap<String, String>,
}

impl Names {
    fn entry(&self, person: Person) -> Entry {
        let mut data = Map::new();
        text(&mut data, "id", &person.id);
        let email = person.emails.first().map(String::as_str).unwrap_or_default();
        text(&mut data, "email", email);
        let full = format!("{} {}", person.first_name, person.last_name);
        let name = [person.display_name.as_str(), &full, email, &person.id]
            .into_iter()
            .find(|name| !name.trim().is_empty())
            .unwrap_or_default();
        text(&mut data, "display_name", name);
        text(&mut data, "first_name", &person.first_name);
        text(&mut data, "last_name", &person.last_name);
        text(&mut data, "status", &person.status);
        value(&mut data, "login_enabled", person.login_enabled);
        value(&mut data, "invite_pending", person.invite_pending);
        data.insert("roles".to_owned(), named(&self.roles, person.roles));
        data.insert("licenses".to_owned(), named(&self.licenses, person.licenses));
        Entry { id: person.id, data }
    }
}

/// Names in place of ids, each once, in their order: Webex's may be another every time. What isn't
/// known stays an id.
fn named(names: &HashMap<String, String>, ids: Vec<String>) -> Value {
    let mut list: Vec<String> = ids
        .into_iter()
        .map(|id| match names.get(&id) {
            Some(name) if !name.trim().is_empty() => name.trim().to_owned(),
            _ => id,
        })
        .collect();
    list.sort();
    list.dedup();
    json!(list)
}
