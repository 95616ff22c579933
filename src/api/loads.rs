//! The form post of the console that brings a file. Apart from the others, which take less.

use std::sync::Arc;

use axum::{
    Extension,
    extract::{DefaultBodyLimit, Multipart, State, multipart::MultipartRejection},
    http::{HeaderMap, request::Parts},
    response::{IntoResponse, Redirect, Response},
};

use super::{
    caller::PageCaller,
    model::import::{LIMIT, sent},
    pages::{self, Console, Pairs, pairs_of},
    routes::{Routes, Surface},
};
use crate::{
    domain::{
        App, Caller,
        inherited::Selector,
        tasks::{Asked, Manner, Mode},
        transfer::upload::{Wanted, import},
    },
    fault::Fault,
    model::{Model, form::value_of},
    server_fns::views::Posted,
    ui::routes::{self, Deed, ModelPath, TRANSACTION},
};

/// The page of one model that takes a file.
pub fn routes(model: &Model) -> Routes {
    let path = routes::many_href(&model.model_type, Deed::Load);
    Routes::of(Surface::Console)
        .get(&path, pages::page)
        .post(&path, load)
        .around(|router| router.layer(DefaultBodyLimit::max(LIMIT)))
}

async fn load(
    State(app): State<App>,
    Extension(console): Extension<Console>,
    caller: Option<PageCaller>,
    parts: Parts,
    headers: HeaderMap,
    body: Result<Multipart, MultipartRejection>,
) -> Result<Response, Fault> {
    let path = ModelPath::of_location(parts.uri.path())
        .ok_or_else(|| Fault::not_found("There is no such page."))?;
    let model = app.model(&path.model_type)?;
    let Some(PageCaller(caller)) = caller else {
        return Ok(console.ask_to_log_in_again(app, &model, &parts, &Vec::new()).await);
    };
    let query = pairs_of(&parts.uri);
    let mut typed = Vec::new();
    match queue(&app, &caller, &model, &query, sent(&headers, body).await, &mut typed).await {
        Ok(asked) => {
            let href = routes::detail_href(TRANSACTION, &asked.transaction_id);
            let href = routes::at_node(&href, value_of(&query, "hierarchy"));
            Ok(Redirect::to(&href).into_response())
        }
        Err(fault) => {
            let status = super::fault::status(fault.kind);
            let posted = Posted { pairs: typed, fault: Some(fault), notice: None };
            let mut response = console.render(app, Some(caller), &parts, Some(posted), None).await;
            *response.status_mut() = status;
            Ok(response)
        }
    }
}

/// Queues the load; `typed` gets what the page needs to be drawn again.
async fn queue(
    app: &App,
    caller: &Caller,
    model: &Arc<Model>,
    query: &Pairs,
    sent: Result<(crate::domain::transfer::upload::Upload, Pairs), Fault>,
    typed: &mut Pairs,
) -> Result<Asked, Fault> {
    let (upload, pairs) = sent?;
    typed.clone_from(&pairs);
    // What a browser sends where no file was chosen.
    if upload.name.is_empty() && upload.bytes.is_empty() {
        return Err(Fault::field("file", "required", "Choose a file first."));
    }
    let mode = value_of(&pairs, "mode").filter(|mode| !mode.is_empty());
    let wanted = Wanted {
        place: value_of(query, "hierarchy").map(str::to_owned),
        mode: mode.map(Mode::parse).transpose()?.unwrap_or_default(),
        template: Selector::template(&pairs),
    };
    import(app, caller, model, upload, wanted, Manner::queued(None)).await
}
