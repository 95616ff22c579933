//! `…/licenses/` of a tenant and of a site: its lines are read, and those that a call names are
//! set, each judged for itself.

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{
    super::{body::PlainObject, caller::ApiCaller},
    Names, criteria,
    error::ITEM,
    items::{Reading, told},
    licence_table, packs, written,
};
use crate::{
    domain::{
        App,
        licences::{self, Family, ItemOutcome, Limit, Line, Outcome, Quantity},
    },
    fault::{Fault, FieldError},
};

const INCLUDE_PACKS: (&str, criteria::Kind) = ("includeServicePacks", criteria::Kind::Boolean);

const GROUP_SERVICES: &str = "groupServices";
const USER_SERVICES: &str = "userServices";

/// What a line that was read has beside its name and its limit. It may be sent back, and says
/// nothing then: counts follow from what uses the licences.
const COUNTS: [&str; 3] = ["currentlyAllocated", "packsAllocated", "inUse"];

/// `GET /api/v1/tenants/{tenant}/licenses/`
pub async fn of_tenant(
    State(app): State<App>,
    ApiCaller(caller): ApiCaller,
    Names(tenant): Names<String>,
    sent: criteria::Sent,
) -> Result<Response, Fault> {
    let criteria = sent.check(&[INCLUDE_PACKS])?;
    let caller = criteria.narrow(&app, caller)?;
    let licences = licences::of_tenant(&app, &caller, &tenant).await?;
    let (group, user) = (&licences.group, &licences.user);
    if let Some(file) = licence_table::of(&app, &caller, &criteria, &tenant, group, user).await? {
        return Ok(file);
    }
    let shown = |lines: Vec<Line>| lines.into_iter().map(Shown::of_tenant).collect();
    let packs = criteria
        .is_on(INCLUDE_PACKS.0)
        .then(|| licences.packs.iter().map(|pack| packs::line(pack).into()).collect());
    let body = Lines { packs, group: shown(licences.group), user: shown(licences.user) };
    Ok(Json(body).into_response())
}

/// `GET /api/v1/tenants/{tenant}/groups/{group}/licenses/`
pub async fn of_site(
    State(app): State<App>,
    ApiCaller(caller): ApiCaller,
    Names((tenant, group)): Names<(String, String)>,
    sent: criteria::Sent,
) -> Result<Response, Fault> {
    let criteria = sent.only_common()?;
    let caller = criteria.narrow(&app, caller)?;
    let licences = licences::of_site(&app, &caller, &tenant, &group).await?;
    let whose = format!("{tenant}_{}", licences.site.name);
    let file = licence_table::of(&app, &caller, &criteria, &whose, &licences.group, &licences.user)
        .await?;
    if let Some(file) = file {
        return Ok(file);
    }
    let shown = |lines: Vec<Line>| lines.into_iter().map(Shown::of_site).collect();
    let body = Lines { packs: None, group: shown(licences.group), user: shown(licences.user) };
    Ok(Json(body).into_response())
}

/// What is answered of a tenant or a site.
#[derive(Serialize)]
struct Lines {
    #[serde(rename = "servicePacks", skip_serializing_if = "Option::is_none")]
    packs: Option<Vec<Value>>,
    #[serde(rename = "groupServices")]
    group: Vec<Shown>,
    #[serde(rename = "userServices")]
    user: Vec<Shown>,
}

/// A service: its name and limit, and how much is used unless it isn't licensed.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    name: String,
    allocated: Quantity,
    #[serde(skip_serializing_if = "Option::is_none")]
    currently_allocated: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    packs_allocated: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    in_use: Option<u64>,
}

impl Shown {
    fn of_tenant(line: Line) -> Self {
        let licensed = is_licensed(&line);
        let by_packs = licensed && line.family == Family::User;
        Self {
            currently_allocated: licensed.then_some(line.used),
            packs_allocated: by_packs.then_some(line.packs),
            in_use: None,
            name: line.name,
            allocated: line.allocated,
        }
    }

