//! What the program under test answered.

use std::fmt;

use axum::{
    body::{Bytes, to_bytes},
    http::HeaderMap,
    response::Response,
};
use serde_json::{Value, json};

pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Bytes,
    told: String,
}

impl Answer {
    pub async fn read(told: String, response: Response) -> Self {
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        Self { status: parts.status.as_u16(), headers: parts.headers, body, told }
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error} in {self}"))
    }

    /// A header's only value.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.get_all(name).iter().map(|v| v.to_str().unwrap());
        let first = values.next();
        assert_eq!(values.next(), None, "{name} of {self}");
        first
    }

    /// The cookies that are set, each as it stands in the header.
    pub fn cookies(&self) -> Vec<&str> {
        self.headers.get_all("set-cookie").iter().map(|v| v.to_str().unwrap()).collect()
    }

    /// The value of a cookie that is set.
    pub fn cookie(&self, name: &str) -> String {
        self.cookies()
            .into_iter()
            .filter_map(|line| line.split(';').next()?.split_once('='))
            .find(|(key, _)| *key == name)
            .map_or_else(|| panic!("no cookie {name} in {self}"), |(_, value)| value.to_owned())
    }

    /// Passes the answer on when it has this status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self}");
        self
    }

    /// A fault of that status and code, with exactly these errors as field and code.
    #[track_caller]
    pub fn expect_fault(self, status: u16, code: &str, errors: &[(&str, &str)]) -> Self {
        assert_eq!(self.status, status, "{self}");
        assert_eq!(self.header("content-type"), Some("application/json"), "{self}");
        let body = self.json();
        let names: Vec<&String> = body.as_object().unwrap().keys().collect();
        assert_eq!(names, ["success", "http_code", "code", "message", "errors"], "{self}");
        assert_eq!(body["success"], json!(false), "{self}");
        assert_eq!(body["http_code"], json!(status), "{self}");
        assert_eq!(body["code"], json!(code), "{self}");
        assert!(is_sentence(&body["message"]), "{self}");
        let told: Vec<(&str, &str)> = body["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|error| {
                assert!(is_sentence(&error["message"]), "{self}");
                assert_eq!(error.as_object().unwrap().len(), 3, "{self}");
                (error["field"].as_str().unwrap(), error["code"].as_str().unwrap())
            })
            .collect();
        assert_eq!(told, errors, "{self}");
        self
    }
}

fn is_sentence(message: &Value) -> bool {
    message.as_str().is_some_and(|text| text.len() > 10)
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = String::from_utf8_lossy(&self.body);
        let text: String = text.chars().take(2000).collect();
        write!(f, "{} -> {}: {text}", self.told, self.status)
    }
}
