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
    let caller = sent.only_common()?.narrow(&app, caller).await?;
    let (_, sites) = licences::sites(&app, &caller, &tenant).await?;
    let lines: Vec<Value> = sites
        .iter()
        .map(|site| {
            json!({
                "group_id": site.node.name,
                "name": site.node.name,
                "description": site.description,
                "hierarchy": site.node.path,
                "users": site.users,
            })
        })
        .collect();
    Ok(Json(json!({ "groups": lines })))
}
