//! Instances as choices of a field that refers to them: a value and a title each, a page at a time
//! in the order of the titles.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{
    App, Caller,
    access::offered,
    lists::{self, Listed},
};
use crate::{
    fault::{Fault, FieldError},
    list_query::{Condition, Filter, LOCATED_AT, ListQuery},
    model::{Model, Operation},
    store::ListRow,
};

/// What stands for the instance itself where a field is asked for.
const PKID: &str = "pkid";

/// What choices are asked for.
#[derive(Clone, Debug)]
pub struct ChoiceQuery {
    /// The attribute whose value is chosen; `pkid` for the instance itself.
    pub field: String,
    /// The attribute that is shown.
    pub choice_title: String,
    /// What the titles begin with, or whatever `condition` says.
    pub title: String,
    pub condition: Condition,
    /// Place, page, order and further filters.
    pub list: ListQuery,
}

/// One of them.
pub struct Choice {
    pub value: Value,
    pub title: Value,
}

impl ChoiceQuery {
    /// Reads the pairs of a query string. Attributes are checked here, because each has a
    /// parameter of its own.
    pub fn parse(model: &Model, pairs: &[(String, String)]) -> Result<Self, Fault> {
        let get = |name: &str| {
            let last = pairs.iter().rev().find(|(n, _)| n == name);
            last.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
        };
        let field = get("field").unwrap_or(PKID).to_owned();
        let first = model.summary_attrs.iter().find(|a| *a != LOCATED_AT);
        let choice_title =
            get("choice_title").map(str::to_owned).or_else(|| first.cloned()).unwrap_or_default();
        let mut errors = Vec::new();
        for (parameter, name) in [("field", &field), ("choice_title", &choice_title)] {
            if name != PKID || parameter == "choice_title" {
                errors.extend(lists::attr(model, name).err().map(|e| e.named(parameter)));
            }
        }
        // Without a filter of its own, the condition is that of the title.
        let filtered = pairs.iter().any(|(name, _)| name == "filter_field");
        let condition = match get("filter_condition").filter(|_| !filtered) {
            None => Some(Condition::StartsWith),
            Some(text) => Condition::parse(text),
        };
        if condition.is_none() {
            let names = Condition::ALL.map(Condition::as_str).join(", ");
            let message = format!("filter_condition must be one of: {names}.");
            errors.push(FieldError::new("filter_condition", "not_a_choice", message));
        }
        let mut of_list = pairs.to_vec();
        of_list.retain(|(name, _)| name != "filter_condition" || filtered);
        let mut list = ListQuery::parse(&of_list).unwrap_or_else(|more| {
            errors.extend(more);
            ListQuery::default()
        });
        let Some(condition) = condition.filter(|_| errors.is_empty()) else {
            return Err(Fault::invalid(errors));
        };
        list.order_by.get_or_insert_with(|| choice_title.clone());
        let title = get("title").unwrap_or_default().to_owned();
        Ok(Self { field, choice_title, title, condition, list })
    }

    /// The list that the choices are made from.
    fn list(&self) -> ListQuery {
        let mut list = self.list.clone();
        let mut filter = |field: &str, text: &str, condition| {
            list.filters.push(Filter {
                field: field.to_owned(),
                text: text.to_owned(),
                condition,
                ignore_case: true,
            });
        };
        if !self.title.is_empty() {
            filter(&self.choice_title, &self.title, self.condition);
        }
        if self.field != PKID {
            // Where it isn't set there is nothing to choose.
            filter(&self.field, "", Condition::NotEqual);
        }
        list
    }
}

/// A page of choices, and the list it was made from.
pub async fn page(
    app: &App,
    caller: &Caller,
    model: &Arc<Model>,
    query: &ChoiceQuery,
) -> Result<(Listed, Vec<Choice>), Fault> {
    offered(model, Operation::List)?;
    let listed = lists::page(app, caller, model, query.list()).await?;
    let choices = listed.rows.iter().map(|row| choice(query, row)).collect::<Result<_, _>>()?;
    Ok((listed, choices))
}

fn choice(query: &ChoiceQuery, row: &ListRow) -> Result<Choice, Fault> {
    let data: Map<String, Value> = serde_json::from_str(&row.data).map_err(|error| {
        tracing::error!(%error, pkid = row.pkid, "the stored JSON can't be read");
        Fault::internal()
    })?;
    let attr = |name: &str| match name {
        PKID => Some(Value::from(row.pkid.as_str())),
        LOCATED_AT => Some(Value::from(row.node_path.as_str())),
        name => data.get(name).cloned(),
    };
    let value = attr(&query.field).unwrap_or_default();
    // What has no title is called by its value.
    let title = attr(&query.choice_title).filter(|t| t.as_str() != Some(""));
    Ok(Choice { title: title.unwrap_or_else(|| value.clone()), value })
}
