//! Lists: one indexed statement for a page, with the total from counters where no filter narrows
//! it. The order of an attribute runs along that attribute's own index (see [`super::indexes`]).

use rusqlite::{Row, ToSql, params_from_iter, types::Value as Sql};

use super::{ReadTx, StoreError};
use crate::{
    list_query::{Condition, Direction},
    model::Kind,
};

/// Which nodes a list covers.
#[derive(Clone, Copy, Debug)]
pub enum Cover {
    /// The node and all below it.
    Down(i64),
    /// The node alone.
    Local(i64),
    /// The node and those above it that stand at or below `visible_from`.
    Up { node_id: i64, visible_from: i64 },
    /// The node and all above it.
    Above(i64),
    /// The node, all above it and all below it: where an inherited model's instances hold.
    Line(i64),
    /// Everything: what `Down` from the root means, without asking for each row.
    All,
}

/// What a list orders or filters by. The names come from a loaded model, never from a caller.
#[derive(Clone, Debug)]
pub enum Attr {
    /// A property of the instance, with its JSON type. A list of texts is filtered by its entries.
    Data(String, Kind),
    /// The dot path of its node.
    LocatedAt,
}

#[derive(Clone, Debug)]
pub struct Order {
    pub attr: Attr,
    pub direction: Direction,
}

/// One condition. Of several all must hold; within one, any attribute may match.
#[derive(Clone, Debug)]
pub struct ListFilter {
    /// One, or several for the search box.
    pub attrs: Vec<Attr>,
    pub condition: Condition,
    pub text: String,
    pub ignore_case: bool,
}

#[derive(Clone, Debug)]
pub struct ListSpec {
    pub model: String,
    pub cover: Cover,
    pub filters: Vec<ListFilter>,
    pub order: Order,
    pub skip: u64,
    pub limit: u64,
}

#[derive(Clone, Debug)]
pub struct ListRow {
    pub pkid: String,
    pub version: u64,
    /// The plain JSON object, as it is answered.
    pub data: String,
    pub node_pkid: String,
    pub node_path: String,
}

impl Attr {
    /// The SQL of the value. For properties it is the very text of the index's expression:
    /// SQLite uses the index only then.
    pub(super) fn sql(&self) -> String {
        match self {
            Self::Data(name, _) => data_sql(name),
            Self::LocatedAt => "n.path".to_owned(),
        }
    }
}

/// Property names are checked by the model loader; a quote would end the literal all the same.
/// In parentheses, since COLLATE binds tighter than the operator.
pub(super) fn data_sql(name: &str) -> String {
    format!("(data ->> {})", path_sql(name))
}

fn path_sql(name: &str) -> String {
    format!("'$.\"{}\"'", name.replace('\'', "''").replace('"', ""))
}

/// A partial index is used only where its condition stands in the statement as a literal.
pub(super) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

impl ListSpec {
    /// The statement that reads the page, and its values.
    fn page(&self) -> (String, Vec<Sql>) {
        let (sql, mut values) = self.all();
        let sql = format!("{sql} LIMIT ?{} OFFSET ?{}", values.len() + 1, values.len() + 2);
        values.push(Sql::Integer(i64::try_from(self.limit).unwrap_or(i64::MAX)));
        values.push(Sql::Integer(i64::try_from(self.skip).unwrap_or(i64::MAX)));
        (sql, values)
    }

    /// The statement that reads the whole list in its order, and its values.
    fn all(&self) -> (String, Vec<Sql>) {
        let (body, values) = self.body();
        let direction = match self.order.direction {
            Direction::Asc => "ASC",
            Direction::Desc => "DESC",
        };
        let order = self.order.attr.sql();
        let sql = format!(
            "SELECT i.pkid, i.version, i.data, n.pkid, n.path {body} \
             ORDER BY {order} COLLATE NOCASE {direction}, i.id {direction}"
        );
        (sql, values)
    }

