//! The headers that tell browsers what a page of ours may do, and who may hold one.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use leptos::{nonce::use_nonce, prelude::use_context};
use leptos_axum::ResponseOptions;

use crate::domain::App;

/// Of everything that isn't a page: data and files load nothing and are shown in nothing.
const DATA: &str =
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Of a document that has no script.
const DOCUMENT: &str = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; \
                        form-action 'none'; frame-ancestors 'none'";

/// A year: as long as browsers are to remember that it is https here.
const HTTPS_ONLY: &str = "max-age=31536000";

/// What every answer says that doesn't say otherwise itself.
pub struct Headers(Box<[(HeaderName, HeaderValue)]>);

impl Headers {
    pub fn put(&self, given: &mut HeaderMap) {
        for (name, value) in &self.0 {
            given.entry(name).or_insert_with(|| value.clone());
        }
    }
}

pub fn headers(app: &App) -> Headers {
    let mut headers = vec![
        (header::CONTENT_SECURITY_POLICY, DATA),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // For browsers that don't know `frame-ancestors`.
        (header::X_FRAME_OPTIONS, "DENY"),
        // Not "no-referrer": browsers would then send "Origin: null" with our own forms.
        (header::REFERRER_POLICY, "same-origin"),
        // Data is its reader's and of this moment. Files say themselves how long they hold.
        (header::CACHE_CONTROL, "no-store"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
        ),
    ];
    if app.settings.public_url.starts_with("https://") {
        headers.push((header::STRICT_TRANSPORT_SECURITY, HTTPS_ONLY));
    }
    let fixed = |(name, value)| (name, HeaderValue::from_static(value));
    Headers(headers.into_iter().map(fixed).collect())
}

/// The policy of a document without scripts, as a header.
pub fn of_document() -> [(HeaderName, &'static str); 1] {
    [(header::CONTENT_SECURITY_POLICY, DOCUMENT)]
}

/// Gives the page that is being rendered its policy, with the nonce of its scripts. `further` are
/// origins that a form of it may lead to in the end.
pub fn of_page(further: &[String]) {
    let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>()) else {
        return;
    };
    let forms: String = further.iter().map(|origin| format!(" {origin}")).collect();
    let policy = format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; \
         style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; base-uri 'none'; \
         form-action 'self'{forms}; frame-ancestors 'none'"
    );
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
    }
}
