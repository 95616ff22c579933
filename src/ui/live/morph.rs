//! Makes elements like others that were drawn anew, changing as little as possible: what has the
//! focus, is typed, ticked, open or scrolled stays so.

use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::{DocumentFragment, Element, HtmlInputElement, HtmlTemplateElement, Node};

/// Set by the user or by the browser, not by what the server draws.
const KEPT: [&str; 1] = ["open"];

/// Gives an element the content that `html` has.
pub fn become_like(element: &Element, html: &str) {
    let template = document().create_element("template").ok();
    let Some(template) = template.and_then(|t| t.dyn_into::<HtmlTemplateElement>().ok()) else {
        return;
    };
    template.set_inner_html(html);
    let content = template.content();
    children(element, &content, &content);
}

/// `all` is what the whole is to become.
fn children(old: &Node, new: &Node, all: &DocumentFragment) {
    let mut here = old.first_child();
    let mut next = new.first_child();
    while let Some(wanted) = next {
        next = wanted.next_sibling();
        if let Some(found) = same_below(old, &wanted) {
            // What isn't there any more goes first: what is moved would lose the focus.
            while let Some(gone) = here.take_if(|node| *node != found && !is_wanted(node, all)) {
                here = gone.next_sibling();
                let _ = old.remove_child(&gone);
            }
            if here.as_ref() != Some(&found) {
                let _ = old.insert_before(&found, here.as_ref());
                here = Some(found);
            }
        }
        match here.take_if(|node| is_same(node, &wanted)) {
            Some(node) => {
                become_node(&node, &wanted, all);
                here = node.next_sibling();
            }
            None => {
                let _ = old.insert_before(&wanted, here.as_ref());
            }
        }
    }
    while let Some(gone) = here {
        here = gone.next_sibling();
        let _ = old.remove_child(&gone);
    }
}

/// The one right below `parent` that has the id of `wanted`.
fn same_below(parent: &Node, wanted: &Node) -> Option<Node> {
    let id = id(wanted);
    if id.is_empty() {
        return None;
    }
    let found: Node = document().get_element_by_id(&id)?.into();
    (found.parent_node().as_ref() == Some(parent) && is_same(&found, wanted)).then_some(found)
}

fn is_wanted(node: &Node, all: &DocumentFragment) -> bool {
    let id = id(node);
    !id.is_empty() && all.get_element_by_id(&id).is_some()
}

fn id(node: &Node) -> String {
    node.dyn_ref::<Element>().map(Element::id).unwrap_or_default()
}

fn is_same(one: &Node, other: &Node) -> bool {
    one.node_name() == other.node_name() && id(one) == id(other)
}

fn become_node(old: &Node, new: &Node, all: &DocumentFragment) {
    match (old.dyn_ref::<Element>(), new.dyn_ref::<Element>()) {
        (Some(old), Some(new)) => {
            attributes(old, new);
            children(old, new, all);
        }
        _ => {
            if old.node_value() != new.node_value() {
                old.set_node_value(new.node_value().as_deref());
            }
        }
    }
}

fn attributes(old: &Element, new: &Element) {
    for name in new.get_attribute_names() {
        let Some(name) = name.as_string() else { continue };
        let value = new.get_attribute(&name).unwrap_or_default();
        if old.get_attribute(&name).as_ref() == Some(&value) {
            continue;
        }
        let _ = old.set_attribute(&name, &value);
        // An input that was typed into no longer follows its attribute.
        if name == "value"
            && let Some(input) = old.dyn_ref::<HtmlInputElement>()
            && !super::listeners::is_being_typed(input)
        {
            input.set_value(&value);
        }
    }
    for name in old.get_attribute_names() {
        let Some(name) = name.as_string() else { continue };
        if !new.has_attribute(&name) && !KEPT.contains(&name.as_str()) {
            let _ = old.remove_attribute(&name);
            if name == "value"
                && let Some(input) = old.dyn_ref::<HtmlInputElement>()
                && !super::listeners::is_being_typed(input)
            {
                input.set_value("");
            }
        }
    }
}
