//! A user for each shipped role, to look at the console as they see it.

use serde_json::json;

use super::Filler;
use crate::{
    domain::{access::users, accounts::passwords},
    fault::Fault,
};

/// User name, role, where below the provider, and who it is.
const USERS: [(&str, &str, &str, [&str; 2]); 6] = [
    ("provider", "ProviderAdmin", "", ["Petra", "Provost"]),
    ("reseller", "ResellerAdmin", ".Harbour Voice", ["Rasmus", "Hafen"]),
    ("customer", "CustomerAdmin", ".Harbour Voice.Albatross Shipping", ["Carla", "Mast"]),
    ("operator", "Operator", "", ["Oskar", "Lind"]),
    ("auditor", "Auditor", "", ["Aurelia", "Buch"]),
    ("program", "ApiClient", ".Harbour Voice", ["Billing", "system"]),
];

/// Without a password, or with one that they may not have, they can't log in until one is set.
pub async fn fill(
    filler: &Filler<'_>,
    provider: &str,
    password: Option<&str>,
) -> Result<(), Fault> {
    for (username, role, below, [first_name, last_name]) in USERS {
        let mut data = json!({
            "username": username,
            "role": role,
            "first_name": first_name,
            "last_name": last_name,
            "email": format!("{username}@northwind.example"),
        });
        if let Some(password) = password.filter(|p| passwords::judge(p, username).is_ok()) {
            data["password"] = password.into();
        }
        filler.add(users::MODEL, format!("{provider}{below}"), data).await?;
    }
    Ok(())
}
