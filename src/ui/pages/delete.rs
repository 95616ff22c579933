//! Before anything is deleted: what goes, what stands in the way, and the button that does it. One
//! page for one instance and for many, with and without JavaScript.

use leptos::{ev, prelude::*, task::spawn_local};
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};

use super::list::{Address, use_list_address};
use crate::{
    fault::{Fault, FaultKind},
    server_fns::{
        Ask, bulk_delete, delete_instance,
        views::{BulkOutcome, DeletePreview},
    },
    ui::{
        components::{
            Icon, IconName, PageHeading, dom,
            done::{Done, with_done},
            value::{counted, grouped},
        },
        navigation::{use_model_path, use_navigation, use_query_pairs},
        reading::{page, reading},
        routes::{ModelView, TRANSACTION, detail_href, list_href, with_search},
        session::use_session,
    },
};

/// More than these are counted, not listed.
const LISTED: usize = 100;

const PROBLEM: &str = "delete-problem";

/// What became of the attempt.
#[derive(Clone, Debug, PartialEq)]
enum Outcome {
    Refused(Fault),
    /// Some went, some didn't.
    Partly(BulkOutcome),
}

/// What the page and its button share.
#[derive(Clone, Copy)]
struct Deletion {
    model_type: StoredValue<String>,
    pkids: StoredValue<Vec<String>>,
    /// Asked for one instance by its own address.
    single: bool,
    /// The list that this page leads back to.
    list: Memo<Address>,
    search: Memo<String>,
    outcome: RwSignal<Option<Outcome>>,
    deleting: RwSignal<bool>,
}

#[component]
pub fn DeletePage() -> impl IntoView {
    let path = use_model_path().get_untracked();
    let navigation = use_navigation();
    let asked = use_query_pairs().with_untracked(|pairs| {
        pairs.iter().filter(|(name, _)| name == "pkid").map(|(_, v)| v.clone()).collect()
    });
    let single = matches!(path.view, ModelView::DeleteOne(_));
    let pkids: Vec<String> = match path.view {
        ModelView::DeleteOne(pkid) => vec![pkid],
        _ => asked,
    };
    let deletion = Deletion {
        model_type: StoredValue::new(path.model_type.clone()),
        pkids: StoredValue::new(pkids.clone()),
        single,
        list: use_list_address(list_href(&path.model_type)),
        search: use_location().search,
        outcome: RwSignal::new(None),
        deleting: RwSignal::new(false),
    };
    let model_type = path.model_type;
    let what =
        move || Some(Ask::DeletePreview { model_type: model_type.clone(), pkids: pkids.clone() });
    let draw = page(move |preview: DeletePreview, _| deletion.view(&preview));
    view! {
        <div class="form-page">
            {reading(what, navigation.busy, draw)}
        </div>
    }
}

impl Deletion {
    fn to_list(self) -> String {
        self.list.read_untracked().with(|_| {})
    }

    /// Where Cancel leads: the instance's own page, or the list.
    fn back(self) -> String {
        let only = self.pkids.with_value(|pkids| pkids.first().cloned());
        match only.filter(|_| self.single) {
            Some(pkid) => {
                let path = detail_href(&self.model_type.read_value(), &pkid);
                self.list.read_untracked().onward(&path)
            }
            None => self.to_list(),
        }
    }

    fn view(self, preview: &DeletePreview) -> AnyView {
        let count = preview.items.len() as u64;
        if count == 0 {
            return self.nothing(preview);
        }
        let stuck = count == 1 && !preview.obstacles.is_empty();
        let title = match preview.items.as_slice() {
            [(_, label)] if stuck => format!("{label} can't be deleted yet"),
            [(_, label)] => format!("Delete {label}?"),
            _ => format!("Delete {} {}?", grouped(count), preview.model_title_plural),
        };
        let what = counted(count, &preview.model_title, &preview.model_title_plural);
        let place = preview.place.as_ref().map(|node| {
            view! { " at " <strong>{node.path.clone()}</strong> }
        });
        let form = (!stuck).then(|| self.form(what.clone(), count));
        let warning = (!stuck).then(|| {
            view! {
                <p>
                    {what} {place}
                    " will be deleted. This can't be undone; the record of it, with what was there \
                     before, stays in the transactions."
                </p>
            }
        });
        view! {
            <div class="page-head">
                <PageHeading text=title/>
            </div>
            {move || self.outcome.get().map(|outcome| self.problem(outcome))}
            {warning}
            {self.items(preview)}
            {obstacles(preview)}
            {form}
            {stuck.then(|| view! {
                <p><a class="btn" href=self.back()>"Back"</a></p>
            })}
        }
        .into_any()
    }

    fn nothing(self, preview: &DeletePreview) -> AnyView {
        view! {
            <div class="page-head">
                <PageHeading text="Nothing to delete"/>
            </div>
            <p>{format!("No {} were selected.", preview.model_title_plural)}</p>
            {obstacles(preview)}
            <p><a class="btn btn-primary" href=self.to_list()>"Back to the list"</a></p>
        }
        .into_any()
    }

