//! Loading one row: what it asks for is found out, and done by the same writes as any other call.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{
    columns::Field,
    merge::{fill, merge, without_nulls},
    read::{Header, Row, RowAction},
};
use crate::{
    domain::{
        App, Caller,
        hashes::Hashes,
        hierarchy, keys,
        resources::{
            self, Expected, NewData, Revision, create_in, from_json, get_to_change, href,
            remove_in, update_in,
        },
        tasks::{CellError, RowOutcome},
        templates::{self, Template},
        transactions::{FAIL, SUCCESS, Ticket},
        workflow,
    },
    fault::{Fault, FaultKind, FieldError},
    model::{Model, Operation, validate::validate},
    store::{Node, Stored, WriteTx},
};

/// The status of a row that was as it should be already.
pub const UNCHANGED: &str = "Unchanged";

/// What all rows of a file have in common.
pub struct Loading<'l> {
    pub app: &'l App,
    pub caller: &'l Caller,
    pub model: &'l Model,
    /// Where rows that name no place stand.
    pub place: &'l Node,
    pub template: Option<&'l Template>,
    pub titles: &'l Titles,
    /// Whether it is a trial that will be undone.
    pub trial: bool,
}

/// The titles of a file's columns, for what is said about their cells.
#[derive(Clone, Debug, Default)]
pub struct Titles {
    pkid: String,
    hierarchy: String,
    action: String,
    attributes: BTreeMap<String, String>,
}

impl Titles {
    /// Those of a table.
    pub fn of(header: &Header<'_>) -> Self {
        let mut titles = Self::named("Pkid", "Located At", "Action");
        for (_, column) in header.columns() {
            match &column.field {
                Field::Attr(attr) => {
                    titles.attributes.insert(attr.pointer(), column.title.clone());
                }
                Field::Pkid => titles.pkid.clone_from(&column.title),
                Field::Hierarchy => titles.hierarchy.clone_from(&column.title),
                Field::Action => titles.action.clone_from(&column.title),
                Field::Error | Field::Rest(_) => {}
            }
        }
        titles
    }

    /// Those of a JSON export, whose instances have keys.
    pub fn of_json() -> Self {
        Self::named("pkid", "hierarchy", "action")
    }

    fn named(pkid: &str, hierarchy: &str, action: &str) -> Self {
        Self {
            pkid: pkid.to_owned(),
            hierarchy: hierarchy.to_owned(),
            action: action.to_owned(),
            attributes: BTreeMap::new(),
        }
    }

    /// What a fault says, cell by cell.
    fn errors(&self, model: &Model, fault: Fault) -> Vec<CellError> {
        if fault.errors.is_empty() {
            return vec![error("", "", fault.message)];
        }
        fault.errors.into_iter().map(|e| self.error(model, e)).collect()
    }

    fn error(&self, model: &Model, found: FieldError) -> CellError {
        if found.field == "hierarchy" {
            return error(&self.hierarchy, "", found.message);
        }
        // The column of the attribute, or of what it is a part of.
        let mut at = found.field.as_str();
        while !at.is_empty() {
            if let Some(title) = self.attributes.get(at) {
                return error(title, &found.field, found.message);
            }
            at = at.rfind('/').map_or("", |slash| &at[..slash]);
        }
        let name = found.field.trim_start_matches('/').split('/').next().unwrap_or_default();
        let title = if name.is_empty() { "" } else { model.attr_title(name) };
        error(title, &found.field, found.message)
    }
}

fn error(column: &str, field: &str, message: impl Into<String>) -> CellError {
    CellError { column: column.to_owned(), field: field.to_owned(), message: message.into() }
}

/// What a row comes to.
enum Meant {
    Add(Node),
    Modify(Box<Stored>),
    Delete(Box<Stored>),
}

impl Meant {
    fn action(&self) -> RowAction {
        match self {
            Self::Add(_) => RowAction::Add,
            Self::Modify(_) => RowAction::Modify,
            Self::Delete(_) => RowAction::Delete,
        }
    }
}

/// What was done with a row.
struct Done {
    href: String,
    changed: bool,
}

