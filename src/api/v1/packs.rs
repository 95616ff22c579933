//! `…/tenants/{tenant}/service_packs/`: the service packs that are put to a tenant.

use axum::{Json, extract::State, http::StatusCode, response::Response};
use serde_json::{Map, Value, json};

use super::{
    super::{body::PlainObject, caller::ApiCaller},
    Names,
    criteria::Sent,
    items::{Reading, told},
    written,
};
use crate::{
    domain::{
        App,
        hierarchy::shortened,
        licences::{self, PackLine, Quantity},
    },
    fault::{Fault, FieldError},
};

const FROM_CONFIG: &str = "servicePacksFromConfig";
const AUTHORISE: &str = "auto_auth_services";

/// What a pack that was read has beside its quantity; it may be sent back.
const READ: [&str; 4] = ["description", "maximumAllowed", "currentlyAllocated", "services"];

/// `GET …/service_packs/`
pub async fn list(
    State(app): State<App>,
    ApiCaller(caller): ApiCaller,
    Names(tenant): Names<String>,
    sent: Sent,
) -> Result<Json<Value>, Fault> {
    let caller = sent.only_common()?.narrow(&app, caller)?;
    let licences = licences::of_tenant(&app, &caller, &tenant).await?;
    Ok(Json(lines(&licences.packs)))
}

/// `GET …/service_packs/{name}/`
pub async fn one(
    State(app): State<App>,
    ApiCaller(caller): ApiCaller,
    Names((tenant, name)): Names<(String, String)>,
    sent: Sent,
) -> Result<Json<Value>, Fault> {
    let caller = sent.only_common()?.narrow(&app, caller)?;
    let licences = licences::of_tenant(&app, &caller, &tenant).await?;
    let pack = licences.packs.iter().find(|pack| pack.name == name).ok_or_else(|| {
        Fault::not_found(format!(
            "The tenant {} has no service pack {:?}.",
            licences.tenant.tenant_id,
            shortened(&name)
        ))
    })?;
    Ok(Json(detail(pack).into()))
}

/// `POST …/service_packs/`: all of the named packs, or none.
pub async fn put(
    State(app): State<App>,
    ApiCaller(caller): ApiCaller,
    Names(tenant): Names<String>,
    PlainObject(body): PlainObject,
) -> Result<Response, Fault> {
    let (packs, authorise) = read(body)?;
    let outcome = licences::put_packs(&app, &caller, &tenant, packs, authorise).await?;
    Ok(written(StatusCode::CREATED, &outcome.transaction_id, lines(&outcome.packs)))
}

fn read(body: Map<String, Value>) -> Result<(Vec<(String, Quantity)>, bool), Fault> {
    let mut reading = Reading::of(body);
    let mut packs = Vec::new();
    for item in reading.items(&[FROM_CONFIG], &["quantity"]) {
        let at = format!("{}/quantity", item.at);
        match Quantity::read(item.members.get("quantity"), &at, &told(&item.name)) {
            Ok(quantity) => packs.push((item.name, quantity)),
            Err(error) => reading.refuse(error),
        }
    }
    let authorise = match reading.take(AUTHORISE) {
        None => false,
        Some(Value::Bool(authorise)) => authorise,
        Some(_) => {
            let text = format!("{AUTHORISE} must be true or false.");
            reading.refuse(FieldError::new(format!("/{AUTHORISE}"), "wrong_type", text));
            false
        }
    };
    reading.end()?;
    if packs.is_empty() {
        return Err(Fault::field(
            format!("/{FROM_CONFIG}"),
            "required",
            format!("Name at least one service pack in {FROM_CONFIG}; nothing was done."),
        ));
    }
    Ok((packs, authorise))
}

/// `PUT …/service_packs/{name}/` with the new `quantity`, or `allocated` as it is read.
pub async fn change(
    State(app): State<App>,
    ApiCaller(caller): ApiCaller,
    Names((tenant, name)): Names<(String, String)>,
    PlainObject(body): PlainObject,
) -> Result<Response, Fault> {
    let quantity = read_change(body, &name)?;
    let outcome = licences::change_pack(&app, &caller, &tenant, &name, quantity).await?;
    let body = outcome.packs.first().map(detail).unwrap_or_default();
    Ok(written(StatusCode::OK, &outcome.transaction_id, body.into()))
}

fn read_change(body: Map<String, Value>, name: &str) -> Result<Quantity, Fault> {
    let mut reading = Reading::of(body);
    for member in READ {
        reading.take(member);
    }
    if reading.take("name").is_some_and(|sent| sent != name) {
        let text = format!("The path names the service pack {}; leave the name away.", told(name));
        reading.refuse(FieldError::new("/name", "immutable", text));
    }
    let (quantity, allocated) = (reading.take("quantity"), reading.take("allocated"));
    if quantity.is_some() && allocated.is_some() {
        let text = "Give either quantity or allocated, not both; nothing was done.";
        reading.refuse(FieldError::new("/allocated", "ambiguous", text));
    }
    let at = if allocated.is_some() { "/allocated" } else { "/quantity" };
    let read = Quantity::read(quantity.or(allocated).as_ref(), at, &told(name));
    if let Err(error) = &read {
        reading.refuse(error.clone());
    }
    reading.end()?;
    read.map_err(|error| Fault::invalid(vec![error]))
}

/// `DELETE …/service_packs/{name}/`; answers the pack as it was.
pub async fn remove(
    State(app): State<App>,
    ApiCaller(caller): ApiCaller,
    Names((tenant, name)): Names<(String, String)>,
) -> Result<Response, Fault> {
    let outcome = licences::remove_pack(&app, &caller, &tenant, &name).await?;
    let body = outcome.packs.first().map(detail).unwrap_or_default();
    Ok(written(StatusCode::OK, &outcome.transaction_id, body.into()))
}

/// A pack among a tenant's licences.
pub fn line(pack: &PackLine) -> Map<String, Value> {
    let mut line = Map::new();
    for (name, value) in [
        ("name", json!(pack.name)),
        ("description", json!(pack.description)),
        ("maximumAllowed", pack.maximum_allowed.to_json()),
        ("allocated", pack.allocated.to_json()),
        ("currentlyAllocated", json!(pack.used)),
    ] {
        line.insert(name.to_owned(), value);
    }
    line
}

/// The same with its services.
fn detail(pack: &PackLine) -> Map<String, Value> {
    let mut detail = line(pack);
    detail.insert("services".to_owned(), json!(pack.services));
    detail
}

fn lines(packs: &[PackLine]) -> Value {
    let lines: Vec<Value> = packs.iter().map(|pack| detail(pack).into()).collect();
    json!({ "servicePacks": lines })
}
