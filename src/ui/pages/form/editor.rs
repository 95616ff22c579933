//! The form while it is worked on: what it was drawn from, what is wrong with it, and saving it.
//! The inputs hold the values; they are read when a field is left and when the form is sent.

use std::collections::BTreeSet;

use leptos::{ev, prelude::*, task::spawn_local};
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};
use serde_json::{Map, Value};

use super::{
    after::Then,
    conflict::{self, Difference},
};
use crate::{
    fault::{Fault, FaultKind, FieldError},
    model::{
        Model,
        form::{
            PREVIEW, Pair, TAKE_UP, add_row, from_pairs, more_of, move_row, remove_row,
            secret_action_name, tidy, to_pairs,
        },
        pointer, validate, validate_property,
    },
    server_fns::{
        Ask, ask, create_instance, update_instance,
        views::{FormPage, Instance},
    },
    ui::{
        components::{
            dom,
            done::{Done, PASSING, with_done},
            error_summary,
            fields::{Fields, field_id, is_shown},
            redraw::Redraw,
        },
        routes::{after_save, from_search, with_query, with_search},
        session::{Session, use_session},
    },
};

/// The id of the `<form>`.
pub const FORM: &str = "instance-form";
/// The id of the preview.
pub const PREVIEW_ID: &str = "form-preview";

const LEAVE: &str = "Leave without saving? What you changed on this page will be lost.";

/// Why the form wasn't saved.
#[derive(Clone, Debug, PartialEq)]
pub enum Refusal {
    Fault(Fault),
    /// Somebody else saved in between. Holds what is stored now, where the browser has fetched it;
    /// a page that the server drew after a plain form post is drawn from that already.
    Stale {
        differences: Vec<Difference>,
        stored: Option<Box<Instance>>,
    },
}

/// How the form began.
struct Began {
    /// Where a new instance goes.
    hierarchy: String,
    /// What stays as it is whatever the inputs hold.
    base: Map<String, Value>,
    /// What was there before anything was typed: leaving with something else is asked about.
    initial: Map<String, Value>,
    /// What can be picked, as [`Fields`] has it.
    picks: Vec<Pair>,
}

#[derive(Clone, Copy)]
pub struct Editor {
    model: StoredValue<Model>,
    /// The instance that the form is worked on against; none on an add form.
    stored: StoredValue<Option<Instance>>,
    began: StoredValue<Began>,
    /// What the inputs are drawn with.
    pairs: StoredValue<Vec<Pair>>,
    /// Fields that have been typed into.
    touched: StoredValue<BTreeSet<String>>,
    /// Set once leaving loses nothing any more.
    let_go: StoredValue<bool>,
    /// Grows when the inputs must be drawn anew.
    drawing: RwSignal<usize>,
    pub errors: RwSignal<Vec<FieldError>>,
    pub refusal: RwSignal<Option<Refusal>>,
    pub saving: RwSignal<bool>,
    /// HTML of the form that this instance shapes, once it was asked for.
    pub preview: RwSignal<String>,
    redraw: Redraw,
    session: Session,
    /// Path and query to go to.
    go: Callback<String>,
    /// The query of the page, without the `?`.
    search: Memo<String>,
    /// Fetches the page again and draws it afresh.
    reload: Callback<()>,
}

impl Editor {
    pub fn new(page: &FormPage, reload: Callback<()>) -> Self {
        let model = &page.model;
        let stored = page.instance.as_ref().map(|i| &i.data);
        let base = page.base();
        let start = to_pairs(model, &page.start);
        let initial = from_pairs(model, &start, Some(&base));
        let fault = page.posted.as_ref().and_then(|posted| posted.fault.clone());
        let pairs = match &page.posted {
            Some(posted) if fault.is_some() => tidy(model, &posted.pairs),
            Some(posted) => posted.pairs.clone(),
            None => start,
        };
        let refusal = fault.map(|fault| {
            if fault.kind != FaultKind::Stale {
                return Refusal::Fault(fault);
            }
            let now = stored.cloned().unwrap_or_default();
            let yours = from_pairs(model, &pairs, Some(&base));
            let differences = conflict::differences(model, None, &yours, &now);
            Refusal::Stale { differences, stored: None }
        });
        let errors = match &refusal {
            Some(Refusal::Fault(fault)) => fault.errors.clone(),
            _ => Vec::new(),
        };
        let navigate = use_navigate();
        let editor = Self {
            model: StoredValue::new(model.clone()),
            stored: StoredValue::new(page.instance.clone()),
            began: StoredValue::new(Began {
                hierarchy: page.place.path.clone(),
                base,
                initial,
                picks: page.picks.clone(),
            }),
            pairs: StoredValue::new(pairs),
            touched: StoredValue::new(BTreeSet::new()),
            let_go: StoredValue::new(false),
            drawing: RwSignal::new(0),
            errors: RwSignal::new(errors),
            refusal: RwSignal::new(refusal),
            preview: RwSignal::new(page.preview.clone().unwrap_or_default()),
            saving: RwSignal::new(false),
            redraw: Redraw::new(),
            session: use_session(),
            go: Callback::new(move |href: String| navigate(&href, NavigateOptions::default())),
            search: use_location().search,
            reload,
        };
        editor.watch();
        editor
    }

