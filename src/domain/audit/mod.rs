//! What is recorded beside changes: log-ins, refusals and exports. Each is an instance of
//! `tool/Transaction`, filed at the node of who is told of. Recording never fails the request that it
//! is about: where the store can't take a record, the program's log has it.

mod floods;
mod restore;
mod retention;

use std::{
    net::IpAddr,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

use floods::Floods;
pub use restore::{Version, restore, shows_version, version};
pub use retention::{keep_within, remove_old};
use tokio::sync::Notify;

use super::{
    App, Caller, PROGRAM, accounts,
    hierarchy::shortened,
    rounds::rounds,
    transactions::{self, Action, Happened},
};
use crate::{
    fault::Fault,
    store::{Node, ReadTx},
};

/// The model that log-ins are records of.
pub const USERS: &str = "data/SystemUser";

/// How often a log-in that comes with each request is recorded. Seconds.
const EACH_REQUEST: i64 = 3600;
/// How often refusals that are alike are. Seconds.
const ALIKE: i64 = 60;
/// Refusals that are recorded in that time.
const REFUSALS: u32 = 120;
/// Those of one caller among them, or of one address where nobody has logged in.
const OF_ONE: u32 = 20;

/// Somebody has logged in. `how` is one of `console`, `session`, `token`, `basic`, `OpenID Connect`.
pub async fn logged_in(app: &App, caller: &Caller, how: &str, from: Option<IpAddr>) {
    app.audit.log_ins.fetch_add(1, Relaxed);
    if how == "basic" && !app.audit.is_first(&caller.username, from, app.env.now_seconds()) {
        return;
    }
    let told = Told {
        who: Who::Caller(caller.clone()),
        action: Action::LogIn,
        model_type: USERS.to_owned(),
        href: String::new(),
        message: format!("{} logged in ({how}){}.", caller.username, told_from(from)),
    };
    write(app, told).await;
}

/// Somebody was refused as `username`, whether there is such an account or not. `why` holds no
/// secret.
pub async fn log_in_refused(app: &App, username: &str, why: &str, from: Option<IpAddr>) {
    app.audit.log_ins_refused.fetch_add(1, Relaxed);
    let username = shortened(username);
    let kind = format!("log-in {} {username}", told_from(from));
    let place = accounts::source(from).map_or_else(String::new, |source| format!(" from {source}"));
    let sum = || Sum {
        who: Who::Program,
        action: Action::LogInRefused,
        what: format!("more log-ins{place} were refused"),
    };
    let Some(more) = admitted(app, &kind, &place, sum).await else { return };
    let why = why.trim_end_matches('.');
    let told = Told {
        action: Action::LogInRefused,
        model_type: USERS.to_owned(),
        href: String::new(),
        message: format!("A log-in as {username}{} was refused: {why}.{more}", told_from(from)),
        who: Who::Name(username),
    };
    write(app, told).await;
}

/// A caller asked for what it may not do. `what` says it in words, such as the method and path of
/// the call.
pub async fn refused(app: &App, caller: &Caller, what: &str, model_type: &str, href: &str) {
    app.audit.refused.fetch_add(1, Relaxed);
    let source = format!("account {}", caller.account_id);
    let kind = format!("refused {source} {what}");
    let sum = || Sum {
        who: Who::Caller(caller.clone()),
        action: Action::Refused,
        what: format!("more calls of {} were refused", caller.username),
    };
    let Some(more) = admitted(app, &kind, &source, sum).await else { return };
    let told = Told {
        who: Who::Caller(caller.clone()),
        action: Action::Refused,
        model_type: model_type.to_owned(),
        href: href.to_owned(),
        message: format!("{} was refused: {what}.{more}", caller.username),
    };
    write(app, told).await;
}

/// Somebody was given `count` instances as a file, or all else that `what` says.
pub async fn exported(app: &App, caller: &Caller, model_type: &str, count: u64, what: &str) {
    app.audit.exports.fetch_add(1, Relaxed);
    let told = Told {
        who: Who::Caller(caller.clone()),
        action: Action::Export,
        model_type: model_type.to_owned(),
        // What isn't a model has no list.
        href: app.models.get(model_type).map_or_else(String::new, |_| format!("/api/{model_type}")),
        message: format!("{} exported {count} of {model_type}: {what}.", caller.username),
    };
    write(app, told).await;
}

/// What is recorded of the refusals of a source that had more than its part.
struct Sum {
    who: Who,
    action: Action,
    /// Goes on after the number.
    what: String,
}

/// Records how many refusals of a source had no record of their own, until the program is told to end.
pub async fn tell_sums(app: &App) {
    let longest = Duration::from_secs(ALIKE.unsigned_abs());
    rounds(app, &Notify::new(), Some(longest), "sums of refusals", |app| async move {
        record_sums(&app).await;
        Ok(None)
    })
    .await;
}

/// Those that are due.
pub async fn record_sums(app: &App) {
    let sums = app.audit.refusals.sums(app.env.now_seconds());
    write_sums(app, sums).await;
}

/// All that are left, also of the minute that isn't over: the program ends.
pub async fn record_last_sums(app: &App) {
    write_sums(app, app.audit.refusals.last_sums()).await;
}

async fn write_sums(app: &App, sums: Vec<(Sum, u64)>) {
    for (sum, count) in sums {
        let told = Told {
            who: sum.who,
            action: sum.action,
            model_type: USERS.to_owned(),
            href: String::new(),
            message: format!("{count} {} in a minute, without a record of each.", sum.what),
        };
        write(app, told).await;
    }
}

/// Whether a refusal is recorded, and what its record tells of those that weren't.
async fn admitted(
    app: &App,
    kind: &str,
    source: &str,
    sum: impl FnOnce() -> Sum,
) -> Option<String> {
    let admitted = app.audit.refusals.admit(kind, source, sum, app.env.now_seconds());
    record_sums(app).await;
    let admitted = admitted?;
    let mut more = String::new();
    if admitted.alike > 0 {
        more += &format!(" Alike before it and without a record: {}.", admitted.alike);
    }
    if admitted.others > 0 {
        more += &format!(" Others before it and without a record: {}.", admitted.others);
    }
    Some(more)
}

fn told_from(from: Option<IpAddr>) -> String {
    from.map_or_else(String::new, |address| format!(" from {address}"))
}

/// What the running program remembers of what it has recorded.
pub struct Audit {
    refusals: Floods<Sum>,
    /// Log-ins that came with a request.
    requests: Floods<()>,
    log_ins: AtomicU64,
    log_ins_refused: AtomicU64,
    refused: AtomicU64,
    exports: AtomicU64,
}

/// How often something has happened since the start, whether it was recorded or not.
pub struct Counts {
    pub log_ins: u64,
    pub log_ins_refused: u64,
    pub refused: u64,
    pub exports: u64,
}

impl Default for Audit {
    fn default() -> Self {
        Self {
            refusals: Floods::new(ALIKE, REFUSALS, OF_ONE),
            // Only who has an account gets here.
            requests: Floods::new(EACH_REQUEST, u32::MAX, u32::MAX),
            log_ins: AtomicU64::default(),
            log_ins_refused: AtomicU64::default(),
            refused: AtomicU64::default(),
            exports: AtomicU64::default(),
        }
    }
}

impl Audit {
    pub fn counts(&self) -> Counts {
        Counts {
            log_ins: self.log_ins.load(Relaxed),
            log_ins_refused: self.log_ins_refused.load(Relaxed),
            refused: self.refused.load(Relaxed),
            exports: self.exports.load(Relaxed),
        }
    }

    fn is_first(&self, username: &str, from: Option<IpAddr>, now: i64) -> bool {
        let kind = format!("{username}{}", told_from(from));
        self.requests.admit(&kind, "", || (), now).is_some()
    }
}

/// Whose record it is.
enum Who {
    Caller(Caller),
    /// An account of this name, or nobody.
    Name(String),
    /// What several had part in, or nobody knows who.
    Program,
}

struct Told {
    who: Who,
    action: Action,
    model_type: String,
    href: String,
    message: String,
}

async fn write(app: &App, told: Told) {
    let app_ = app.clone();
    let (action, message) = (told.action, told.message.clone());
    let written = app
        .store
        .write(move |tx| {
            let (node, username) = match &told.who {
                Who::Caller(caller) => (tx.node_by_id(caller.node.id)?, caller.username.as_str()),
                Who::Name(name) => (tx.account_by_name(name)?.map(|a| a.node), name.as_str()),
                Who::Program => (None, PROGRAM),
            };
            let node = match node {
                Some(node) => node,
                None => root(tx)?,
            };
            let happened = Happened {
                action: told.action,
                model_type: &told.model_type,
                href: &told.href,
                username,
                node: &node,
                message: &told.message,
            };
            transactions::happened(&app_, tx, &happened)
        })
        .await;
    if let Err(fault) = written {
        // What it tells is nowhere else; there is no secret in it.
        let action = action.as_str();
        tracing::error!(%fault, action, told = message, "what happened can't be recorded");
    }
}

fn root(tx: &ReadTx<'_>) -> Result<Node, Fault> {
    tx.root_node()?.ok_or_else(Fault::internal)
}
