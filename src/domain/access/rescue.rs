//! What is done from the command line for who is locked out, in the name of the program itself.

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value, json};

use super::{Caller, roles::text, users::MODEL};
use crate::{
    domain::{
        App,
        hashes::Hashes,
        hierarchy,
        resources::{Expected, NewData, Revision, create_in, from_json, href, update_in},
        transactions::{Action, Happened, Ticket, happened},
    },
    fault::Fault,
    store::{Node, ReadTx},
};

/// A user, as the list tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    pub username: String,
    pub role: String,
    /// Dot path of its node.
    pub node: String,
    pub has_second_factor: bool,
}

/// All users, by the nodes from `sys` down.
pub async fn list(app: &App) -> Result<Vec<Listed>, Fault> {
    app.store
        .read(|tx| {
            let mut all = Vec::new();
            for (account, pkid) in tx.user_accounts()? {
                let Some(stored) = tx.instance_unscoped(MODEL, &pkid)? else { continue };
                let data = from_json(&stored)?;
                let of = |name: &str| text(&data, name).unwrap_or_default().to_owned();
                all.push(Listed {
                    username: of("username"),
                    role: of("role"),
                    node: stored.node.path,
                    has_second_factor: tx.has_second_factor(account)?,
                });
            }
            all.sort_by(|a, b| (&a.node, &a.username).cmp(&(&b.node, &b.username)));
            Ok(all)
        })
        .await
}

/// Adds a user at a node, which is named by its dot path.
pub async fn add(
    app: &App,
    username: &str,
    role: &str,
    place: &str,
    password: SecretString,
) -> Result<(), Fault> {
    let data = json!({ "username": username, "role": role, "password": password.expose_secret() });
    let (app_, place) = (app.clone(), place.to_owned());
    let model = app.model(MODEL)?;
    let new = NewData::judge(app, &model, object(data))?.hashed(app, &model).await?;
    app.store
        .write(move |tx| {
            let caller = Caller::program(tx)?;
            let node: Node = hierarchy::resolve(tx, &caller, Some(&place))?;
            create_in(&app_, tx, &caller, &model, node, new, &Ticket::new(&app_)).map(|_| ())
        })
        .await
}

/// Gives a user another password, which ends its log-ins. Without its second factor, where that is
/// lost, it logs in with the password alone.
pub async fn set_password(
    app: &App,
    username: &str,
    password: SecretString,
    without_second_factor: bool,
) -> Result<(), Fault> {
    let (app_, username) = (app.clone(), username.to_owned());
    let model = app.model(MODEL)?;
    let changes = object(json!({ "password": password.expose_secret() }));
    let hashes = Hashes::of(app, &model, &changes).await?;
    app.store
        .write(move |tx| {
            let (account, pkid) = find(tx, &username)?;
            let caller = Caller::program(tx)?;
            let (any, ticket) = (Expected::Any, Ticket::new(&app_));
            let revision = Revision::merge(changes).with(hashes);
            update_in(&app_, tx, &caller, &model, &pkid, &any, revision, &ticket)?;
            if without_second_factor && tx.delete_second_factor(account)? {
                let change = Happened {
                    action: Action::TurnOffSecondFactor,
                    model_type: MODEL,
                    href: &href(MODEL, &pkid),
                    username: &caller.username,
                    node: &caller.node,
                    message: &format!("The second factor of {username} was turned off."),
                };
                happened(&app_, tx, &change)?;
            }
            Ok(())
        })
        .await
}

/// The account and the pkid of a user.
fn find(tx: &ReadTx<'_>, username: &str) -> Result<(i64, String), Fault> {
    let account = tx.account_by_name(username)?.map(|account| account.id);
    let found = tx.user_accounts()?.into_iter().find(|(id, _)| Some(*id) == account);
    found.ok_or_else(|| {
        let named = hierarchy::shortened(username);
        Fault::not_found(format!("There is no user {named:?}; \"tenantry user list\" has them."))
    })
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}
