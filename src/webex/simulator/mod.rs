//! A simulator of Webex, for `--demo` and for tests: log-in and consent, tokens that lapse, an
//! organisation with roles, licences and people in pages, and failures on demand. It answers what
//! `client` reads, in Webex's shapes, and says on each of its pages what it is.

mod answers;
mod control;
mod control_page;
mod faults;
mod html;
mod login;
mod people;
mod resources;
mod tokens;
mod world;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    Router,
    http::header::CONTENT_SECURITY_POLICY,
    middleware::from_fn_with_state,
    response::Response,
    routing::{get, post},
};
use serde_json::Value;
use tower_http::set_header::SetResponseHeaderLayer;

pub use faults::{Failure, Fault};
pub use world::{Organization, Settings};

use super::client::ClientCredentials;
use crate::domain::env::Env;
use faults::Faults;
use tokens::{Code, Ledger};

/// The simulated Webex. Cheap to clone.
#[derive(Clone)]
pub struct Simulator(Arc<Inner>);

struct Inner {
    env: Env,
    /// Under which URL it is reached, with the version: what its links to next pages begin with.
    base: String,
    client: ClientCredentials,
    /// The origin at which browsers see the product.
    product: Option<String>,
    state: Mutex<State>,
}

struct State {
    settings: Settings,
    organizations: Vec<Arc<Organization>>,
    /// What consent was given for, by the code that was handed out.
    codes: BTreeMap<String, Code>,
    ledger: Ledger,
    /// Those of other programs, beside the product's own.
    integrations: Vec<ClientCredentials>,
    faults: Faults,
    calls: BTreeMap<String, u64>,
    /// Token calls under way now and at most at once, by organisation.
    refreshing: BTreeMap<String, (u64, u64)>,
}

impl Simulator {
    /// `base` is where its calls are reached from outside, such as
    /// `http://127.0.0.1:3000/simulator/v1`.
    pub fn new(
        env: Env,
        base: &str,
        client: ClientCredentials,
        organizations: Vec<Organization>,
    ) -> Self {
        let state = State {
            settings: Settings::default(),
            organizations: organizations.into_iter().map(Arc::new).collect(),
            codes: BTreeMap::new(),
            ledger: Ledger::new(env.now_seconds()),
            integrations: Vec::new(),
            faults: Faults::default(),
            calls: BTreeMap::new(),
            refreshing: BTreeMap::new(),
        };
        let base = base.trim_end_matches('/').to_owned();
        Self(Arc::new(Inner { env, base, client, product: None, state: Mutex::new(state) }))
    }

    /// A simulator that is part of the product leads browsers back to it, at this origin, and else
    /// only to programs on their own machine.
    #[must_use]
    pub fn within(self, origin: &str) -> Self {
        let Inner { env, base, client, state, .. } = match Arc::try_unwrap(self.0) {
            Ok(inner) => inner,
            // It is served already.
            Err(shared) => return Self(shared),
        };
        Self(Arc::new(Inner { env, base, client, product: Some(origin.to_owned()), state }))
    }

    /// The product's own integration.
    pub fn client(&self) -> &ClientCredentials {
        &self.0.client
    }

    /// The integration of that client id.
    fn integration(&self, id: &str) -> Option<ClientCredentials> {
        let state = self.state();
        let mut all = std::iter::once(&self.0.client).chain(&state.integrations);
        all.find(|client| client.id == id).cloned()
    }

    /// Its calls and pages, below its base.
    pub fn router(&self) -> Router {
        let calls = Router::new()
            .route("/access_token", post(tokens::access_token))
            .route("/authorizations/tokenExpiry", get(tokens::expiry))
            .route("/organizations", get(resources::organizations))
            .route("/organizations/{id}", get(resources::organization))
            .route("/roles", get(resources::roles))
            .route("/roles/{id}", get(resources::role))
            .route("/licenses", get(resources::licenses))
            .route("/licenses/{id}", get(resources::license))
            .route("/people", get(people::list))
            .route("/people/{id}", get(people::one))
            .fallback(answers::unknown)
            .layer(from_fn_with_state(self.clone(), faults::strike))
            .layer(from_fn_with_state(self.clone(), control::count));
        Router::new()
            .route("/authorize", get(login::page).post(login::decide))
            .route("/control", get(control::report).post(control::change))
            .merge(calls)
            .layer(SetResponseHeaderLayer::if_not_present(
                CONTENT_SECURITY_POLICY,
                |_: &Response| html::policy(),
            ))
            .with_state(self.clone())
    }

    /// What a log-in in the browser would bring: tokens for an organisation, as a code's exchange
    /// answers them. For data that is there from the start.
    pub fn grant(&self, organization: &str) -> Value {
        tokens::grant(self, organization)
    }

    /// Changes settings.
    pub fn set(&self, change: impl FnOnce(&mut Settings)) {
        change(&mut self.state().settings);
    }

    /// Changes what an organisation has, by its UUID.
    pub fn change(&self, organization: &str, change: impl FnOnce(&mut Organization)) {
        let mut state = self.state();
        if let Some(found) = state.organizations.iter_mut().find(|o| o.uuid == organization) {
            change(Arc::make_mut(found));
        }
    }

    /// Lets calls fail.
    pub fn fail(&self, fault: Fault) {
        self.state().faults.add(fault);
    }

    /// Lets no call fail any more.
    pub fn heal(&self) {
        self.state().faults.clear();
    }

    /// Ends every token of an organisation.
    pub fn revoke(&self, organization: &str) {
        self.state().ledger.revoke(organization);
    }

    /// How often a path below the base was called, those that failed too.
    pub fn calls(&self, path: &str) -> u64 {
        self.state().calls.get(path).copied().unwrap_or_default()
    }

    /// How many token calls of one organisation were under way at once, at most.
    pub fn most_refreshes_at_once(&self) -> u64 {
        self.state().refreshing.values().map(|(_, most)| *most).max().unwrap_or_default()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Unix seconds.
    fn now(&self) -> i64 {
        self.0.env.now_seconds()
    }
}
