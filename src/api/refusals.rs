//! Records what callers were refused: whatever leaves with 403 passes here, from both APIs and the
//! console alike.

use std::sync::{Arc, OnceLock};

use axum::{
    extract::{Request, State},
    http::{StatusCode, request::Parts},
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
    // Without its query. What the console calls is told by its own path: who calls chooses the page.
    let path = request.uri().path().to_owned();
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
