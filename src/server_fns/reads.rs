//! Everything the console reads, behind one server function: pages differ in what they ask and in
//! what they draw from the answer, not in how it travels. One function, and an answer that stays
//! text until its page opens it, keep a third of the WebAssembly away from the browser.

use leptos::{prelude::*, server_fn::codec::Json};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use super::views::Drawn;
use crate::fault::Fault;
#[cfg(feature = "ssr")]
use crate::{
    domain::{console, forms, spark_customer},
    model::form,
    server_fns::{
        context::{self, Request, request},
        views::FormPage,
    },
    ui::{drawn, routes},
};

/// What can be read, and the type of [`super::views`] that its answer opens to. `hierarchy` is a
/// node's pkid or dot path; the caller's own node is meant when it is absent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ask {
    /// `Drawn`: the frame around the page of that address; its title is the user's name.
    Frame(PageAt),
    /// `Drawn`: the page of that address. Only the log-in page needs no log-in.
    Page(PageAt),
    /// `Drawn`: a part of the page of that address, which the browser draws otherwise.
    Part(PageAt),
    /// `FormPage` of the add form; `query` holds the pairs of the page's own query string, which
    /// may name a template and a display policy.
    AddForm { model_type: String, query: Vec<(String, String)> },
    /// `FormPage` of an instance; `query` as above.
    Instance { model_type: String, pkid: String, query: Vec<(String, String)> },
    /// `String`: HTML of the form that an instance with these attributes would shape.
    Preview { model_type: String, data: Map<String, Value> },
}

/// The address of a page on this server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageAt {
    pub path: String,
    /// The query string, without its `?`.
    pub search: String,
}

/// The JSON of what was read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    json: String,
    /// HTML that stands in the page already: it needn't be sent a second time.
    #[cfg(feature = "ssr")]
    #[serde(skip)]
    html: Option<std::sync::Arc<str>>,
}

impl Answer {
    #[cfg(feature = "ssr")]
    pub(super) fn of(value: &impl Serialize) -> Result<Self, Fault> {
        let json = serde_json::to_string(value).map_err(|error| {
            tracing::error!(%error, "an answer to the console can't be written");
            Fault::internal()
        })?;
        Ok(Self { json, html: None })
    }

    /// Of a whole page the browser takes over what it sees, so that only the title travels as data.
    #[cfg(feature = "ssr")]
    fn of_drawn(drawn: Drawn) -> Result<Self, Fault> {
        if !context::is_whole_page() {
            return Self::of(&drawn);
        }
        let html = Some(drawn.html.into());
        Ok(Self { html, ..Self::of(&Drawn { title: drawn.title, html: String::new() })? })
    }

    /// What the answer says. It fails only where page and server are of different releases.
    pub fn open<T: DeserializeOwned>(&self) -> Result<T, Fault> {
        serde_json::from_str(&self.json).map_err(|_| {
            Fault::new(
                crate::fault::FaultKind::Internal,
                "other_release",
                "The server has been updated since this page was loaded. Reload the page.",
            )
        })
    }

    /// What the server has drawn. Its HTML is empty where it stands in the page already.
    pub fn drawn(&self) -> Result<Drawn, Fault> {
        let drawn: Drawn = self.open()?;
        #[cfg(feature = "ssr")]
        if let Some(html) = &self.html {
            return Ok(Drawn { html: html.to_string(), ..drawn });
        }
        Ok(drawn)
    }
}

/// Reads what a page shows.
#[server(name = AskCall, prefix = "/fn", endpoint = "ask", input = Json)]
pub async fn ask(what: Ask) -> Result<Answer, Fault> {
    if let Ask::Page(at) = &what
        && at.path == "/login"
    {
        return Answer::of_drawn(drawn::login(at));
    }
    let r = request()?;
    let (app, caller) = (&r.app, &r.caller);
    let answer = match what {
        Ask::Frame(at) => drawn::frame(&r, &at).await.and_then(Answer::of_drawn),
        Ask::Page(at) => drawn::page(&r, &at).await.and_then(Answer::of_drawn),
        Ask::Part(at) => drawn::part(&r, &at).await.and_then(Answer::of_drawn),
        Ask::AddForm { model_type, query } => {
            let page = console::add_form(app, caller, &model_type, &query).await;
            page.and_then(|page| form_page(&r, page, &query, String::new()))
        }
        Ask::Instance { model_type, pkid, query } => instance(&r, &model_type, &pkid, &query).await,
        Ask::Preview { model_type, data } => Answer::of(&drawn::preview(app, &model_type, &data)),
    };
    r.answer(answer)
}

#[cfg(feature = "ssr")]
async fn instance(
    r: &Request,
    model_type: &str,
    pkid: &str,
    query: &[(String, String)],
) -> Result<Answer, Fault> {
    let page = console::instance(&r.app, &r.caller, model_type, pkid, query).await?;
    let card = if model_type == spark_customer::MODEL {
        drawn::webex::above_form(r, pkid, form::value_of(query, "hierarchy")).await?
    } else {
        String::new()
    };
    form_page(r, page, query, card)
}

/// A form with what the server draws around it; `card` stands above it. After a plain form post it has what was typed.
#[cfg(feature = "ssr")]
fn form_page(
    r: &Request,
    (page, above): (FormPage, console::Above),
    query: &[(String, String)],
    card: String,
) -> Result<Answer, Fault> {
    let posted = r.posted.clone();
    let model_type = &page.model.model_type;
    let mut preview = forms::previews(model_type).then(String::new);
    if let Some(posted) = &posted
        && form::value_of(&posted.pairs, form::PREVIEW).is_some()
    {
        let data = form::from_pairs(&page.model, &posted.pairs, Some(&page.base()));
        preview = Some(drawn::preview(&r.app, model_type, &data));
    }
    let path = match &page.instance {
        Some(instance) => routes::detail_href(model_type, &instance.pkid),
        None => routes::add_href(model_type),
    };
    let choosers = card + &drawn::above_form(&path, &above, query);
    Answer::of(&FormPage { choosers, preview, posted, ..page })
}
