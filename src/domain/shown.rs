//! What the pages that the server draws are drawn from.

use std::sync::Arc;

use serde_json::Value;

use super::{
    resources::href,
    tasks::{RowOutcome, Selection},
    transactions::Action,
};
use crate::{
    fault::Fault,
    list_query::ListQuery,
    model::Model,
    server_fns::views::{Instance, NodeRef, Permissions},
    store::SavedView,
};

/// A node in the tree, with those below it where they are open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeNode {
    pub node: NodeRef,
    pub has_children: bool,
    /// Empty where the node is closed.
    pub children: Vec<TreeNode>,
}

/// The frame around every page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    pub username: String,
    /// The node the user belongs to: nothing above or beside it exists for the user.
    pub home: NodeRef,
    /// Those whose lists there are for the user.
    pub models: Vec<ModelLink>,
    /// Whether the user reads what tenants are licensed for.
    pub tenants: bool,
    pub demo: bool,
    pub version: String,
}

/// A model in the side bar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelLink {
    pub model_type: String,
    pub title: String,
    pub title_plural: String,
    /// Empty keeps it out of the side bar.
    pub section: String,
}

/// The breadcrumb: each part with the nodes beside it, and the nodes below the last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub parts: Vec<PlacePart>,
    pub children: Vec<NodeRef>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlacePart {
    pub node: NodeRef,
    /// The nodes beside it, itself included, by name; at most [`SIBLINGS_SHOWN`].
    pub siblings: Vec<NodeRef>,
}

/// Menus of the breadcrumb show no more than this; the hierarchy page has them all.
pub const SIBLINGS_SHOWN: usize = 50;

/// A page of a model's list.
#[derive(Clone, Debug, PartialEq)]
pub struct ListPage {
    pub model: Arc<Model>,
    pub place: NodeRef,
    /// As understood, with every default filled in.
    pub query: ListQuery,
    pub total: u64,
    /// Instances of the model at the place and below when no filter narrows it; says whether an
    /// empty page is empty for want of instances or because of the filters.
    pub total_unfiltered: u64,
    pub rows: Vec<Row>,
    /// The attributes that are shown, in order.
    pub columns: Vec<String>,
    /// The views that the caller can use.
    pub views: Vec<SavedView>,
    /// Whose they are.
    pub account_id: i64,
    pub can: Permissions,
}

/// A row: the attributes that are shown, in their order.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub pkid: String,
    pub label: String,
    /// JSON null where the attribute isn't set.
    pub cells: Vec<Value>,
    /// Of a Webex customer: the state of its connection.
    pub connection: Option<String>,
}

/// One change of an instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryEntry {
    pub transaction_id: String,
    pub action: String,
    pub status: String,
    pub username: String,
    /// RFC 3339, UTC.
    pub submitted: String,
    /// Titles of the attributes that it changed; empty for what shows no version before.
    pub changed: Vec<String>,
    pub standing: Standing,
}

/// What a change's record is to the instance as it is now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It shows a version to which the caller can go back.
    Former,
    /// It shows the instance as it is.
    Current,
    /// It shows no version, or the caller may not go back.
    None,
}

/// The instances that something is to be done with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// By their pkids.
    Named(Vec<String>),
    /// All that match the parameters of a list, which were `expected_total` when somebody looked.
    Matching { query: Vec<(String, String)>, expected_total: u64 },
}

impl Which {
    /// As the bulk calls take it.
    pub fn selection(&self, model_type: &str) -> Result<Selection, Fault> {
        match self {
            Self::Named(pkids) => {
                Selection::named(pkids.iter().map(|pkid| href(model_type, pkid)).collect())
            }
            Self::Matching { query, expected_total } => {
                Selection::matching_pairs(query, Some(*expected_total))
            }
        }
    }
}

/// What is shown of them before it is done.
#[derive(Clone, Debug, PartialEq)]
pub struct Chosen {
    pub model: Arc<Model>,
    /// How many there are now.
    pub total: u64,
    /// How many that were named have gone.
    pub missing: u64,
    /// The place of a single one.
    pub place: Option<NodeRef>,
    /// pkid and label of the first of them; at most [`CHOSEN_SHOWN`].
    pub items: Vec<(String, String)>,
    /// Reasons why one of them can't be deleted.
    pub obstacles: Vec<String>,
    /// What goes with those listed when they are deleted: label and words.
    pub along: Vec<(String, String)>,
}

/// More than these are counted, not listed.
pub const CHOSEN_SHOWN: usize = 100;

/// The hierarchy's page: the tree from the caller's node, open along the way to the chosen one and
/// one level below it, and what there is at the chosen one.
#[derive(Clone, Debug, PartialEq)]
pub struct HierarchyPage {
    pub tree: TreeNode,
    pub chosen: Dashboard,
}

/// Nodes that were looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundNodes {
    pub total: u64,
    /// The first of them, by name.
    pub nodes: Vec<NodeRef>,
}

/// The first page after log-in.
#[derive(Clone, Debug, PartialEq)]
pub struct Dashboard {
    pub place: NodeRef,
    /// Model and the number of its instances at the place and below.
    pub counts: Vec<(ModelLink, u64)>,
    /// Latest transactions at the place and below.
    pub latest: Vec<TransactionLine>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransactionLine {
    pub pkid: String,
    pub action: String,
    /// Title of the model; its type where it isn't loaded any more.
    pub model_title: String,
    pub status: String,
    pub message: String,
    pub username: String,
    /// RFC 3339, UTC.
    pub submitted: String,
}

/// What the user has asked for lately.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lately {
    /// Tasks of the user's that wait or run, up to a hundred.
    pub open: usize,
    /// The latest of the user's tasks, newest first.
    pub latest: Vec<TransactionLine>,
}

/// A transaction's page.
#[derive(Clone, Debug)]
pub struct TransactionPage {
    /// The model of the transactions themselves.
    pub model: Arc<Model>,
    pub record: Instance,
    /// The model of what it changed, where that is still loaded.
    pub changed_model: Option<Arc<Model>>,
    /// Of a bulk call: some of its rows, those that failed first.
    pub rows: Vec<TransactionRow>,
    /// Rows that have an outcome by now, in all and failed.
    pub rows_done: u64,
    pub rows_failed: u64,
    pub can_cancel: bool,
    /// Of a load: its file is kept and can be loaded in another mode.
    pub can_apply: bool,
    /// The refusal says why not.
    pub can_replay: Result<(), String>,
}

impl TransactionPage {
    /// Whether it is about several instances.
    pub fn is_of_many(&self) -> bool {
        let data = &self.record.data;
        let total = data.get("progress").and_then(|p| p.get("total")).and_then(Value::as_u64);
        let action = data.get("action").and_then(Value::as_str).unwrap_or_default();
        self.rows_done > 0 || total > Some(1) && !Action::is_of_webex(action)
    }
}

/// A row of a bulk call, with the label of its instance where that is there or was.
#[derive(Clone, Debug)]
pub struct TransactionRow {
    pub outcome: RowOutcome,
    pub label: Option<String>,
    /// The pkid of its instance, while that is there.
    pub pkid: Option<String>,
}
