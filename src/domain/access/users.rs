//! `data/SystemUser`: who can log in. A user and the account it logs in with are one thing: the
//! account is made, moved and ended with the instance, and holds the password's hash, which
//! stands nowhere else.

use serde_json::{Map, Value, json};

use super::{
    Caller,
    roles::{self, RoleAt, expect_covered, text},
};
use crate::{
    domain::{
        App, accounts,
        hierarchy::shortened,
        keys,
        registry::Registry,
        resources::{from_json, href},
        secrets::SecretChange,
        transactions::{self, Action, Change, Ticket},
        workflow::{Save, Touch, Workflow},
    },
    fault::{Fault, FaultKind},
    model::{MASK, NodeType},
    store::{NewAccount, NewInstance, Node, ReadTx, Stored, WriteTx},
};

pub const MODEL: &str = "data/SystemUser";

pub struct SystemUser;

impl Workflow for SystemUser {
    /// A password that others would guess is none. The mask stands for one that stays.
    fn prepare(&self, _models: &Registry, data: &mut Map<String, Value>) -> Result<(), Fault> {
        match text(data, "password").filter(|password| *password != MASK) {
            None => Ok(()),
            Some(password) => {
                let username = text(data, "username").unwrap_or_default();
                accounts::passwords::judge(password, username)
                    .map_err(|error| Fault::invalid(vec![error]))
            }
        }
    }

    fn hashed(&self) -> &'static [&'static str] {
        &["password"]
    }

    fn adding(
        &self,
        _app: &App,
        tx: &WriteTx<'_>,
        place: &Node,
        data: &mut Map<String, Value>,
    ) -> Result<(), Fault> {
        role_at(tx, place, data).map(|_| ())
    }

    fn changing(
        &self,
        _app: &App,
        tx: &WriteTx<'_>,
        stored: &Stored,
        data: &mut Map<String, Value>,
    ) -> Result<(), Fault> {
        role_at(tx, &stored.node, data).map(|_| ())
    }

    fn moving(
        &self,
        _app: &App,
        tx: &WriteTx<'_>,
        stored: &Stored,
        target: &Node,
    ) -> Result<(), Fault> {
        role_at(tx, target, &from_json(stored)?).map(|_| ())
    }

    fn entitled(&self, tx: &ReadTx<'_>, caller: &Caller, touch: &Touch<'_>) -> Result<(), Fault> {
        for (node, user) in touch.states()? {
            let name = text(&user, "role").unwrap_or_default();
            // A role that has gone gives nothing; its user can be changed and deleted.
            if let Some(role) = roles::find(tx, node.id, name)? {
                expect_covered(caller, &role.access, &format!("The role {name}"))?;
            }
        }
        if let Some(before) = touch.before
            && tx.account_of_user(&before.pkid)? == Some(caller.account_id)
        {
            expect_not_lowered(touch)?;
        }
        Ok(())
    }

    fn kept(
        &self,
        _app: &App,
        tx: &WriteTx<'_>,
        caller: &Caller,
        save: &Save<'_>,
    ) -> Result<Vec<String>, Fault> {
        let mut log = Vec::new();
        let password = save.edits.iter().find(|edit| edit.field == "/password");
        let hash = password.map(|edit| match &edit.change {
            SecretChange::Hashed(hash) => hash.as_str(),
            SecretChange::Set(_) | SecretChange::Clear => "",
        });
        if save.before.is_none() {
            let stored = tx.instance_unscoped(MODEL, save.pkid)?.ok_or_else(Fault::internal)?;
            tx.insert_user_account(&NewAccount {
                instance_id: stored.id,
                username: text(save.after, "username").unwrap_or_default(),
                password_hash: hash.unwrap_or_default(),
                node_id: stored.node.id,
            })?;
            return Ok(Vec::new());
        }
        tx.access_changes();
        if let Some(hash) = hash {
            let account = tx.account_of_user(save.pkid)?.ok_or_else(Fault::internal)?;
            if account == caller.account_id && caller.api_token.is_some() {
                return Err(Fault::forbidden(
                    "An API token doesn't change its owner's password. Log in, and change it at \
                     /account.",
                ));
            }
            tx.change_password(account, hash, None)?;
            // Whoever knew the one before may have made some.
            let gone = tx.delete_api_tokens(account)?;
            if gone > 0 {
                log.push(format!("{gone} API tokens of the user were revoked."));
            }
        }
        expect_administrator(tx)?;
        Ok(log)
    }

    fn moved(&self, tx: &WriteTx<'_>, stored: &Stored, target: &Node) -> Result<(), Fault> {
        let account = tx.account_of_user(&stored.pkid)?.ok_or_else(Fault::internal)?;
        tx.move_account(account, target.id)?;
        expect_administrator(tx)
    }

    /// The account has gone with the instance, and its sessions with it.
    fn removed(&self, tx: &WriteTx<'_>, _stored: &Stored) -> Result<(), Fault> {
        tx.access_changes();
        expect_administrator(tx)
    }

    fn sample(&self, _models: &Registry, data: &mut Map<String, Value>) {
        data.insert("username".to_owned(), json!("example"));
        data.insert("role".to_owned(), json!("Operator"));
    }
}

