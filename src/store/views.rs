//! Saved views of lists, and the columns that somebody keeps for one.

use rusqlite::{OptionalExtension, params};

use super::{ReadTx, StoreError, WriteTx};

/// A list under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedView {
    pub pkid: String,
    pub account_id: i64,
    /// Of its author.
    pub username: String,
    pub name: String,
    /// The list's parameters, as a query string.
    pub query: String,
    pub shared: bool,
}

/// A view to be saved.
pub struct NewView<'a> {
    pub pkid: &'a str,
    pub account_id: i64,
    pub node_id: i64,
    pub model: &'a str,
    pub name: &'a str,
    pub query: &'a str,
    pub shared: bool,
}

impl ReadTx<'_> {
    /// The account's own views of a model's list, and those shared by authors whose node is
    /// `visible_from` or stands below it; by name.
    pub fn saved_views(
        &self,
        account_id: i64,
        visible_from: i64,
        model: &str,
    ) -> Result<Vec<SavedView>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT v.pkid, v.account_id, a.username, v.name, v.query, v.shared \
             FROM saved_view v JOIN account a ON a.id = v.account_id \
             WHERE v.model = ?3 AND (v.account_id = ?1 OR (v.shared AND EXISTS \
             (SELECT 1 FROM node_closure WHERE ancestor_id = ?2 AND node_id = v.node_id))) \
             ORDER BY v.name COLLATE NOCASE, v.id",
        )?;
        let rows = statement.query_map(params![account_id, visible_from, model], |row| {
            Ok(SavedView {
                pkid: row.get(0)?,
                account_id: row.get(1)?,
                username: row.get(2)?,
                name: row.get(3)?,
                query: row.get(4)?,
                shared: row.get(5)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The columns that an account keeps for a model's list.
    pub fn list_columns(&self, account_id: i64, model: &str) -> Result<Option<String>, StoreError> {
        Ok(self
            .conn
            .prepare_cached(
                "SELECT columns FROM list_columns WHERE account_id = ?1 AND model = ?2",
            )?
            .query_row(params![account_id, model], |row| row.get(0))
            .optional()?)
    }
}

impl WriteTx<'_> {
    /// Saves a view, in place of the account's own of that name, and answers its pkid.
    pub fn put_view(&self, new: &NewView<'_>) -> Result<String, StoreError> {
        Ok(self
            .conn
            .prepare_cached(
                "INSERT INTO saved_view (pkid, account_id, node_id, model, name, query, shared) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (account_id, model, name) \
                 DO UPDATE SET query = excluded.query, shared = excluded.shared RETURNING pkid",
            )?
            .query_row(
                params![
                    new.pkid,
                    new.account_id,
                    new.node_id,
                    new.model,
                    new.name,
                    new.query,
                    new.shared
                ],
                |row| row.get(0),
            )?)
    }

    /// Deletes an account's own view; says whether there was one.
    pub fn delete_view(
        &self,
        account_id: i64,
        model: &str,
        pkid: &str,
    ) -> Result<bool, StoreError> {
        let deleted = self
            .conn
            .prepare_cached(
                "DELETE FROM saved_view WHERE account_id = ?1 AND model = ?2 AND pkid = ?3",
            )?
            .execute(params![account_id, model, pkid])?;
        Ok(deleted > 0)
    }

    /// Keeps an account's columns for a model's list; `None` forgets them.
    pub fn put_list_columns(
        &self,
        account_id: i64,
        model: &str,
        columns: Option<&str>,
    ) -> Result<(), StoreError> {
        match columns {
            Some(columns) => self
                .conn
                .prepare_cached(
                    "INSERT INTO list_columns (account_id, model, columns) VALUES (?1, ?2, ?3) \
                     ON CONFLICT (account_id, model) DO UPDATE SET columns = excluded.columns",
                )?
                .execute(params![account_id, model, columns])?,
            None => self
                .conn
                .prepare_cached("DELETE FROM list_columns WHERE account_id = ?1 AND model = ?2")?
                .execute(params![account_id, model])?,
        };
        Ok(())
    }
}