    /// Guards what is typed, and listens for the save key.
    fn watch(self) {
        let pathname = use_location().pathname;
        let here = move || with_search(&pathname.read_untracked(), &self.search.read_untracked());
        // In the effect's scope: there is none on the server, and leaving the page ends it.
        Effect::new(move |_| {
            let may_leave = move || {
                let leave = dom::confirm(LEAVE);
                self.let_go.set_value(leave);
                leave
            };
            StoredValue::new_local([
                dom::guard_leaving(here, move || self.is_dirty(), may_leave),
                dom::on_save_key(|| dom::submit_with(FORM, Then::Stay.as_str())),
            ]);
        });
    }

    pub fn exists(self) -> bool {
        self.stored.with_value(Option::is_some)
    }

    /// Where the form is posted without JavaScript: to its own page, without what that page was
    /// told when it was reached.
    pub fn action(self) -> String {
        let mut pairs = from_search(&self.search.read_untracked());
        pairs.retain(|(name, _)| !PASSING.contains(&name.as_str()));
        with_query(&use_location().pathname.read_untracked(), &pairs)
    }

    pub fn model<T>(self, read: impl FnOnce(&Model) -> T) -> T {
        self.model.with_value(read)
    }

    /// The inputs, drawn again when rows come and go.
    pub fn inputs(self) -> AnyView {
        let draw = move || {
            self.drawing.track();
            let sections = self.model.with_value(|model| {
                self.pairs.with_value(|pairs| {
                    self.began.with_value(|Began { base, picks, .. }| {
                        let (exists, errors) = (self.exists(), self.errors);
                        Fields { model, pairs, base, exists, picks, errors }.sections()
                    })
                })
            });
            self.redraw.afresh(sections.into_any())
        };
        draw.into_any()
    }

    /// What is wrong, for the summary.
    pub fn summary(self, fault: &Fault) -> Vec<error_summary::Line> {
        let exists = self.exists();
        let line = |error: &FieldError| error_summary::Line {
            is_shown: self.model(|model| is_shown(model, &error.field, exists)),
            error: error.clone(),
        };
        fault.errors.iter().map(line).collect()
    }

    fn data_of(self, pairs: &[Pair]) -> Map<String, Value> {
        self.model(|model| {
            self.began.with_value(|began| from_pairs(model, pairs, Some(&began.base)))
        })
    }

    fn is_dirty(self) -> bool {
        // The page may be on its way out, and its state already gone.
        if self.drawing.is_disposed() || self.let_go.get_value() {
            return false;
        }
        let now = self.data_of(&dom::form_pairs(FORM));
        self.began.with_value(|began| began.initial != now)
    }

    fn draw_again(self, pairs: Vec<Pair>, focus: String) {
        self.pairs.set_value(pairs);
        self.drawing.update(|n| *n += 1);
        dom::focus_later(focus);
    }

    /// What is known of the entries of an array is about others now.
    fn rows_changed(self, array: &str) {
        let below = format!("{array}/");
        self.errors.update(|errors| errors.retain(|e| !e.field.starts_with(&below)));
        self.touched.update_value(|touched| touched.retain(|field| !field.starts_with(&below)));
    }

