//! The role of a node, as a word in a quiet frame.

use leptos::prelude::*;

use crate::model::NodeType;

#[component]
pub fn NodeTypeBadge(node_type: NodeType) -> impl IntoView {
    view! { <span class=format!("type-badge is-{}", node_type.as_str())>{node_type.as_str()}</span> }
}
