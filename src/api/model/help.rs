//! The help page of a model, as a document of its own.

use axum::{
    Extension,
    extract::State,
    http::HeaderMap,
    response::{Html, IntoResponse, Response},
};

use super::super::{
    caller::{ApiCaller, cookie},
    hrefs::{ModelIs, Params, Pkid},
    pages::Console,
    protection,
};
use crate::{
    domain::{App, access, resources},
    fault::Fault,
    model::Operation,
    ui::{self, Help, theme},
};

/// `GET /api/<type>/<Model>/help`
pub async fn of_model(
    State(app): State<App>,
    ApiCaller(caller): ApiCaller,
    ModelIs(model): ModelIs,
    Extension(console): Extension<Console>,
    params: Params,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    resources::permit_at(&app, &caller, &model, Operation::Help, params.hierarchy())?;
    let place = resources::place(&app, &caller, params.hierarchy())?;
    let help = Help { app: &app, model: &model, place: &place, instance: None };
    Ok(document(&console, &headers, &help))
}

/// `GET /api/<type>/<Model>/[pkid]/help`
pub async fn of_instance(
    State(app): State<App>,
    ApiCaller(caller): ApiCaller,
    ModelIs(model): ModelIs,
    Pkid(pkid): Pkid,
    Extension(console): Extension<Console>,
    params: Params,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    resources::place(&app, &caller, params.hierarchy())?;
    let stored = resources::get(&app, &caller, &model, &pkid).await?;
    access::permit(&caller, &model, Operation::Help)?;
    let data = resources::from_json(&stored)?;
    let instance = Some((stored.pkid.as_str(), &data));
    let help = Help { app: &app, model: &model, place: &stored.node, instance };
    Ok(document(&console, &headers, &help))
}

/// In the theme of the reader's console.
fn document(console: &Console, headers: &HeaderMap, help: &Help) -> Response {
    let theme = theme::known_theme(cookie(headers, theme::THEME).as_deref());
    let mut page = ui::help(help);
    page.title = format!("Help: {}", page.title);
    let page = Html(ui::document(&console.assets, theme, page));
    (protection::of_document(), page).into_response()
}
