//! What the console calls. Each is a thin face on a domain function: take the caller from the
//! request, call, hand back. Nothing is decided here.

#[cfg(feature = "ssr")]
pub mod context;
pub mod views;

use leptos::{prelude::*, server_fn::codec::Json};
use serde_json::{Map, Value};

use crate::fault::Fault;
use views::{
    BulkOutcome, Dashboard, DeletePreview, FormPage, Frame, ListPage, LoginPage, Place, Saved,
    TreeNode,
};

#[cfg(feature = "ssr")]
use crate::domain;
#[cfg(feature = "ssr")]
use context::{posted, request};

/// What the log-in page says; the only call that needs no log-in.
#[server(prefix = "/fn", endpoint = "login_page", input = Json)]
pub async fn get_login(next: Option<String>) -> Result<LoginPage, Fault> {
    Ok(context::login_page(next))
}

/// Who is logged in and what the side bar holds. A fault of kind `Unauthenticated` sends the
/// console to the log-in page.
#[server(prefix = "/fn", endpoint = "frame", input = Json)]
pub async fn get_frame() -> Result<Frame, Fault> {
    let r = request()?;
    r.answer(domain::console::frame(&r.app, &r.caller).await)
}

/// The breadcrumb of a node (pkid or dot path; the caller's own node when absent).
#[server(prefix = "/fn", endpoint = "place", input = Json)]
pub async fn get_place(hierarchy: Option<String>) -> Result<Place, Fault> {
    let r = request()?;
    r.answer(domain::console::place(&r.app, &r.caller, hierarchy.as_deref()).await)
}

/// The tree from the caller's node, open along the way to `hierarchy` and one level below it.
#[server(prefix = "/fn", endpoint = "tree", input = Json)]
pub async fn get_tree(hierarchy: Option<String>) -> Result<TreeNode, Fault> {
    let r = request()?;
    r.answer(domain::console::tree(&r.app, &r.caller, hierarchy.as_deref()).await)
}

/// The nodes directly below one, each closed.
#[server(prefix = "/fn", endpoint = "children", input = Json)]
pub async fn get_children(pkid: String) -> Result<Vec<TreeNode>, Fault> {
    let r = request()?;
    r.answer(domain::console::children(&r.app, &r.caller, &pkid).await)
}

/// The first page: counts and the latest transactions.
#[server(prefix = "/fn", endpoint = "dashboard", input = Json)]
pub async fn get_dashboard(hierarchy: Option<String>) -> Result<Dashboard, Fault> {
    let r = request()?;
    r.answer(domain::console::dashboard(&r.app, &r.caller, hierarchy.as_deref()).await)
}

/// A page of a list. `query` holds the pairs of the page's own query string: the names are those
/// of the API's list parameters.
#[server(prefix = "/fn", endpoint = "list", input = Json)]
pub async fn get_list(
    model_type: String,
    query: Vec<(String, String)>,
) -> Result<ListPage, Fault> {
    let r = request()?;
    r.answer(domain::console::list(&r.app, &r.caller, &model_type, &query).await)
}

/// The add form of a model at a node.
#[server(prefix = "/fn", endpoint = "add_form", input = Json)]
pub async fn get_add_form(
    model_type: String,
    hierarchy: Option<String>,
) -> Result<FormPage, Fault> {
    let (r, posted) = (request()?, posted());
    let page = domain::console::add_form(&r.app, &r.caller, &model_type, hierarchy.as_deref());
    r.answer(page.await.map(|page| FormPage { posted, ..page }))
}

/// An instance with its form.
#[server(prefix = "/fn", endpoint = "instance", input = Json)]
pub async fn get_instance(model_type: String, pkid: String) -> Result<FormPage, Fault> {
    let (r, posted) = (request()?, posted());
    let page = domain::console::instance(&r.app, &r.caller, &model_type, &pkid);
    r.answer(page.await.map(|page| FormPage { posted, ..page }))
}

/// Creates an instance at a node.
#[server(prefix = "/fn", endpoint = "create", input = Json)]
pub async fn create_instance(
    model_type: String,
    hierarchy: Option<String>,
    data: Map<String, Value>,
) -> Result<Saved, Fault> {
    let r = request()?;
    let model = r.answer(r.app.model(&model_type))?;
    let hierarchy = hierarchy.as_deref();
    let written = domain::resources::create(&r.app, &r.caller, &model, hierarchy, data).await;
    r.answer(written.map(Saved::from))
}

/// Replaces an instance's attributes. `version` is the one the form was drawn from; a fault of
/// kind `Stale` says that somebody else has saved since.
#[server(prefix = "/fn", endpoint = "update", input = Json)]
pub async fn update_instance(
    model_type: String,
    pkid: String,
    version: Option<u64>,
    data: Map<String, Value>,
) -> Result<Saved, Fault> {
    let r = request()?;
    let model = r.answer(r.app.model(&model_type))?;
    let written =
        domain::resources::update(&r.app, &r.caller, &model, &pkid, version, data).await;
    r.answer(written.map(Saved::from))
}

/// What deleting these would take away.
#[server(prefix = "/fn", endpoint = "delete_preview", input = Json)]
pub async fn get_delete_preview(
    model_type: String,
    pkids: Vec<String>,
) -> Result<DeletePreview, Fault> {
    let r = request()?;
    r.answer(domain::console::delete_preview(&r.app, &r.caller, &model_type, &pkids).await)
}

/// Deletes one instance.
#[server(prefix = "/fn", endpoint = "delete", input = Json)]
pub async fn delete_instance(
    model_type: String,
    pkid: String,
    version: Option<u64>,
) -> Result<Saved, Fault> {
    let r = request()?;
    let model = r.answer(r.app.model(&model_type))?;
    let written = domain::resources::remove(&r.app, &r.caller, &model, &pkid, version).await;
    r.answer(written.map(Saved::from))
}

/// Deletes several, each for itself; the outcome has a line for each that wasn't deleted.
#[server(prefix = "/fn", endpoint = "bulk_delete", input = Json)]
pub async fn bulk_delete(model_type: String, pkids: Vec<String>) -> Result<BulkOutcome, Fault> {
    let r = request()?;
    let model = r.answer(r.app.model(&model_type))?;
    let hrefs = pkids.iter().map(|pkid| domain::resources::href(&model_type, pkid)).collect();
    let written =
        domain::resources::bulk_remove(&r.app, &r.caller, &model, None, hrefs).await;
    r.answer(written.map(BulkOutcome::from))
}
