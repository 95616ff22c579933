//! What goes over the wire between the program and the simulator: listened to, and held up.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    extract::{Request, State},
    middleware::{Next, from_fn_with_state},
    response::Response,
};
use tokio::sync::Notify;

#[derive(Clone, Default)]
pub struct Wire(Arc<Inner>);

#[derive(Default)]
struct Inner {
    /// Path and query of each call.
    calls: Mutex<Vec<(String, String)>>,
    hold: Mutex<Option<Held>>,
}

struct Held {
    path: String,
    /// Calls that go by before.
    after: u64,
    hold: Arc<Hold>,
}

/// A call that is held up.
#[derive(Default)]
pub struct Hold {
    reached: Notify,
    released: Notify,
}

impl Hold {
    /// Waits until the call has been made.
    pub async fn reached(&self) {
        self.reached.notified().await;
    }

    /// Lets it go on.
    pub fn release(&self) {
        self.released.notify_one();
    }
}

impl Wire {
    pub fn around(&self, router: Router) -> Router {
        router.layer(from_fn_with_state(self.clone(), pass))
    }

    /// The queries with which a path has been called.
    pub fn queries(&self, path: &str) -> Vec<String> {
        let calls = self.0.calls.lock().unwrap();
        let of_path = calls.iter().filter(|(called, _)| called.ends_with(path));
        of_path.map(|(_, query)| query.clone()).collect()
    }

    /// Holds the next call of a path up.
    pub fn hold(&self, path: &str) -> Arc<Hold> {
        self.hold_after(path, 0)
    }

    /// Holds a call of a path up that comes after so many.
    pub fn hold_after(&self, path: &str, after: u64) -> Arc<Hold> {
        let (path, hold) = (path.to_owned(), Arc::<Hold>::default());
        *self.0.hold.lock().unwrap() = Some(Held { path, after, hold: Arc::clone(&hold) });
        hold
    }

    /// What holds this call up.
    fn held_up(&self, path: &str) -> Option<Arc<Hold>> {
        let mut held = self.0.hold.lock().unwrap();
        let now = held.as_mut().filter(|held| path.ends_with(&held.path))?;
        if now.after > 0 {
            now.after -= 1;
            return None;
        }
        held.take().map(|held| held.hold)
    }
}

async fn pass(State(wire): State<Wire>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let query = request.uri().query().unwrap_or_default().to_owned();
    wire.0.calls.lock().unwrap().push((path.clone(), query));
    if let Some(hold) = wire.held_up(&path) {
        hold.reached.notify_one();
        hold.released.notified().await;
    }
    next.run(request).await
}
