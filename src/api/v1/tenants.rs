//! `/api/v1/tenants/`: the customers, by their tenant ids.

use axum::{Json, extract::State};
use serde_json::{Map, Value, json};

use super::{
    super::caller::ApiCaller,
    Names,
    criteria::{Kind, Sent},
};
use crate::{
    domain::{
        App,
        licences::{self, Tenant},
    },
    fault::Fault,
};

/// How many lines a list has at most.
pub const SIZE_LIMIT: (&str, Kind) = ("sizeLimit", Kind::Integer(1, u32::MAX as u64));

/// `GET /api/v1/tenants/`
pub async fn list(
    State(app): State<App>,
    ApiCaller(caller): ApiCaller,
    sent: Sent,
) -> Result<Json<Value>, Fault> {
    let criteria = sent.check(&[SIZE_LIMIT])?;
    let limit = criteria.integer(SIZE_LIMIT.0).and_then(|n| u32::try_from(n).ok());
    let tenants = licences::tenants(&app, &caller, criteria.text("hierarchy"), limit).await?;
    let lines: Vec<Value> = tenants.iter().map(line).map(Value::Object).collect();
    Ok(Json(json!({ "tenants": lines })))
}

/// `GET /api/v1/tenants/{tenant}/`
pub async fn one(
    State(app): State<App>,
    ApiCaller(caller): ApiCaller,
    Names(tenant): Names<String>,
    sent: Sent,
) -> Result<Json<Value>, Fault> {
    let caller = sent.only_common()?.narrow(&app, caller)?;
    let detail = licences::detail(&app, &caller, &tenant).await?;
    let mut body = line(&detail.tenant);
    body.insert("groups".to_owned(), json!(detail.groups));
    body.insert("users".to_owned(), json!(detail.users));
    Ok(Json(body.into()))
}

fn line(tenant: &Tenant) -> Map<String, Value> {
    let mut line = Map::new();
    for (name, value) in [
        ("tenant_id", &tenant.tenant_id),
        ("name", &tenant.node.name),
        ("description", &tenant.description),
        ("hierarchy", &tenant.node.path),
    ] {
        line.insert(name.to_owned(), json!(value));
    }
    line
}
