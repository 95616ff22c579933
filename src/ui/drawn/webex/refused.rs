//! What became of an authorisation that didn't succeed.

use leptos::prelude::*;

use super::super::{
    Page, Visit, no_page,
    parts::{heading, refusal},
};
use crate::{
    domain::spark_customer,
    ui::routes::{detail_href, list_href},
};

/// Where the pages of the flow are.
pub const OAUTH: &str = "/oauth/webex/";

/// The pair that names the customer, where it is known.
pub const CUSTOMER: &str = "customer";

/// The page: what happened, and the way on.
pub(in crate::ui::drawn) fn page(visit: &Visit<'_>) -> Page {
    // Asked for by itself there is nothing to tell.
    let posted = visit.posted.ok_or_else(no_page)?;
    let fault = posted.fault.as_ref().ok_or_else(no_page)?;
    let pkid = posted.pairs.iter().find(|(name, _)| name == CUSTOMER).map(|(_, pkid)| pkid);
    let href = match pkid {
        Some(pkid) => detail_href(spark_customer::MODEL, pkid),
        None => list_href(spark_customer::MODEL),
    };
    let words = if pkid.is_some() { "Back to the customer" } else { "Webex customers" };
    let title = "Webex wasn't authorised";
    let view = view! {
        <div class="page-narrow">
            <div class="page-head">{heading(title)}</div>
            {refusal(fault, &[])}
            <p class="cluster">
                <a class="btn btn-primary" href=href>{words}</a>
            </p>
        </div>
    };
    Ok((title.to_owned(), view.into_any()))
}
