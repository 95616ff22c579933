//! `+SyncWebexTeamsRolesLicences`: the organisation, its roles and its licences.

use serde_json::Map;

use super::{
    Entry, LICENSE, ORGANIZATION, ROLE, Stop, Sync,
    apply::{text, value},
};
use crate::webex::shapes::{License, Organization, Person, Role};

pub async fn read(sync: &mut Sync<'_>) -> Result<(), Stop> {
    let organization = match sync.organization() {
        Some(id) => id,
        None => sync.get::<Person>("people/me").await?.org_id,
    };
    let organization: Organization = sync.get(&format!("organizations/{organization}")).await?;
    let id = organization.id.clone();
    sync.begin(ORGANIZATION).await?;
    sync.take(vec![organization_entry(organization)]).await?;
    sync.list(ROLE, "roles", &[], role_entry).await?;
    sync.list(LICENSE, "licenses", &[("orgId", &id)], license_entry).await?;
    sync.prune().await
}

fn organization_entry(organization: Organization) -> Entry {
    let Organization { id, display_name } = organization;
    named(id, &display_name)
}

fn role_entry(role: Role) -> Entry {
    named(role.id, &role.name)
}

fn license_entry(license: License) -> Entry {
    let mut entry = named(license.id, &license.name);
    let data = &mut entry.data;
    value(data, "total_units", license.total_units);
    value(data, "consumed_units", license.consumed_units);
    value(data, "consumed_by_users", license.consumed_by_users);
    value(data, "consumed_by_workspaces", license.consumed_by_workspaces);
    text(data, "subscription_id", &license.subscription_id);
    text(data, "site_url", &license.site_url);
    text(data, "site_type", &license.site_type);
    entry
}

/// `id` and `name`; what has no name goes by its id.
fn named(id: String, name: &str) -> Entry {
    let mut data = Map::new();
    text(&mut data, "id", &id);
    text(&mut data, "name", if name.trim().is_empty() { &id } else { name });
    Entry { id, data }
}