    fn of_site(line: Line) -> Self {
        Self {
            in_use: is_licensed(&line).then_some(line.used),
            currently_allocated: None,
            packs_allocated: None,
            name: line.name,
            allocated: line.allocated,
        }
    }
}

/// Whether there is anything to count. What is used without a licence, which can't come about
/// here, is shown all the same.
fn is_licensed(line: &Line) -> bool {
    !line.allocated.is_none() || line.taken() > 0
}

/// `PUT /api/v1/tenants/{tenant}/licenses/`
pub async fn set_tenant(
    State(app): State<App>,
    ApiCaller(caller): ApiCaller,
    Names(tenant): Names<String>,
    PlainObject(body): PlainObject,
) -> Result<Response, Fault> {
    let limits = read(body)?;
    let outcome = licences::set_tenant(&app, &caller, &tenant, limits).await?;
    Ok(answer(&outcome))
}

/// `PUT /api/v1/tenants/{tenant}/groups/{group}/licenses/`
pub async fn set_site(
    State(app): State<App>,
    ApiCaller(caller): ApiCaller,
    Names((tenant, group)): Names<(String, String)>,
    PlainObject(body): PlainObject,
) -> Result<Response, Fault> {
    let limits = read(body)?;
    let outcome = licences::set_site(&app, &caller, &tenant, &group, limits).await?;
    Ok(answer(&outcome))
}

/// The limits that a body sets. Whatever is of the wrong form is named, and nothing is set.
fn read(body: Map<String, Value>) -> Result<Vec<Limit>, Fault> {
    let mut reading = Reading::of(body);
    if reading.take("servicePacks").is_some() {
        reading.refuse(FieldError::new(
            "/servicePacks",
            "not_here",
            "The quantities of service packs are set at service_packs/ of the tenant.",
        ));
    }
    let mut known = vec!["allocated"];
    known.extend(COUNTS);
    let mut limits = Vec::new();
    for item in reading.items(&[GROUP_SERVICES, USER_SERVICES], &known) {
        let at = format!("{}/allocated", item.at);
        match Quantity::read(item.members.get("allocated"), &at, &told(&item.name)) {
            Ok(allocated) => {
                let family = if item.list == GROUP_SERVICES { Family::Group } else { Family::User };
                limits.push(Limit { family, name: item.name, allocated });
            }
            Err(error) => reading.refuse(error),
        }
    }
    reading.end()?;
    if limits.is_empty() {
        let text = "Name at least one service in groupServices or userServices; nothing was done.";
        return Err(Fault::invalid(vec![FieldError::new("", "nothing_to_change", text)]));
    }
    Ok(limits)
}

/// What became of each item: 200 when all were set, 400 when none was, else 207.
fn answer(outcome: &Outcome) -> Response {
    let failed = outcome.items.iter().filter(|item| item.result.is_err()).count();
    let mut body = Map::new();
    for (list, family) in [(USER_SERVICES, Family::User), (GROUP_SERVICES, Family::Group)] {
        let lines: Vec<Value> =
            outcome.items.iter().filter(|item| item.family == family).map(status_line).collect();
        if !lines.is_empty() {
            body.insert(list.to_owned(), lines.into());
        }
    }
    let status = status(failed, outcome.items.len());
    match &outcome.transaction_id {
        Some(id) => written(status, id, body.into()),
        None => (status, Json(body)).into_response(),
    }
}

/// The status of a call of which some items were refused.
pub fn status(failed: usize, all: usize) -> StatusCode {
    match failed {
        0 => StatusCode::OK,
        _ if failed < all => StatusCode::MULTI_STATUS,
        _ => StatusCode::BAD_REQUEST,
    }
}

/// An item with what became of it.
fn status_line(item: &ItemOutcome) -> Value {
    match &item.result {
        Ok(_) => json!({ "name": item.name, "status": "updated" }),
        Err(refusal) => json!({
            "name": item.name,
            "status": "error",
            "code": ITEM,
            "message": refusal.message,
        }),
    }
}
