//! Lists: one indexed statement finds a page in the table of the model's list (see
//! [`super::listed`]), with the total from counters where no filter narrows it; the instances of the
//! page are then read one by one.

use std::collections::{HashMap, hash_map::Entry};

use rusqlite::{CachedStatement, Row, params, params_from_iter, types::Value as Sql};

use super::{
    ReadTx, StoreError,
    listed::{Table, column, path_sql},
};
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

impl ListSpec {
    /// Its SQL, over the table of the model's list.
    fn query<'q>(&'q self, table: &'q Table, size: Size) -> Query<'q> {
        Query { spec: self, table, gathers: self.gathers(size) }
    }

    /// Whether the covered instances are all read and sorted, rather than looked for along the order
    /// among all there are. The one costs as much as there are of them and of their nodes, the other as
    /// much as is passed over on the way.
    fn gathers(&self, size: Size) -> bool {
        if matches!(self.cover, Cover::All) {
            return false;
        }
        let Size { covered, nodes, all } = size;
        let gathered = covered.saturating_add(nodes);
        // How many fit isn't known before.
        if !self.filters.is_empty() {
            return gathered <= FEW.min(all);
        }
        let wanted = self.skip.saturating_add(self.limit);
        let passed = u128::from(wanted) * u128::from(all) / u128::from(covered.max(1));
        u128::from(gathered) <= passed.min(all.into())
    }

    /// Whether a page is found in next to no time, whatever there is: along the index of its order, or
    /// among few.
    fn is_quick(&self, table: &Table, size: Size) -> bool {
        let near = self.skip.saturating_add(self.limit) <= MANY;
        let along = matches!(&self.order.attr, Attr::Data(name, _) if table.has(name));
        let few = |count: u64| count <= FEW;
        let Size { covered, nodes, all } = size;
        if !self.filters.is_empty() || !along || !near {
            return few(all);
        }
        match self.cover {
            Cover::All => true,
            _ if self.gathers(size) => few(covered.saturating_add(nodes)),
            // Nearly all that is passed over is covered; else it may be all there is.
            _ => few(all) || covered >= all / 10 * 9,
        }
    }
}

/// How much there is.
#[derive(Clone, Copy, Debug, Default)]
struct Size {
    /// Instances at the covered nodes.
    covered: u64,
    /// The covered nodes, about.
    nodes: u64,
    /// Instances of the model.
    all: u64,
}

impl ListSpec {
    /// The same list as one page.
    fn whole(&self) -> Self {
        Self { skip: 0, limit: u64::MAX, ..self.clone() }
    }
}

/// Reads the rows that a list has found.
struct RowReader<'t> {
    instance: CachedStatement<'t>,
    node: CachedStatement<'t>,
    /// The pkid and path of the nodes so far.
    nodes: HashMap<i64, (String, String)>,
}

impl<'t> RowReader<'t> {
    fn new(tx: &'t ReadTx<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            instance: tx
                .conn
                .prepare_cached("SELECT pkid, version, data FROM instance WHERE id = ?1")?,
            node: tx.conn.prepare_cached("SELECT pkid, path FROM node WHERE id = ?1")?,
            nodes: HashMap::new(),
        })
    }

    fn read(&mut self, id: i64, node_id: i64) -> Result<ListRow, StoreError> {
        let (node_pkid, node_path) = match self.nodes.entry(node_id) {
            Entry::Occupied(known) => known.get().clone(),
            Entry::Vacant(unknown) => {
                let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
                unknown.insert(self.node.query_row([node_id], read)?).clone()
            }
        };
        Ok(self.instance.query_row([id], |row| {
            Ok(ListRow {
                pkid: row.get(0)?,
                version: row.get(1)?,
                data: row.get(2)?,
                node_pkid,
                node_path,
            })
        })?)
    }
}

/// The model of the nodes.
const NODES: &str = "data/HierarchyNode";
/// Instances that are read and sorted in next to no time.
const FEW: u64 = 2000;
/// Rows that are passed over before a list of the covered nodes is made, rather than each row's node
/// looked up.
const MANY: u64 = 1000;

/// A list as SQL.
struct Query<'q> {
    spec: &'q ListSpec,
    table: &'q Table,
    gathers: bool,
}

