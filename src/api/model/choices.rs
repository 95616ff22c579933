//! `GET /api/<type>/<Model>/choices/`: what a field that refers to instances can be set to.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::{
    super::{
        caller::ApiCaller,
        hrefs::{ModelIs, Params},
    },
    envelope,
};
use crate::{
    domain::{
        App,
        choices::{self, ChoiceQuery},
    },
    fault::Fault,
    list_query::MAXIMUM_LIMIT,
};

const X_RANGE: HeaderName = HeaderName::from_static("x-range");

/// What stands for a total that isn't known.
const UNKNOWN: u64 = 999_999_999;

/// `{pagination, meta: {query, references}, choices: [{value, title}]}`
pub async fn list(
    State(app): State<App>,
    ApiCaller(caller): ApiCaller,
    ModelIs(model): ModelIs,
    Params(params): Params,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let mut query = ChoiceQuery::parse(&model, &params)?;
    let range = range(&headers)?;
    if let Some((first, last)) = range {
        query.list.skip = first;
        query.list.limit = (last - first).saturating_add(1).min(MAXIMUM_LIMIT);
    }
    let (listed, choices) = choices::page(&app, &caller, &model, &query).await?;
    let count = choices.len() as u64;
    let choices: Vec<Value> =
        choices.iter().map(|c| json!({ "value": c.value, "title": c.title })).collect();
    let body = json!({
        "pagination": envelope::pagination_of(
            &format!("/api/{}/choices/", model.model_type),
            &listed,
            &[
                ("field", &query.field),
                ("choice_title", &query.choice_title),
                ("title", &query.title),
            ],
        ),
        "meta": {
            "query": {
                "field": query.field,
                "choice_title": query.choice_title,
                "title": query.title,
                "filter_condition": query.condition,
            },
            "references": envelope::collection_references(&model, &listed.place),
        },
        "choices": choices,
    });
    let mut response = Json(body).into_response();
    if range.is_some() {
        let total = if listed.query.count { listed.total } else { UNKNOWN };
        let first = listed.query.skip;
        let text = match count {
            0 => format!("items */{total}"),
            n => format!("items {first}-{}/{total}", first + n - 1),
        };
        if let Ok(value) = HeaderValue::from_str(&text) {
            response.headers_mut().insert(header::CONTENT_RANGE, value);
        }
    }
    Ok(response)
}

/// The first and the last that `X-Range` or `Range` asks for. Ranges of other units than items
/// are none of ours.
fn range(headers: &HeaderMap) -> Result<Option<(u64, u64)>, Fault> {
    let named = [(X_RANGE, "X-Range"), (header::RANGE, "Range")];
    let found = named.iter().find_map(|(name, title)| Some((headers.get(name)?, *title)));
    let Some((value, title)) = found else { return Ok(None) };
    let text = value.to_str().unwrap_or_default().trim();
    let Some(items) = text.strip_prefix("items=") else { return Ok(None) };
    let read = |text: &str| text.parse::<u64>().ok().filter(|n| i64::try_from(*n).is_ok());
    let range = items
        .split_once('-')
        .and_then(|(first, last)| Some((read(first)?, read(last)?)))
        .filter(|(first, last)| first <= last);
    match range {
        Some(range) => Ok(Some(range)),
        None => Err(Fault::field(
            title,
            "malformed",
            format!("{title} must name the first and the last item, such as items=0-24."),
        )),
    }
}
