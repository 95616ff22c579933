//! `/api/v1/tenants/{tenant}/groups/`: the sites of a tenant.

use axum::{Json, extract::State};
use serde_json::{Value, json};

use super::{super::caller::ApiCaller, Names, criteria::Sent};
use crate::{
    domain::{App, licences},
    fault::Fault,
};

/// `GET /api/v1/tenants/{tenant}/groups/`
pub async fn list(
    State(app): State<App>,
    ApiCaller(caller): ApiCaller,
    Names(tenant): Names<String>,
    sent: Sent,
) -> Result<Json<Value>, Fault> {
    let caller = sent.only_common()?.narrow(&app, caller)?;
    let (_, sites) = licences::sites(&app, &caller, &tenant).await?;
    let named_so = |name: &str| sites.iter().filter(|site| site.node.name == name).count();
    let lines: Vec<Value> = sites
        .iter()
        .map(|site| {
            // What tells apart sites of one name is the pkid, by which paths name them then.
            let unique = named_so(&site.node.name) == 1;
            json!({
                "group_id": if unique { &site.node.name } else { &site.node.pkid },
                "name": site.node.name,
                "description": site.description,
                "hierarchy": site.node.path,
                "users": site.users,
            })
        })
        .collect();
    Ok(Json(json!({ "groups": lines })))
}
