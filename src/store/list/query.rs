//! The SQL of a list.

use rusqlite::types::Value as Sql;

use super::{
    Attr, Cover, ListSpec,
    reckoning::{MANY, Way},
};
use crate::{
    list_query::Direction,
    model::Kind,
    store::{
        listed::{Table, column, path_sql},
        texts::CANDIDATES,
    },
};

/// A list as SQL.
pub struct Query<'q> {
    pub spec: &'q ListSpec,
    pub table: &'q Table,
    pub way: Way,
}

impl Query<'_> {
    /// The statement that reads the ids and nodes of the page in its order, and its values.
    pub fn page(&self) -> (String, Vec<Sql>) {
        let (body, mut values) = self.body(Some(&self.spec.order.attr));
        let direction = self.direction();
        let order = self.value(&self.spec.order.attr);
        // A sign keeps SQLite from following the order's index.
        let sign = if matches!(self.way, Way::Along) { "" } else { "+" };
        let (limit, skip) = (values.len() + 1, values.len() + 2);
        let sql = format!(
            "SELECT l.id, l.node_id {body} \
             ORDER BY {sign}{order} COLLATE NOCASE {direction}, l.id {direction} \
             LIMIT ?{limit} OFFSET ?{skip}"
        );
        values.extend(
            [self.spec.limit, self.spec.skip]
                .map(|n| Sql::Integer(i64::try_from(n).unwrap_or(i64::MAX))),
        );
        (sql, values)
    }

    /// The statement that reads a part of the list along the index of its order, and its values. In the
    /// part's condition stand `{c}` for the column, `{1}` and `{2}` for its values.
    pub fn part(&self, column: &str, condition: &str, of_part: Vec<Sql>) -> (String, Vec<Sql>) {
        let (body, mut values) = self.body(Some(&self.spec.order.attr));
        let mut condition = condition.replace("{c}", &format!("l.{column}"));
        for (at, value) in of_part.into_iter().enumerate() {
            values.push(value);
            condition =
                condition.replace(&format!("{{{}}}", at + 1), &format!("?{}", values.len()));
        }
        let direction = self.direction();
        let sql = format!(
            "SELECT l.id, l.node_id, l.{column} {body}{condition} \
             ORDER BY l.{column} COLLATE NOCASE {direction}, l.id {direction}"
        );
        (sql, values)
    }

    /// The statement that reads those of a single node as they lie, and its values.
    pub fn by_id(&self) -> (String, Vec<Sql>) {
        let (body, values) = self.body(None);
        let direction = self.direction();
        (format!("SELECT l.id, l.node_id {body} ORDER BY l.id {direction}"), values)
    }

    fn direction(&self) -> &'static str {
        match self.spec.order.direction {
            Direction::Asc => "ASC",
            Direction::Desc => "DESC",
        }
    }

    /// The SQL of an attribute's value.
    pub fn value(&self, attr: &Attr) -> String {
        match attr {
            Attr::Data(name, _) if self.table.has(name) => format!("l.{}", column(name)),
            // In parentheses, since COLLATE binds tighter than the operator.
            Attr::Data(name, _) => format!("(i.data ->> {})", path_sql(name)),
            Attr::LocatedAt => "n.path".to_owned(),
        }
    }

    /// Whether rows that aren't equal are passed over, rather than those that are looked up.
    pub fn passes_equal(&self, attr: &Attr) -> bool {
        let ordered = match (attr, &self.spec.order.attr) {
            (Attr::Data(name, _), Attr::Data(ordered, _)) => name == ordered,
            _ => false,
        };
        match self.way {
            Way::Node => true,
            Way::Along => self.spec.limit < u64::MAX && !ordered,
            Way::Gather | Way::Equal | Way::Sought(_) => false,
        }
    }

    /// `FROM … WHERE …` and its values, with what `order` is read from.
    pub fn body(&self, order: Option<&Attr>) -> (String, Vec<Sql>) {
        let spec = self.spec;
        let attrs = || spec.filters.iter().flat_map(|filter| &filter.attrs).chain(order);
        let mut values = Vec::new();
        let mut bind = |value: Sql| {
            values.push(value);
            format!("?{}", values.len())
        };
        let table = self.table.sql();
        let mut sql = match &self.way {
            // The candidates' nodes stand with the instances; the table is looked at by node and id.
            Way::Sought(search) => {
                bind(Sql::Text(search.clone()));
                format!(
                    "FROM ({CANDIDATES}) c CROSS JOIN instance o ON o.id = c.id \
                     CROSS JOIN {table} l ON l.node_id = o.node_id AND l.id = o.id"
                )
            }
            Way::Along | Way::Node | Way::Gather | Way::Equal => format!("FROM {table} l"),
        };
        // Lists have no column.
        let unlisted = |attr: &Attr| match attr {
            Attr::Data(_, Kind::Array) => true,
            Attr::Data(name, _) => !self.table.has(name),
            Attr::LocatedAt => false,
        };
        if attrs().any(unlisted) {
            sql += " CROSS JOIN instance i ON i.id = l.id";
        }
        if attrs().any(|attr| matches!(attr, Attr::LocatedAt)) {
            sql += " CROSS JOIN node n ON n.id = l.node_id";
        }
        let mut conditions = Vec::new();
        let gathers = matches!(self.way, Way::Gather);
        let by_row = match self.way {
            Way::Along => spec.skip.saturating_add(spec.limit) <= MANY,
            Way::Gather | Way::Node => false,
            Way::Equal | Way::Sought(_) => true,
        };
        let follows = order.is_some() && matches!(self.way, Way::Along) && spec.filters.is_empty();
        let among = |nodes: &str| {
            // A sign keeps SQLite from beginning with the nodes.
            format!("{}l.node_id IN ({nodes})", if gathers { "" } else { "+" })
        };
        match spec.cover {
            Cover::All => {}
            Cover::Down(node) => {
                let node = bind(Sql::Integer(node));
                conditions.push(if by_row {
                    // Not EXISTS: SQLite makes a join of that, starts it at the nodes, and sorts.
                    format!(
                        "(SELECT 1 FROM node_closure \
                         WHERE ancestor_id = {node} AND node_id = l.node_id) IS NOT NULL"
                    )
                } else {
                    among(&format!("SELECT node_id FROM node_closure WHERE ancestor_id = {node}"))
                });
            }
            Cover::Local(node) => {
                // A sign keeps SQLite from sorting all of the node.
                let sign = if follows { "+" } else { "" };
                conditions.push(format!("{sign}l.node_id = {}", bind(Sql::Integer(node))));
            }
            Cover::Up { node_id, visible_from } => {
                let (node, from) = (bind(Sql::Integer(node_id)), bind(Sql::Integer(visible_from)));
                conditions.push(among(&format!(
                    "SELECT up.ancestor_id FROM node_closure up \
                     JOIN node_closure own ON own.node_id = up.ancestor_id \
                     WHERE up.node_id = {node} AND own.ancestor_id = {from}"
                )));
            }
            Cover::Above(node) => {
                let node = bind(Sql::Integer(node));
                conditions.push(among(&format!(
                    "SELECT ancestor_id FROM node_closure WHERE node_id = {node}"
                )));
            }
            Cover::Line(node) => {
                let node = bind(Sql::Integer(node));
                conditions.push(if by_row {
                    format!(
                        "coalesce((SELECT 1 FROM node_closure \
                         WHERE ancestor_id = {node} AND node_id = l.node_id), \
                         (SELECT 1 FROM node_closure \
                         WHERE ancestor_id = l.node_id AND node_id = {node})) IS NOT NULL"
                    )
                } else {
                    among(&format!(
                        "SELECT node_id FROM node_closure WHERE ancestor_id = {node} \
                         UNION SELECT ancestor_id FROM node_closure WHERE node_id = {node}"
                    ))
                });
            }
        }
        for filter in &spec.filters {
            let text = bind(Sql::Text(filter.wanted()));
            let any: Vec<String> =
                filter.attrs.iter().map(|attr| filter.condition(self, attr, &text)).collect();
            conditions.push(format!("(({}))", any.join(") OR (")));
        }
        if conditions.is_empty() {
            conditions.push("true".to_owned());
        }
        sql += " WHERE ";
        sql += &conditions.join(" AND ");
        (sql, values)
    }
}
