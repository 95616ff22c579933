//! What the pages have in common on which something is about to be done with instances: which ones,
//! how many there are now, and the way back.

use std::sync::Arc;

use leptos::prelude::*;

use super::{
    Visit,
    list::Address,
    parts::{hidden, refusal},
};
use crate::{
    domain::{
        access, chosen,
        shown::{CHOSEN_SHOWN, Chosen, Which},
    },
    fault::Fault,
    model::{Model, Operation, form::value_of},
    ui::{
        components::{
            Icon, IconName,
            value::{counted, grouped},
        },
        pages::form::back_link,
        routes::{detail_href, list_href, to_search, with_query},
    },
};

type Pairs = [(String, String)];

/// The parameter that stands for all that match, with their number.
pub const TOTAL: &str = "expected_total";

/// Which instances an address means together with the form that was posted to it. `single` is the
/// one that its path names.
pub fn which(single: Option<&str>, query: &Pairs, posted: &Pairs) -> Which {
    if let Some(pkid) = single {
        return Which::Named(vec![pkid.to_owned()]);
    }
    let total = |pairs| value_of(pairs, TOTAL).and_then(|total| total.parse().ok());
    // The form has the number that its page has counted.
    if let Some(expected_total) = total(posted).or_else(|| total(query)) {
        let query = query.iter().chain(posted).cloned().collect();
        return Which::Matching { query, expected_total };
    }
    let mut pkids: Vec<String> = Vec::new();
    for (name, pkid) in query.iter().chain(posted) {
        if name == "pkid" && !pkids.contains(pkid) {
            pkids.push(pkid.clone());
        }
    }
    Which::Named(pkids)
}

fn is_selection(name: &str) -> bool {
    name == "pkid" || name == TOTAL
}

/// The instances that a page is about.
pub struct About<'a> {
    pub model: Arc<Model>,
    pub which: Which,
    pub chosen: Chosen,
    single: Option<&'a str>,
    /// All that match: how many they were when they were chosen.
    expected: Option<u64>,
    /// The list that this page leads back to.
    list: Address,
    /// Where the page's form is posted to: its own address.
    pub action: String,
    /// Why it was refused when it was tried.
    refused: Option<&'a Fault>,
}

impl<'a> About<'a> {
    pub async fn read(
        visit: &'a Visit<'_>,
        model_type: &str,
        single: Option<&'a str>,
        operation: Operation,
    ) -> Result<Self, Fault> {
        let model = visit.app.model(model_type)?;
        let posted = visit.posted.map(|posted| posted.pairs.as_slice()).unwrap_or_default();
        // A list posts its selection; the page that says why not then has it in its address.
        let mut pairs = visit.pairs.clone();
        if !pairs.iter().any(|(name, _)| is_selection(name)) {
            let kept = |name: &str| is_selection(name) || !name.starts_with(['/', '_']);
            pairs.extend(posted.iter().filter(|(name, _)| kept(name)).cloned());
        }
        let which = which(single, &pairs, posted);
        let expected = match &which {
            Which::Matching { expected_total, .. } => Some(*expected_total),
            Which::Named(_) => None,
        };
        // What nobody is offered has no page, whatever it would be about.
        access::offered(&model, operation)?;
        let chosen = chosen::chosen(visit.app, visit.caller, &model, which.clone()).await?;
        access::permit(visit.caller, &model, operation)?;
        Ok(Self {
            chosen,
            which,
            single,
            expected,
            list: Address::read(list_href(model_type), &to_search(&pairs)),
            action: with_query(visit.path, &pairs),
            refused: visit.posted.and_then(|posted| posted.fault.as_ref()),
            model,
        })
    }

    pub fn to_list(&self) -> String {
        self.list.with(|_| {})
    }

    /// Where Cancel leads: the instance's own page, or the list.
    pub fn back(&self) -> String {
        match self.single {
            Some(pkid) => self.list.onward(&detail_href(&self.model.model_type, pkid)),
            None => self.to_list(),
        }
    }

    pub fn back_link(&self) -> AnyView {
        match self.chosen.items.as_slice() {
            [(_, label)] if self.single.is_some() => back_link(self.back(), label),
            _ => back_link(self.to_list(), &self.model.title_plural),
        }
    }

    /// "3 Webex customers"
    pub fn words(&self) -> String {
        counted(self.chosen.total, &self.model.title, &self.model.title_plural)
    }

    /// The name of a single one, else "3 Webex customers".
    pub fn name(&self) -> String {
        match self.chosen.items.as_slice() {
            [(_, label)] if self.chosen.total == 1 => label.clone(),
            _ => self.words(),
        }
    }

    /// What the form of the page posts beside its own fields.
    pub fn hidden(&self) -> Vec<AnyView> {
        match self.expected {
            Some(_) => hidden(&[(TOTAL.to_owned(), self.chosen.total.to_string())]),
            None => Vec::new(),
        }
    }

    /// Why it was refused, and what has changed since they were chosen.
    pub fn notices(&self) -> AnyView {
        let total = self.chosen.total;
        let changed = self.expected.filter(|expected| *expected != total).map(|expected| {
            format!(
                "{} matched when you chose them; {} now.",
                grouped(expected),
                counted(total, "matches", "match")
            )
        });
        let missing = (self.chosen.missing > 0).then(|| {
            let gone =
                counted(self.chosen.missing, "of those you chose is", "of those you chose are");
            format!("{gone} not there any more.")
        });
        let told: Vec<AnyView> = changed
            .into_iter()
            .chain(missing)
            .map(|text| {
                view! {
                    <div class="notice is-warning">
                        <Icon name=IconName::Warning/>
                        <p>{text}</p>
                    </div>
                }
                .into_any()
            })
            .collect();
        view! {
            {self.refused.map(|fault| refusal(fault, &self.chosen.obstacles))}
            {told}
        }
        .into_any()
    }

    /// The names of those that are meant; more than a few are folded away.
    pub fn items(&self, folded: bool) -> AnyView {
        let lines: Vec<AnyView> = self
            .chosen
            .items
            .iter()
            .map(|(pkid, label)| {
                let href = self.list.onward(&detail_href(&self.model.model_type, pkid));
                view! { <li><a href=href>{label.clone()}</a></li> }.into_any()
            })
            .collect();
        let more = self.chosen.total.saturating_sub(CHOSEN_SHOWN as u64);
        let more = (more > 0).then(|| view! { <li>{format!("and {} more", grouped(more))}</li> });
        let list = view! { <ul class="chosen-items">{lines} {more}</ul> };
        if !folded || self.chosen.items.len() <= 5 {
            return list.into_any();
        }
        view! {
            <details class="fold">
                <summary>{format!("Which {}", self.model.title_plural)}</summary>
                {list}
            </details>
        }
        .into_any()
    }

    /// In place of the page where there is nothing to do anything with.
    pub fn nothing(&self) -> AnyView {
        view! {
            <div class="form-page stack">
                {super::parts::heading("Nothing selected")}
                {self.notices()}
                <p>{format!("No {} were selected.", self.model.title_plural)}</p>
                <p><a class="btn btn-primary" href=self.to_list()>"Back to the list"</a></p>
            </div>
        }
        .into_any()
    }
}