    fn items(self, preview: &DeletePreview) -> AnyView {
        let lines: Vec<AnyView> = preview
            .items
            .iter()
            .take(LISTED)
            .map(|(pkid, label)| {
                let href = self
                    .list
                    .read_untracked()
                    .onward(&detail_href(&self.model_type.read_value(), pkid));
                view! { <li><a href=href>{label.clone()}</a></li> }.into_any()
            })
            .collect();
        let more = preview.items.len().saturating_sub(LISTED) as u64;
        let more = (more > 0).then(|| view! { <li>{format!("and {} more", grouped(more))}</li> });
        view! {
            <ul class="delete-items">
                {lines}
                {more}
            </ul>
        }
        .into_any()
    }

    fn form(self, what: String, count: u64) -> AnyView {
        let navigate = use_navigate();
        let session = use_session();
        let go = Callback::new(move |href: String| navigate(&href, NavigateOptions::default()));
        let label = if count == 1 { "Delete".to_owned() } else { format!("Delete {what}") };
        let submit = move |event: ev::SubmitEvent| {
            event.prevent_default();
            self.run(go, session);
        };
        view! {
            <form method="post" class="cluster" on:submit=submit>
                <button class="btn btn-danger" name="_submit" value="delete">
                    <Icon name=IconName::Trash/>
                    {move || if self.deleting.get() { "Deleting…".to_owned() } else { label.clone() }}
                </button>
                <a class="btn" href=self.back()>"Cancel"</a>
            </form>
        }
        .into_any()
    }

    fn run(self, go: Callback<String>, session: crate::ui::session::Session) {
        if self.deleting.get_untracked() {
            return;
        }
        self.deleting.set(true);
        let (model_type, pkids) = (self.model_type.get_value(), self.pkids.get_value());
        spawn_local(async move {
            let answer = match pkids.first().filter(|_| self.single) {
                Some(pkid) => delete_instance(model_type.clone(), pkid.clone(), None)
                    .await
                    .map(|saved| saved.transaction_id)
                    .map_err(Outcome::Refused),
                None => match bulk_delete(model_type.clone(), pkids).await {
                    Ok(all) if all.failed.is_empty() => Ok(all.transaction_id),
                    Ok(some) => Err(Outcome::Partly(some)),
                    Err(fault) => Err(Outcome::Refused(fault)),
                },
            };
            if self.deleting.is_disposed() {
                return;
            }
            self.deleting.set(false);
            match answer {
                Ok(transaction) => {
                    let search =
                        with_done(&self.search.read_untracked(), Done::Deleted, &transaction);
                    go.run(with_search(&list_href(&model_type), &search));
                }
                Err(Outcome::Refused(fault)) if fault.kind == FaultKind::Unauthenticated => {
                    session.renew(Callback::new(move |()| self.run(go, session)));
                }
                Err(outcome) => {
                    self.outcome.set(Some(outcome));
                    dom::focus_later(PROBLEM.to_owned());
                }
            }
        });
    }

    fn problem(self, outcome: Outcome) -> AnyView {
        let inside = match outcome {
            Outcome::Refused(fault) => {
                let details: Vec<AnyView> = fault
                    .errors
                    .into_iter()
                    .filter(|error| error.message != fault.message)
                    .map(|error| view! { <li>{error.message}</li> }.into_any())
                    .collect();
                view! {
                    <p><strong>{fault.message}</strong></p>
                    <ul>{details}</ul>
                }
                .into_any()
            }
            Outcome::Partly(outcome) => self.partly(&outcome),
        };
        view! {
            <div id=PROBLEM class="notice is-danger" role="alert" tabindex="-1">
                <Icon name=IconName::Warning/>
                <div class="stack">{inside}</div>
            </div>
        }
        .into_any()
    }

    fn partly(self, outcome: &BulkOutcome) -> AnyView {
        partly_deleted(&self.model_type.read_value(), outcome, self.to_list())
    }
}

/// What a bulk delete couldn't delete, each with its reason.
fn partly_deleted(model_type: &str, outcome: &BulkOutcome, to_list: String) -> AnyView {
    let failed = outcome.failed.len() as u64;
    let lines: Vec<AnyView> = outcome
        .failed
        .iter()
        .map(|(which, why)| {
            // Either a pkid or the path of the API's call for it.
            let pkid = which.trim_end_matches('/').rsplit('/').next().unwrap_or(which);
            view! {
                <li>
                    <a href=detail_href(model_type, pkid)>{which.clone()}</a> ": " {why.clone()}
                </li>
            }
            .into_any()
        })
        .collect();
    let transaction = detail_href(TRANSACTION, &outcome.transaction_id);
    view! {
        <p>
            <strong>
                {format!("{} deleted, {} not.", grouped(outcome.succeeded), grouped(failed))}
            </strong>
        </p>
        <ul>{lines}</ul>
        <p class="cluster">
            <a href=transaction>"See the transaction"</a>
            <a href=to_list>"Back to the list"</a>
        </p>
    }
    .into_any()
}

fn obstacles(preview: &DeletePreview) -> Option<AnyView> {
    if preview.obstacles.is_empty() {
        return None;
    }
    let lines: Vec<AnyView> =
        preview.obstacles.iter().map(|text| view! { <li>{text.clone()}</li> }.into_any()).collect();
    Some(
        view! {
            <div class="notice is-warning">
                <Icon name=IconName::Warning/>
                <div>
                    <p><strong>"This stands in the way"</strong></p>
                    <ul>{lines}</ul>
                </div>
            </div>
        }
        .into_any(),
    )
}
