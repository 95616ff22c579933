//! The calls on a model's collection: list and create.

use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value};

use super::{
    super::{
        body::JsonObject,
        caller::ApiCaller,
        hrefs::{ModelIs, Params},
    },
    envelope,
    prepared::{Answers, Gaps, Prepared, push_inside},
};
use crate::{
    domain::{App, inherited::Selector, lists, resources, tasks, templates},
    fault::Fault,
    list_query::{LOCATED_AT, ListQuery},
    store::ListRow,
};

/// `GET /api/<type>/<Model>/`
pub async fn list(
    State(app): State<App>,
    ApiCaller(caller): ApiCaller,
    ModelIs(model): ModelIs,
    answers: Answers,
    params: Params,
) -> Result<Response, Fault> {
    params.check_version(&model)?;
    let query = ListQuery::parse(&params.0).map_err(Fault::invalid)?;
    // Columns that are asked for, else those of the list where only these are.
    let columns = match query.columns.as_slice() {
        [] if query.summary => Some(model.summary_attrs.clone()),
        [] => None,
        asked => Some(asked.to_vec()),
    };
    let listed = lists::page(&app, &caller, &model, query).await?;
    let answers = answers.of(&caller, &model);
    let bytes: usize = listed.rows.iter().map(|row| row.data.len() + AROUND_ROW).sum();
    let mut text = String::with_capacity(bytes + AROUND_LIST);
    text.push_str("{\"pagination\":");
    text.push_str(&envelope::pagination(&model, &listed).to_string());
    text.push_str(",\"operations\":");
    text.push_str(answers.operations());
    text.push_str(",\"meta\":");
    answers.push_collection_meta(&mut text, &listed.place);
    text.push_str(",\"resources\":[");
    for (position, row) in listed.rows.iter().enumerate() {
        if position > 0 {
            text.push(',');
        }
        push_row(&mut text, &answers, row, columns.as_deref())?;
    }
    text.push_str("]}");
    Ok(json_text(text))
}

/// About as many bytes stand around a row, and around the rows.
const AROUND_ROW: usize = 400;
const AROUND_LIST: usize = 4000;

/// One of `resources`: the stored JSON as it is, with the place added.
pub(super) fn push_row(
    text: &mut String,
    answers: &Prepared,
    row: &ListRow,
    columns: Option<&[String]>,
) -> Result<(), Fault> {
    text.push_str("{\"data\":");
    if let Some(columns) = columns {
        text.push_str(&cut_down(row, columns)?);
    } else {
        let open = row.data.strip_suffix('}').unwrap_or(&row.data);
        text.push_str(open);
        text.push_str(if open.len() > 1 { ",\"" } else { "\"" });
        text.push_str(LOCATED_AT);
        text.push_str("\":\"");
        push_inside(text, &row.node_path);
        text.push_str("\"}");
    }
    text.push_str(",\"meta\":");
    let gaps = Gaps { pkid: &row.pkid, node_pkid: &row.node_pkid, node_path: &row.node_path };
    answers.push_row_meta(text, gaps);
    text.push('}');
    Ok(())
}

fn cut_down(row: &ListRow, columns: &[String]) -> Result<String, Fault> {
    let data: Map<String, Value> = serde_json::from_str(&row.data).map_err(|error| {
        tracing::error!(%error, pkid = row.pkid, "the stored JSON can't be read");
        Fault::internal()
    })?;
    let mut summary = Map::new();
    for name in columns {
        if name == LOCATED_AT {
            summary.insert(name.clone(), Value::String(row.node_path.clone()));
        } else if let Some(value) = data.get(name) {
            summary.insert(name.clone(), value.clone());
        }
    }
    Ok(Value::Object(summary).to_string())
}

/// A body that is JSON already.
pub fn json_text(text: String) -> Response {
    let kind = HeaderValue::from_static("application/json");
    ([(header::CONTENT_TYPE, kind)], text).into_response()
}

/// `POST /api/<type>/<Model>/`
pub async fn create(
    State(app): State<App>,
    ApiCaller(caller): ApiCaller,
    ModelIs(model): ModelIs,
    params: Params,
    body: JsonObject,
) -> Result<Response, Fault> {
    let (at, manner) = (params.hierarchy(), params.manner(body.callback));
    let template = Selector::template(&params.0);
    let data = templates::applied_to_new(&app, &caller, &model, at, template, body.object).await?;
    if manner.nowait {
        let asked = tasks::queue_create(&app, &caller, &model, at, data, manner).await?;
        return Ok(envelope::accepted(&asked.transaction_id));
    }
    let written = resources::create(&app, &caller, &model, at, data).await?;
    Ok(envelope::written(&model, StatusCode::CREATED, &written))
}
