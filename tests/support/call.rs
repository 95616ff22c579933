//! One request to the program under test.

use std::net::SocketAddr;

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{HeaderName, HeaderValue, Request, header},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;
use tower::ServiceExt;

use super::{ADMIN, Answer, PASSWORD};

/// A request that is being put together.
pub struct Call {
    router: Router,
    request: Request<Body>,
    told: String,
}

impl Call {
    pub fn new(router: Router, method: &str, path: &str) -> Self {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "console.test")
            .body(Body::empty())
            .unwrap();
        let told = format!("{method} {path}");
        Self { router, request, told }.basic(ADMIN, PASSWORD)
    }

    /// Sets a header; of several values under one name the last holds.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        self.request.headers_mut().insert(name, HeaderValue::from_str(value).unwrap());
        self
    }

    /// From that address.
    pub fn from(mut self, address: &str) -> Self {
        let address = SocketAddr::new(address.parse().unwrap(), 4711);
        self.request.extensions_mut().insert(ConnectInfo(address));
        self
    }

    /// Without credentials.
    pub fn anonymous(mut self) -> Self {
        self.request.headers_mut().remove(header::AUTHORIZATION);
        self
    }

    pub fn basic(self, username: &str, password: &str) -> Self {
        let pair = STANDARD.encode(format!("{username}:{password}"));
        self.header("authorization", &format!("Basic {pair}"))
    }

    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// With a session's cookie in place of credentials.
    pub fn cookie(self, cookie: &str) -> Self {
        self.anonymous().header("cookie", cookie)
    }

    pub fn json(self, body: &Value) -> Self {
        self.header("content-type", "application/json").bytes(body.to_string())
    }

    /// A form post, as browsers send it.
    pub fn form(self, pairs: &[(&str, &str)]) -> Self {
        let mut text = url::form_urlencoded::Serializer::new(String::new());
        text.extend_pairs(pairs);
        self.header("content-type", "application/x-www-form-urlencoded").bytes(text.finish())
    }

    /// Any body, with whatever type was set.
    pub fn bytes(mut self, body: impl Into<Body>) -> Self {
        *self.request.body_mut() = body.into();
        self
    }

    /// # Panics
    /// When the program answers with a failure of its own: nothing that a caller sends may do
    /// that. Those of a system behind it, 502 and 504, are none of its own.
    pub async fn send(self) -> Answer {
        let response = self.router.oneshot(self.request).await.unwrap();
        let answer = Answer::read(self.told, response).await;
        assert!(answer.status < 500 || [502, 504].contains(&answer.status), "{answer}");
        answer
    }
}
