//! `relation/SparkCustomer`: a customer's connection to Webex.

use serde_json::{Map, Value, json};

use super::{
    App, Caller,
    registry::Registry,
    secrets::SecretEdit,
    webex::{self, Act},
    workflow::{Save, Workflow},
};
use crate::{
    fault::Fault,
    model::formats::webex_organization_id,
    store::{Node, ReadTx, Stored, WriteTx},
};

pub const MODEL: &str = "relation/SparkCustomer";

/// Tokens, and what says when each lapses.
const EXPIRIES: [(&str, &str); 2] =
    [("token", "access_token_expires"), ("refresh_token", "refresh_token_expires")];

pub struct SparkCustomer;

impl Workflow for SparkCustomer {
    /// `account_number` always follows `account_number_external`; without it, it stays as given.
    /// The external number is kept as the lower-case UUID whichever form came in, so that one
    /// organisation can't be added twice under two spellings.
    fn prepare(&self, _models: &Registry, data: &mut Map<String, Value>) -> Result<(), Fault> {
        let Some(external) =
            data.get("account_number_external").and_then(Value::as_str).filter(|t| !t.is_empty())
        else {
            return Ok(());
        };
        // The validator has accepted it by the same reading.
        let organization = webex_organization_id(external).ok_or_else(|| {
            Fault::field(
                "/account_number_external",
                "format",
                "Organization Account Number must be the organisation's UUID, or its \
                 organisation id.",
            )
        })?;
        data.insert("account_number_external".to_owned(), Value::String(organization.uuid));
        data.insert("account_number".to_owned(), Value::String(organization.id));
        Ok(())
    }

    /// Where an administrator authorises it: there is nothing to authorise before it is saved.
    fn named(&self, pkid: &str, data: &mut Map<String, Value>) {
        data.insert("token_link".to_owned(), Value::String(webex::authorise::link(pkid)));
    }

    fn derived(&self) -> &'static [&'static str] {
        &["token_link"]
    }

    fn beside_secrets(&self) -> &'static [&'static str] {
        const { &[EXPIRIES[0].1, EXPIRIES[1].1] }
    }

    /// Its connection is judged anew, what was synced follows its name, and where `sync` is set, the
    /// first tokens let its roles and licences be synced.
    fn kept(
        &self,
        app: &App,
        tx: &WriteTx<'_>,
        caller: &Caller,
        save: &Save<'_>,
    ) -> Result<Vec<String>, Fault> {
        if !save.by_workflow {
            webex::tokens::given(app, tx, save)?;
        }
        webex::schedule::renamed(app, tx, save)?;
        let name = |data: &Map<String, Value>| text_of(data, "name").to_owned();
        if save.before.is_some_and(|before| name(before) != name(save.after)) {
            webex::sync::renamed(tx, save.pkid, &name(save.after))?;
        }
        if !is_first_authorised(save) {
            return Ok(Vec::new());
        }
        let id = webex::queue(app, tx, caller, save.pkid, Act::SyncWebexTeamsRolesLicences)?;
        Ok(vec![format!("The sync of roles and licences was queued as the transaction {id}.")])
    }

    /// What Webex has said of its tokens isn't overruled by a save that leaves them as they are, such
    /// as that of a sheet from last month; and what was said of a token isn't said of the next one.
    fn sent(
        &self,
        tx: &ReadTx<'_>,
        stored: &Stored,
        before: &Map<String, Value>,
        data: &mut Map<String, Value>,
        edits: &[SecretEdit],
    ) -> Result<(), Fault> {
        let from_webex = tx.connection(stored.id)?.is_some_and(|row| row.refreshed.is_some());
        for (secret, expires) in EXPIRIES {
            let edited = edits.iter().any(|edit| edit.field.strip_prefix('/') == Some(secret));
            if edited {
                if data.get(expires) == before.get(expires) {
                    data.shift_remove(expires);
                }
            } else if from_webex && before.contains_key(secret) {
                match before.get(expires) {
                    Some(said) => data.insert(expires.to_owned(), said.clone()),
                    None => data.shift_remove(expires),
                };
            }
        }
        Ok(())
    }

    /// What was synced, and its schedules.
    fn goes_with(&self, tx: &ReadTx<'_>, stored: &Stored) -> Result<Vec<String>, Fault> {
        let mut along: Vec<String> = webex::sync::held(tx, stored)?.into_iter().collect();
        along.extend(webex::schedule::goes_with(tx, stored)?);
        Ok(along)
    }

    fn moving(
        &self,
        app: &App,
        tx: &WriteTx<'_>,
        stored: &Stored,
        target: &Node,
    ) -> Result<(), Fault> {
        webex::schedule::moving(app, tx, stored, target)
    }

    fn moved(&self, tx: &WriteTx<'_>, stored: &Stored, target: &Node) -> Result<(), Fault> {
        webex::schedule::moved(tx, stored, target)?;
        webex::sync::moved(tx, stored)
    }

    fn removed(&self, tx: &WriteTx<'_>, stored: &Stored) -> Result<(), Fault> {
        webex::schedule::removed(tx, stored)?;
        webex::sync::removed(tx, stored)
    }

    /// `connection`: `{state, since, reason}`.
    fn meta(&self, tx: &ReadTx<'_>, stored: &Stored) -> Result<Map<String, Value>, Fault> {
        let connection = webex::Connection::of(tx, stored)?;
        let mut meta = Map::new();
        meta.insert("connection".to_owned(), json!(connection));
        Ok(meta)
    }
}

/// Whether a save brings the first tokens of a customer that wants to be synced then.
fn is_first_authorised(save: &Save<'_>) -> bool {
    let has_tokens = |data: &Map<String, Value>| {
        data.contains_key("token") || data.contains_key("refresh_token")
    };
    let wanted = save.after.get("sync").and_then(Value::as_bool) == Some(true);
    wanted && has_tokens(save.after) && !save.before.is_some_and(has_tokens)
}

fn text_of<'a>(data: &'a Map<String, Value>, name: &str) -> &'a str {
    data.get(name).and_then(Value::as_str).unwrap_or_default()
}
