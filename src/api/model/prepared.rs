//! The answers of a model, made once but for what differs from one instance, or one place, to the
//! next: most of an answer is the same each time, and there are many names in it.

use std::{
    collections::HashMap,
    convert::Infallible,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{extract::FromRequestParts, http::request::Parts};
use serde_json::Value;

use super::envelope;
use crate::{
    domain::{Caller, access},
    model::{Model, NodeType},
    store::{Node, Stored},
};

/// Stand in for what differs. No text of ours holds them.
const PKID: &str = "@pkid@";
const NODE_PKID: &str = "@node@";
/// The names of a path, as a list with this one entry.
const NODE_PATH: &str = "@path@";

/// A text with gaps.
struct Template(Vec<Piece>);

enum Piece {
    Text(Box<str>),
    Pkid,
    NodePkid,
    /// The entries of a list.
    Names,
}

/// What fills the gaps.
#[derive(Clone, Copy)]
pub struct Gaps<'g> {
    pub pkid: &'g str,
    pub node_pkid: &'g str,
    pub node_path: &'g str,
}

impl Template {
    fn new(value: &Value) -> Self {
        let text = value.to_string();
        let mut rest = text.as_str();
        let mut pieces = Vec::new();
        let names = format!("\"{NODE_PATH}\"");
        let gaps = [(PKID, 0), (NODE_PKID, 1), (names.as_str(), 2)];
        let first = |rest: &str| {
            let found = gaps.iter().filter_map(|(gap, kind)| Some((rest.find(gap)?, *gap, *kind)));
            found.min_by_key(|(at, ..)| *at).map(|(at, gap, kind)| (at, gap.len(), kind))
        };
        while let Some((at, length, kind)) = first(rest) {
            pieces.push(Piece::Text(rest[..at].into()));
            pieces.push(match kind {
                0 => Piece::Pkid,
                1 => Piece::NodePkid,
                _ => Piece::Names,
            });
            rest = &rest[at + length..];
        }
        pieces.push(Piece::Text(rest.into()));
        Self(pieces)
    }

    fn fill(&self, text: &mut String, gaps: Gaps<'_>) {
        for piece in &self.0 {
            match piece {
                Piece::Text(same) => text.push_str(same),
                Piece::Pkid => push_inside(text, gaps.pkid),
                Piece::NodePkid => push_inside(text, gaps.node_pkid),
                Piece::Names => {
                    for (position, name) in gaps.node_path.split('.').enumerate() {
                        text.push_str(if position > 0 { ",\"" } else { "\"" });
                        push_inside(text, name);
                        text.push('"');
                    }
                }
            }
        }
    }
}

/// Adds what stands between the quotes of a JSON text.
pub fn push_inside(text: &mut String, inside: &str) {
    if inside.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\') {
        text.push_str(inside);
    } else {
        let quoted = Value::from(inside).to_string();
        text.push_str(&quoted[1..quoted.len() - 1]);
    }
}

/// The parts of a model's answers, as they are for those to whom the same is offered.
pub struct Prepared {
    operations: String,
    collection: Template,
    row: Template,
    instance: Template,
}

impl Prepared {
    fn new(model: &Model) -> Self {
        let place = Node {
            id: 0,
            pkid: NODE_PKID.to_owned(),
            parent_id: None,
            name: NODE_PATH.to_owned(),
            node_type: NodeType::Sys,
            path: NODE_PATH.to_owned(),
        };
        let stored = Stored {
            id: 0,
            pkid: PKID.to_owned(),
            model: model.model_type.clone(),
            version: 0,
            created: String::new(),
            modified: String::new(),
            data: String::new(),
            node: place.clone(),
        };
        let row = envelope::row_meta(model, PKID, NODE_PKID, NODE_PATH);
        Self {
            operations: envelope::operations(model).to_string(),
            collection: Template::new(&envelope::collection_meta(model, &place)),
            row: Template::new(&row),
            instance: Template::new(&envelope::instance_meta(model, &stored, None)),
        }
    }

    /// `operations` of a list.
    pub fn operations(&self) -> &str {
        &self.operations
    }

    /// `meta` of a list at a place.
    pub fn push_collection_meta(&self, text: &mut String, place: &Node) {
        let gaps = Gaps { pkid: "", node_pkid: &place.pkid, node_path: &place.path };
        self.collection.fill(text, gaps);
    }

    /// `meta` of a row of a list.
    pub fn push_row_meta(&self, text: &mut String, gaps: Gaps<'_>) {
        self.row.fill(text, gaps);
    }

    /// `meta` of an instance.
    pub fn push_instance_meta(&self, text: &mut String, gaps: Gaps<'_>) {
        self.instance.fill(text, gaps);
    }
}

/// What has been prepared of one model's answers, by what is offered.
#[derive(Clone, Default)]
pub struct Answers(Arc<Mutex<HashMap<u16, Arc<Prepared>>>>);

impl Answers {
    /// As the caller is offered it.
    pub fn of(&self, caller: &Caller, model: &Arc<Model>) -> Arc<Prepared> {
        let offered = caller.access.key(&model.model_type);
        // Whole answers alone are put in.
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let prepared = known
            .entry(offered)
            .or_insert_with(|| Arc::new(Prepared::new(&access::narrowed(caller, model))));
        Arc::clone(prepared)
    }
}

/// Put beside the model by the router.
impl<S: Sync> FromRequestParts<S> for Answers {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_default())
    }
}
