//! `relation/SparkCustomer`: a customer's connection to Webex.

use serde_json::{Map, Value, json};

use super::{
    App, Caller,
    registry::Registry,
    webex,
    workflow::{Save, Workflow},
};
use crate::{
    fault::Fault,
    model::formats::webex_organization_id,
    store::{Node, ReadTx, Stored, WriteTx},
};

pub const MODEL: &str = "relation/SparkCustomer";

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

    fn kept(
        &self,
        app: &App,
        tx: &WriteTx<'_>,
        _caller: &Caller,
        save: &Save<'_>,
    ) -> Result<(), Fault> {
        webex::schedule::renamed(app, tx, save)?;
        webex::tokens::given(app, tx, save)
    }

    fn goes_with(&self, tx: &ReadTx<'_>, stored: &Stored) -> Result<Vec<String>, Fault> {
        let mut along = Vec::new();
        along.extend(webex::schedule::goes_with(tx, stored)?);
        Ok(along)
    }

    fn removed(&self, tx: &WriteTx<'_>, stored: &Stored) -> Result<(), Fault> {
        webex::schedule::removed(tx, stored)
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
        webex::schedule::moved(tx, stored, target)
    }

    /// `connection`: `{state, since, reason}`.
    fn meta(&self, tx: &ReadTx<'_>, stored: &Stored) -> Result<Map<String, Value>, Fault> {
        let connection = webex::Connection::of(tx, stored)?;
        let mut meta = Map::new();
        meta.insert("connection".to_owned(), json!(connection));
        Ok(meta)
    }
}
