//! `/metrics`: figures in the text format of Prometheus. Requests are counted as they leave; the rest
//! is counted when somebody asks.

use std::{
    net::IpAddr,
    sync::{Arc, atomic::AtomicU64},
    time::Duration,
};

use axum::{
    Extension,
    extract::{MatchedPath, State},
    http::{HeaderMap, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use prometheus_client::{
    encoding::{
        EncodeLabelSet,
        text::{encode_eof, encode_registry},
    },
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::{Registry, Unit},
};
use secrecy::ExposeSecret;

use super::{caller::bearer_token, client::ClientAddress};
use crate::{
    domain::{App, accounts},
    fault::Fault,
    store::Figures,
};

const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Upper bounds of the latencies that are told apart. Seconds.
const LATENCIES: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0];

/// A request, by what is the same for many of them.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Asked {
    method: &'static str,
    /// As the router knows it: `/api/data/User/{pkid}`.
    route: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Answered {
    method: &'static str,
    route: String,
    status: u32,
}

type Label = [(&'static str, String); 1];

/// What is counted while the program runs.
pub struct Metrics {
    registry: Registry,
    requests: Family<Answered, Counter>,
    latencies: Family<Asked, Histogram, fn() -> Histogram>,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("tenantry");
        let requests = Family::default();
        let latencies: Family<Asked, Histogram, fn() -> Histogram> =
            Family::new_with_constructor(|| Histogram::new(LATENCIES));
        registry.register("http_requests", "Requests that were answered", requests.clone());
        registry.register_with_unit(
            "http_request_duration",
            "From a request's arrival to the head of its answer",
            Unit::Seconds,
            latencies.clone(),
        );
        Self { registry, requests, latencies }
    }
}

impl Metrics {
    /// Counts a request, and how long its answer took.
    pub fn count(
        &self,
        method: &Method,
        path: Option<&MatchedPath>,
        status: StatusCode,
        took: Duration,
    ) {
        let method = name_of(method);
        // Pages and files that have no route of their own.
        let route = path.map_or("page", MatchedPath::as_str).to_owned();
        let asked = Asked { method, route };
        self.latencies.get_or_create(&asked).observe(took.as_secs_f64());
        let (route, status) = (asked.route, u32::from(status.as_u16()));
        self.requests.get_or_create(&Answered { method, route, status }).inc();
    }
}

/// Anything can be sent as a method.
fn name_of(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

/// `GET /metrics`: for this machine itself, or with the token that is set for it.
pub async fn answer(
    State(app): State<App>,
    Extension(metrics): Extension<Arc<Metrics>>,
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    may_read(&app, address, &headers)?;
    let figures = app.store.read(|tx| Ok::<_, Fault>(tx.figures()?)).await?;
    let now = counted(&app, &figures);
    let mut text = String::new();
    encode_registry(&mut text, &metrics.registry)
        .and_then(|()| encode_registry(&mut text, &now))
        .and_then(|()| encode_eof(&mut text))
        .map_err(|_| Fault::internal())?;
    Ok(([(header::CONTENT_TYPE, CONTENT_TYPE)], text).into_response())
}

/// A proxy on this machine asks for others: what it passes on isn't from here.
fn may_read(app: &App, address: Option<IpAddr>, headers: &HeaderMap) -> Result<(), Fault> {
    // Once a token is set, it is asked for: a proxy on this machine may pass calls on unmarked.
    let local = app.settings.metrics_token.is_none();
    let passed_on = ["x-forwarded-for", "forwarded"].iter().any(|name| headers.contains_key(*name));
    if local && address.is_some_and(|address| address.is_loopback()) && !passed_on {
        return Ok(());
    }
    let Some(token) = &app.settings.metrics_token else {
        return Err(Fault::forbidden(
            "Metrics are answered to this machine alone. To read them from elsewhere, start the \
             program with TENANTRY_METRICS_TOKEN and send that as a bearer token.",
        ));
    };
    let sent = bearer_token(headers).unwrap_or_default();
    if accounts::same(&sent, token.expose_secret()) {
        return Ok(());
    }
    Err(Fault::unauthenticated("Metrics need the bearer token that is set for them."))
}

/// What is counted at this moment.
fn counted(app: &App, figures: &Figures) -> Registry {
    let mut registry = Registry::with_prefix("tenantry");
    let mut by = |name: &str, help: &str, label: &'static str, values: &[(String, u64)]| {
        let family = Family::<Label, Gauge<u64, AtomicU64>>::default();
        for (value, count) in values {
            family.get_or_create(&[(label, value.clone())]).set(*count);
        }
        registry.register(name, help, family);
    };
    by("tasks", "Transactions that wait or run", "state", &figures.tasks);
    by("webex_connections", "Webex customers by connection", "state", &figures.connections);
    by("instances", "Instances", "model", &figures.instances);
    let licence = |value: fn(&crate::store::LicenceFigure) -> u64| {
        let name = |l: &crate::store::LicenceFigure| format!("{}/{}", l.family, l.name);
        figures.licences.iter().map(|l| (name(l), value(l))).collect::<Vec<_>>()
    };
    by("licences_taken", "Taken of tenants' limits", "name", &licence(|l| l.taken));
    by("licences_maximum", "Sum of tenants' limits", "name", &licence(|l| l.maximum));
    by("licences_unlimited", "Tenants without a limit", "name", &licence(|l| l.unlimited));
    let counts = app.audit.counts();
    for (name, help, count) in [
        ("log_ins", "Log-ins since the start", counts.log_ins),
        ("log_ins_refused", "Refused log-ins since the start", counts.log_ins_refused),
        ("calls_refused", "Calls answered with 403 since the start", counts.refused),
        ("exports", "Files made of instances since the start", counts.exports),
    ] {
        let counter = Counter::<u64>::default();
        counter.inc_by(count);
        registry.register(name, help, counter);
    }
    for (name, help, value) in [
        ("callbacks_waiting", "Outcomes that are still to be posted", figures.callbacks),
        ("licences_near_limit", "Limits of which nine tenths are taken", figures.near_limit),
        ("texts_pending", "Written, and not in the index of texts yet", figures.texts_pending),
        ("log_last_entry", "Last entry of the log's chain", figures.log_entries),
        ("database_bytes", "Size of the database", figures.database_bytes),
        ("database_free_bytes", "Of it, what is free for reuse", figures.free_bytes),
        ("database_wal_bytes", "Size of the log of writes beside it", figures.wal_bytes),
    ] {
        let gauge = Gauge::<u64, AtomicU64>::default();
        gauge.set(value);
        registry.register(name, help, gauge);
    }
    registry
}
