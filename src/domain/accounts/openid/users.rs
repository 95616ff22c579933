//! The user of somebody whom an `OpenID` provider vouches for: made at the first log-in, and given role
//! and place anew at each.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::{
    super::standing::{Proven, Stamp},
    Settings,
    mapping::Line,
};
use crate::{
    domain::{
        App, Caller,
        access::{self, users::MODEL},
        hierarchy,
        resources::{self, Expected, NewData, Revision, from_json},
        transactions::Ticket,
    },
    fault::{Fault, FaultKind},
    model::Model,
    store::{Node, WriteTx},
};

/// Who somebody is, as the provider says.
pub struct Person {
    pub subject: String,
    pub username: String,
    /// Attributes of the user that are known beside it.
    pub known: Map<String, Value>,
}

/// The account that a person has, with the role and at the node that the line gives.
pub async fn proven(
    app: &App,
    settings: &Settings,
    person: Person,
    line: &Line,
) -> Result<Proven, Fault> {
    let model = app.model(MODEL)?;
    let mut data = person.known.clone();
    data.insert("username".to_owned(), json!(person.username));
    data.insert("role".to_owned(), json!(line.role));
    let named =
        Map::from_iter(["username", "role"].map(|name| (name.to_owned(), data[name].clone())));
    // What the provider knows beside the name may not be what a form would take.
    let new = NewData::judge(app, &model, data).or_else(|_| NewData::judge(app, &model, named))?;
    let (app_, line, issuer) = (app.clone(), line.clone(), settings.issuer.clone());
    app.store
        .write(move |tx| {
            let work = Keeping { app: &app_, tx, model: &model, program: Caller::program(tx)? };
            let place = hierarchy::resolve(tx, &work.program, Some(&line.node))?;
            let known = tx.user_by_openid(&issuer, &person.subject)?;
            let pkid = match known {
                Some(pkid) if work.stands_at(&pkid, &place)? => {
                    work.give(&pkid, &line.role)?;
                    pkid
                }
                // Elsewhere it begins anew: its sessions and tokens were for another place.
                Some(pkid) => {
                    work.remove(&pkid)?;
                    work.add(new, place, &issuer, &person)?
                }
                None => work.add(new, place, &issuer, &person)?,
            };
            let account = tx.account_of_user(&pkid)?.ok_or_else(Fault::internal)?;
            let account = tx.account_by_id(account)?.ok_or_else(Fault::internal)?;
            let stamp = Stamp::of(tx, &account)?;
            Ok(Proven { caller: access::caller(tx, account)?, stamp })
        })
        .await
}

/// The program itself, keeping a user.
struct Keeping<'a> {
    app: &'a App,
    tx: &'a WriteTx<'a>,
    model: &'a Arc<Model>,
    program: Caller,
}

impl Keeping<'_> {
    fn ticket(&self) -> Ticket {
        Ticket::new(self.app)
    }

    fn stands_at(&self, pkid: &str, place: &Node) -> Result<bool, Fault> {
        let stored = self.tx.instance_unscoped(MODEL, pkid)?.ok_or_else(Fault::internal)?;
        Ok(stored.node.id == place.id)
    }

    /// Another role, where it has another.
    fn give(&self, pkid: &str, role: &str) -> Result<(), Fault> {
        let stored = self.tx.instance_unscoped(MODEL, pkid)?.ok_or_else(Fault::internal)?;
        if from_json(&stored)?.get("role").and_then(Value::as_str) == Some(role) {
            return Ok(());
        }
        let change = Map::from_iter([("role".to_owned(), json!(role))]);
        let revision = Revision::merge(change);
        let ticket = self.ticket();
        let (app, tx, program, model) = (self.app, self.tx, &self.program, self.model);
        resources::update_in(app, tx, program, model, pkid, &Expected::Any, revision, &ticket)?;
        Ok(())
    }

    fn remove(&self, pkid: &str) -> Result<(), Fault> {
        let ticket = self.ticket();
        let (app, tx, program, model) = (self.app, self.tx, &self.program, self.model);
        resources::remove_in(app, tx, program, model, pkid, &Expected::Any, &ticket)?;
        Ok(())
    }

    fn add(
        &self,
        new: NewData,
        place: Node,
        issuer: &str,
        person: &Person,
    ) -> Result<String, Fault> {
        // Whoever has the name here isn't known to be the one who has it there.
        if self.tx.account_by_name(&person.username)?.is_some() {
            return Err(Fault::new(
                FaultKind::Forbidden,
                "name_taken",
                format!(
                    "There is another user {} here. Ask who administers it to rename or delete that \
                     one, or log in with its password.",
                    person.username
                ),
            ));
        }
        let ticket = self.ticket();
        let (app, tx, program, model) = (self.app, self.tx, &self.program, self.model);
        let made = resources::create_in(app, tx, program, model, place, new, &ticket)?;
        let account = tx.account_of_user(&made.pkid)?.ok_or_else(Fault::internal)?;
        tx.tie_to_openid(account, issuer, &person.subject)?;
        Ok(made.pkid)
    }
}
