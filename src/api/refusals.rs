//! Records what callers were refused: whatever leaves with 403 passes here, from both APIs and the
//! console alike.

use std::sync::{Arc, OnceLock};

use axum::http::{Method, request::Parts};

use crate::{
    domain::{App, Caller, audit, resources},
    fault::Fault,
};

/// Who is calling, once that is known: put in by what finds it out.
#[derive(Clone, Default)]
pub struct Known(Arc<OnceLock<Caller>>);

/// Tells who has been found to be calling.
pub fn known(parts: &Parts, caller: &Caller) {
    if let Some(Known(cell)) = parts.extensions.get() {
        // A second look finds the same.
        let _ = cell.set(caller.clone());
    }
}

/// Records a call that was answered with 403, if it is known who called. The path is that of the call,
/// without its query; what the console calls is told by its own path: who calls chooses the page.
pub async fn record(app: &App, known: Known, method: &Method, path: &str, fault: Option<Fault>) {
    let Some(caller) = known.0.get() else { return };
    let what = match fault {
        Some(fault) => format!("{method} {path}. {}", fault.message.trim_end_matches('.')),
        None => format!("{method} {path}"),
    };
    let (model_type, href) = about(app, path);
    audit::refused(app, caller, &what, &model_type, &href).await;
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