    /// The button that sent the form: a row comes or goes, or all of it is saved.
    pub fn submitted(self, event: &ev::SubmitEvent) {
        event.prevent_default();
        let (name, value) = dom::submitter(event).unwrap_or_default();
        let array = || value.rsplit_once('/').map_or("", |(array, _)| array).to_owned();
        let pairs = || dom::form_pairs(FORM);
        match name.as_str() {
            "_add" => {
                let (before, after) = (pairs(), add_row(&pairs(), &value));
                // Nothing was picked, or the new one is the last.
                if let Some((new, _)) = after.last().filter(|_| before.len() < after.len()) {
                    let focus = field_id(new);
                    self.draw_again(after, focus);
                }
            }
            "_remove" => {
                let pairs = remove_row(&pairs(), &value);
                self.rows_changed(&array());
                self.draw_again(pairs, format!("{}:add", field_id(&array())));
            }
            "_up" | "_down" => {
                let pairs = move_row(&pairs(), &value, name == "_up");
                self.rows_changed(&array());
                self.draw_again(pairs, field_id(&value));
            }
            TAKE_UP => self.draw_again(pairs(), format!("{}:add", field_id(&value))),
            PREVIEW => self.look(),
            _ => self.save(Then::parse(&value)),
        }
    }

    /// Shows what the form describes would bring about.
    fn look(self) {
        let model_type = self.model(|m| m.model_type.clone());
        let data = self.data_of(&dom::form_pairs(FORM));
        spawn_local(async move {
            let answer = ask(Ask::Preview { model_type, data }).await;
            if self.drawing.is_disposed() {
                return;
            }
            match answer.and_then(|answer| answer.open()) {
                Ok(html) => {
                    self.preview.set(html);
                    dom::focus_later(PREVIEW_ID.to_owned());
                }
                Err(fault) => self.refuse(fault),
            }
        });
    }

    fn save(self, then: Then) {
        if self.saving.get_untracked() {
            return;
        }
        let pairs = dom::form_pairs(FORM);
        let data = self.data_of(&pairs);
        let errors = self.model(|model| validate(model, &data));
        if !errors.is_empty() {
            return self.refuse(Fault::invalid(errors));
        }
        self.saving.set(true);
        let model_type = self.model(|m| m.model_type.clone());
        let instance = self.stored.with_value(|s| s.as_ref().map(|i| (i.pkid.clone(), i.version)));
        let hierarchy = self.began.with_value(|began| began.hierarchy.clone());
        spawn_local(async move {
            let created = instance.is_none();
            let answer = match instance {
                None => create_instance(model_type.clone(), Some(hierarchy), data).await,
                Some((pkid, version)) => {
                    update_instance(model_type.clone(), pkid, Some(version), data).await
                }
            };
            if self.drawing.is_disposed() {
                return;
            }
            self.saving.set(false);
            match answer {
                Ok(saved) => {
                    let done = if created { Done::Created } else { Done::Saved };
                    self.let_go.set_value(true);
                    let search = self.search.get_untracked();
                    let search = with_done(&search, done, &saved.transaction_id);
                    self.go.run(after_save(&model_type, then.as_str(), &saved.pkid, &search));
                    // Where that is this very page, it has to be read again.
                    let here = match then {
                        Then::Leave => false,
                        Then::Stay => !created,
                        Then::AddAnother => created,
                    };
                    if here {
                        self.reload.run(());
                    }
                }
                Err(fault) if fault.kind == FaultKind::Unauthenticated => {
                    self.session.renew(Callback::new(move |()| self.save(then)));
                }
                Err(fault) if fault.kind == FaultKind::Stale => self.stale().await,
                Err(fault) => self.refuse(fault),
            }
        });
    }

    /// Shows why nothing was saved, and moves the focus there.
    fn refuse(self, fault: Fault) {
        let pairs = dom::form_pairs(FORM);
        // Errors count the rows without those that are empty, so the form must too.
        let tidied = self.model(|model| tidy(model, &pairs));
        if tidied != pairs {
            self.pairs.set_value(tidied);
            self.drawing.update(|n| *n += 1);
        }
        self.errors.set(fault.errors.clone());
        self.refusal.set(Some(Refusal::Fault(fault)));
        dom::focus_later(error_summary::ID.to_owned());
    }

