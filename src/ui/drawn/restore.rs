//! Before an instance goes back to a former version: what will change, side by side, and the button
//! that does it.

use leptos::prelude::*;

use super::{
    Page, Visit,
    diff::diff_table,
    parts::{heading, hidden, refusal},
};
use crate::{
    domain::audit,
    fault::Fault,
    ui::{
        components::{Icon, IconName, Time},
        pages::form::back_link,
        routes::{TRANSACTION, at_node, detail_href, with_query},
    },
};

/// The parameter that names the version, by the transaction that it is of.
pub const VERSION: &str = "version";

pub async fn page(visit: &Visit<'_>, model_type: &str, pkid: &str) -> Page {
    let model = visit.app.model(model_type)?;
    let id = visit.value(VERSION).ok_or_else(|| {
        Fault::not_found("No version is named. Choose one in the history of the instance.")
    })?;
    let found = audit::version(visit.app, visit.caller, &model, pkid, id).await?;
    let back = at_node(&detail_href(model_type, pkid), visit.node());
    let record = at_node(&detail_href(TRANSACTION, id), visit.node());
    let refused = visit.posted.and_then(|posted| posted.fault.as_ref());
    let same = found.now == found.then;
    let title = format!("Restore {}?", found.label);
    let action = if same {
        view! {
            <p>"It is as it was then: there is nothing to restore."</p>
            <p><a class="btn" href=back.clone()>"Back"</a></p>
        }
        .into_any()
    } else {
        let kept = [("_version".to_owned(), found.version.to_string())];
        let to = with_query(visit.path, &visit.pairs);
        view! {
            <form method="post" action=to class="cluster">
                {hidden(&kept)}
                <button class="btn btn-primary" name="_submit" value="save_and_stay">
                    <Icon name=IconName::Refresh/>
                    "Restore this version"
                </button>
                <a class="btn" href=back.clone()>"Cancel"</a>
            </form>
        }
        .into_any()
    };
    let view = view! {
        <div class="form-page stack">
            {back_link(back.clone(), &found.label)}
            <div class="page-head">{heading(title.clone())}</div>
            {refused.map(|fault| refusal(fault, &[]))}
            <p>
                {model.title.clone()} " " <strong>{found.label.clone()}</strong>
                " becomes what it was after " <a href=record>"the change"</a> " of "
                <Time at=found.submitted.clone()/> " by " {found.username.clone()}
                ". Passwords, tokens, when these lapse, and what the server sets stay as they are now. It is a change \
                 like any other, with a record of its own."
            </p>
            {diff_table(Some(&*model), &found.now, &found.then, "Now, and as it will be")}
            {action}
        </div>
    };
    Ok((title, view.into_any()))
}
