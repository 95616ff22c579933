//! What Webex has of a customer, taken over into the models `device/spark/…`.

use super::Outcome;
use crate::{
    domain::{App, Caller},
    fault::Fault,
};

pub async fn roles_licences(
    _app: &App,
    _caller: &Caller,
    _id: &str,
    _pkid: &str,
) -> Result<Outcome, Fault> {
    Err(Fault::internal())
}

pub async fn users(_app: &App, _caller: &Caller, _id: &str, _pkid: &str) -> Result<Outcome, Fault> {
    Err(Fault::internal())
}