    /// `FROM … WHERE …` and its values.
    fn body(&self) -> (String, Vec<Sql>) {
        let mut values = Vec::new();
        let mut sql = format!(
            "FROM instance i CROSS JOIN node n ON n.id = i.node_id WHERE i.model = {}",
            literal(&self.model)
        );
        let mut bind = |value: Sql| {
            values.push(value);
            format!("?{}", values.len())
        };
        match self.cover {
            Cover::All => {}
            Cover::Down(node) => {
                let node = bind(Sql::Integer(node));
                // Not EXISTS: SQLite makes a join of that, starts it at the nodes, and sorts.
                sql += &format!(
                    " AND (SELECT 1 FROM node_closure \
                     WHERE ancestor_id = {node} AND node_id = i.node_id) IS NOT NULL"
                );
            }
            Cover::Local(node) => sql += &format!(" AND i.node_id = {}", bind(Sql::Integer(node))),
            Cover::Up { node_id, visible_from } => {
                let (node, from) = (bind(Sql::Integer(node_id)), bind(Sql::Integer(visible_from)));
                sql += &format!(
                    " AND i.node_id IN (SELECT up.ancestor_id FROM node_closure up \
                     JOIN node_closure own ON own.node_id = up.ancestor_id \
                     WHERE up.node_id = {node} AND own.ancestor_id = {from})"
                );
            }
            Cover::Above(node) => {
                let node = bind(Sql::Integer(node));
                sql += &format!(
                    " AND (SELECT 1 FROM node_closure \
                     WHERE ancestor_id = i.node_id AND node_id = {node}) IS NOT NULL"
                );
            }
            Cover::Line(node) => {
                let node = bind(Sql::Integer(node));
                sql += &format!(
                    " AND coalesce((SELECT 1 FROM node_closure \
                     WHERE ancestor_id = {node} AND node_id = i.node_id), \
                     (SELECT 1 FROM node_closure \
                     WHERE ancestor_id = i.node_id AND node_id = {node})) IS NOT NULL"
                );
            }
        }
        for filter in &self.filters {
            let text = bind(Sql::Text(filter.wanted()));
            let any: Vec<String> =
                filter.attrs.iter().map(|attr| filter.condition(attr, &text)).collect();
            sql += &format!(" AND (({}))", any.join(") OR ("));
        }
        (sql, values)
    }
}

impl ListFilter {
    /// The text to compare with.
    fn wanted(&self) -> String {
        if self.ignore_case { self.text.to_lowercase() } else { self.text.clone() }
    }

    /// The condition on one attribute; `text` is the parameter that holds [`Self::wanted`].
    fn condition(&self, attr: &Attr, text: &str) -> String {
        if let Attr::Data(name, Kind::Array) = attr {
            return self.condition_on_entries(name, text);
        }
        let raw = attr.sql();
        // Times of one form, in whose index they sort as they follow each other.
        match self.condition {
            Condition::From => return format!("{raw} >= {text} COLLATE NOCASE"),
            Condition::Before => return format!("{raw} < {text} COLLATE NOCASE"),
            _ => {}
        }
        if self.condition == Condition::Equals && self.uses_index(attr) {
            // The indexes collate NOCASE; an exact comparison narrows by it first.
            let exact =
                if self.ignore_case { String::new() } else { format!(" AND {raw} = {text}") };
            return format!("{raw} = {text} COLLATE NOCASE{exact}");
        }
        self.comparison(&raw, text, self.uses_index(attr))
    }

    /// What is asked of a list's entries: one of them fits, or for what isn't wanted none does. An
    /// empty text stands for a list without entries.
    fn condition_on_entries(&self, name: &str, text: &str) -> String {
        let path = path_sql(name);
        if self.text.is_empty() {
            let entries = format!("coalesce(json_array_length(data, {path}), 0)");
            return match self.condition {
                Condition::Equals => format!("{entries} = 0 AND {text} = ''"),
                Condition::NotEqual => format!("{entries} > 0 AND {text} = ''"),
                Condition::NotContain => format!("{text} <> ''"),
                Condition::Contains
                | Condition::StartsWith
                | Condition::EndsWith
                | Condition::From
                | Condition::Before => {
                    format!("{text} = ''")
                }
            };
        }
        let (condition, exists) = match self.condition {
            Condition::NotEqual => (Condition::Equals, "NOT EXISTS"),
            Condition::NotContain => (Condition::Contains, "NOT EXISTS"),
            other => (other, "EXISTS"),
        };
        let fits = match condition {
            // Without a call for each entry.
            Condition::Equals if !self.ignore_case => format!("value = {text}"),
            Condition::Equals if self.text.is_ascii() => format!("value = {text} COLLATE NOCASE"),
            _ => Self { condition, ..self.clone() }.comparison("value", text, false),
        };
        format!("{exists} (SELECT 1 FROM json_each(data, {path}) WHERE {fits})")
    }

    /// Compares one value; `narrow` where an index may be asked first.
    fn comparison(&self, raw: &str, text: &str, narrow: bool) -> String {
        // An attribute that isn't set is an empty text.
        let value = format!("coalesce(CAST({raw} AS TEXT), '')");
        let value = if self.ignore_case { format!("fold({value})") } else { value };
        match self.condition {
            Condition::Contains => format!("instr({value}, {text}) > 0"),
            Condition::NotContain => format!("instr({value}, {text}) = 0"),
            Condition::StartsWith => {
                // The index narrows to what begins so; nothing sorts behind the last character.
                let narrow = if narrow {
                    format!(
                        "{raw} >= {text} COLLATE NOCASE AND \
                         {raw} < {text} || char(1114111) COLLATE NOCASE AND "
                    )
                } else {
                    String::new()
                };
                format!("{narrow}substr({value}, 1, length({text})) = {text}")
            }
            Condition::EndsWith => format!(
                "length({value}) >= length({text}) AND \
                 substr({value}, length({value}) - length({text}) + 1) = {text}"
            ),
            Condition::Equals => format!("{value} = {text}"),
            Condition::NotEqual => format!("{value} <> {text}"),
            Condition::From => format!("{value} >= {text}"),
            Condition::Before => format!("{value} < {text}"),
        }
    }

