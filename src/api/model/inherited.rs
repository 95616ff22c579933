//! The templates and the display policies that can be used with a model at a node, and the call
//! that creates another.

use std::sync::Arc;

use axum::{extract::State, response::Response};

use super::{
    super::{
        caller::ApiCaller,
        hrefs::{ModelIs, Params},
    },
    collection::{json_text, push_row},
    envelope,
    prepared::Answers,
};
use crate::{
    domain::{App, Caller, access, hierarchy, inherited, policies, resources, templates},
    fault::Fault,
    model::{Model, Operation},
};

/// `GET /api/<type>/<Model>/configuration_template/`
pub async fn configuration_templates(
    State(app): State<App>,
    ApiCaller(caller): ApiCaller,
    ModelIs(model): ModelIs,
    params: Params,
) -> Result<Response, Fault> {
    let operation = Operation::ConfigurationTemplate;
    resources::permit_at(&app, &caller, &model, operation, params.hierarchy())?;
    usable(&app, &caller, &model, templates::MODEL, params.hierarchy()).await
}

/// `GET /api/<type>/<Model>/field_display_policy/`
pub async fn field_display_policies(
    State(app): State<App>,
    ApiCaller(caller): ApiCaller,
    ModelIs(model): ModelIs,
    params: Params,
) -> Result<Response, Fault> {
    let operation = Operation::FieldDisplayPolicy;
    resources::permit_at(&app, &caller, &model, operation, params.hierarchy())?;
    usable(&app, &caller, &model, policies::MODEL, params.hierarchy()).await
}

/// `{meta, resources, actions}`: the nearest first. Creating is offered where it is allowed.
async fn usable(
    app: &App,
    caller: &Caller,
    model: &Arc<Model>,
    kind: &'static str,
    at: Option<&str>,
) -> Result<Response, Fault> {
    let kind = app.model(kind)?;
    let (place, all) = inherited::usable_at(app, caller, &kind, model, at).await?;
    let meta = envelope::collection_meta(&access::narrowed(caller, model), &place);
    let mut text = format!("{{\"meta\":{meta},\"resources\":[");
    let answers = Answers::default().of(caller, &kind);
    for (position, one) in all.iter().enumerate() {
        if position > 0 {
            text.push(',');
        }
        push_row(&mut text, &answers, &one.row, None)?;
    }
    let allowed = access::permits(caller, &kind, Operation::Add)
        && hierarchy::refusal_to_add(&kind, &place).is_none();
    let actions =
        if allowed { envelope::create_action(&kind, &place) } else { serde_json::json!([]) };
    text.push_str(&format!("],\"actions\":{actions}}}"));
    Ok(json_text(text))
}
