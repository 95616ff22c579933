//! `request_meta`: where the outcome of a queued transaction is posted, and the posting of it, with
//! retries that outlast a restart. Only hosts that the operator has allowed are called.

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use url::Url;

use crate::{
    domain::{
        App, delivery,
        resources::href,
        rounds::rounds,
        transactions::{self, ERROR, INFO},
    },
    fault::Fault,
    store::WriteTx,
};

/// Whom to tell of a transaction's outcome. Kept sealed: it may hold a password.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Callback {
    url: String,
    username: Option<String>,
    password: Option<String>,
    external_id: Option<String>,
    external_reference: Option<String>,
}

impl Callback {
    /// Reads `request_meta`; `None` when it asks for no callback. The host must be one of
    /// `allowed` (`host` or `host:port`).
    pub fn read(meta: &Value, allowed: &[String]) -> Result<Option<Self>, Fault> {
        let at = |name: &str| format!("/request_meta/{name}");
        let Some(meta) = meta.as_object() else {
            return Err(Fault::field(
                "/request_meta",
                "wrong_type",
                "request_meta must be an object.",
            ));
        };
        let text = |name: &str| match meta.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone()).filter(|t| !t.is_empty())),
            Some(_) => Err(Fault::field(at(name), "wrong_type", format!("{name} must be a text."))),
        };
        let (external_id, external_reference) = (text("external_id")?, text("external_reference")?);
        let (username, password) = (text("callback_username")?, text("callback_password")?);
        let Some(url) = text("callback_url")? else { return Ok(None) };
        check(&url, allowed)
            .map_err(|message| Fault::field(at("callback_url"), "not_allowed", message))?;
        Ok(Some(Self { url, username, password, external_id, external_reference }))
    }

    pub(super) fn keep(&self, tx: &WriteTx<'_>, id: &str) -> Result<(), Fault> {
        let text = serde_json::to_string(self).map_err(|_| Fault::internal())?;
        Ok(tx.put_callback(id, &SecretString::from(text))?)
    }
}

fn check(url: &str, allowed: &[String]) -> Result<(), String> {
    let parsed = Url::parse(url)
        .ok()
        .filter(|u| ["http", "https"].contains(&u.scheme()) && u.has_host())
        .ok_or("callback_url must be an http or https URL.")?;
    if !parsed.username().is_empty() || parsed.password().is_some() {
        return Err("Give the user of callback_url as callback_username and callback_password, \
                    not inside the URL."
            .to_owned());
    }
    let host = parsed.host_str().unwrap_or_default();
    let with_port = format!("{host}:{}", parsed.port_or_known_default().unwrap_or_default());
    let is_allowed =
        allowed.iter().any(|a| a.eq_ignore_ascii_case(host) || a.eq_ignore_ascii_case(&with_port));
    if is_allowed {
        return Ok(());
    }
    Err(format!(
        "The host {with_port} may not be called. The operator names the hosts that may be in \
         TENANTRY_CALLBACK_HOSTS."
    ))
}

/// Posts outcomes as they come, until the program is told to end.
pub(super) async fn deliver(app: App) {
    let woken = &app.tasks.callbacks;
    rounds(&app, woken, None, "posting outcomes", |app| async move { post_due(&app).await }).await;
}

/// Posts what is due; answers when the next is.
async fn post_due(app: &App) -> Result<Option<i64>, Fault> {
    let now = app.env.now_seconds();
    let due = app.store.read(move |tx| Ok::<_, Fault>(tx.due_callbacks(now)?)).await?;
    // Side by side: a host that is slow to answer keeps nobody else waiting.
    let posts = due.into_iter().map(|(id, attempts)| post_one(app, id, attempts));
    for outcome in futures_util::future::join_all(posts).await {
        outcome?;
    }
    app.store.read(|tx| Ok(tx.next_callback()?)).await
}

async fn post_one(app: &App, id: String, attempts: u32) -> Result<(), Fault> {
    let id_ = id.clone();
    let (callback, record) = app
        .store
        .read(move |tx| {
            let record = transactions::data_of(&transactions::stored(tx, &id_)?)?;
            Ok::<_, Fault>((tx.callback(&id_)?, record))
        })
        .await?;
    let callback = callback.and_then(|c| serde_json::from_str(c.expose_secret()).ok());
    let outcome = match callback {
        Some(callback) => {
            post(app, &callback, &body(&callback, &id, transactions::MODEL, &record)).await
        }
        None => Err("where to post it can't be read".to_owned()),
    };
    let app_ = app.clone();
    app.store.write(move |tx| settle(&app_, tx, &id, attempts, outcome)).await
}

/// What is posted: the transaction and its outcome, and the caller's own names for it.
fn body(callback: &Callback, id: &str, model: &str, record: &Map<String, Value>) -> Value {
    let mut body = json!({
        "transaction_id": id,
        "href": href(model, id),
        "success": record.get("status") == Some(&json!(transactions::SUCCESS)),
    });
    for name in ["status", "action", "message", "counts", "completed"] {
        if let Some(value) = record.get(name) {
            body[name] = value.clone();
        }
    }
    body["resource"] = json!({
        "href": record.get("href"),
        "model_type": record.get("model_type"),
        "hierarchy": record.get("hierarchy"),
    });
    if let Some(external) = &callback.external_id {
        body["external_id"] = json!(external);
    }
    if let Some(external) = &callback.external_reference {
        body["external_reference"] = json!(external);
    }
    body
}

async fn post(app: &App, callback: &Callback, body: &Value) -> Result<String, String> {
    // Judged again: the operator may have taken the host away since.
    check(&callback.url, &app.settings.callback_hosts)?;
    let url = Url::parse(&callback.url).map_err(|_| "its URL can't be read".to_owned())?;
    let user = callback.username.as_deref().map(|name| (name, callback.password.as_deref()));
    delivery::post(app, url, user, body).await.map_err(|failure| failure.reason)
}

/// Notes the outcome of an attempt beside the transaction's record, which has ended.
fn settle(
    app: &App,
    tx: &WriteTx<'_>,
    id: &str,
    attempts: u32,
    outcome: Result<String, String>,
) -> Result<(), Fault> {
    let now = app.env.now_text();
    let (level, line) = match outcome {
        Ok(host) => {
            tx.delete_callback(id)?;
            (INFO, format!("The outcome was posted to {host}."))
        }
        Err(reason) => match delivery::pause_after(attempts) {
            Some(pause) => {
                tx.defer_callback(id, app.env.now_seconds() + pause)?;
                (
                    ERROR,
                    format!("The outcome couldn't be posted: {reason}. Again in {pause} seconds."),
                )
            }
            None => {
                tx.delete_callback(id)?;
                (ERROR, format!("The outcome couldn't be posted: {reason}. It was given up."))
            }
        },
    };
    transactions::note_after_end(tx, id, &now, level, &line)
}
