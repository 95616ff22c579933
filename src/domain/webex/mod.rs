//! Webex customers at work: authorised by an administrator, their tokens kept alive, their
//! connection's state told.

mod act;
pub mod authorise;
pub mod connection;
mod facts;
pub mod keeper;
pub mod mail;
pub mod notices;
pub mod schedule;
pub mod sync;
pub mod tokens;
pub mod view;

pub use act::{Act, Outcome, SyncCounts, queue, start};
pub use connection::{Connection, State};

use super::spark_customer::MODEL;
use crate::{
    fault::{Fault, FaultKind},
    model::formats::webex_organization_id,
    webex::{ErrorKind, WebexError},
};

/// The code of refusals that only another authorisation mends.
pub(super) const NOT_AUTHORISED: &str = "not_authorised";

impl From<WebexError> for Fault {
    /// What a caller who waits is told: not authorised is a conflict with what is stored, the rest
    /// is Webex's doing.
    fn from(error: WebexError) -> Self {
        let (kind, code) = match error.kind {
            ErrorKind::Unauthorized => (FaultKind::Conflict, NOT_AUTHORISED),
            ErrorKind::Timeout => (FaultKind::NoAnswer, "no_answer"),
            _ => (FaultKind::Upstream, "webex"),
        };
        let advice = match error.kind {
            ErrorKind::Unauthorized => " Authorise the customer by its link again.",
            ErrorKind::Forbidden => {
                " Authorise it again as an administrator who may do this, and grant all that is \
                 asked for."
            }
            ErrorKind::Integration | ErrorKind::Refused(_) | ErrorKind::Malformed => "",
            ErrorKind::Unavailable(_) | ErrorKind::Timeout => " Try again later.",
            ErrorKind::Unreachable => " Check the network, and the customer's proxies.",
        };
        Self::new(kind, code, format!("{}{advice}", sentence(error.to_string())))
    }
}

/// Whether two ids of Webex's are those of one organisation, each as a UUID or as an organisation id.
fn same_organization(one: &str, other: &str) -> bool {
    let uuid = |id: &str| webex_organization_id(id).map(|organization| organization.uuid);
    one == other || (uuid(one).is_some() && uuid(one) == uuid(other))
}

/// With a full stop at its end: Webex's own words may lack it.
pub(in crate::domain::webex) fn sentence(text: String) -> String {
    if text.ends_with(['.', '!', '?']) { text } else { format!("{text}.") }
}
