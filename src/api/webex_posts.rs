//! The plain form posts of a Webex customer's connection: what its buttons start leads to the
//! transaction's page; what is refused is told on the connection's own.

use axum::{
    Extension, Form,
    extract::State,
    http::request::Parts,
    response::{IntoResponse, Redirect, Response},
};

use super::{
    caller::PageCaller,
    pages::{Console, Pairs, pairs_of, search},
};
use crate::{
    domain::{
        App, Caller, spark_customer,
        tasks::Manner,
        webex::{self, Act, view},
    },
    fault::{Fault, FaultKind},
    model::form::value_of,
    server_fns::views::Posted,
    ui::{
        components::done::{Done, with_done},
        drawn::webex::{KEEP, WebexPath, WebexView},
        routes::{TRANSACTION, at_node, detail_href, with_search},
    },
};

/// `POST` of a customer's connection.
pub async fn customer_form(
    State(app): State<App>,
    Extension(console): Extension<Console>,
    caller: Option<PageCaller>,
    parts: Parts,
    Form(pairs): Form<Pairs>,
) -> Result<Response, Fault> {
    let path = WebexPath::of_location(parts.uri.path())
        .filter(|path| path.view == WebexView::Connection)
        .ok_or_else(|| Fault::not_found("There is no such page."))?;
    let Some(PageCaller(caller)) = caller else {
        return Ok(console.keep_and_log_in(app, &parts, &pairs).await);
    };
    match carry_out(&app, &caller, &path.pkid, &parts, &pairs).await {
        Ok(href) => Ok(Redirect::to(&href).into_response()),
        Err(fault) => {
            let status = super::fault::status(fault.kind);
            let posted = Posted { pairs, fault: Some(fault), notice: None };
            let mut response = console.answer_form(app, caller, &parts, posted, None).await;
            // What can't be shown at all has a status of its own.
            if response.status().is_success() {
                *response.status_mut() = status;
            }
            Ok(response)
        }
    }
}

/// Does what the button says, and answers the page that follows.
async fn carry_out(
    app: &App,
    caller: &Caller,
    pkid: &str,
    parts: &Parts,
    pairs: &Pairs,
) -> Result<String, Fault> {
    let asked = value_of(pairs, "_submit").unwrap_or_default();
    let query = pairs_of(&parts.uri);
    let node = value_of(&query, "hierarchy");
    if asked == KEEP {
        let customer = detail_href(spark_customer::MODEL, pkid);
        return Ok(match view::keep_in_sync(app, caller, pkid).await? {
            Some(id) => with_search(&customer, &with_done(&search(&parts.uri), Done::Created, &id)),
            None => at_node(&customer, node),
        });
    }
    let act = Act::of(spark_customer::MODEL, asked).ok_or_else(|| {
        Fault::new(FaultKind::BadInput, "unknown_action", "Press one of the buttons of this page.")
    })?;
    let started = webex::start(app, caller, pkid, act, Manner::queued(None)).await?;
    Ok(at_node(&detail_href(TRANSACTION, &started.transaction_id), node))
}
