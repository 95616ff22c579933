//! What a model does beyond being stored. Most models have nothing here: their file is enough.

use serde_json::{Map, Value};

use super::{
    App, Caller, access, hierarchy, licences, policies, registry::Registry, resources,
    secrets::SecretEdit, spark_customer, templates, transactions, webex,
};
use crate::{
    fault::Fault,
    model::Model,
    store::{Node, ReadTx, Stored, WriteTx},
};

/// A save that was made.
pub struct Save<'a> {
    pub pkid: &'a str,
    /// The attributes before it; `None` where the instance is new.
    pub before: Option<&'a Map<String, Value>>,
    pub after: &'a Map<String, Value>,
    /// The secrets that changed.
    pub edits: &'a [SecretEdit],
    /// A workflow of the model's own has made it, which says itself what follows.
    pub by_workflow: bool,
}

/// A write that is about to be made.
pub struct Touch<'a> {
    /// The instance as it stands; `None` where it is new.
    pub before: Option<&'a Stored>,
    /// Where it will stand and what it will be; `None` where it goes.
    pub after: Option<(&'a Node, &'a Map<String, Value>)>,
}

/// A place, and the attributes of an instance there.
type State = (Node, Map<String, Value>);

impl Touch<'_> {
    /// What it is and what it becomes, each with its place.
    pub fn states(&self) -> Result<Vec<State>, Fault> {
        let before = self
            .before
            .map(|stored| Ok::<_, Fault>((stored.node.clone(), resources::from_json(stored)?)));
        let after = self.after.map(|(node, data)| Ok((node.clone(), data.clone())));
        before.into_iter().chain(after).collect()
    }
}

/// Steps of a write that a model adds to. Each may refuse.
pub trait Workflow: Sync {
    /// Judges, derives and normalises values of a valid instance, before its keys are looked at.
    fn prepare(&self, _models: &Registry, _data: &mut Map<String, Value>) -> Result<(), Fault> {
        Ok(())
    }

    /// Whether what [`Self::complete`] reads has no bound.
    fn is_long_to_read(&self) -> bool {
        false
    }

    /// Puts into an instance that is read alone what is kept beside it.
    fn complete(&self, _tx: &ReadTx<'_>, _stored: &mut Stored) -> Result<(), Fault> {
        Ok(())
    }

    /// Judges, and completes, what is to be added at `place`.
    fn adding(
        &self,
        _app: &App,
        _tx: &WriteTx<'_>,
        _place: &Node,
        _data: &mut Map<String, Value>,
    ) -> Result<(), Fault> {
        Ok(())
    }

