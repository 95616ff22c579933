//! Everything the console reads, behind one server function: pages differ in what they ask and in
//! what they draw from the answer, not in how it travels. One function, and an answer that stays
//! text until its page opens it, keep a third of the WebAssembly away from the browser.

use leptos::{prelude::*, server_fn::codec::Json};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::fault::Fault;
#[cfg(feature = "ssr")]
use crate::{
    domain::console,
    server_fns::{
        context::{self, posted, request},
        views::FormPage,
    },
};

/// What can be read, and the type of [`super::views`] that its answer opens to. `hierarchy` is a
/// node's pkid or dot path; the caller's own node is meant when it is absent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ask {
    /// `LoginPage`: the only one that needs no log-in.
    Login { next: Option<String> },
    /// `Frame`
    Frame,
    /// `Place`: the breadcrumb of a node.
    Place { hierarchy: Option<String> },
    /// `HierarchyPage`
    Hierarchy { hierarchy: Option<String> },
    /// `Vec<TreeNode>`: the nodes directly below one, each closed.
    Children { pkid: String },
    /// `Dashboard`
    Dashboard { hierarchy: Option<String> },
    /// `ListPage`; `query` holds the pairs of the page's own query string, whose names are those
    /// of the API's list parameters.
    List { model_type: String, query: Vec<(String, String)> },
    /// `FormPage` of the add form.
    AddForm { model_type: String, hierarchy: Option<String> },
    /// `FormPage` of an instance.
    Instance { model_type: String, pkid: String },
    /// `DeletePreview`: what deleting these would take away.
    DeletePreview { model_type: String, pkids: Vec<String> },
}

/// The JSON of what was read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer(String);

impl Answer {
    #[cfg(feature = "ssr")]
    pub(super) fn of(value: &impl Serialize) -> Result<Self, Fault> {
        serde_json::to_string(value).map(Self).map_err(|error| {
            tracing::error!(%error, "an answer to the console can't be written");
            Fault::internal()
        })
    }

    /// What the answer says. It fails only where page and server are of different releases.
    pub fn open<T: DeserializeOwned>(&self) -> Result<T, Fault> {
        serde_json::from_str(&self.0).map_err(|_| {
            Fault::new(
                crate::fault::FaultKind::Internal,
                "other_release",
                "The server has been updated since this page was loaded. Reload the page.",
            )
        })
    }
}

/// Reads what a page shows.
#[server(name = AskCall, prefix = "/fn", endpoint = "ask", input = Json)]
pub async fn ask(what: Ask) -> Result<Answer, Fault> {
    if let Ask::Login { next } = what {
        return Answer::of(&context::login_page(next));
    }
    let r = request()?;
    let (app, caller) = (&r.app, &r.caller);
    // A plain form post draws its page again with what was typed.
    let typed = |page: FormPage, posted| Answer::of(&FormPage { posted, ..page });
    let posted = posted();
    let answer = match what {
        Ask::Login { .. } => Err(Fault::internal()),
        Ask::Frame => Answer::of(&console::frame(app, caller)),
        Ask::Place { hierarchy } => {
            console::place(app, caller, hierarchy.as_deref()).await.and_then(|v| Answer::of(&v))
        }
        Ask::Hierarchy { hierarchy } => {
            console::hierarchy(app, caller, hierarchy.as_deref()).await.and_then(|v| Answer::of(&v))
        }
        Ask::Children { pkid } => {
            console::children(app, caller, &pkid).await.and_then(|v| Answer::of(&v))
        }
        Ask::Dashboard { hierarchy } => {
            console::dashboard(app, caller, hierarchy.as_deref()).await.and_then(|v| Answer::of(&v))
        }
        Ask::List { model_type, query } => {
            console::list(app, caller, &model_type, &query).await.and_then(|v| Answer::of(&v))
        }
        Ask::AddForm { model_type, hierarchy } => {
            let page = console::add_form(app, caller, &model_type, hierarchy.as_deref()).await;
            page.and_then(|page| typed(page, posted))
        }
        Ask::Instance { model_type, pkid } => {
            let page = console::instance(app, caller, &model_type, &pkid).await;
            page.and_then(|page| typed(page, posted))
        }
        Ask::DeletePreview { model_type, pkids } => {
            let preview = console::delete_preview(app, caller, &model_type, &pkids).await;
            preview.and_then(|v| Answer::of(&v))
        }
    };
    r.answer(answer)
}
