//! The connection of a customer by itself: where its buttons lead back to when one is refused.

use leptos::prelude::*;

use super::{WebexView, card, head};
use crate::{
    domain::webex::view,
    ui::drawn::{Page, Visit, parts::refusal},
};

pub async fn page(visit: &Visit<'_>, pkid: &str) -> Page {
    let customer = view::of(visit.app, visit.caller, pkid).await?;
    let title = format!("Webex connection of {}", customer.name);
    let refused = visit.posted.and_then(|posted| posted.fault.as_ref());
    let view = view! {
        <div>
            {head(visit, &customer, WebexView::Connection, &title)}
            {refused.map(|fault| refusal(fault, &[]))}
            {card::card(visit.app, visit.caller, pkid, visit.node()).await?}
        </div>
    };
    Ok((title, view.into_any()))
}
