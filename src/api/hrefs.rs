//! What the model API's handlers take from a request's line and headers: the model, the pkid, the
//! query string, `If-Match`.

use std::{convert::Infallible, sync::Arc};

use axum::{
    extract::{FromRequestParts, Path},
    http::{header, request::Parts},
};

use crate::{
    domain::{
        App,
        resources::{self, Expected},
        tasks::{Manner, callback::Callback},
    },
    fault::Fault,
    model::Model,
};

/// The model whose routes these are; put beside them by the router.
#[derive(Clone)]
pub struct ModelIs(pub Arc<Model>);

impl FromRequestParts<App> for ModelIs {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Fault> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| {
            tracing::error!("a model's route has no model");
            Fault::internal()
        })
    }
}

/// The pkid of the path: any opaque string.
pub struct Pkid(pub String);

impl FromRequestParts<App> for Pkid {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Fault> {
        let Path(pkid) = Path::<String>::from_request_parts(parts, app)
            .await
            .map_err(|_| Fault::not_found("The path doesn't name an instance."))?;
        Ok(Self(pkid))
    }
}

/// The pairs of the query string, decoded.
pub struct Params(pub Vec<(String, String)>);

impl<S: Sync> FromRequestParts<S> for Params {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        let query = parts.uri.query().unwrap_or_default();
        Ok(Self(url::form_urlencoded::parse(query.as_bytes()).into_owned().collect()))
    }
}

impl Params {
    /// The last value of a parameter.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub fn hierarchy(&self) -> Option<&str> {
        self.get("hierarchy")
    }

    /// Whether the caller waits, and whom to tell if not.
    pub fn manner(&self, callback: Option<Callback>) -> Manner {
        if self.is_on("nowait") { Manner::queued(callback) } else { Manner::at_once() }
    }

    /// Refuses a version of the model's schema that there isn't.
    pub fn check_version(&self, model: &Model) -> Result<(), Fault> {
        for name in ["version", "tag_version"] {
            resources::known_version(model, name, self.get(name))?;
        }
        Ok(())
    }

    /// Whether a switch such as `schema=1` or `nowait=true` is on.
    pub fn is_on(&self, name: &str) -> bool {
        self.get(name).is_some_and(|v| v == "1" || v.eq_ignore_ascii_case("true"))
    }
}

/// The `ETag` of a version.
pub fn etag(version: u64) -> String {
    format!("\"{version}\"")
}

/// What `If-Match` asks for.
pub struct IfMatch(pub Expected);

impl<S: Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        let tags: Vec<&str> = parts
            .headers
            .get_all(header::IF_MATCH)
            .iter()
            // A value that isn't text is some tag that is not ours.
            .flat_map(|value| value.to_str().unwrap_or("?").split(','))
            .map(str::trim)
            .collect();
        if tags.is_empty() || tags.contains(&"*") {
            return Ok(Self(Expected::Any));
        }
        let versions = tags
            .iter()
            .filter_map(|tag| tag.strip_prefix('"')?.strip_suffix('"')?.parse().ok())
            .collect();
        Ok(Self(Expected::OneOf(versions)))
    }
}