impl Loading<'_> {
    /// Does what a row asks for, of which `hashes` were made. What is wrong with it is in its outcome;
    /// the error is ours.
    pub fn row(
        &self,
        tx: &WriteTx<'_>,
        row: Row,
        hashes: Hashes,
        ticket: &Ticket,
    ) -> Result<RowOutcome, Fault> {
        let number = row.row;
        let mut action = row.action;
        let mut named = String::new();
        let done = tx.attempt(|tx| {
            let meant = self.meant(tx, &row).map_err(Refusal::Cells)?;
            action = Some(meant.action());
            if let Meant::Modify(stored) | Meant::Delete(stored) = &meant {
                named = href(&self.model.model_type, &stored.pkid);
            }
            if row.errors.is_empty() {
                return self.done(tx, meant, row.data, hashes, ticket).map_err(Refusal::Fault);
            }
            // Nothing is done; what else is wrong with the row is told at once.
            let mut errors = row.errors;
            let others = self.judged(meant, row.data).map_err(Refusal::Fault)?;
            errors.extend(
                others
                    .into_iter()
                    .filter(|other| !errors.iter().any(|e| e.covers(other)))
                    .collect::<Vec<_>>(),
            );
            Err(Refusal::Cells(errors))
        });
        let mut outcome = RowOutcome {
            row: Some(number),
            action: action.map(|action| action.as_str().to_owned()),
            href: named,
            status: FAIL.to_owned(),
            message: String::new(),
            transaction_id: None,
            errors: Some(Vec::new()),
        };
        let errors = match done {
            Ok(done) => {
                self.tell(&mut outcome, done, ticket);
                return Ok(outcome);
            }
            Err(Refusal::Fault(fault)) if fault.is_ours() => return Err(fault),
            Err(Refusal::Fault(fault)) => self.titles.errors(self.model, fault),
            Err(Refusal::Cells(errors)) => errors,
        };
        let messages: Vec<&str> = errors.iter().map(|e| e.message.as_str()).collect();
        outcome.message = messages.join(" ");
        outcome.errors = Some(errors);
        Ok(outcome)
    }

    fn tell(&self, outcome: &mut RowOutcome, done: Done, ticket: &Ticket) {
        let (status, message) = match outcome.action.as_deref() {
            _ if !done.changed => (UNCHANGED, "Is so already."),
            Some("add") if self.trial => (SUCCESS, "Will be added."),
            Some("delete") if self.trial => (SUCCESS, "Will be deleted."),
            _ if self.trial => (SUCCESS, "Will be modified."),
            Some("add") => (SUCCESS, "Added."),
            Some("delete") => (SUCCESS, "Deleted."),
            _ => (SUCCESS, "Modified."),
        };
        status.clone_into(&mut outcome.status);
        message.clone_into(&mut outcome.message);
        // What a trial adds will have another pkid.
        if !self.trial || outcome.action.as_deref() != Some("add") {
            outcome.href = done.href;
        }
        if done.changed && !self.trial {
            outcome.transaction_id = Some(ticket.id.clone());
        }
    }

    /// Finds out what a row asks for, and of which instance.
    fn meant(&self, tx: &WriteTx<'_>, row: &Row) -> Result<Meant, Vec<CellError>> {
        let place = match &row.hierarchy {
            None => None,
            Some(named) => Some(
                hierarchy::resolve(tx, self.caller, Some(named))
                    .map_err(|fault| self.titles.errors(self.model, fault))?,
            ),
        };
        if let Some(pkid) = &row.pkid {
            return self.by_pkid(tx, row, pkid, place.as_ref());
        }
        let place = place.unwrap_or_else(|| self.place.clone());
        if row.action == Some(RowAction::Add) {
            return Ok(Meant::Add(place));
        }
        let found = self
            .by_key(tx, &row.data, &place)
            .map_err(|fault| self.titles.errors(self.model, fault))?;
        match (row.action, found) {
            (Some(RowAction::Delete), Some(stored)) => Ok(Meant::Delete(Box::new(stored))),
            (_, Some(stored)) => Ok(Meant::Modify(Box::new(stored))),
            (None, None) => Ok(Meant::Add(place)),
            (Some(action), None) => Err(vec![error(
                &self.titles.pkid,
                "",
                format!(
                    "Which {} to {} isn't said: give its pkid{}.",
                    self.model.title,
                    action.as_str(),
                    self.keys_in_words()
                ),
            )]),
        }
    }

    fn by_pkid(
        &self,
        tx: &WriteTx<'_>,
        row: &Row,
        pkid: &str,
        place: Option<&Node>,
    ) -> Result<Meant, Vec<CellError>> {
        let wrong = |message: String| Err(vec![error(&self.titles.pkid, "", message)]);
        if row.action == Some(RowAction::Add) {
            return wrong(
                "What is added gets a pkid of its own; leave the pkid empty, or leave the action \
                 empty to modify the instance."
                    .to_owned(),
            );
        }
        let operation = match row.action {
            Some(RowAction::Delete) => Operation::Remove,
            _ => Operation::Update,
        };
        let stored = match get_to_change(tx, self.caller, self.model, pkid, operation) {
            Ok(stored) => stored,
            Err(fault) if fault.kind == FaultKind::NotFound => {
                return wrong(format!("{} To add it, leave the pkid empty.", fault.message));
            }
            Err(fault) => return Err(self.titles.errors(self.model, fault)),
        };
        if let Some(place) = place.filter(|place| place.id != stored.node.id) {
            let message = format!(
                "This {} stands at {}, not at {}. Loading moves nothing: use the move, or leave \
                 the cell empty.",
                self.model.title, stored.node.path, place.path
            );
            return Err(vec![error(&self.titles.hierarchy, "", message)]);
        }
        Ok(match row.action {
            Some(RowAction::Delete) => Meant::Delete(Box::new(stored)),
            _ => Meant::Modify(Box::new(stored)),
        })
    }

    /// The instance at the place that has the row's business key.
    fn by_key(
        &self,
        tx: &WriteTx<'_>,
        data: &Map<String, Value>,
        place: &Node,
    ) -> Result<Option<Stored>, Fault> {
        let mut data = data.clone();
        data.retain(|_, value| !value.is_null());
        // The key as it is kept. What isn't valid is told when the row is judged.
        if workflow::of(&self.model.model_type).prepare(&self.app.models, &mut data).is_err() {
            return Ok(None);
        }
        for pkid in keys::holders(tx, self.model, place.id, &data)? {
            let found = tx.instance(&self.model.model_type, &pkid, self.caller.node.id)?;
            if let Some(stored) = found.filter(|stored| stored.node.id == place.id) {
                return Ok(Some(stored));
            }
        }
        Ok(None)
    }

    fn keys_in_words(&self) -> String {
        let titles: Vec<&str> = self
            .model
            .unique_at_node
            .iter()
            .chain(&self.model.unique)
            .map(|name| self.model.attr_title(name))
            .collect();
        if titles.is_empty() {
            String::new()
        } else {
            format!(", or its {} at the node where it stands", titles.join(", "))
        }
    }

    /// What is wrong with a row whose cells have errors already.
    fn judged(&self, meant: Meant, row: Map<String, Value>) -> Result<Vec<CellError>, Fault> {
        let data = match meant {
            Meant::Delete(_) => return Ok(Vec::new()),
            Meant::Add(_) => self.added(row),
            Meant::Modify(stored) => self.modified(&from_json(&stored)?, row),
        };
        let errors = validate(self.model, &data);
        Ok(errors.into_iter().map(|e| self.titles.error(self.model, e)).collect())
    }

    fn done(
        &self,
        tx: &WriteTx<'_>,
        meant: Meant,
        row: Map<String, Value>,
        hashes: Hashes,
        ticket: &Ticket,
    ) -> Result<Done, Fault> {
        let (app, caller, model) = (self.app, self.caller, self.model);
        let written = match meant {
            Meant::Add(place) => {
                let new = NewData::judge(app, model, self.added(row))?.with(hashes);
                create_in(app, tx, caller, model, place, new, ticket)?
            }
            Meant::Modify(stored) => {
                let before = from_json(&stored)?;
                let data = self.modified(&before, row);
                if data == before {
                    let href = href(&model.model_type, &stored.pkid);
                    return Ok(Done { href, changed: false });
                }
                let revision = Revision::replace(data).with(hashes);
                let any = &Expected::Any;
                update_in(app, tx, caller, model, &stored.pkid, any, revision, ticket)?
            }
            Meant::Delete(stored) => {
                remove_in(app, tx, caller, model, &stored.pkid, &Expected::Any, ticket)?
            }
        };
        Ok(Done {
            href: resources::href(&model.model_type, &written.pkid),
            changed: written.changed,
        })
    }

    /// Leaves out what an export shows and each system makes for itself.
    fn leave_derived(&self, row: &mut Map<String, Value>) {
        for name in workflow::of(&self.model.model_type).derived() {
            row.shift_remove(*name);
        }
    }

    /// The attributes of what is added: those of the row, and defaults where it says nothing.
    fn added(&self, mut row: Map<String, Value>) -> Map<String, Value> {
        self.leave_derived(&mut row);
        fill(&self.model.defaults(), &mut row);
        let mut data = without_nulls(row);
        if let Some(template) = self.template {
            templates::apply(template, &mut data);
        }
        data
    }

    /// The attributes of what is modified: those it has, with what the row says.
    fn modified(
        &self,
        before: &Map<String, Value>,
        mut row: Map<String, Value>,
    ) -> Map<String, Value> {
        self.leave_derived(&mut row);
        let mut data = before.clone();
        merge(&self.model.root, &mut data, row);
        if let Some(template) = self.template {
            templates::apply(template, &mut data);
        }
        data
    }
}

/// Why a row wasn't done.
enum Refusal {
    Fault(Fault),
    Cells(Vec<CellError>),
}

impl From<crate::store::StoreError> for Refusal {
    fn from(error: crate::store::StoreError) -> Self {
        Self::Fault(error.into())
    }
}

impl CellError {
    /// Whether another error is about the same cell: what it says follows from this one.
    fn covers(&self, other: &Self) -> bool {
        !self.field.is_empty()
            && (other.field == self.field || self.field.starts_with(&format!("{}/", other.field)))
    }
}
