//! Records what callers were refused: whatever leaves with 403 passes here, from both APIs and the
//! console alike.

use std::sync::{Arc, OnceLock};

use axum::{
    extract::{Request, State},
    http::{StatusCode, header, request::Parts},
    middleware::Next,
    response::Response,
};

use crate::{
    domain::{App, Caller, audit, resources},
    fault::Fault,
};

/// Who is calling, once that is known: put in by what finds it out.
#[derive(Clone, Default)]
struct Known(Arc<OnceLock<Caller>>);

/// Tells who has been found to be calling.
pub fn known(parts: &Parts, caller: &Caller) {
    if let Some(Known(cell)) = parts.extensions.get() {
        // A second look finds the same.
        let _ = cell.set(caller.clone());
    }
}

/// Around everything: what is answered with 403 to somebody who is known is recorded.
pub async fn record(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let Known(cell) = Known::default();
    request.extensions_mut().insert(Known(Arc::clone(&cell)));
    let method = request.method().clone();
    let path = path_of(&request);
    let response = next.run(request).await;
    if response.status() == StatusCode::FORBIDDEN
        && let Some(caller) = cell.get()
    {
        let why = response.extensions().get::<Fault>().map(|fault| fault.message.as_str());
        let what = match why {
            Some(why) => format!("{method} {path}. {}", why.trim_end_matches('.')),
            None => format!("{method} {path}"),
        };
        let (model_type, href) = about(&app, &path);
        audit::refused(&app, caller, &what, &model_type, &href).await;
    }
    response
}

/// The path that was asked for, without its query; of what the console calls that of its page.
fn path_of(request: &Request) -> String {
    let path = request.uri().path();
    let referer = request.headers().get(header::REFERER).and_then(|value| value.to_str().ok());
    let page =
        referer.filter(|_| path.starts_with("/fn/")).and_then(|url| url::Url::parse(url).ok());
    page.map_or_else(|| path.to_owned(), |page| page.path().to_owned())
}

/// The model that a path is about, and the API's path of its instance; empty where it is about none.
fn about(app: &App, path: &str) -> (String, String) {
    let rest = path.strip_prefix("/api/").or_else(|| path.strip_prefix("/models/"));
    let found = rest.and_then(|rest| {
        app.models.iter().find_map(|model| {
            let below = rest.strip_prefix(model.model_type.as_str())?;
            (below.is_empty() || below.starts_with('/')).then_some((model, below))
        })
    });
    let Some((model, below)) = found else { return <(String, String)>::default() };
    let pkid = below.trim_matches('/').split('/').next().filter(|text| is_pkid(text));
    let href = pkid.map_or_else(
        || format!("/api/{}", model.model_type),
        |pkid| resources::href(&model.model_type, pkid),
    );
    (model.model_type.clone(), href)
}

fn is_pkid(text: &str) -> bool {
    text.len() == 24 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
