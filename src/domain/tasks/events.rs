//! News of transactions, for those who watch them live.

use serde::Serialize;
use serde_json::{Map, Value};
use tokio::sync::broadcast;

use crate::domain::transactions::{FAIL, SUCCESS};

/// News that a slow watcher may miss; it then reads the record again.
const KEPT: usize = 256;

/// How far a transaction has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Event {
    #[serde(skip)]
    pub transaction_id: String,
    pub status: String,
    pub progress: Progress,
    pub message: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Progress {
    pub done: u64,
    pub total: u64,
}

impl Event {
    /// What a transaction's record says.
    pub fn of(transaction_id: &str, data: &Map<String, Value>) -> Self {
        let text = |name: &str| data.get(name).and_then(Value::as_str).unwrap_or_default();
        let progress = |name: &str| {
            data.get("progress").and_then(|p| p.get(name)).and_then(Value::as_u64).unwrap_or(0)
        };
        Self {
            transaction_id: transaction_id.to_owned(),
            status: text("status").to_owned(),
            progress: Progress { done: progress("done"), total: progress("total") },
            message: text("message").to_owned(),
        }
    }

    pub fn is_last(&self) -> bool {
        self.status == SUCCESS || self.status == FAIL
    }
}

/// Where news is told and heard.
pub struct Events(broadcast::Sender<Event>);

impl Default for Events {
    fn default() -> Self {
        Self(broadcast::Sender::new(KEPT))
    }
}

impl Events {
    pub fn tell(&self, event: Event) {
        // Nobody may be listening.
        drop(self.0.send(event));
    }

    pub fn listen(&self) -> broadcast::Receiver<Event> {
        self.0.subscribe()
    }
}
