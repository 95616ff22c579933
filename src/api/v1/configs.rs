//! `/api/v1/configs/`: the service packs and user services that are configured, with exactly the
//! attributes of the documents, in their order. They are written over the model API.

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
        provisioning_configs::{self, Config},
    },
    fault::Fault,
};

/// What a user service is for, in the order of an instance.
const FLAGS: [&str; 4] = ["for_hg", "for_ivr", "for_cc", "for_enduser"];

/// Of an integrated client, in the order of the documents.
const CLIENT: [&str; 7] = [
    "device_types",
    "extra_phone_ids",
    "active_statuses",
    "with_credentials",
    "mode",
    "package",
    "package_level",
];

/// `GET /api/v1/configs/service_packs/`
pub async fn service_packs(
    State(app): State<App>,
    ApiCaller(caller): ApiCaller,
    sent: Sent,
) -> Result<Json<Value>, Fault> {
    let criteria = sent.check(&[("authorization", Kind::Integer(0, 2))])?;
    let caller = criteria.narrow(&app, caller)?;
    let packs =
        provisioning_configs::service_packs(&app, &caller, criteria.integer("authorization"))
            .await?;
    let lines: Vec<Value> = packs
        .iter()
        .map(|pack| {
            json!({
                "technical_name": text(pack, "technical_name"),
                "display_name": text(pack, "display_name"),
                "authorization": number(pack, "authorization"),
                "description": text(pack, "description"),
                "no_more_assignable": flag(pack, "no_more_assignable"),
                "has_integrated_client": !object(pack, "integrated_client").is_empty(),
                "options": list(pack, "options"),
            })
        })
        .collect();
    Ok(Json(json!({ "service_packs": lines })))
}

/// `GET /api/v1/configs/service_packs/{name}/`
pub async fn service_pack(
    State(app): State<App>,
    ApiCaller(caller): ApiCaller,
    Names(name): Names<String>,
    sent: Sent,
) -> Result<Json<Value>, Fault> {
    let caller = sent.only_common()?.narrow(&app, caller)?;
    let pack = provisioning_configs::service_pack(&app, &caller, &name).await?;
    Ok(Json(json!({
        "technical_name": text(&pack, "technical_name"),
        "display_name": text(&pack, "display_name"),
        "authorization": number(&pack, "authorization"),
        "description": text(&pack, "description"),
        "no_more_assignable": flag(&pack, "no_more_assignable"),
        "content": object(&pack, "content"),
        "integrated_client": client(object(&pack, "integrated_client")),
        "exclusive": list(&pack, "exclusive"),
        "options": list(&pack, "options"),
        "add_data": object(&pack, "add_data"),
    })))
}

/// `GET /api/v1/configs/user_services/`
pub async fn user_services(
    State(app): State<App>,
    ApiCaller(caller): ApiCaller,
    sent: Sent,
) -> Result<Json<Value>, Fault> {
    let criteria = sent.check(&FLAGS.map(|flag| (flag, Kind::Boolean)))?;
    let caller = criteria.narrow(&app, caller)?;
    // One that is false asks for nothing: the documents filter by those that are set.
    let mut flags = FLAGS.to_vec();
    flags.retain(|flag| criteria.is_on(flag));
    let services = provisioning_configs::user_services(&app, &caller, &flags).await?;
    let lines: Vec<Value> = services.iter().map(user_service_line).map(Value::Object).collect();
    Ok(Json(json!({ "user_services": lines })))
}

/// `GET /api/v1/configs/user_services/{name}/`
pub async fn user_service(
    State(app): State<App>,
    ApiCaller(caller): ApiCaller,
    Names(name): Names<String>,
    sent: Sent,
) -> Result<Json<Value>, Fault> {
    let caller = sent.only_common()?.narrow(&app, caller)?;
    let service = provisioning_configs::user_service(&app, &caller, &name).await?;
    let mut body = user_service_line(&service);
    for name in FLAGS {
        body.insert(name.to_owned(), json!(flag(&service, name)));
    }
    body.insert("add_data".to_owned(), json!(object(&service, "add_data")));
    Ok(Json(body.into()))
}

/// The attributes of a list, with which an instance begins.
fn user_service_line(service: &Config) -> Map<String, Value> {
    let mut line = Map::new();
    for name in ["technical_name", "display_name", "description"] {
        line.insert(name.to_owned(), json!(text(service, name)));
    }
    line.insert("no_more_assignable".to_owned(), json!(flag(service, "no_more_assignable")));
    line
}

/// An integrated client with its defaults; none stays an empty object.
fn client(mut stored: Map<String, Value>) -> Map<String, Value> {
    if stored.is_empty() {
        return stored;
    }
    let mut client = Map::new();
    for name in CLIENT {
        let value = stored.shift_remove(name).or_else(|| match name {
            "active_statuses" => Some(json!([true])),
            "with_credentials" => Some(json!(true)),
            _ => None,
        });
        if let Some(value) = value {
            client.insert(name.to_owned(), value);
        }
    }
    client.extend(stored);
    client
}

fn text<'a>(config: &'a Config, name: &str) -> &'a str {
    config.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn number(config: &Config, name: &str) -> u64 {
    config.get(name).and_then(Value::as_u64).unwrap_or_default()
}

fn flag(config: &Config, name: &str) -> bool {
    config.get(name).and_then(Value::as_bool).unwrap_or_default()
}

fn object(config: &Config, name: &str) -> Map<String, Value> {
    config.get(name).and_then(Value::as_object).cloned().unwrap_or_default()
}

fn list(config: &Config, name: &str) -> Vec<Value> {
    config.get(name).and_then(Value::as_array).cloned().unwrap_or_default()
}
