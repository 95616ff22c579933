//! Accounts.

use rusqlite::{OptionalExtension, params};

use super::{Node, ReadTx, StoreError, WriteTx, nodes::node_from};

/// Who can log in.
#[derive(Clone, Debug)]
pub struct Account {
    pub id: i64,
    pub username: String,
    /// In PHC form, parameters and salt included.
    pub password_hash: String,
    /// The account sees this node and what stands below it.
    pub node: Node,
    /// The role of its user; `None` for an account that has no user yet.
    pub role: Option<String>,
}

const ACCOUNT: &str = "SELECT a.id, a.username, a.password_hash, n.id, n.pkid, n.parent_id, \
    n.name, n.node_type, n.path, json_extract(u.data, '$.role') FROM account a \
    JOIN node n ON n.id = a.node_id LEFT JOIN instance u ON u.id = a.instance_id ";

fn account_from(row: &rusqlite::Row<'_>) -> rusqlite::Result<Account> {
    Ok(Account {
        id: row.get(0)?,
        username: row.get(1)?,
        password_hash: row.get(2)?,
        node: node_from(row, 3)?,
        role: row.get(9)?,
    })
}

impl ReadTx<'_> {
    pub fn account_by_name(&self, username: &str) -> Result<Option<Account>, StoreError> {
        let mut statement =
            self.conn.prepare_cached(&format!("{ACCOUNT} WHERE a.username = ?1"))?;
        Ok(statement.query_row([username], account_from).optional()?)
    }

    pub fn account_by_id(&self, id: i64) -> Result<Option<Account>, StoreError> {
        let mut statement = self.conn.prepare_cached(&format!("{ACCOUNT} WHERE a.id = ?1"))?;
        Ok(statement.query_row([id], account_from).optional()?)
    }

    pub fn has_accounts(&self) -> Result<bool, StoreError> {
        Ok(self.conn.prepare_cached("SELECT 1 FROM account LIMIT 1")?.exists([])?)
    }
}

impl WriteTx<'_> {
    pub fn insert_account(
        &self,
        username: &str,
        password_hash: &str,
        node_id: i64,
    ) -> Result<(), StoreError> {
        let id = self.next_account_id()?;
        self.conn
            .prepare_cached(
                "INSERT INTO account (id, username, password_hash, node_id) \
                 VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![id, username, password_hash, node_id])?;
        self.access_changes();
        Ok(())
    }

    /// A number that no account has ever had.
    pub(super) fn next_account_id(&self) -> Result<i64, StoreError> {
        let mut statement =
            self.conn.prepare_cached("UPDATE account_number SET last = last + 1 RETURNING last")?;
        Ok(statement.query_row([], |row| row.get(0))?)
    }

    /// Gives an account another password, and ends all log-ins with the one before but `kept`.
    pub fn change_password(
        &self,
        account_id: i64,
        password_hash: &str,
        kept: Option<&str>,
    ) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("UPDATE account SET password_hash = ?2 WHERE id = ?1")?
            .execute(params![account_id, password_hash])?;
        self.delete_log_ins(account_id, kept)?;
        self.access_changes();
        Ok(())
    }
}
