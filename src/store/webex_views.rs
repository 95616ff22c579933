//! Connections, licences and users of Webex as the console shows them.

use rusqlite::{Row, params_from_iter, types::Value as Sql};

use super::{Node, ReadTx, StoreError, listed::literal};

/// A Webex customer with its connection.
#[derive(Clone, Debug)]
pub struct ConnectionAt {
    pub pkid: String,
    pub name: String,
    /// Dot path of its node.
    pub node_path: String,
    pub state: String,
    /// RFC 3339.
    pub since: String,
    pub reason: String,
}

/// A synced licence of which nine tenths or more are consumed.
#[derive(Clone, Debug)]
pub struct NearLicence {
    /// The Webex customer whose it is.
    pub customer_pkid: String,
    pub pkid: String,
    /// Its JSON.
    pub data: String,
}

/// Which of a customer's users are shown. Empty texts narrow nothing.
#[derive(Clone, Debug, Default)]
pub struct UserFilter {
    /// Part of a name or an address.
    pub search: String,
    /// Name of a licence that they hold.
    pub licence: String,
    pub standing: Option<Standing>,
}

/// How a user stands with Webex.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    CanLogIn,
    InvitePending,
    CannotLogIn,
}

/// Nodes below one that is no root are looked up in the closure.
fn below(node: &Node) -> String {
    if node.parent_id.is_none() {
        return String::new();
    }
    let id = node.id;
    format!(
        " AND (SELECT 1 FROM node_closure WHERE ancestor_id = {id} AND node_id = i.node_id) \
         IS NOT NULL"
    )
}

fn connection_at(row: &Row<'_>) -> rusqlite::Result<ConnectionAt> {
    Ok(ConnectionAt {
        pkid: row.get(0)?,
        name: row.get::<_, Option<String>>(1)?.unwrap_or_default(),
        node_path: row.get(2)?,
        state: row.get(3)?,
        since: row.get(4)?,
        reason: row.get(5)?,
    })
}