/// The role that a user at a node names, if it may have it there.
fn role_at(tx: &ReadTx<'_>, node: &Node, user: &Map<String, Value>) -> Result<RoleAt, Fault> {
    let name = text(user, "role").unwrap_or_default();
    let Some(role) = roles::find(tx, node.id, name)? else {
        return Err(Fault::field(
            "/role",
            "not_found",
            format!(
                "There is no role {:?} at {} or above it. Choose another, or add it first.",
                shortened(name),
                node.path
            ),
        ));
    };
    match role.node_type {
        Some(node_type) if node_type != node.node_type => Err(Fault::field(
            "/role",
            "wrong_place",
            format!(
                "The role {name} is for users at {} nodes; {} is a {} node. Choose another role, \
                 or another node.",
                node_type.as_str(),
                node.path,
                node.node_type.as_str()
            ),
        )),
        _ => Ok(role),
    }
}

/// Nobody takes from itself what only others could give back.
fn expect_not_lowered(touch: &Touch<'_>) -> Result<(), Fault> {
    let refuse = |what: &str| {
        let message = format!("You can't {what} yourself; ask another administrator to do it.");
        Err(Fault::new(FaultKind::Conflict, "own_user", message))
    };
    let states = touch.states()?;
    match states.as_slice() {
        [_] => refuse("delete"),
        [(from, _), (to, _)] if from.id != to.id => refuse("move"),
        [(_, before), (_, after)] if before.get("role") != after.get("role") => {
            refuse("give another role to")
        }
        _ => Ok(()),
    }
}

/// Refuses what would leave nobody at `sys` who may do everything.
pub fn expect_administrator(tx: &ReadTx<'_>) -> Result<(), Fault> {
    let root = tx.root_node()?.ok_or_else(Fault::internal)?;
    for stored in tx.instances_at(MODEL, root.id, u32::MAX)? {
        let user = from_json(&stored)?;
        let role = roles::find(tx, root.id, text(&user, "role").unwrap_or_default())?;
        if role.is_some_and(|role| role.access.covers(&super::Access::full())) {
            return Ok(());
        }
    }
    Err(Fault::new(
        FaultKind::Conflict,
        "last_administrator",
        "Nobody would be left at sys who may do everything. Give somebody else there the role \
         SystemAdmin first.",
    ))
}

/// Gives each account of before there were users its user: the first administrator too. At `sys`
/// it may do everything, elsewhere what the administrators of that type of node may; at a site or
/// an intermediate node it may read.
pub async fn ensure(app: &App) -> Result<(), Fault> {
    if app.store.read(|tx| Ok::<_, Fault>(tx.accounts_without_user()?)).await?.is_empty() {
        return Ok(());
    }
    let app_ = app.clone();
    app.store
        .write(move |tx| {
            for (account, username, node_id) in tx.accounts_without_user()? {
                adopt(&app_, tx, account, &username, node_id)?;
            }
            Ok(())
        })
        .await
}

fn adopt(
    app: &App,
    tx: &WriteTx<'_>,
    account: i64,
    username: &str,
    node_id: i64,
) -> Result<(), Fault> {
    let model = app.model(MODEL)?;
    let node = tx.node_by_id(node_id)?.ok_or_else(Fault::internal)?;
    let role = match node.node_type {
        NodeType::Sys => "SystemAdmin",
        NodeType::Provider => "ProviderAdmin",
        NodeType::Reseller => "ResellerAdmin",
        NodeType::Customer => "CustomerAdmin",
        NodeType::Site | NodeType::Intermediate => "Operator",
    };
    let data = json!({ "username": username, "password": MASK, "role": role });
    let data = data.as_object().cloned().unwrap_or_default();
    let (pkid, ticket) = (app.env.pkid(), Ticket::new(app));
    let json = Value::Object(data.clone()).to_string();
    // Not by the write that all use: the account is there, with a password.
    let instance_id = tx.insert_instance(&NewInstance {
        pkid: &pkid,
        model: MODEL,
        node_id,
        created: &ticket.now,
        data: &json,
    })?;
    keys::take(tx, instance_id, &model, node_id, &data)?;
    tx.tie_account(account, instance_id)?;
    transactions::record(
        app,
        tx,
        &Caller::program(tx)?,
        &ticket,
        &Change {
            action: Action::Create,
            model_type: MODEL,
            href: &href(MODEL, &pkid),
            node: &node,
            message: format!("{} {username} was added, with the role {role}.", model.title),
            before: None,
            after: Some(&json),
            log: Vec::new(),
            counts: None,
        },
    )
}
