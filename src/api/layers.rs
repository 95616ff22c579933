//! What every request passes through: an id, a log line, headers that harden, a limit in time and
//! size, and a net for panics.

use std::{any::Any, time::Duration};

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    http::{HeaderName, StatusCode},
    middleware::{from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
};
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

use super::{
    body,
    client::{self, ClientAddress},
    origin, plain, protection, v1,
};
use crate::{domain::App, fault::Fault};

/// No call takes longer than this.
const TIMEOUT: Duration = Duration::from_secs(30);

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// A call that brings a file, or makes a large one, may take this long.
const LONG_TIMEOUT: Duration = Duration::from_mins(5);

/// The router with everything around it, and beside it the calls that take long: they limit their
/// bodies themselves. The last layer here is the first that a request meets.
pub fn around(app: App, router: Router, long: Router) -> Router {
    let router =
        router
            .layer(CatchPanicLayer::custom(panicked))
            .layer(DefaultBodyLimit::max(body::LIMIT))
            .layer(RequestBodyLimitLayer::new(body::LIMIT))
            .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, TIMEOUT))
            .merge(long.layer(CatchPanicLayer::custom(panicked)).layer(
                TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, LONG_TIMEOUT),
            ))
            .layer(from_fn_with_state(app.clone(), origin::own_alone))
            .layer(from_fn(plain::as_faults))
            .layer(from_fn(v1::envelope))
            .layer(
                CompressionLayer::new().compress_when(
                    // Files of the site are compressed already; they carry their own encoding.
                    SizeAbove::new(1024)
                        .and(NotForContentType::IMAGES)
                        .and(NotForContentType::SSE)
                        // Exports are zips inside.
                        .and(NotForContentType::const_new("application/vnd.openxmlformats"))
                        .and(NotForContentType::const_new("application/x-zip"))
                        .and(NotForContentType::const_new("application/gzip")),
                ),
            );
    protection::headers(&app, router)
        .layer(PropagateRequestIdLayer::new(REQUEST_ID))
        .layer(TraceLayer::new_for_http().make_span_with(|request: &Request| {
            let id = request.extensions().get::<RequestId>().map(RequestId::header_value);
            let id = id.and_then(|id| id.to_str().ok());
            let from = ClientAddress::of(request.extensions()).0.map(tracing::field::display);
            // The path alone: what people look for stands in the query.
            tracing::info_span!("request", method = %request.method(), path = request.uri().path(), from, id)
        }).on_response(|response: &Response, latency: Duration, _: &tracing::Span| {
            let milliseconds = latency.as_secs_f64() * 1000.0;
            tracing::info!(status = response.status().as_u16(), milliseconds, "answered");
        }))
        .layer(from_fn_with_state(app, client::note))
        .layer(SetRequestIdLayer::new(REQUEST_ID, MakeRequestUuid))
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
