//! What every request passes through: an id, a log line, headers that harden, a limit in time and
//! size, and a net for panics.

use std::{
    any::Any,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    Router,
    extract::{DefaultBodyLimit, MatchedPath, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
};
use tower::ServiceBuilder;
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer,
        predicate::{NotForContentType, Predicate, SizeAbove},
    },
    limit::RequestBodyLimitLayer,
    timeout::TimeoutLayer,
};
use tracing::Instrument;
use uuid::Uuid;

use super::{
    body, client,
    metrics::Metrics,
    openapi::Description,
    origin,
    pages::Console,
    plain, protection,
    refusals::{self, Known},
    v1,
};
use crate::{domain::App, fault::Fault};

/// No call takes longer than this.
const TIMEOUT: Duration = Duration::from_secs(30);

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// A call that brings a file, or makes a large one, may take this long.
const LONG_TIMEOUT: Duration = Duration::from_mins(5);

/// What is around every route.
pub struct Around {
    pub app: App,
    pub metrics: Arc<Metrics>,
    pub console: Console,
    pub description: Description,
    pub headers: protection::Headers,
}

/// The router with everything around it, and beside it the calls that take long: they limit their
/// bodies themselves. The first layer here is the first that a request meets.
///
/// All that is around every route is one layer of the router, and most of it one function: each further
/// layer is another box that is copied for each request, and each further function another future.
pub fn around(around: Around, router: Router, long: Router) -> Router {
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
    let each = from_fn_with_state(Arc::new(around), each);
    router.merge(long).layer(ServiceBuilder::new().layer(compressed).layer(each))
}

/// What happens to each request and its answer, whatever the route.
async fn each(State(around): State<Arc<Around>>, mut request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let app = &around.app;
    let id = request_id(request.headers());
    let address = client::note(app, &mut request);
    let known = Known::default();
    let extensions = request.extensions_mut();
    extensions.insert(known.clone());
    extensions.insert(Arc::clone(&around.metrics));
    extensions.insert(around.console.clone());
    extensions.insert(around.description.clone());
    let route = extensions.get::<MatchedPath>().cloned();
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let span = tracing::info_span!(
        "request",
        %method,
        // The path alone: what people look for stands in the query.
        path = uri.path(),
        from = address.0.map(tracing::field::display),
        id = id.to_str().ok(),
    );

    let answer = async {
        let mut response = match origin::refusal(app, &request) {
            Some(fault) => fault.into_response(),
            None => next.run(request).await,
        };
        response = v1::envelope(uri.path(), plain::as_fault(uri.path(), response));
        around.headers.put(response.headers_mut());
        response.headers_mut().insert(REQUEST_ID, id);
        answered(response.status(), begun.elapsed());
        response
    };
    let response = answer.instrument(span).await;
    if response.status() == StatusCode::FORBIDDEN {
        let fault = response.extensions().get::<Fault>().cloned();
        refusals::record(app, known, &method, uri.path(), fault).await;
    }
    around.metrics.count(&method, route.as_ref(), response.status(), begun.elapsed());
    response
}

/// As a proxy named the request, or a new one.
fn request_id(headers: &HeaderMap) -> HeaderValue {
    headers.get(REQUEST_ID).cloned().unwrap_or_else(|| {
        let mut text = Uuid::encode_buffer();
        let text = Uuid::new_v4().hyphenated().encode_lower(&mut text);
        HeaderValue::from_str(text).unwrap_or_else(|_| HeaderValue::from_static("-"))
    })
}

fn answered(status: StatusCode, took: Duration) {
    let (status_, milliseconds) = (status.as_u16(), took.as_secs_f64() * 1000.0);
    if status.is_server_error() {
        tracing::error!(status = status_, milliseconds, "answered");
    } else {
        tracing::info!(status = status_, milliseconds, "answered");
    }
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