    /// Somebody else has saved: fetches their version to show it beside this one.
    async fn stale(self) {
        let model_type = self.model(|m| m.model_type.clone());
        let pkid = self.stored.with_value(|s| s.as_ref().map(|i| i.pkid.clone()));
        let Some(pkid) = pkid else { return };
        let query = from_search(&self.search.get_untracked());
        let answer = ask(Ask::Instance { model_type, pkid, query }).await;
        if self.drawing.is_disposed() {
            return;
        }
        let theirs = match answer.and_then(|answer| answer.open()) {
            Ok(FormPage { instance: Some(theirs), .. }) => theirs,
            Ok(_) => return,
            Err(fault) => return self.refuse(fault),
        };
        let yours = self.data_of(&dom::form_pairs(FORM));
        let differences = self.model(|model| {
            self.stored.with_value(|base| {
                let base = base.as_ref().map(|i| &i.data);
                conflict::differences(model, base, &yours, &theirs.data)
            })
        });
        self.errors.set(Vec::new());
        self.refusal.set(Some(Refusal::Stale { differences, stored: Some(Box::new(theirs)) }));
        dom::focus_later(conflict::ID.to_owned());
    }

    /// Goes on with the stored version as the base: what the user changed is put over it.
    pub fn rebase(self, theirs: Instance) {
        let typed = dom::form_pairs(FORM);
        let yours = self.data_of(&typed);
        let pairs = self.model(|model| {
            let base = self.stored.with_value(|s| s.as_ref().map(|i| i.data.clone()));
            let base = base.unwrap_or_default();
            let merged = conflict::merged(model, &base, &yours, &theirs.data);
            let mut pairs = to_pairs(model, &merged);
            // A new secret isn't in the data that pairs are made of.
            for (name, property) in &model.root.properties {
                if property.is_secret() {
                    let at = pointer::child("", name);
                    let action = secret_action_name(&at);
                    pairs.retain(|(n, _)| *n != at && *n != action);
                    pairs.extend(typed.iter().filter(|(n, _)| *n == at || *n == action).cloned());
                }
            }
            pairs
        });
        let fresh = self.model(|m| from_pairs(m, &to_pairs(m, &theirs.data), Some(&theirs.data)));
        self.began.update_value(|began| {
            began.base.clone_from(&theirs.data);
            began.initial = fresh;
        });
        self.stored.set_value(Some(theirs));
        self.refusal.set(None);
        self.draw_again(pairs, FORM.to_owned());
    }

    /// Gives up what was typed and starts from the stored version.
    pub fn discard(self) {
        self.let_go.set_value(true);
        self.reload.run(());
    }

    /// Something was typed or picked.
    pub fn edited(self, event: &ev::Event) {
        let Some(at) = field_of(event) else { return };
        self.touched.update_value(|touched| {
            touched.insert(at.clone());
        });
        if self.errors.with_untracked(|errors| errors.iter().any(|e| e.field == at)) {
            self.check(&at);
        }
    }

    /// A field was left: it is judged if it was typed into. Not for a button of the form: it must
    /// not move away from under the pointer, and those that save judge all of them.
    pub fn left(self, event: &ev::FocusEvent) {
        // A field that had the focus is also left when it goes with its page.
        if self.drawing.is_disposed() || dom::focus_goes_to(event, ".form-bar, [name^=_]") {
            return;
        }
        let Some(at) = field_of(event) else { return };
        if self.touched.with_value(|touched| touched.contains(&at)) {
            self.check(&at);
        }
    }

    /// Judges one value. Errors of others stay as they are.
    fn check(self, at: &str) {
        let data = self.data_of(&dom::form_pairs(FORM));
        let name = at.split('/').nth(1).map(pointer::unescape).unwrap_or_default();
        let found = self.model(|model| {
            let property = model.root.property(&name)?;
            let top = pointer::child("", &name);
            let errors = validate_property(property, &top, data.get(name.as_ref()));
            errors.into_iter().find(|e| e.field == at)
        });
        let same = self
            .errors
            .with_untracked(|errors| errors.iter().find(|e| e.field == at) == found.as_ref());
        if !same {
            self.errors.update(|errors| {
                errors.retain(|e| e.field != at);
                errors.extend(found);
            });
        }
    }
}

/// The pointer of the value that an event's control belongs to.
fn field_of(event: &ev::Event) -> Option<String> {
    let (name, _) = dom::control(event)?;
    let at = name.strip_suffix(":do").or(more_of(&name)).unwrap_or(&name);
    at.starts_with('/').then(|| at.to_owned())
}
