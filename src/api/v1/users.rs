//! `…/groups/{group}/users/`: the users of a site, and what each is assigned.

use axum::{Json, extract::State, response::Response};
use serde_json::{Map, Value, json};

use super::{
    super::{body::PlainObject, caller::ApiCaller},
    Names,
    criteria::{Kind, Sent},
    items::Reading,
    licenses::status,
    tenants::SIZE_LIMIT,
    written,
};
use crate::{
    domain::{
        App,
        licences::{self, Assigned, ItemResult, Person, UserRef, Wanted},
    },
    fault::{Fault, FieldError},
};

const SERVICES: &str = "userServices";
const PACKS: &str = "servicePacks";

const MODE: (&str, Kind) = ("mode", Kind::Text);
const RAISE: (&str, Kind) = ("not_assigned_raises_404", Kind::Boolean);

/// The mode of an integrated client when none is asked for.
const DEFAULT_MODE: &str = "webex";

/// Tenant, group, user.
type Path = Names<(String, String, String)>;

fn named((tenant_id, group, user_id): (String, String, String)) -> UserRef {
    UserRef::Named { tenant_id, group, user_id }
}

/// `GET …/groups/{group}/users/`
pub async fn list(
    State(app): State<App>,
    ApiCaller(caller): ApiCaller,
    Names((tenant, group)): Names<(String, String)>,
    sent: Sent,
) -> Result<Json<Value>, Fault> {
    let criteria = sent.check(&[SIZE_LIMIT])?;
    let caller = criteria.narrow(&app, caller)?;
    let limit = criteria.integer(SIZE_LIMIT.0);
    let people = licences::people(&app, &caller, &tenant, &group, limit).await?;
    let lines: Vec<Value> = people.iter().map(line).collect();
    Ok(Json(json!({ "users": lines })))
}

/// `GET …/users/{user}/`
pub async fn one(
    State(app): State<App>,
    ApiCaller(caller): ApiCaller,
    Names(path): Path,
    sent: Sent,
) -> Result<Json<Value>, Fault> {
    let caller = sent.only_common()?.narrow(&app, caller)?;
    let person = licences::person(&app, &caller, named(path)).await?;
    Ok(Json(line(&person)))
}

fn line(person: &Person) -> Value {
    json!({
        "user_id": person.user_id,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "email": person.email,
    })
}

/// `GET …/users/{user}/services/`
pub async fn services(
    State(app): State<App>,
    ApiCaller(caller): ApiCaller,
    Names(path): Path,
    sent: Sent,
) -> Result<Json<Value>, Fault> {
    let caller = sent.only_common()?.narrow(&app, caller)?;
    let holdings = licences::holdings(&app, &caller, named(path)).await?;
    let items = |names: &[String]| -> Vec<Value> {
        names.iter().map(|name| json!({ "name": name })).collect()
    };
    Ok(Json(json!({ SERVICES: items(&holdings.services), PACKS: items(&holdings.packs) })))
}

/// `POST …/users/{user}/services/`
pub async fn assign(
    State(app): State<App>,
    ApiCaller(caller): ApiCaller,
    Names(path): Path,
    PlainObject(body): PlainObject,
) -> Result<Response, Fault> {
    let wanted = wanted(body)?;
    Ok(answer(&licences::assign(&app, &caller, named(path), wanted).await?, "assigned"))
}

/// `DELETE …/users/{user}/services/`, with what is taken back in its body.
pub async fn unassign(
    State(app): State<App>,
    ApiCaller(caller): ApiCaller,
    Names(path): Path,
    PlainObject(body): PlainObject,
) -> Result<Response, Fault> {
    let wanted = wanted(body)?;
    Ok(answer(&licences::unassign(&app, &caller, named(path), wanted).await?, "removed"))
}

/// `GET …/users/{user}/properties/integrated_client_package/`
pub async fn integrated_client_package(
    State(app): State<App>,
    ApiCaller(caller): ApiCaller,
    Names(path): Path,
    sent: Sent,
) -> Result<Json<Value>, Fault> {
    let criteria = sent.check(&[MODE, RAISE])?;
    let caller = criteria.narrow(&app, caller)?;
    let mode = criteria.text(MODE.0).unwrap_or(DEFAULT_MODE);
    let package = licences::integrated_client_package(&app, &caller, named(path), mode).await?;
    match package {
        Some(package) => Ok(Json(json!({ "package": package }))),
        None if criteria.is_on(RAISE.0) => Err(Fault::not_found(
            "The user has no service pack whose integrated client has this mode.",
        )),
        None => Ok(Json(json!({}))),
    }
}

/// What a body asks for: all of it, or a refusal that names what is of the wrong form.
pub fn wanted(body: Map<String, Value>) -> Result<Wanted, Fault> {
    let mut reading = Reading::of(body);
    let items = reading.items(&[SERVICES, PACKS], &[]);
    reading.end()?;
    if items.is_empty() {
        let text = "Name at least one item in userServices or servicePacks; nothing was done.";
        return Err(Fault::invalid(vec![FieldError::new("", "nothing_to_change", text)]));
    }
    let (services, packs): (Vec<_>, Vec<_>) =
        items.into_iter().partition(|item| item.list == SERVICES);
    let names = |items: Vec<super::items::Item>| items.into_iter().map(|i| i.name).collect();
    Ok(Wanted { services: names(services), packs: names(packs) })
}

/// What became of each item.
pub fn answer(assigned: &Assigned, done: &str) -> Response {
    let mut body = Map::new();
    for (list, items) in [(SERVICES, &assigned.services), (PACKS, &assigned.packs)] {
        let line = |item: &ItemResult| match &item.result {
            Ok(()) => json!({ "name": item.name, "status": done }),
            Err(refusal) => {
                json!({ "name": item.name, "status": "error", "message": refusal.message })
            }
        };
        if !items.is_empty() {
            body.insert(list.to_owned(), items.iter().map(line).collect());
        }
    }
    let all = assigned.services.iter().chain(&assigned.packs);
    let failed = all.clone().filter(|item| item.result.is_err()).count();
    written(status(failed, all.count()), &assigned.transaction_id, body.into())
}
