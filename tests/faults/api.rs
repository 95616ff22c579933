//! A client of a running program, and what it is told to do.

use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};

use crate::process::{PASSWORD, Process};

pub const CUSTOMERS: &str = "/api/relation/SparkCustomer/?hierarchy=sys.Acme.Cu";

#[derive(Clone)]
pub struct Api {
    client: Client,
    pub url: String,
}

impl Api {
    pub fn of(process: &Process) -> Self {
        // Set once in a process: the client asks for it, though it calls nothing over TLS.
        drop(rustls::crypto::ring::default_provider().install_default());
        Self { client: Client::new(), url: process.url.clone() }
    }

    /// The answer to any call; an error when the program went away.
    pub async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> reqwest::Result<(StatusCode, Value)> {
        let request = self.client.request(method, format!("{}{path}", self.url));
        let request = request.basic_auth("admin", Some(PASSWORD));
        let request = if let Some(body) = body { request.json(body) } else { request };
        let answer = request.send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        Ok((status, serde_json::from_str(&text).unwrap_or(Value::String(text))))
    }

    /// Loads a file of comma-separated values, all or nothing, and answers once that has ended.
    pub async fn load(&self, path: &str, csv: &str) -> reqwest::Result<()> {
        let body = format!(
            "--end-of-file\r\ncontent-disposition: form-data; name=\"file\"; \
             filename=\"load.csv\"\r\n\r\n{csv}\r\n--end-of-file--\r\n"
        );
        let request = self.client.post(format!("{}{path}", self.url)).body(body);
        let request = request.header("content-type", "multipart/form-data; boundary=end-of-file");
        let answer = request.basic_auth("admin", Some(PASSWORD)).send().await?;
        assert_eq!(answer.status(), 202);
        let asked: Value = answer.json().await?;
        let events = format!("{}events/", asked["href"].as_str().unwrap());
        self.call(Method::GET, &events, None).await.map(drop)
    }

    pub async fn get(&self, path: &str) -> Value {
        let (status, answer) = self.call(Method::GET, path, None).await.unwrap();
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    }

    pub async fn create(&self, name: &str) -> (StatusCode, Value) {
        let notes = "n".repeat(2_000);
        let data = json!({ "name": name, "token": "t", "notes": notes });
        self.call(Method::POST, CUSTOMERS, Some(&data)).await.unwrap()
    }

    pub async fn make_tenant(&self) {
        for (above, name, node_type) in
            [("sys", "Acme", "provider"), ("sys.Acme", "Cu", "customer")]
        {
            let path = format!("/api/data/HierarchyNode/?hierarchy={above}");
            let node = json!({ "name": name, "node_type": node_type });
            let (status, answer) = self.call(Method::POST, &path, Some(&node)).await.unwrap();
            assert_eq!(status, 201, "{answer}");
        }
    }

    /// The names of all customers, sorted.
    pub async fn names(&self) -> Vec<String> {
        let mut names = Vec::new();
        loop {
            let path = format!("{CUSTOMERS}&order_by=name&limit=2000&skip={}", names.len());
            let page = self.get(&path).await;
            let rows = page["resources"].as_array().unwrap();
            names.extend(rows.iter().map(|row| row["data"]["name"].as_str().unwrap().to_owned()));
            if rows.is_empty() {
                assert_eq!(page["pagination"]["total"], names.len());
                return names;
            }
        }
    }
}
