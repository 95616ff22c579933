//! What the console is given to draw: plain data, the same on both sides of the wire.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    fault::Fault,
    model::{Model, NodeType, form::kept_of_new},
};

/// HTML that the server has drawn: a page, or a part of one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drawn {
    /// The document's title.
    pub title: String,
    pub html: String,
}

/// A node of the hierarchy, as a link needs it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeRef {
    pub pkid: String,
    pub name: String,
    /// Node names from `sys`, joined by dots.
    pub path: String,
    pub node_type: NodeType,
}

/// What the caller may do here with the model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Permissions {
    /// `Err` says why not, in words for the user ("Webex customers are added at customer nodes.").
    pub add: Result<(), String>,
    pub update: bool,
    pub remove: bool,
}

/// One stored instance. `data` holds the mask `********` where a secret is set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Instance {
    pub pkid: String,
    /// Grows by one with every change; its `ETag`.
    pub version: u64,
    pub data: Map<String, Value>,
    pub place: NodeRef,
    /// RFC 3339, UTC.
    pub created: String,
    pub modified: String,
    pub label: String,
}

/// The add form, or an instance's detail.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FormPage {
    /// As a display policy and a template shape it; all fields are there.
    pub model: Model,
    /// Where it stands, or where it would be added.
    pub place: NodeRef,
    /// `None` on the add form.
    pub instance: Option<Instance>,
    /// What the form begins with: the stored attributes, or the defaults of a new instance, with
    /// the chosen template applied. Fields that it hides or locks keep these values.
    pub start: Map<String, Value>,
    /// What can be picked for fields that refer to instances: the key of each field's
    /// [`Target`](crate::model::Target), and a value.
    pub picks: Vec<(String, String)>,
    /// Display policy and template to choose from, and why the instance is only shown, as HTML;
    /// empty where there is nothing to choose and to say.
    pub choosers: String,
    /// Of an instance that shapes a form: how that form looks, as HTML; empty until it is asked for.
    pub preview: Option<String>,
    pub can: Permissions,
    /// A plain form post that was refused: what was typed, and why. Only ever set by the server's
    /// own render of the answer to that post.
    pub posted: Option<Posted>,
}

impl FormPage {
    /// What stays as it is whatever the form sends: see [`from_pairs`](crate::model::form::from_pairs).
    pub fn base(&self) -> Map<String, Value> {
        match self.instance {
            Some(_) => self.start.clone(),
            None => kept_of_new(&self.model, &self.start),
        }
    }
}

/// What a plain form post carried, drawn again with the reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posted {
    /// Form pairs as `model::form` names them; values of secret inputs are left out.
    pub pairs: Vec<(String, String)>,
    /// None when nothing was refused: a row was added or removed, or a session was renewed.
    pub fault: Option<Fault>,
    /// A sentence on top of the form, e.g. after the session was renewed.
    pub notice: Option<String>,
}

/// The answer to a save.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saved {
    pub pkid: String,
    pub version: u64,
    pub transaction_id: String,
}
