//! Work that comes due by itself: done when its time has come or somebody says that there is some,
//! until the program is told to end.

use std::time::Duration;

use tokio::sync::Notify;

use super::App;
use crate::fault::Fault;

/// Before the next look when the store has failed.
const AFTER_FAILURE: Duration = Duration::from_secs(5);

/// Does `work` again and again. It answers when the next is due, in Unix seconds, if anything is;
/// `longest` is waited at most. `what` is said in the log when it fails.
pub async fn rounds<F: Future<Output = Result<Option<i64>, Fault>> + Send + 'static>(
    app: &App,
    woken: &Notify,
    longest: Option<Duration>,
    what: &str,
    work: impl Fn(App) -> F,
) {
    loop {
        if app.tasks.is_stopping() {
            return;
        }
        // In a task of its own: a panic doesn't end the rounds.
        let done = tokio::spawn(work(app.clone())).await;
        let pause = match done.unwrap_or_else(|_| Err(Fault::internal())) {
            Ok(next) => next.map(|at| {
                let seconds = at.saturating_sub(app.env.now_seconds()).max(1);
                Duration::from_secs(seconds.unsigned_abs())
            }),
            Err(fault) => {
                tracing::error!(%fault, what, "work that is due can't be done");
                Some(AFTER_FAILURE)
            }
        };
        let pause = pause.into_iter().chain(longest).min();
        tokio::select! {
            () = woken.notified() => {}
            () = app.tasks.told_to_stop() => return,
            () = async {
                match pause {
                    // The wait is for the time at which something is due, which is stored.
                    Some(pause) => tokio::time::sleep(pause).await,
                    None => std::future::pending().await,
                }
            } => {}
        }
    }
}
