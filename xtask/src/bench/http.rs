//! The few HTTP calls that prepare a measurement.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;
use ureq::Agent;
use ureq::http::HeaderMap;

fn agent() -> Agent {
    Agent::config_builder()
        .timeout_global(Some(Duration::from_secs(10)))
        .http_status_as_error(false)
        .build()
        .into()
}

/// An error unless it answers with 200.
pub fn get(url: &str) -> Result<()> {
    let response = agent().get(url).call()?;
    if response.status() != 200 {
        bail!("{url} answered {}", response.status());
    }
    Ok(())
}

/// Keeps its connection and its headers from call to call.
pub struct Client {
    agent: Agent,
    pub headers: Vec<(String, String)>,
}

impl Client {
    pub fn new(headers: Vec<(String, String)>) -> Self {
        Self { agent: agent(), headers }
    }

    /// Posts JSON; an error unless the answer is of the 200s.
    pub fn post(&self, url: &str, body: &str) -> Result<(Value, HeaderMap)> {
        let mut request = self.agent.post(url).header("content-type", "application/json");
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let mut response = request.send(body).with_context(|| url.to_owned())?;
        let text = response.body_mut().read_to_string()?;
        if !response.status().is_success() {
            bail!("{url} answered {} to {body}: {text}", response.status());
        }
        let value = serde_json::from_str(&text).unwrap_or(Value::Null);
        Ok((value, response.headers().clone()))
    }
}
