//! Whether the program can do its work: the database is read and written to, as a request would.

use std::time::{Duration, Instant};

use tokio::sync::Mutex;

use super::App;
use crate::fault::Fault;

/// For so long a success holds: however often it is asked, the disk isn't kept busy.
const HOLDS: Duration = Duration::from_millis(250);

/// What was found the last time, and when that look began.
#[derive(Default)]
pub struct Health(Mutex<Option<(Instant, Result<(), Fault>)>>);

/// Whether it can; the fault says why not.
pub async fn ready(app: &App) -> Result<(), Fault> {
    let asked = Instant::now();
    let mut last = app.health.0.lock().await;
    // A look that began since is as good as one's own; many who wait need but one.
    if let Some((began, found)) = &*last
        && (*began >= asked || found.is_ok() && began.elapsed() < HOLDS)
    {
        return found.clone();
    }
    let began = Instant::now();
    let mut found = app.store.read(|tx| Ok::<_, Fault>(tx.check()?)).await;
    if found.is_ok() {
        found = app.store.write(|tx| Ok::<_, Fault>(tx.probe()?)).await;
    }
    if found.is_ok() {
        found = app.store.has_room().map_err(Fault::from);
    }
    *last = Some((began, found.clone()));
    found
}
