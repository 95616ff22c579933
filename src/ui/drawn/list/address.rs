//! The list's state is its URL. Every control of the list is a link, or a form, to the same
//! address with something changed.

use crate::{
    list_query::{Direction, Filter, LOCATED_AT, ListQuery},
    model::{Kind, Model, Property},
    ui::routes::{from_search, with_query},
};

/// A list's path and what its URL asks for: only what the URL says, so that links stay short.
#[derive(Clone, Debug, PartialEq)]
pub struct Address {
    pub path: String,
    pub asked: ListQuery,
}

impl Address {
    /// Of a query that can't be read, what stays is the node.
    pub fn read(path: String, search: &str) -> Self {
        let pairs = from_search(search);
        let asked = ListQuery::parse(&pairs).unwrap_or_else(|_| ListQuery {
            hierarchy: pairs.into_iter().find(|(n, _)| n == "hierarchy").map(|(_, value)| value),
            ..ListQuery::default()
        });
        Self { path, asked }
    }

    /// The same list with something changed.
    pub fn with(&self, change: impl FnOnce(&mut ListQuery)) -> String {
        let mut query = self.asked.clone();
        change(&mut query);
        with_query(&self.path, &query.to_pairs())
    }

    /// The same list from its first row.
    pub fn at_start(&self, change: impl FnOnce(&mut ListQuery)) -> String {
        self.with(|query| {
            query.skip = 0;
            change(query);
        })
    }

    /// What a GET form repeats in hidden inputs, so that sending it keeps the rest of the state.
    pub fn kept(&self, change: impl FnOnce(&mut ListQuery)) -> Vec<(String, String)> {
        let mut query = self.asked.clone();
        query.skip = 0;
        change(&mut query);
        query.to_pairs()
    }

    /// Ordered by `attribute`; once more turns the order round. `current` is the order in force.
    pub fn sorted(&self, attribute: &str, current: Option<Direction>) -> String {
        let direction = match current {
            Some(Direction::Asc) => Direction::Desc,
            Some(Direction::Desc) | None => Direction::Asc,
        };
        self.at_start(|query| {
            query.order_by = Some(attribute.to_owned());
            query.direction = Some(direction);
        })
    }

    pub fn without_filter(&self, position: usize) -> String {
        self.at_start(|query| {
            if position < query.filters.len() {
                query.filters.remove(position);
            }
        })
    }

    /// No search, no filters; node, order and page size stay.
    pub fn unfiltered(&self) -> String {
        self.at_start(|query| {
            query.filters.clear();
            query.search = None;
        })
    }

    /// The filter on that attribute, where there is one.
    pub fn filter_on(&self, attribute: &str) -> Option<&Filter> {
        self.asked.filters.iter().find(|f| f.field == attribute)
    }

    pub fn is_filtered(&self) -> bool {
        !self.asked.filters.is_empty() || self.asked.search.is_some()
    }

    /// An instance's page, which carries the list's state so that it can lead back to it.
    pub fn onward(&self, path: &str) -> String {
        with_query(path, &self.asked.to_pairs())
    }
}

/// What filters may name: everything shown that isn't secret and holds one value, and the place.
pub fn filterable(model: &Model) -> Vec<(String, String)> {
    let mut fields: Vec<(String, String)> = model
        .root
        .properties
        .iter()
        .filter(|(_, property)| property.displayable && holds_one_value(property))
        .map(|(name, property)| (name.clone(), property.title.clone()))
        .collect();
    fields.push((LOCATED_AT.to_owned(), model.attr_title(LOCATED_AT).to_owned()));
    fields
}

/// Whether a list may be ordered and filtered by the attribute.
pub fn is_filterable(model: &Model, attribute: &str) -> bool {
    attribute == LOCATED_AT || model.root.property(attribute).is_some_and(holds_one_value)
}

fn holds_one_value(property: &Property) -> bool {
    !property.is_secret()
        && matches!(
            property.kind,
            Kind::String | Kind::Integer | Kind::Number | Kind::Boolean | Kind::Any
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::list_query::Condition;

    fn address(search: &str) -> Address {
        Address::read("/models/a/B".to_owned(), search)
    }

    #[test]
    fn changing_the_order_starts_at_the_first_row_and_keeps_the_rest() {
        let list = address("hierarchy=sys.x&search=q&skip=50&done=saved");
        assert_eq!(
            list.sorted("name", None),
            "/models/a/B?hierarchy=sys.x&search=q&order_by=name&direction=asc"
        );
        assert_eq!(
            list.sorted("name", Some(Direction::Asc)),
            "/models/a/B?hierarchy=sys.x&search=q&order_by=name&direction=desc"
        );
    }

    #[test]
    fn each_filter_can_be_taken_away_by_itself() {
        let list = address("filter_field=a&filter_text=1&filter_field=b&filter_text=2");
        assert_eq!(list.asked.filters.len(), 2);
        assert_eq!(
            list.without_filter(0),
            "/models/a/B?filter_field=b&filter_condition=contains&filter_text=2"
        );
        assert_eq!(list.filter_on("b").map(|f| f.condition), Some(Condition::Contains));
        assert_eq!(list.unfiltered(), "/models/a/B");
        assert!(list.is_filtered());
    }

    #[test]
    fn a_query_that_cannot_be_read_still_says_where() {
        let list = address("hierarchy=sys.x&skip=-1");
        assert_eq!(list.with(|_| {}), "/models/a/B?hierarchy=sys.x");
    }
}
