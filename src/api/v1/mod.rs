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
    Json,
    extract::{FromRequestParts, Path},
    http::{HeaderName, HeaderValue, StatusCode, request::Parts},
    response::{IntoResponse, Response},
};
use serde::de::DeserializeOwned;
use serde_json::Value;

pub use error::envelope;
pub use users::{answer as assigned, wanted};

use super::routes::{Routes, Surface};
use crate::{domain::App, fault::Fault};

/// Where it stands.
pub const BASE: &str = "/api/v1";

/// The record of a write. Bodies stay as the documents print them.
const TRANSACTION_ID: HeaderName = HeaderName::from_static("x-transaction-id");

/// The routes, below [`BASE`].
pub fn routes() -> Routes {
    let tenant = Routes::of(Surface::Provisioning)
        .get("/", tenants::one)
        .get("/licenses", licenses::of_tenant)
        .put("/licenses", licenses::set_tenant)
        .get("/service_packs", packs::list)
        .post("/service_packs", packs::put)
        .get("/service_packs/{name}", packs::one)
        .put("/service_packs/{name}", packs::change)
        .delete("/service_packs/{name}", packs::remove)
        .get("/groups", groups::list);
    let group = Routes::of(Surface::Provisioning)
        .get("/licenses", licenses::of_site)
        .put("/licenses", licenses::set_site)
        .get("/users", users::list);
    let user = Routes::of(Surface::Provisioning)
        .get("/", users::one)
        .get("/services", users::services)
        .post("/services", users::assign)
        .delete("/services", users::unassign)
        .get("/properties/integrated_client_package", users::integrated_client_package);
    Routes::of(Surface::Provisioning)
        .get("/configs/service_packs", configs::service_packs)
        .get("/configs/service_packs/{name}", configs::service_pack)
        .get("/configs/user_services", configs::user_services)
        .get("/configs/user_services/{name}", configs::user_service)
        .get("/tenants", tenants::list)
        .and(tenant.below("/tenants/{tenant}"))
        .and(group.below("/tenants/{tenant}/groups/{group}"))
        .and(user.below("/tenants/{tenant}/groups/{group}/users/{user}"))
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
