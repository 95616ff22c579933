//! What every request passes through: an id, a log line, headers that harden, a limit in time and
//! size, and a net for panics.

use std::{any::Any, sync::Arc, time::Duration};

use axum::{
    Extension, Router,
    extract::{DefaultBodyLimit, Request},
    http::{HeaderName, StatusCode},
    middleware::{from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
};
use tower::{ServiceBuilder, util::MapResponseLayer};
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer,
        predicate::{NotForContentType, Predicate, SizeAbove},
    },
    limit::RequestBodyLimitLayer,
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, RequestId, SetRequestIdLayer},
    timeout::TimeoutLayer,
    trace::TraceLayer,
};
use tracing::Span;

use super::{
    body,
    client::{self, ClientAddress},
    metrics::{self, Metrics},
    origin, plain, protection, refusals, v1,
};
use crate::{domain::App, fault::Fault};

/// No call takes longer than this.
const TIMEOUT: Duration = Duration::from_secs(30);

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// A call that brings a file, or makes a large one, may take this long.
const LONG_TIMEOUT: Duration = Duration::from_mins(5);

/// The router with everything around it, and beside it the calls that take long: they limit their
/// bodies themselves. The first layer here is the first that a request meets.
///
/// All that is around every route is one layer of the router: each layer of it is another box that is
/// copied for each request.
pub fn around(app: &App, router: Router, long: Router, metrics: &Arc<Metrics>) -> Router {
    let router = router.layer(
        ServiceBuilder::new()
            .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, TIMEOUT))
            .map_response(IntoResponse::into_response)
            .layer(RequestBodyLimitLayer::new(body::LIMIT))
            .layer(DefaultBodyLimit::max(body::LIMIT))
            .layer(CatchPanicLayer::custom(panicked)),
    );
    let long = long.layer(
        ServiceBuilder::new()
            .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, LONG_TIMEOUT))
            .layer(CatchPanicLayer::custom(panicked)),
    );
    let compressed = CompressionLayer::new().compress_when(
        // Files of the site are compressed already; they carry their own encoding.
        SizeAbove::new(1024)
            .and(NotForContentType::IMAGES)
            .and(NotForContentType::SSE)
            // Exports are zips inside.
            .and(NotForContentType::const_new("application/vnd.openxmlformats"))
            .and(NotForContentType::const_new("application/x-zip"))
            .and(NotForContentType::const_new("application/gzip")),
    );
    let told = TraceLayer::new_for_http().make_span_with(span).on_response(answered);
    router.merge(long).layer(
        ServiceBuilder::new()
            .layer(Extension(Arc::clone(metrics)))
            .layer(from_fn_with_state(Arc::clone(metrics), metrics::measure))
            .layer(from_fn_with_state(app.clone(), refusals::record))
            .layer(SetRequestIdLayer::new(REQUEST_ID, MakeRequestUuid))
            .layer(from_fn_with_state(app.clone(), client::note))
            .layer(told)
            .layer(PropagateRequestIdLayer::new(REQUEST_ID))
            .layer(MapResponseLayer::new(protection::headers(app)))
            .layer(compressed)
            .layer(from_fn(v1::envelope))
            .layer(from_fn(plain::as_faults))
            .layer(from_fn_with_state(app.clone(), origin::own_alone)),
    )
}

fn span(request: &Request) -> Span {
    let id = request.extensions().get::<RequestId>().map(RequestId::header_value);
    let id = id.and_then(|id| id.to_str().ok());
    let from = ClientAddress::of(request.extensions()).0.map(tracing::field::display);
    // The path alone: what people look for stands in the query.
    tracing::info_span!("request", method = %request.method(), path = request.uri().path(), from, id)
}

fn answered<B>(response: &Response<B>, latency: Duration, _: &Span) {
    let milliseconds = latency.as_secs_f64() * 1000.0;
    tracing::info!(status = response.status().as_u16(), milliseconds, "answered");
}

#[expect(clippy::needless_pass_by_value, reason = "the layer's signature")]
fn panicked(cause: Box<dyn Any + Send + 'static>) -> Response {
    let text = cause
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| cause.downcast_ref::<&str>().copied())
        .unwrap_or("unknown");
    tracing::error!(cause = text, "a handler panicked");
    Fault::internal().into_response()
}
