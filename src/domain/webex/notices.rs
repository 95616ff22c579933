//! Who is told when a connection needs somebody, or is well again: a webhook, an e-mail address. A
//! notice is kept with the change that it tells of, and goes out afterwards, with retries that
//! outlast a restart.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{MODEL, State, mail::Mail};
use crate::{
    domain::{
        App,
        delivery::{self, Undelivered},
        resources::{from_json, href},
    },
    fault::Fault,
    store::{ConnectionRow, NoticeRow, Stored, Way, WriteTx},
};

/// Whoever changes state within so many seconds after another is told of in the same mail.
const GATHERED: i64 = 60;

/// Notices that are read at once, and stand in one mail at most.
const BATCH: u32 = 500;

/// Whom to tell.
#[derive(Clone, Default)]
pub struct Notified {
    pub webhook: Option<url::Url>,
    pub mail: Option<Mail>,
}

impl std::fmt::Debug for Notified {
    /// A webhook's URL is as good as a password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let webhook = self.webhook.as_ref().and_then(url::Url::host_str);
        f.debug_struct("Notified").field("webhook", &webhook).field("mail", &self.mail).finish()
    }
}

impl Notified {
    /// Reads the URL of a webhook.
    pub fn webhook(text: &str) -> Result<url::Url, String> {
        url::Url::parse(text)
            .ok()
            .filter(|url| ["http", "https"].contains(&url.scheme()) && url.has_host())
            .ok_or_else(|| "it must be an http or https URL, with a host".to_owned())
    }
}

/// A change of a customer's connection, as it is posted. No secrets.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Notice {
    /// The same in every attempt.
    pub id: String,
    /// The customer's name.
    pub customer: String,
    pub href: String,
    /// The dot path of its node.
    pub hierarchy: String,
    pub state: String,
    /// The state before.
    pub before: String,
    /// RFC 3339.
    pub since: String,
    pub reason: String,
    /// Its page in the console.
    pub link: String,
}

/// Keeps a notice of a change, where somebody is to be told of it.
pub(super) fn changed(
    app: &App,
    tx: &WriteTx<'_>,
    stored: &Stored,
    before: &str,
    row: &ConnectionRow,
) -> Result<(), Fault> {
    let needs_somebody = |state: &str| {
        [State::Expiring, State::Failed, State::Lapsed].iter().any(|s| s.as_str() == state)
    };
    let well_again = row.state == State::Healthy.as_str() && needs_somebody(before);
    let Notified { webhook, mail } = &app.settings.notify;
    if before == row.state || !(needs_somebody(&row.state) || well_again) {
        return Ok(());
    }
    let data = from_json(stored)?;
    let notice = json!(Notice {
        id: app.env.transaction_id(),
        customer: data.get("name").and_then(|n| n.as_str()).unwrap_or_default().to_owned(),
        href: href(MODEL, &stored.pkid),
        hierarchy: stored.node.path.clone(),
        state: row.state.clone(),
        before: before.to_owned(),
        since: row.since.clone(),
        reason: row.reason.clone(),
        link: format!("{}/models/{MODEL}/{}", app.settings.public_url, stored.pkid),
    })
    .to_string();
    let now = app.env.now_seconds();
    if webhook.is_some() {
        tx.put_notice(Way::Webhook, &notice, now)?;
    }
    if mail.is_some() {
        tx.put_notice(Way::Email, &notice, now + GATHERED)?;
    }
    if webhook.is_some() || mail.is_some() {
        app.keeper.notices.notify_one();
    }
    Ok(())
}

/// Sends what is due. Answers when the next is, in Unix seconds.
pub async fn tick(app: &App) -> Result<Option<i64>, Fault> {
    let Notified { webhook, mail } = &app.settings.notify;
    // Those of a way that isn't set any more wait until it is.
    let mut next = Vec::new();
    if let Some(url) = webhook {
        post(app, url).await?;
        next.push(Way::Webhook);
    }
    if let Some(mail) = mail {
        send(app, mail).await?;
        next.push(Way::Email);
    }
    app.store
        .read(move |tx| {
            let times: Result<Vec<_>, _> =
                next.into_iter().map(|way| tx.next_notice(way)).collect();
            Ok(times?.into_iter().flatten().min())
        })
        .await
}

/// Notices that are to go out by a time. By a write: it comes after those that wait to be committed.
async fn waiting(app: &App, way: Way, by: i64) -> Result<Vec<(NoticeRow, Notice)>, Fault> {
    app.store
        .write(move |tx| {
            let mut waiting = Vec::new();
            for row in tx.notices_due(way, by, BATCH)? {
                match serde_json::from_str(&row.notice) {
                    Ok(notice) => waiting.push((row, notice)),
                    Err(error) => {
                        tracing::error!(%error, "a notice can't be read, and is forgotten");
                        tx.delete_notice(row.id)?;
                    }
                }
            }
            Ok(waiting)
        })
        .await
}

async fn post(app: &App, url: &url::Url) -> Result<(), Fault> {
    let mut due = waiting(app, Way::Webhook, app.env.now_seconds()).await?.into_iter();
    while let Some((row, notice)) = due.next() {
        let posted = delivery::post(app, url.clone(), None, &json!(notice)).await;
        let is_there = posted.as_ref().map_or_else(|failure| failure.is_refusal, |_| true);
        let mut rows = vec![row];
        if !is_there {
            // The others would find nobody either, and each of them would wait for it.
            rows.extend(due.by_ref().map(|(row, _)| row));
        }
        settle(app, rows, posted).await?;
    }
    Ok(())
}

async fn send(app: &App, mail: &Mail) -> Result<(), Fault> {
    let now = app.env.now_seconds();
    if waiting(app, Way::Email, now).await?.is_empty() {
        return Ok(());
    }
    // One is due: whoever came after it goes with it.
    let all = waiting(app, Way::Email, now + GATHERED).await?;
    let (rows, notices): (Vec<_>, Vec<_>) = all.into_iter().unzip();
    let sent = mail.send(&notices).await;
    settle(app, rows, sent.map_err(Undelivered::new)).await
}

/// Forgets notices that went out or are given up; the others are tried again.
async fn settle(
    app: &App,
    rows: Vec<NoticeRow>,
    outcome: Result<String, Undelivered>,
) -> Result<(), Fault> {
    let now = app.env.now_seconds();
    app.store
        .write(move |tx| {
            for row in rows {
                let Err(failure) = &outcome else {
                    tx.delete_notice(row.id)?;
                    continue;
                };
                match delivery::pause_after(row.attempts) {
                    Some(pause) => tx.defer_notice(row.id, now + pause)?,
                    None => {
                        tracing::warn!(reason = failure.reason, "a notice was given up");
                        tx.delete_notice(row.id)?;
                    }
                }
            }
            Ok::<_, Fault>(())
        })
        .await
}
