//! The calls on one instance: get, modify, delete.

use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{
    super::{
        body::JsonObject,
        caller::ApiCaller,
        hrefs::{IfMatch, ModelIs, Params, Pkid, etag},
    },
    collection::json_text,
    envelope,
    prepared::{Answers, Gaps},
};
use crate::{
    domain::{
        App, access, forms,
        inherited::Selector,
        resources::{self, Whole},
        tasks, templates,
    },
    fault::Fault,
};

/// `GET /api/<type>/<Model>/[pkid]/`; with `schema=true` the schema stands beside the data, as the
/// display policy that is chosen shows it.
pub async fn get(
    State(app): State<App>,
    ApiCaller(caller): ApiCaller,
    ModelIs(model): ModelIs,
    answers: Answers,
    Pkid(pkid): Pkid,
    params: Params,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    params.check_version(&model)?;
    resources::place(&app, &caller, params.hierarchy())?;
    let Whole { stored, own, controls } =
        resources::get_with_meta(&app, &caller, &model, &pkid).await?;
    let tag = etag(stored.version);
    // The tag says nothing of the display policy, on which the schema depends, nor of what `meta`
    // tells beside it.
    if own.is_empty() && controls.is_none() && !params.is_on("schema") && is_known(&headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
    }
    let mut text = String::with_capacity(stored.data.len() + AROUND);
    text.push_str("{\"data\":");
    text.push_str(&stored.data);
    text.push_str(",\"meta\":");
    if own.is_empty() && controls.is_none() && !params.is_on("schema") {
        let place = &stored.node;
        let gaps = Gaps { pkid: &stored.pkid, node_pkid: &place.pkid, node_path: &place.path };
        answers.of(&caller, &model).push_instance_meta(&mut text, gaps);
    } else {
        let shown = access::narrowed(&caller, &model);
        let mut meta = envelope::instance_meta(&shown, &stored, controls);
        if let Some(meta) = meta.as_object_mut() {
            meta.extend(own);
        }
        let mut schema = String::new();
        if params.is_on("schema") {
            let form = forms::of(&app, &model, &stored, params.0).await?;
            envelope::shaped_by(&mut meta, &form);
            schema = format!(",\"schema\":{}", form.model.schema);
        }
        text.push_str(&format!("{meta}{schema}"));
    }
    text.push('}');
    let mut response = json_text(text);
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    Ok(response)
}

/// About as many bytes stand around an instance.
const AROUND: usize = 4000;

/// Whether `If-None-Match` names the tag; a weak one will do.
fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .flat_map(|value| value.to_str().unwrap_or_default().split(','))
        .map(str::trim)
        .any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}

/// `PUT /api/<type>/<Model>/[pkid]/`
pub async fn modify(
    State(app): State<App>,
    ApiCaller(caller): ApiCaller,
    ModelIs(model): ModelIs,
    Pkid(pkid): Pkid,
    IfMatch(expected): IfMatch,
    params: Params,
    body: JsonObject,
) -> Result<Response, Fault> {
    resources::place(&app, &caller, params.hierarchy())?;
    let (data, manner) = (body.object, params.manner(body.callback));
    let template = Selector::template(&params.0);
    let data = templates::applied_to_stored(&app, &caller, &model, &pkid, template, data).await?;
    if manner.nowait {
        let asked =
            tasks::queue_modify(&app, &caller, &model, &pkid, expected, data, manner).await?;
        return Ok(envelope::accepted(&asked.transaction_id));
    }
    let written = resources::update(&app, &caller, &model, &pkid, expected, data).await?;
    Ok(envelope::written(&model, StatusCode::OK, &written))
}

/// `DELETE /api/<type>/<Model>/[pkid]/`
pub async fn delete(
    State(app): State<App>,
    ApiCaller(caller): ApiCaller,
    ModelIs(model): ModelIs,
    Pkid(pkid): Pkid,
    IfMatch(expected): IfMatch,
    params: Params,
) -> Result<Response, Fault> {
    resources::place(&app, &caller, params.hierarchy())?;
    let manner = params.manner(None);
    if manner.nowait {
        let asked = tasks::queue_remove(&app, &caller, &model, &pkid, expected, manner).await?;
        return Ok(envelope::accepted(&asked.transaction_id));
    }
    let written = resources::remove(&app, &caller, &model, &pkid, expected).await?;
    Ok(envelope::written(&model, StatusCode::OK, &written))
}