    /// Attributes of which hashes are kept: secrets that only somebody else needs to know.
    fn hashed(&self) -> &'static [&'static str] {
        &[]
    }

    /// Judges whether this caller may write that, beyond what its role says of the model.
    fn entitled(
        &self,
        _tx: &ReadTx<'_>,
        _caller: &Caller,
        _touch: &Touch<'_>,
    ) -> Result<(), Fault> {
        Ok(())
    }

    /// Puts into an instance that is about to be stored what follows from its pkid.
    fn named(&self, _pkid: &str, _data: &mut Map<String, Value>) {}

    /// Attributes that follow from the instance's pkid or from time: a file that was exported shows
    /// them, and loading it leaves them alone.
    fn derived(&self) -> &'static [&'static str] {
        &[]
    }

    /// Follows a save whose secrets are in their place. Answers lines for the log of its record.
    fn kept(
        &self,
        _app: &App,
        _tx: &WriteTx<'_>,
        _caller: &Caller,
        _save: &Save<'_>,
    ) -> Result<Vec<String>, Fault> {
        Ok(Vec::new())
    }

    /// What `meta` says of an instance that is read alone, beside what all instances say.
    fn meta(&self, _tx: &ReadTx<'_>, _stored: &Stored) -> Result<Map<String, Value>, Fault> {
        Ok(Map::new())
    }

    /// Attributes that say something of a secret, and stay with it when a former version comes back.
    fn beside_secrets(&self) -> &'static [&'static str] {
        &[]
    }

    /// What the caller can ask for now of what the program does with such an instance, by name and
    /// title; `None` where there is never anything of the kind.
    fn controls(
        &self,
        _app: &App,
        _tx: &ReadTx<'_>,
        _caller: &Caller,
        _stored: &Stored,
    ) -> Result<Option<Vec<resources::Control>>, Fault> {
        Ok(None)
    }

    /// What goes with the instance when it is deleted, in words: "7 Webex users".
    fn goes_with(&self, _tx: &ReadTx<'_>, _stored: &Stored) -> Result<Vec<String>, Fault> {
        Ok(Vec::new())
    }

    /// Follows a move, which has been made.
    fn moved(&self, _tx: &WriteTx<'_>, _stored: &Stored, _target: &Node) -> Result<(), Fault> {
        Ok(())
    }

    /// Follows the instance's insertion.
    fn added(
        &self,
        _tx: &WriteTx<'_>,
        _place: &Node,
        _pkid: &str,
        _data: &Map<String, Value>,
    ) -> Result<(), Fault> {
        Ok(())
    }

    /// Judges, and completes, what is to replace `stored`.
    fn changing(
        &self,
        _app: &App,
        _tx: &WriteTx<'_>,
        _stored: &Stored,
        _data: &mut Map<String, Value>,
    ) -> Result<(), Fault> {
        Ok(())
    }

    /// Completes what somebody sent to replace `before`, where it says something of the secrets that
    /// were set, or stayed.
    fn sent(
        &self,
        _tx: &ReadTx<'_>,
        _stored: &Stored,
        _before: &Map<String, Value>,
        _data: &mut Map<String, Value>,
        _edits: &[SecretEdit],
    ) -> Result<(), Fault> {
        Ok(())
    }

    /// Judges whether the instance can go.
    fn removing(&self, _app: &App, _tx: &WriteTx<'_>, _stored: &Stored) -> Result<(), Fault> {
        Ok(())
    }

    /// Judges whether the instance can stand at `target`, where its model is allowed.
    fn moving(
        &self,
        _app: &App,
        _tx: &WriteTx<'_>,
        _stored: &Stored,
        _target: &Node,
    ) -> Result<(), Fault> {
        Ok(())
    }

    /// Makes a sample of its schema one that can be created.
    fn sample(&self, _models: &Registry, _data: &mut Map<String, Value>) {}

    /// The attribute on which the rest of the form depends: chosen before the form is drawn.
    fn decided_by(&self) -> Option<&'static str> {
        None
    }

    /// The model as the form of an instance needs it, for what [`Self::decided_by`] names.
    fn shaped(&self, _models: &Registry, model: &Model, _data: &Map<String, Value>) -> Model {
        model.clone()
    }

    /// The form that an instance brings about, where it is made to shape one: its model and what
    /// it starts with.
    fn preview(
        &self,
        _models: &Registry,
        _data: &Map<String, Value>,
    ) -> Option<(Model, Map<String, Value>)> {
        None
    }

    /// Follows the instance's deletion.
    fn removed(&self, _tx: &WriteTx<'_>, _stored: &Stored) -> Result<(), Fault> {
        Ok(())
    }
}

struct Plain;

impl Workflow for Plain {}

/// The workflow of a model type.
pub fn of(model_type: &str) -> &'static dyn Workflow {
    match model_type {
        hierarchy::MODEL => &hierarchy::HierarchyNode,
        spark_customer::MODEL => &spark_customer::SparkCustomer,
        transactions::MODEL => &transactions::Transaction,
        templates::MODEL => &templates::ConfigurationTemplate,
        policies::MODEL => &policies::FieldDisplayPolicy,
        licences::SERVICE => &licences::Service,
        licences::SERVICE_PACK => &licences::ServicePack,
        licences::USER => &licences::User,
        access::users::MODEL => &access::users::SystemUser,
        access::roles::ROLE => &access::roles::Role,
        access::roles::PROFILE => &access::roles::AccessProfile,
        webex::schedule::MODEL => &webex::schedule::Schedule,
        _ => &Plain,
    }
}
