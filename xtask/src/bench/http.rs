//! The few HTTP calls that prepare a measurement.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;
use ureq::http::{HeaderMap, Response};
use ureq::{Agent, Body};

/// For calls that take as long as their rows need.
const PATIENCE: Duration = Duration::from_mins(10);

fn agent() -> Agent {
    agent_with(Duration::from_secs(10))
}

fn agent_with(timeout: Duration) -> Agent {
    Agent::config_builder().timeout_global(Some(timeout)).http_status_as_error(false).build().into()
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

    /// The same log-in, for long calls.
    pub fn patient(self) -> Self {
        Self { agent: agent_with(PATIENCE), ..self }
    }

    /// Posts a file as a form does.
    pub fn upload(&self, url: &str, name: &str, kind: &str, content: &str) -> Result<Value> {
        const BOUNDARY: &str = "tenantry-bench-boundary";
        let body = format!(
            "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"file\"; \
             filename=\"{name}\"\r\ncontent-type: {kind}\r\n\r\n{content}\r\n--{BOUNDARY}--\r\n"
        );
        self.send(url, &format!("multipart/form-data; boundary={BOUNDARY}"), body.as_bytes())
    }

    /// Waits for the end of a queued transaction, whose stream of news ends with it.
    pub fn ended(&self, base: &str, answer: &Value) -> Result<()> {
        let href = answer.get("href").and_then(Value::as_str).context("no href")?;
        self.get_bytes(&format!("{base}{href}/events/"))?;
        let record = self.get_bytes(&format!("{base}{href}/poll/"))?;
        let record: Value = serde_json::from_slice(&record)?;
        let state = record.as_object().and_then(|o| o.values().next()).cloned().unwrap_or_default();
        if state["status"] != "Success" {
            bail!("{href} ended as {state}");
        }
        Ok(())
    }

    /// Posts a body of any type, and answers the JSON that comes back.
    fn send(&self, url: &str, kind: &str, body: &[u8]) -> Result<Value> {
        let mut request = self.agent.post(url).header("content-type", kind);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let bytes = read(request.send(body).with_context(|| url.to_owned())?, url)?;
        Ok(serde_json::from_slice(&bytes)?)
    }

    pub fn get_bytes(&self, url: &str) -> Result<Vec<u8>> {
        let mut request = self.agent.get(url);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        read(request.call().with_context(|| url.to_owned())?, url)
    }

    /// Posts JSON, and answers what comes back as it is.
    pub fn post_for_bytes(&self, url: &str, body: &str) -> Result<Vec<u8>> {
        let mut request = self.agent.post(url).header("content-type", "application/json");
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        read(request.send(body).with_context(|| url.to_owned())?, url)
    }

    pub fn put(&self, url: &str, body: &str) -> Result<Value> {
        let mut request = self.agent.put(url).header("content-type", "application/json");
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let bytes = read(request.send(body).with_context(|| url.to_owned())?, url)?;
        Ok(serde_json::from_slice(&bytes)?)
    }

    /// `DELETE` with a body.
    pub fn delete(&self, url: &str, body: &str) -> Result<Value> {
        let mut request =
            self.agent.delete(url).header("content-type", "application/json").force_send_body();
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let bytes = read(request.send(body).with_context(|| url.to_owned())?, url)?;
        Ok(serde_json::from_slice(&bytes)?)
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

/// The whole body of a good answer.
fn read(mut response: Response<Body>, url: &str) -> Result<Vec<u8>> {
    let status = response.status();
    let bytes = response.body_mut().with_config().limit(1 << 30).read_to_vec()?;
    if !status.is_success() {
        bail!("{url} answered {status}: {}", String::from_utf8_lossy(&bytes));
    }
    Ok(bytes)
}
