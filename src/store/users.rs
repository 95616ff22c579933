//! The accounts of users: each belongs to an instance of `data/SystemUser`, and goes with it.

use rusqlite::{OptionalExtension, params};

use super::{ReadTx, StoreError, WriteTx};

/// An account to be made.
pub struct NewAccount<'a> {
    /// The store's id of the user's instance.
    pub instance_id: i64,
    pub username: &'a str,
    /// In PHC form; empty for who has no password.
    pub password_hash: &'a str,
    pub node_id: i64,
}

impl ReadTx<'_> {
    /// The account of a user.
    pub fn account_of_user(&self, pkid: &str) -> Result<Option<i64>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT a.id FROM account a JOIN instance i ON i.id = a.instance_id WHERE i.pkid = ?1",
        )?;
        Ok(statement.query_row([pkid], |row| row.get(0)).optional()?)
    }

    /// Every account that has a user, with the user's pkid.
    pub fn user_accounts(&self) -> Result<Vec<(i64, String)>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT a.id, i.pkid FROM account a JOIN instance i ON i.id = a.instance_id",
        )?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Name and node of the accounts without a user: those of before there were any.
    pub fn accounts_without_user(&self) -> Result<Vec<(i64, String, i64)>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id, username, node_id FROM account WHERE instance_id IS NULL ORDER BY id",
        )?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl WriteTx<'_> {
    /// Makes the account of a user. Its id has never been another's: what somebody asked for who
    /// is gone isn't done in the name of another.
    pub fn insert_user_account(&self, new: &NewAccount<'_>) -> Result<(), StoreError> {
        let id = self.next_account_id()?;
        self.conn
            .prepare_cached(
                "INSERT INTO account (id, username, password_hash, node_id, instance_id) \
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![id, new.username, new.password_hash, new.node_id, new.instance_id])?;
        self.access_changes();
        Ok(())
    }

    /// Takes away what programs call by in the name of an account.
    pub fn delete_api_tokens(&self, account_id: i64) -> Result<u64, StoreError> {
        let mut statement =
            self.conn.prepare_cached("DELETE FROM api_token WHERE account_id = ?1")?;
        let gone = statement.execute([account_id])?;
        self.access_changes();
        Ok(gone as u64)
    }

    /// Gives an account its user.
    pub fn tie_account(&self, account_id: i64, instance_id: i64) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("UPDATE account SET instance_id = ?2 WHERE id = ?1")?
            .execute([account_id, instance_id])?;
        self.access_changes();
        Ok(())
    }

    /// Puts an account to another node.
    pub fn move_account(&self, account_id: i64, node_id: i64) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("UPDATE account SET node_id = ?2 WHERE id = ?1")?
            .execute([account_id, node_id])?;
        self.access_changes();
        Ok(())
    }
}
