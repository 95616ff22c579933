//! Every route of the program.

use std::sync::Arc;

use axum::{Router, extract::Request, routing::any};
use leptos::config::LeptosOptions;
use tower_http::normalize_path::NormalizePath;

use super::{
    account, account_posts, auth, health,
    layers::{self, Around},
    licence_posts, loads,
    metrics::{self, Metrics},
    model::{self, other_routes},
    oauth,
    openapi::{self, Description},
    openid,
    pages::{self, Console, Drafts},
    posts, protection,
    routes::{Routes, Surface},
    site::Site,
    v1, webex_posts,
};
use crate::{
    domain::{App, SIMULATOR, accounts::openid::CALLBACK},
    fault::{Fault, FaultKind},
};

/// Every route: the common ones, and beside them those that take long and limit their bodies
/// themselves.
pub fn routes(app: &App) -> (Routes, Routes) {
    let open = Routes::of(Surface::Open)
        // Who runs and who is ready.
        .get("/healthz", health::healthz)
        .get("/readyz", health::readyz)
        .get("/metrics", metrics::answer)
        // What this interface is.
        .get("/api/openapi.json", openapi::json)
        .get("/api/docs", openapi::overview)
        .get("/api/docs/{section}", openapi::section)
        // Log-in of scripts.
        .post("/noninteractivelogin", auth::non_interactive_login)
        .post("/api/v01/auth/login", auth::token_login)
        .get("/api/v01/auth/access_token", auth::new_access_token)
        .post("/api/v01/auth/logout", auth::logout);

    // The model API: the same routes for every model.
    let mut models = other_routes();
    // Files that come, and Webex, which is called on the way and may ask for patience.
    let mut long = Routes::of(Surface::Console)
        .get("/oauth/webex/callback", oauth::callback)
        .get("/login/openid", openid::begin)
        .get(CALLBACK, openid::callback);
    for model in app.models.iter() {
        models = models.and(model::routes(model));
        long = long.and(model::long_routes(model)).and(loads::routes(model));
    }

    let provisioning = v1::routes().below(v1::BASE);

    let console = Routes::of(Surface::Console)
        .post("/fn/{*name}", pages::server_function)
        .get("/login", pages::page)
        .post("/login", pages::login)
        .post("/logout", pages::logout)
        .get("/account", pages::page)
        .post("/account", account_posts::account_form)
        .get("/oauth/webex/authorize/{pkid}", oauth::authorize)
        .post("/preferences", pages::preferences)
        .get("/transactions", pages::page)
        .post("/transactions", posts::model_form)
        .get("/transactions/{*rest}", pages::page)
        .post("/transactions/{*rest}", posts::model_form)
        .get("/tenants/{*rest}", licence_posts::tenant_page)
        .post("/tenants/{*rest}", licence_posts::tenant_form)
        .get("/webex/{*rest}", pages::page)
        .post("/webex/{*rest}", webex_posts::customer_form)
        .get("/models/{*rest}", pages::page)
        .post("/models/{*rest}", posts::model_form);

    (open.and(account::routes()).and(models).and(provisioning).and(console), long)
}

/// The whole service. Paths are the same with and without a trailing slash.
pub fn service(app: App, site: Site) -> Router {
    // Pages are rendered on tokio. A second service in the process finds it set already.
    let _ = any_spawner::Executor::init_tokio();
    let options = LeptosOptions::builder().output_name("tenantry").build();
    let assets = site.assets();
    let console =
        Console::new(pages::Furnishing { options, assets, site, drafts: Drafts::default() });

    let (quick, long) = routes(&app);
    let long = long.into_router().method_not_allowed_fallback(not_offered).with_state(app.clone());
    let mut router = quick.into_router();
    // What stands in for Webex in the demonstration; elsewhere there is nothing at its paths.
    if let Some(simulator) = &app.simulator {
        router = router.nest_service(SIMULATOR, simulator.router());
    }
    let router = router
        .route("/api", any(unknown_call))
        .route("/api/{*rest}", any(unknown_call))
        .route("/simulator", any(unknown_call))
        .route("/simulator/{*rest}", any(unknown_call))
        // Files of the site, and the pages that nothing is posted to.
        .fallback(pages::page)
        .method_not_allowed_fallback(not_offered)
        .with_state(app.clone());

    let around = Around {
        metrics: Arc::new(Metrics::default()),
        console,
        description: Description::default(),
        headers: protection::headers(&app),
        app,
    };
    let service = layers::around(around, router, long);
    // Routes are matched by paths without their trailing slash.
    Router::new().fallback_service(NormalizePath::trim_trailing_slash(service))
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
