//! A user's change of the own password, with the old one.

use super::{Client, login, passwords, tell};
use crate::{
    domain::{App, Caller, transactions::Action},
    fault::Fault,
};

/// Changes it, and ends all other sessions: `kept` is the log-in that goes on.
pub async fn change(
    app: &App,
    client: &Client,
    caller: &Caller,
    old: &str,
    new: &str,
    kept: Option<String>,
) -> Result<(), Fault> {
    let at = |field: &str, mut fault: Fault| {
        for error in &mut fault.errors {
            field.clone_into(&mut error.field);
        }
        fault
    };
    passwords::judge(new, &caller.username)
        .map_err(|error| at("/new_password", Fault::invalid(vec![error])))?;
    let standing = login::confirm(app, client, caller, old, None)
        .await
        .map_err(|fault| at("/old_password", fault))?;
    if old == new {
        let why = "That is the password you have. Choose another one.";
        return Err(Fault::field("/new_password", "unchanged", why));
    }
    let hash = passwords::hash(app, new.to_owned()).await?;
    let (app_, caller) = (app.clone(), caller.clone());
    app.store
        .write(move |tx| {
            standing.expect(tx, caller.account_id, app_.env.now_seconds())?;
            tx.change_password(caller.account_id, hash.as_str(), kept.as_deref())?;
            let message = format!("{} changed the own password.", caller.username);
            tell(&app_, tx, &caller, Action::ChangePassword, &message)
        })
        .await
}