impl ReadTx<'_> {
    /// How many customers at a node and below are in each state.
    pub fn connection_tally(&self, node: &Node) -> Result<Vec<(String, u64)>, StoreError> {
        // The root's are all there are, and are counted from the index alone.
        let sql = if node.parent_id.is_none() {
            "SELECT state, count(*) FROM webex_connection GROUP BY state".to_owned()
        } else {
            format!(
                "SELECT c.state, count(*) FROM node_closure d \
                 JOIN instance i ON i.node_id = d.node_id AND i.model = 'relation/SparkCustomer' \
                 JOIN webex_connection c ON c.instance_id = i.id \
                 WHERE d.ancestor_id = {} GROUP BY c.state",
                node.id
            )
        };
        let mut statement = self.conn.prepare(&sql)?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Customers at a node and below whose connection is in a state, those first that have been in
    /// it longest.
    pub fn connections_in(
        &self,
        node: &Node,
        state: &str,
        limit: u64,
    ) -> Result<Vec<ConnectionAt>, StoreError> {
        let sql = format!(
            "SELECT i.pkid, i.data ->> '$.name', n.path, c.state, c.since, c.reason \
             FROM webex_connection c CROSS JOIN instance i ON i.id = c.instance_id \
             CROSS JOIN node n ON n.id = i.node_id WHERE c.state = {}{} ORDER BY c.since LIMIT ?1",
            literal(state),
            below(node)
        );
        let mut statement = self.conn.prepare(&sql)?;
        let rows = statement.query_map([limit], connection_at)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The states of these customers, in their order; `None` of one that was never looked at.
    pub fn connection_states(&self, pkids: &[&str]) -> Result<Vec<Option<String>>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT c.state FROM instance i JOIN webex_connection c ON c.instance_id = i.id \
             WHERE i.model = 'relation/SparkCustomer' AND i.pkid = ?1",
        )?;
        pkids
            .iter()
            .map(|pkid| {
                let mut rows = statement.query([pkid])?;
                Ok(rows.next()?.map(|row| row.get(0)).transpose()?)
            })
            .collect()
    }

    /// Licences at a node and below of which nine tenths or more are consumed, the fullest first; and
    /// how many there are.
    pub fn synced_near_full(
        &self,
        node: &Node,
        limit: u64,
    ) -> Result<(u64, Vec<NearLicence>), StoreError> {
        let from = format!(
            "FROM {} l CROSS JOIN instance i ON i.id = l.id \
             CROSS JOIN webex_synced s ON s.instance_id = i.id \
             CROSS JOIN instance c ON c.id = s.customer_id \
             WHERE i.data ->> '$.total_units' > 0 \
             AND i.data ->> '$.consumed_units' * 10 >= i.data ->> '$.total_units' * 9{}",
            self.list_of("device/spark/License")?.sql(),
            below(node)
        );
        let total = self
            .conn
            .prepare(&format!("SELECT count(*) {from}"))?
            .query_row([], |row| row.get(0))?;
        let mut statement = self.conn.prepare(&format!(
            "SELECT c.pkid, i.pkid, i.data {from} \
             ORDER BY i.data ->> '$.consumed_units' * 1.0 / (i.data ->> '$.total_units') DESC, \
             i.data ->> '$.spark_customer', i.data ->> '$.name' LIMIT ?1"
        ))?;
        let rows = statement.query_map([limit], |row| {
            Ok(NearLicence { customer_pkid: row.get(0)?, pkid: row.get(1)?, data: row.get(2)? })
        })?;
        Ok((total, rows.collect::<Result<_, _>>()?))
    }

    /// What a customer's instances of a model are, pkid and JSON, by name.
    pub fn synced_by_name(
        &self,
        customer_id: i64,
        model: &str,
    ) -> Result<Vec<(String, String)>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT i.pkid, i.data FROM webex_synced s JOIN instance i ON i.id = s.instance_id \
             WHERE s.customer_id = ?1 AND s.model = ?2 \
             ORDER BY i.data ->> '$.name' COLLATE NOCASE, i.data ->> '$.site_url', i.id",
        )?;
        let rows =
            statement.query_map((customer_id, model), |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// A page of a customer's users, pkid and JSON, by the names that are shown; and how many there
    /// are.
    pub fn synced_users(
        &self,
        customer_id: i64,
        filter: &UserFilter,
        skip: u64,
        limit: u64,
    ) -> Result<(u64, Vec<(String, String)>), StoreError> {
        let (condition, mut values) = filter.sql(customer_id);
        let from = format!(
            "FROM webex_synced s JOIN instance i ON i.id = s.instance_id WHERE {condition}"
        );
        let total = self
            .conn
            .prepare_cached(&format!("SELECT count(*) {from}"))?
            .query_row(params_from_iter(&values), |row| row.get(0))?;
        let sql = format!(
            "SELECT i.pkid, i.data {from} \
             ORDER BY i.data ->> '$.display_name' COLLATE NOCASE, i.id LIMIT ?{} OFFSET ?{}",
            values.len() + 1,
            values.len() + 2
        );
        let number = |n: u64| Sql::Integer(i64::try_from(n).unwrap_or(i64::MAX));
        values.extend([number(limit), number(skip)]);
        let mut statement = self.conn.prepare_cached(&sql)?;
        let rows =
            statement.query_map(params_from_iter(&values), |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok((total, rows.collect::<Result<_, _>>()?))
    }
}

impl UserFilter {
    fn sql(&self, customer_id: i64) -> (String, Vec<Sql>) {
        let mut values = vec![Sql::Integer(customer_id)];
        let mut sql = "s.customer_id = ?1 AND s.model = 'device/spark/User'".to_owned();
        if !self.search.is_empty() {
            values.push(Sql::Text(self.search.clone()));
            let n = values.len();
            sql += &format!(
                " AND (instr(fold(coalesce(i.data ->> '$.display_name', '')), fold(?{n})) > 0 \
                 OR instr(fold(coalesce(i.data ->> '$.email', '')), fold(?{n})) > 0)"
            );
        }
        if !self.licence.is_empty() {
            values.push(Sql::Text(self.licence.clone()));
            sql += &format!(
                " AND EXISTS (SELECT 1 FROM json_each(i.data, '$.licenses') WHERE value = ?{})",
                values.len()
            );
        }
        sql += match self.standing {
            None => "",
            Some(Standing::CanLogIn) => {
                " AND coalesce(i.data ->> '$.login_enabled', 1) \
                 AND NOT coalesce(i.data ->> '$.invite_pending', 0)"
            }
            Some(Standing::InvitePending) => " AND coalesce(i.data ->> '$.invite_pending', 0)",
            Some(Standing::CannotLogIn) => {
                " AND NOT coalesce(i.data ->> '$.login_enabled', 1) \
                 AND NOT coalesce(i.data ->> '$.invite_pending', 0)"
            }
        };
        (sql, values)
    }
}
