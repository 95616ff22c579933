//! The provisioning API: service packs and user services as they are configured, tenants, their
//! licences, and who uses them. A thin face on the domain; what is refused below its path has an
//! envelope of its own ([`error`]).

mod configs;
mod criteria;
mod error;
mod groups;
mod items;
mod licence_table;
mod licenses;
mod packs;
mod tenants;
mod users;

use axum::{
    Json, Router,
    extract::{FromRequestParts, Path},
    http::{HeaderName, HeaderValue, StatusCode, request::Parts},
    response::{IntoResponse, Response},
    routing::get,
};
use serde::de::DeserializeOwned;
use serde_json::Value;

pub use error::envelope;
pub use users::{answer as assigned, wanted};

use crate::{domain::App, fault::Fault};

/// Where it stands.
pub const BASE: &str = "/api/v1";

/// The record of a write. Bodies stay as the documents print them.
const TRANSACTION_ID: HeaderName = HeaderName::from_static("x-transaction-id");

/// The routes, below [`BASE`].
pub fn routes() -> Router<App> {
    Router::new()
        .route("/configs/service_packs", get(configs::service_packs))
        .route("/configs/service_packs/{name}", get(configs::service_pack))
        .route("/configs/user_services", get(configs::user_services))
        .route("/configs/user_services/{name}", get(configs::user_service))
        .route("/tenants", get(tenants::list))
        .route("/tenants/{tenant}", get(tenants::one))
        .route("/tenants/{tenant}/licenses", get(licenses::of_tenant).put(licenses::set_tenant))
        .route("/tenants/{tenant}/service_packs", get(packs::list).post(packs::put))
        .route(
            "/tenants/{tenant}/service_packs/{name}",
            get(packs::one).put(packs::change).delete(packs::remove),
        )
        .route("/tenants/{tenant}/groups", get(groups::list))
        .route(
            "/tenants/{tenant}/groups/{group}/licenses",
            get(licenses::of_site).put(licenses::set_site),
        )
        .route("/tenants/{tenant}/groups/{group}/users", get(users::list))
        .route("/tenants/{tenant}/groups/{group}/users/{user}", get(users::one))
        .route(
            "/tenants/{tenant}/groups/{group}/users/{user}/services",
            get(users::services).post(users::assign).delete(users::unassign),
        )
        .route(
            "/tenants/{tenant}/groups/{group}/users/{user}/properties/integrated_client_package",
            get(users::integrated_client_package),
        )
}

/// The names in a path, decoded: a slash in a name stands there as `%2F`.
struct Names<T>(T);

impl<T: DeserializeOwned + Send> FromRequestParts<App> for Names<T> {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Fault> {
        let Path(names) = Path::<T>::from_request_parts(parts, app).await.map_err(|_| {
            Fault::not_found("A name in the path isn't UTF-8 text, so there is nothing there.")
        })?;
        Ok(Self(names))
    }
}

/// The answer to a write, with its record's id beside it.
fn written(status: StatusCode, transaction_id: &str, body: Value) -> Response {
    let mut response = (status, Json(body)).into_response();
    if let Ok(id) = HeaderValue::from_str(transaction_id) {
        response.headers_mut().insert(TRANSACTION_ID, id);
    }
    response
}
