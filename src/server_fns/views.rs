//! What the console is given to draw: plain data, the same on both sides of the wire.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    fault::Fault,
    list_query::ListQuery,
    model::{Model, NodeType},
};

/// The log-in page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginPage {
    /// Why it is shown again: a wrong password, a session that has ended.
    pub notice: Option<String>,
    /// As typed before.
    pub username: String,
    /// Path and query on this server to go to afterwards.
    pub next: String,
    /// The form pairs of a plain form post that met an ended session, as JSON and without
    /// secrets: a hidden input, so that nothing typed is lost.
    pub draft: Option<String>,
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

/// A node in the tree, with those below it where they are open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TreeNode {
    pub node: NodeRef,
    pub has_children: bool,
    /// Empty where the node is closed.
    pub children: Vec<TreeNode>,
}

/// The frame around every page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    pub username: String,
    /// The node the user belongs to: nothing above or beside it exists for the user.
    pub home: NodeRef,
    pub models: Vec<ModelLink>,
    pub demo: bool,
    pub version: String,
}

/// A model in the side bar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelLink {
    pub model_type: String,
    pub title: String,
    pub title_plural: String,
    /// Empty keeps it out of the side bar.
    pub section: String,
}

/// The breadcrumb: each part with the nodes beside it, and the nodes below the last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    pub parts: Vec<PlacePart>,
    pub children: Vec<NodeRef>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlacePart {
    pub node: NodeRef,
    /// The nodes beside it, itself included, by name; at most [`SIBLINGS_SHOWN`].
    pub siblings: Vec<NodeRef>,
}

/// Menus of the breadcrumb show no more than this; the hierarchy page has them all.
pub const SIBLINGS_SHOWN: usize = 50;

/// A page of a model's list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ListPage {
    pub model: Model,
    pub place: NodeRef,
    /// As understood, with every default filled in.
    pub query: ListQuery,
    pub total: u64,
    /// Instances of the model at the place and below when no filter narrows it; says whether an
    /// empty page is empty for want of instances or because of the filters.
    pub total_unfiltered: u64,
    pub rows: Vec<Row>,
    pub can: Permissions,
}

/// What the caller may do here with the model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Permissions {
    /// `Err` says why not, in words for the user ("Webex customers are added at customer nodes.").
    pub add: Result<(), String>,
    pub update: bool,
    pub remove: bool,
}

/// A row: the summary attributes, in the model's order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    pub pkid: String,
    pub label: String,
    /// JSON null where the attribute isn't set.
    pub cells: Vec<Value>,
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
    pub model: Model,
    /// Where it stands, or where it would be added.
    pub place: NodeRef,
    /// `None` on the add form.
    pub instance: Option<Instance>,
    /// Starting values of the add form.
    pub defaults: Map<String, Value>,
    pub can: Permissions,
    /// A plain form post that was refused: what was typed, and why. Only ever set by the server's
    /// own render of the answer to that post.
    pub posted: Option<Posted>,
    /// The latest changes of this instance, newest first.
    pub history: Vec<HistoryEntry>,
    /// Of a transaction: the model of what it changed, where that is still loaded.
    pub changed_model: Option<Model>,
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

/// One change of an instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryEntry {
    pub transaction_id: String,
    pub action: String,
    pub status: String,
    pub username: String,
    /// RFC 3339, UTC.
    pub submitted: String,
}

/// The answer to a save.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saved {
    pub pkid: String,
    pub version: u64,
    pub transaction_id: String,
}

/// What a delete would take away: shown before it is confirmed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeletePreview {
    pub model_title: String,
    pub model_title_plural: String,
    pub place: Option<NodeRef>,
    /// pkid and label.
    pub items: Vec<(String, String)>,
    /// Reasons why one of them can't be deleted.
    pub obstacles: Vec<String>,
}

/// The outcome of a bulk delete: a line for each instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkOutcome {
    pub transaction_id: String,
    pub succeeded: u64,
    /// pkid or href, and why it wasn't deleted.
    pub failed: Vec<(String, String)>,
}

/// The hierarchy's page: the tree from the caller's node, open along the way to the chosen one and
/// one level below it, and what there is at the chosen one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HierarchyPage {
    pub tree: TreeNode,
    pub chosen: Dashboard,
}

/// The first page after log-in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dashboard {
    pub place: NodeRef,
    /// Model and the number of its instances at the place and below.
    pub counts: Vec<(ModelLink, u64)>,
    /// Latest transactions at the place and below.
    pub latest: Vec<TransactionLine>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransactionLine {
    pub pkid: String,
    pub action: String,
    pub model_type: String,
    pub status: String,
    pub message: String,
    pub username: String,
    /// RFC 3339, UTC.
    pub submitted: String,
}