impl Query<'_> {
    /// The statement that reads the page's ids and nodes, in its order, and its values.
    fn page(&self) -> (String, Vec<Sql>) {
        let (sql, mut values) = self.all();
        let sql = format!("{sql} LIMIT ?{} OFFSET ?{}", values.len() + 1, values.len() + 2);
        values.push(Sql::Integer(i64::try_from(self.spec.limit).unwrap_or(i64::MAX)));
        values.push(Sql::Integer(i64::try_from(self.spec.skip).unwrap_or(i64::MAX)));
        (sql, values)
    }

    /// The statement that reads those of the whole list in its order, and its values.
    fn all(&self) -> (String, Vec<Sql>) {
        let (body, values) = self.body(Some(&self.spec.order.attr));
        let direction = match self.spec.order.direction {
            Direction::Asc => "ASC",
            Direction::Desc => "DESC",
        };
        let order = self.value(&self.spec.order.attr);
        // A sign keeps SQLite from following the order's index.
        let sign = if self.gathers { "+" } else { "" };
        let sql = format!(
            "SELECT l.id, l.node_id {body} \
             ORDER BY {sign}{order} COLLATE NOCASE {direction}, l.id {direction}"
        );
        (sql, values)
    }

    /// The SQL of an attribute's value.
    fn value(&self, attr: &Attr) -> String {
        match attr {
            Attr::Data(name, _) if self.table.has(name) => format!("l.{}", column(name)),
            // In parentheses, since COLLATE binds tighter than the operator.
            Attr::Data(name, _) => format!("(i.data ->> {})", path_sql(name)),
            Attr::LocatedAt => "n.path".to_owned(),
        }
    }

    /// `FROM … WHERE …` and its values, with what `order` is read from.
    fn body(&self, order: Option<&Attr>) -> (String, Vec<Sql>) {
        let spec = self.spec;
        let attrs = || spec.filters.iter().flat_map(|filter| &filter.attrs).chain(order);
        let mut sql = format!("FROM {} l", self.table.sql());
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
        let mut values = Vec::new();
        let mut bind = |value: Sql| {
            values.push(value);
            format!("?{}", values.len())
        };
        let mut conditions = Vec::new();
        let by_row = !self.gathers && spec.skip.saturating_add(spec.limit) <= MANY;
        let among = |nodes: &str| {
            // A sign keeps SQLite from beginning with the nodes.
            format!("{}l.node_id IN ({nodes})", if self.gathers { "" } else { "+" })
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
                conditions.push(format!("l.node_id = {}", bind(Sql::Integer(node))));
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
        if !conditions.is_empty() {
            sql += " WHERE ";
            sql += &conditions.join(" AND ");
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
    fn condition(&self, query: &Query<'_>, attr: &Attr, text: &str) -> String {
        if let Attr::Data(name, Kind::Array) = attr {
            return self.condition_on_entries(name, text);
        }
        let raw = query.value(attr);
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
            let entries = format!("coalesce(json_array_length(i.data, {path}), 0)");
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
        format!("{exists} (SELECT 1 FROM json_each(i.data, {path}) WHERE {fits})")
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

impl ReadTx<'_> {
    /// The list's SQL, for where its instances stand.
    fn with_query<T>(
        &self,
        spec: &ListSpec,
        work: impl FnOnce(Query<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        work(spec.query(self.listed.of(&spec.model)?, self.size(spec)?))
    }

    /// Whether a page is found in next to no time.
    pub fn is_quick(&self, spec: &ListSpec) -> Result<bool, StoreError> {
        Ok(spec.is_quick(self.listed.of(&spec.model)?, self.size(spec)?))
    }

    fn size(&self, spec: &ListSpec) -> Result<Size, StoreError> {
        let all = self.counted(&spec.model, Cover::All)?;
        Ok(match spec.cover {
            Cover::All => Size { covered: all, nodes: 0, all },
            cover => {
                let nodes = match cover {
                    // Each node but the root has its instance at the node above it.
                    Cover::Down(_) | Cover::Line(_) => self.counted(NODES, cover)?,
                    _ => 0,
                };
                Size { covered: self.counted(&spec.model, cover)?, nodes, all }
            }
        })
    }

    /// A page of a list.
    pub fn list(&self, spec: &ListSpec) -> Result<Vec<ListRow>, StoreError> {
        self.with_query(spec, |query| {
            let (sql, values) = query.page();
            let mut found = self.conn.prepare_cached(&sql)?;
            let mut found = found.query(params_from_iter(values))?;
            let mut reader = RowReader::new(self)?;
            let mut rows = Vec::new();
            while let Some(row) = found.next()? {
                rows.push(reader.read(row.get(0)?, row.get(1)?)?);
            }
            Ok(rows)
        })
    }

    /// The pkids of the whole list, in its order, whatever its page.
    pub fn pkids(&self, spec: &ListSpec) -> Result<Vec<String>, StoreError> {
        let whole = spec.whole();
        self.with_query(&whole, |query| {
            let (sql, values) = query.all();
            let mut found = self.conn.prepare_cached(&sql)?;
            let mut found = found.query(params_from_iter(values))?;
            // Row by row: joined to the list, the instances would come in an order of their own.
            let mut pkid = self.conn.prepare_cached("SELECT pkid FROM instance WHERE id = ?1")?;
            let mut pkids = Vec::new();
            while let Some(row) = found.next()? {
                pkids.push(pkid.query_row([row.get::<_, i64>(0)?], |row| row.get(0))?);
            }
            Ok(pkids)
        })
    }

    /// Where the instances of the whole list stand: dot paths, with how many there are at each.
    pub fn places(&self, spec: &ListSpec) -> Result<Vec<(String, u64)>, StoreError> {
        let whole = spec.whole();
        self.with_query(&whole, |query| {
            let (body, values) = query.body(None);
            let mut statement = self.conn.prepare_cached(&format!(
                "SELECT o.path, p.n FROM (SELECT l.node_id, count(*) AS n {body} \
                 GROUP BY l.node_id) p JOIN node o ON o.id = p.node_id ORDER BY o.path"
            ))?;
            let rows = statement
                .query_map(params_from_iter(values), |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Hands every instance of a list to `each`, in the list's order, whatever page it names.
    /// They are read one by one: how many there are costs no memory.
    pub fn each_listed<E: From<StoreError>>(
        &self,
        spec: &ListSpec,
        mut each: impl FnMut(ListRow) -> Result<(), E>,
    ) -> Result<(), E> {
        let whole = spec.whole();
        let (sql, values) = self.with_query(&whole, |query| Ok(query.all()))?;
        let mut found = self.conn.prepare_cached(&sql).map_err(StoreError::from)?;
        let mut found = found.query(params_from_iter(values)).map_err(StoreError::from)?;
        let mut reader = RowReader::new(self)?;
        while let Some(row) = found.next().map_err(StoreError::from)? {
            let key = |at| row.get(at).map_err(StoreError::from);
            each(reader.read(key(0)?, key(1)?)?)?;
        }
        Ok(())
    }

    /// How many instances the list has in all.
    pub fn total(&self, spec: &ListSpec) -> Result<u64, StoreError> {
        if spec.filters.is_empty() {
            return self.counted(&spec.model, spec.cover);
        }
        let whole = spec.whole();
        self.with_query(&whole, |query| {
            let (body, values) = query.body(None);
            let mut statement = self.conn.prepare_cached(&format!("SELECT count(*) {body}"))?;
            Ok(statement.query_row(params_from_iter(values), |row| row.get(0))?)
        })
    }

    /// Instances of a model at the covered nodes, from the counters.
    pub fn counted(&self, model: &str, cover: Cover) -> Result<u64, StoreError> {
        let below = |node| {
            let mut statement = self.conn.prepare_cached(
                "SELECT coalesce(sum(n), 0) FROM subtree_count WHERE model = ?1 AND node_id = ?2",
            )?;
            Ok::<u64, StoreError>(statement.query_row(params![model, node], |row| row.get(0))?)
        };
        let at = |nodes: &str, values: &[&dyn rusqlite::ToSql]| {
            let mut statement = self.conn.prepare_cached(&format!(
                "SELECT coalesce(sum(n), 0) FROM instance_count WHERE model = ?1 \
                 AND node_id IN ({nodes})"
            ))?;
            let values: Vec<&dyn rusqlite::ToSql> = std::iter::once(&model as &dyn rusqlite::ToSql)
                .chain(values.iter().copied())
                .collect();
            Ok::<u64, StoreError>(statement.query_row(&*values, |row| row.get(0))?)
        };
        match cover {
            Cover::All => {
                let mut statement = self.conn.prepare_cached(
                    "SELECT coalesce(sum(n), 0) FROM subtree_count WHERE model = ?1 \
                     AND node_id IN (SELECT id FROM node WHERE parent_id IS NULL)",
                )?;
                Ok(statement.query_row([model], |row| row.get(0))?)
            }
            Cover::Down(node) => below(node),
            Cover::Local(node) => at("?2", &[&node]),
            Cover::Up { node_id, visible_from } => at(
                "SELECT up.ancestor_id FROM node_closure up \
                 JOIN node_closure own ON own.node_id = up.ancestor_id \
                 WHERE up.node_id = ?2 AND own.ancestor_id = ?3",
                &[&node_id, &visible_from],
            ),
            Cover::Above(node) => {
                at("SELECT ancestor_id FROM node_closure WHERE node_id = ?2", &[&node])
            }
            Cover::Line(node) => {
                let above = at(
                    "SELECT ancestor_id FROM node_closure WHERE node_id = ?2 AND ancestor_id <> ?2",
                    &[&node],
                )?;
                Ok(above + below(node)?)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{domain::registry::Registry, list_query::LOCATED_AT, model::Model, store::Store};

    /// A store with the tables of all models.
    async fn store() -> (tempfile::TempDir, Store, Vec<Model>) {
        let dir = tempfile::tempdir().unwrap();
        let models = Registry::load(None).unwrap().to_vec();
        let store = Store::open(dir.path(), &models).await.unwrap();
        (dir, store, models)
    }

    fn text(name: &str) -> Attr {
        Attr::Data(name.to_owned(), Kind::String)
    }

    fn spec(model: &str, cover: Cover, order: Attr, direction: Direction) -> ListSpec {
        let order = Order { attr: order, direction };
        ListSpec { model: model.to_owned(), cover, filters: Vec::new(), order, skip: 0, limit: 25 }
    }

    /// What SQLite means to do for a page, where so many of so many instances are covered.
    fn plan(store: &Store, spec: &ListSpec, covered: u64, all: u64) -> String {
        let size = Size { covered, nodes: 1, all };
        let plan = store.read_now(|tx| {
            let (sql, values) = spec.query(tx.listed.of(&spec.model)?, size).page();
            let mut statement = tx.conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
            let lines = statement
                .query_map(params_from_iter(values), |row| row.get::<_, String>(3))?
                .collect::<Result<Vec<_>, _>>()?;
            Ok::<_, StoreError>(lines.join("\n"))
        });
        plan.unwrap()
    }

    const COVERS: [Cover; 5] =
        [Cover::All, Cover::Down(1), Cover::Line(1), Cover::Above(1), Cover::Local(1)];

    #[tokio::test]
    async fn a_page_in_the_order_of_any_attribute_of_a_list_is_neither_scanned_nor_sorted() {
        let (_dir, store, models) = store().await;
        for model in &models {
            for name in model.summary_attrs.iter().filter(|a| *a != LOCATED_AT) {
                let attr = Attr::Data(name.clone(), model.root.property(name).unwrap().kind);
                for cover in COVERS {
                    for skip in [0, 250_000] {
                        let spec = ListSpec {
                            skip,
                            ..spec(&model.model_type, cover, attr.clone(), Direction::Desc)
                        };
                        let plan = plan(&store, &spec, 1_000_000, 1_000_000);
                        let index = format!("listed_{}.{name}", model.model_type);
                        let along = format!("SCAN l USING COVERING INDEX {index}");
                        // A single node's own instances lie side by side.
                        if !matches!(cover, Cover::Local(_)) {
                            assert!(plan.contains(&along), "{name} {cover:?}\n{plan}");
                            assert!(!plan.contains("TEMP B-TREE"), "{name} {cover:?}\n{plan}");
                        }
                    }
                }
            }
        }
    }

    #[tokio::test]
    async fn the_few_instances_of_a_small_place_are_read_from_where_they_lie() {
        let (_dir, store, models) = store().await;
        for model in &models {
            for name in model.summary_attrs.iter().filter(|a| *a != LOCATED_AT) {
                let attr = Attr::Data(name.clone(), model.root.property(name).unwrap().kind);
                for cover in &COVERS[1..] {
                    let spec = spec(&model.model_type, *cover, attr.clone(), Direction::Asc);
                    let plan = plan(&store, &spec, 500, 1_000_000);
                    assert!(
                        plan.contains("SEARCH l USING PRIMARY KEY (node_id=?)"),
                        "{name} {cover:?}\n{plan}"
                    );
                }
            }
        }
    }

    #[test]
    fn what_costs_less_is_done() {
        let of = |cover, skip| ListSpec {
            skip,
            ..spec("data/User", cover, text("user_id"), Direction::Asc)
        };
        let size = |covered, nodes, all| Size { covered, nodes, all };
        let first = of(Cover::Down(1), 0);
        // Of a million, 25 are found among 25 times as many as there are for each covered.
        assert!(first.gathers(size(500, 1, 1_000_000)));
        assert!(first.gathers(size(4_000, 1_000, 1_000_000)));
        assert!(!first.gathers(size(6_000, 1, 1_000_000)));
        assert!(!first.gathers(size(900_000, 2_000, 1_000_000)));
        assert!(!first.gathers(size(1_000, 1, 1_000)));
        // Few instances below many nodes.
        assert!(!first.gathers(size(5, 20_000, 5)));
        let deep = of(Cover::Down(1), 250_000);
        assert!(deep.gathers(size(400_000, 1_000, 1_000_000)));
        assert!(!deep.gathers(size(900_000, 1_000, 1_000_000)));
        assert!(!of(Cover::All, 250_000).gathers(size(1_000_000, 0, 1_000_000)));
    }

    #[tokio::test]
    async fn what_may_take_long_is_known_before() {
        let (_dir, store, _) = store().await;
        let quick = |spec: &ListSpec, covered, nodes, all| {
            let size = Size { covered, nodes, all };
            store
                .read_now(|tx| Ok::<_, StoreError>(spec.is_quick(tx.listed.of(&spec.model)?, size)))
                .unwrap()
        };
        let of = |cover, order| spec("data/User", cover, order, Direction::Asc);
        let all = of(Cover::All, text("user_id"));
        assert!(quick(&all, 1_000_000, 0, 1_000_000));
        let down = of(Cover::Down(2), text("user_id"));
        assert!(quick(&down, 950_000, 2_000, 1_000_000));
        assert!(quick(&down, 500, 1, 1_000_000));
        // What is covered may stand all at the end of the order.
        assert!(!quick(&down, 100_000, 2_000, 1_000_000));
        assert!(quick(&down, 1_000, 2_000, 1_500));
        for slow in [
            of(Cover::All, Attr::LocatedAt),
            of(Cover::All, text("unlisted")),
            ListSpec { skip: 250_000, ..all.clone() },
            ListSpec { limit: 2_000, ..all.clone() },
        ] {
            assert!(!quick(&slow, 1_000_000, 0, 1_000_000), "{slow:?}");
        }
    }

    #[tokio::test]
    async fn what_a_text_begins_with_is_looked_up() {
        let (_dir, store, _) = store().await;
        let filter = ListFilter {
            attrs: vec![text("name")],
            condition: Condition::StartsWith,
            text: "Ac".to_owned(),
            ignore_case: true,
        };
        let spec = ListSpec {
            filters: vec![filter],
            ..spec("relation/SparkCustomer", Cover::Down(1), text("name"), Direction::Asc)
        };
        let plan = plan(&store, &spec, 1_000_000, 1_000_000);
        assert!(
            plan.contains(
                "SEARCH l USING INDEX listed_relation/SparkCustomer.name (a_name>? AND a_name<?)"
            ) || plan.contains(
                "SEARCH l USING COVERING INDEX listed_relation/SparkCustomer.name (a_name>? AND \
                 a_name<?)"
            ),
            "{plan}"
        );
        assert!(!plan.contains("TEMP B-TREE"), "{plan}");
    }

    #[tokio::test]
    async fn the_transactions_of_an_instance_are_looked_up() {
        let (_dir, store, _) = store().await;
        let filter = ListFilter {
            attrs: vec![text("href")],
            condition: Condition::Equals,
            text: "/api/relation/SparkCustomer/1".to_owned(),
            ignore_case: false,
        };
        let spec = ListSpec {
            filters: vec![filter],
            ..spec("tool/Transaction", Cover::Down(1), text("submitted"), Direction::Desc)
        };
        let plan = plan(&store, &spec, 1_000_000, 1_000_000);
        assert!(plan.contains("listed_tool/Transaction.href (a_href=?)"), "{plan}");
    }
}
