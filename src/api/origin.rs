//! Refuses writes that a page of another site has sent, whatever their path.

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderValue, header},
};

use crate::{
    domain::App,
    fault::{Fault, FaultKind},
};

/// What browsers say of where a request comes from.
const FETCH_SITE: &str = "sec-fetch-site";

/// Why a request isn't taken at all. Browsers say where a write comes from; what says nothing isn't a
/// browser and has no cookie that it didn't mean to send.
pub fn refusal(app: &App, request: &Request) -> Option<Fault> {
    let foreign = !request.method().is_safe() && is_foreign(app, request.headers());
    foreign.then(|| {
        Fault::new(
            FaultKind::Forbidden,
            "cross_origin",
            "This was sent by a page of another site and was refused.",
        )
    })
}

fn is_foreign(app: &App, headers: &HeaderMap) -> bool {
    let site = headers.get(FETCH_SITE).map(HeaderValue::as_bytes);
    if site.is_some_and(|site| ![b"same-origin".as_slice(), b"none"].contains(&site)) {
        return true;
    }
    let Some(origin) = headers.get(header::ORIGIN) else { return false };
    let origin = origin.to_str().unwrap_or_default();
    let public = &app.settings.public_url;
    if origin == public {
        return false;
    }
    // Under another name than the public one: that of the request, and no less safe.
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    match origin.split_once("://") {
        Some((scheme, name)) => {
            host.is_empty() || name != host || (scheme == "http" && public.starts_with("https:"))
        }
        None => true,
    }
}