    /// Whether an equality can be looked up in an attribute's index, which folds ASCII only.
    fn uses_index(&self, attr: &Attr) -> bool {
        matches!(attr, Attr::Data(_, Kind::String))
            && !self.text.is_empty()
            && (self.text.is_ascii() || !self.ignore_case)
    }
}

fn row_from(row: &Row<'_>) -> rusqlite::Result<ListRow> {
    Ok(ListRow {
        pkid: row.get(0)?,
        version: row.get(1)?,
        data: row.get(2)?,
        node_pkid: row.get(3)?,
        node_path: row.get(4)?,
    })
}

impl ReadTx<'_> {
    /// A page of a list.
    pub fn list(&self, spec: &ListSpec) -> Result<Vec<ListRow>, StoreError> {
        let (sql, values) = spec.page();
        let mut statement = self.conn.prepare_cached(&sql)?;
        let rows = statement.query_map(params_from_iter(values), row_from)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The pkids of the whole list, in its order, whatever its page.
    pub fn pkids(&self, spec: &ListSpec) -> Result<Vec<String>, StoreError> {
        let (body, values) = spec.body();
        let order = spec.order.attr.sql();
        let direction = spec.order.direction.as_str();
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT i.pkid {body} ORDER BY {order} COLLATE NOCASE {direction}, i.id {direction}"
        ))?;
        let rows = statement.query_map(params_from_iter(values), |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Where the instances of the whole list stand: dot paths, with how many there are at each.
    pub fn places(&self, spec: &ListSpec) -> Result<Vec<(String, u64)>, StoreError> {
        let (body, values) = spec.body();
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT n.path, count(*) {body} GROUP BY n.id ORDER BY n.path"
        ))?;
        let rows =
            statement.query_map(params_from_iter(values), |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Hands every instance of a list to `each`, in the list's order, whatever page it names.
    /// They are read one by one: how many there are costs no memory.
    pub fn each_listed<E: From<StoreError>>(
        &self,
        spec: &ListSpec,
        mut each: impl FnMut(ListRow) -> Result<(), E>,
    ) -> Result<(), E> {
        let (sql, values) = spec.all();
        let mut statement = self.conn.prepare_cached(&sql).map_err(StoreError::from)?;
        let rows =
            statement.query_map(params_from_iter(values), row_from).map_err(StoreError::from)?;
        for row in rows {
            each(row.map_err(StoreError::from)?)?;
        }
        Ok(())
    }

    /// How many instances the list has in all.
    pub fn total(&self, spec: &ListSpec) -> Result<u64, StoreError> {
        if spec.filters.is_empty() {
            return self.counted(&spec.model, spec.cover);
        }
        let (body, values) = spec.body();
        let mut statement = self.conn.prepare_cached(&format!("SELECT count(*) {body}"))?;
        Ok(statement.query_row(params_from_iter(values), |row| row.get(0))?)
    }

    /// Instances of a model at the covered nodes, from the counters.
    pub fn counted(&self, model: &str, cover: Cover) -> Result<u64, StoreError> {
        let (nodes, values): (&str, Vec<Box<dyn ToSql>>) = match cover {
            Cover::All => ("", vec![]),
            Cover::Down(node) => (
                " AND node_id IN (SELECT node_id FROM node_closure WHERE ancestor_id = ?2)",
                vec![Box::new(node)],
            ),
            Cover::Local(node) => (" AND node_id = ?2", vec![Box::new(node)]),
            Cover::Up { node_id, visible_from } => (
                " AND node_id IN (SELECT up.ancestor_id FROM node_closure up \
                 JOIN node_closure own ON own.node_id = up.ancestor_id \
                 WHERE up.node_id = ?2 AND own.ancestor_id = ?3)",
                vec![Box::new(node_id), Box::new(visible_from)],
            ),
            Cover::Above(node) => (
                " AND node_id IN (SELECT ancestor_id FROM node_closure WHERE node_id = ?2)",
                vec![Box::new(node)],
            ),
            // Asked of each node that has instances: an inherited model stands at few, and there
            // may be many below.
            Cover::Line(node) => (
                " AND coalesce((SELECT 1 FROM node_closure c \
                 WHERE c.ancestor_id = ?2 AND c.node_id = instance_count.node_id), \
                 (SELECT 1 FROM node_closure c \
                 WHERE c.ancestor_id = instance_count.node_id AND c.node_id = ?2)) IS NOT NULL",
                vec![Box::new(node)],
            ),
        };
        let sql = format!("SELECT coalesce(sum(n), 0) FROM instance_count WHERE model = ?1{nodes}");
        let values = std::iter::once(Box::new(model.to_owned()) as Box<dyn ToSql>).chain(values);
        let mut statement = self.conn.prepare_cached(&sql)?;
        Ok(statement.query_row(params_from_iter(values), |row| row.get(0))?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{domain::registry::Registry, list_query::LOCATED_AT, store::Store};

    /// What SQLite means to do for a list.
    async fn plan(store: &Store, spec: ListSpec) -> String {
        let plan = store.read(move |tx| {
            let (sql, values) = spec.page();
            let mut statement = tx.conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
            let lines = statement
                .query_map(params_from_iter(values), |row| row.get::<_, String>(3))?
                .collect::<Result<Vec<_>, _>>()?;
            Ok::<_, StoreError>(lines.join("\n"))
        });
        plan.await.unwrap()
    }

    #[tokio::test]
    async fn a_page_in_the_order_of_any_attribute_of_a_list_is_neither_scanned_nor_sorted() {
        let dir = tempfile::tempdir().unwrap();
        let models = Registry::load(None).unwrap().to_vec();
        let store = Store::open(dir.path(), &models).await.unwrap();
        for model in &models {
            for name in model.summary_attrs.iter().filter(|a| *a != LOCATED_AT) {
                for cover in
                    [Cover::All, Cover::Down(1), Cover::Local(1), Cover::Line(1), Cover::Above(1)]
                {
                    let kind = model.root.property(name).unwrap().kind;
                    let plan = plan(
                        &store,
                        ListSpec {
                            model: model.model_type.clone(),
                            cover,
                            filters: Vec::new(),
                            order: Order {
                                attr: Attr::Data(name.clone(), kind),
                                direction: Direction::Desc,
                            },
                            skip: 0,
                            limit: 25,
                        },
                    )
                    .await;
                    let index = format!("list_{}_{name}", model.model_type.replace('/', "_"));
                    // A single node's own instances are few: reading and sorting them is as good.
                    if !matches!(cover, Cover::Local(_)) {
                        assert!(plan.contains(&index), "{name} {cover:?}\n{plan}");
                        assert!(!plan.contains("TEMP B-TREE"), "{name} {cover:?}\n{plan}");
                    }
                    assert!(!plan.contains("SCAN i\n"), "{name} {cover:?}\n{plan}");
                }
            }
        }
    }

    #[tokio::test]
    async fn what_a_text_begins_with_is_looked_up() {
        let dir = tempfile::tempdir().unwrap();
        let models = Registry::load(None).unwrap().to_vec();
        let store = Store::open(dir.path(), &models).await.unwrap();
        let name = || Attr::Data("name".to_owned(), Kind::String);
        let plan = plan(
            &store,
            ListSpec {
                model: "relation/SparkCustomer".to_owned(),
                cover: Cover::Down(1),
                filters: vec![ListFilter {
                    attrs: vec![name()],
                    condition: Condition::StartsWith,
                    text: "Ac".to_owned(),
                    ignore_case: true,
                }],
                order: Order { attr: name(), direction: Direction::Asc },
                skip: 0,
                limit: 25,
            },
        )
        .await;
        assert!(
            plan.contains(
                "SEARCH i USING INDEX list_relation_SparkCustomer_name (<expr>>? AND <expr><?)"
            ),
            "{plan}"
        );
        assert!(!plan.contains("TEMP B-TREE"), "{plan}");
    }

    #[tokio::test]
    async fn the_transactions_of_an_instance_are_looked_up() {
        let dir = tempfile::tempdir().unwrap();
        let models = Registry::load(None).unwrap().to_vec();
        let store = Store::open(dir.path(), &models).await.unwrap();
        let text = |name: &str| Attr::Data(name.to_owned(), Kind::String);
        let plan = plan(
            &store,
            ListSpec {
                model: "tool/Transaction".to_owned(),
                cover: Cover::Down(1),
                filters: vec![ListFilter {
                    attrs: vec![text("href")],
                    condition: Condition::Equals,
                    text: "/api/relation/SparkCustomer/1".to_owned(),
                    ignore_case: false,
                }],
                order: Order { attr: text("submitted"), direction: Direction::Desc },
                skip: 0,
                limit: 25,
            },
        )
        .await;
        assert!(plan.contains("list_tool_Transaction_href"), "{plan}");
    }
}
