//! Every route of the program.

use std::sync::Arc;

use axum::{
    Extension, Router,
    extract::Request,
    routing::{any, get, post},
};
use leptos::config::LeptosOptions;
use tower_http::normalize_path::NormalizePath;

use super::{
    auth, health, layers, licence_posts, loads,
    model::{self, other_routes},
    oauth,
    pages::{self, Console, Drafts},
    posts,
    site::Site,
    v1, webex_posts,
};
use crate::{
    domain::{App, SIMULATOR},
    fault::{Fault, FaultKind},
};

/// The whole service. Paths are the same with and without a trailing slash.
pub fn service(app: App, site: Site) -> Router {
    // Pages are rendered on tokio. A second service in the process finds it set already.
    let _ = any_spawner::Executor::init_tokio();
    let options = LeptosOptions::builder().output_name("tenantry").build();
    let console =
        Console { options, assets: site.assets(), site: Arc::new(site), drafts: Drafts::default() };

    let mut router = Router::new()
        // Who runs and who is ready.
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        // Log-in of scripts.
        .route("/noninteractivelogin", post(auth::non_interactive_login))
        .route("/api/v01/auth/login", post(auth::token_login))
        .route("/api/v01/auth/access_token", get(auth::new_access_token))
        .route("/api/v01/auth/logout", post(auth::logout));

    // The model API: the same routes for every model.
    let mut long = Router::new();
    for model in app.models.iter() {
        router = router.nest(&format!("/api/{}", model.model_type), model::routes(model));
        long = long.merge(model::long_routes(model)).merge(loads::routes(model, &console));
    }
    // What stands in for Webex in the demonstration; elsewhere there is nothing at its paths.
    if let Some(simulator) = &app.simulator {
        router = router.nest_service(SIMULATOR, simulator.router());
    }
    // Webex is called on the way, and may ask for patience.
    let back = get(oauth::callback).layer(Extension(console.clone()));
    let long = long
        .route("/oauth/webex/callback", back)
        .method_not_allowed_fallback(not_offered)
        .with_state(app.clone());
    let router = router
        .merge(other_routes())
        // The provisioning API.
        .nest(v1::BASE, v1::routes())
        .route("/api", any(unknown_call))
        .route("/api/{*rest}", any(unknown_call))
        // The console.
        .route("/fn/{*name}", post(pages::server_function))
        .route("/login", post(pages::login).get(pages::page))
        .route("/logout", post(pages::logout))
        .route("/oauth/webex/authorize/{pkid}", get(oauth::authorize))
        .route("/simulator", any(unknown_call))
        .route("/simulator/{*rest}", any(unknown_call))
        .route("/preferences", post(pages::preferences))
        .route("/transactions", post(posts::model_form).get(pages::page))
        .route("/transactions/{*rest}", post(posts::model_form).get(pages::page))
        .route("/tenants/{*rest}", post(licence_posts::tenant_form).get(licence_posts::tenant_page))
        .route("/webex/{*rest}", post(webex_posts::customer_form).get(pages::page))
        .route("/models/{*rest}", post(posts::model_form).get(pages::page))
        .fallback(pages::page)
        .method_not_allowed_fallback(not_offered)
        .layer(Extension(console))
        .with_state(app.clone());

    // Routes are matched by paths without their trailing slash.
    Router::new()
        .fallback_service(NormalizePath::trim_trailing_slash(layers::around(app, router, long)))
}

async fn unknown_call(request: Request) -> Fault {
    Fault::not_found(format!("There is no call {} {}.", request.method(), request.uri().path()))
}

async fn not_offered(request: Request) -> Fault {
    Fault::new(
        FaultKind::NotOffered,
        "not_offered",
        format!("{} is not offered at {}.", request.method(), request.uri().path()),
    )
}
