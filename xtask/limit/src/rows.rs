//! The rows in a database file, each with its JSON as Tenantry's list has it, and read in the name's
//! order over an index. Each thread of the server keeps a connection with its statements prepared.

use std::cell::RefCell;
use std::fs;

use anyhow::{Context, Result};
use rusqlite::{Connection, OpenFlags};

thread_local! {
    static READER: RefCell<Option<Connection>> = const { RefCell::new(None) };
}

/// Where the rows stand in the envelope that was handed over.
const PLACE: &str = "\"@ROWS@\"";
/// Where it has their number.
const TOTAL: &str = "\"@TOTAL@\"";

pub struct Rows {
    path: String,
    before: String,
    after: String,
    total: i64,
}

impl Rows {
    /// Writes the database: a line a row, its name and its JSON with a tab between. Every row's
    /// own answer is that of one instance, so that it is of its size.
    pub fn make(path: &str, lines: &str, one: &str, envelope: &str) -> Result<Self> {
        let _ = fs::remove_file(path);
        let mut connection = Connection::open(path)?;
        connection.execute_batch(
            "pragma journal_mode = wal;
             create table item (id integer primary key, name text, listed text, one text);",
        )?;
        let transaction = connection.transaction()?;
        {
            let mut insert =
                transaction.prepare("insert into item (name, listed, one) values (?, ?, ?)")?;
            for line in lines.lines() {
                let (name, listed) = line.split_once('\t').context("a row without a tab")?;
                insert.execute((name, listed, one))?;
            }
        }
        transaction.execute_batch("create index by_name on item (name)")?;
        transaction.commit()?;
        let total = connection.query_row("select count(*) from item", (), |row| row.get(0))?;
        let (before, after) =
            envelope.split_once(PLACE).context("the envelope has no place for rows")?;
        Ok(Self {
            path: path.to_owned(),
            before: before.to_owned(),
            after: after.to_owned(),
            total,
        })
    }

    /// The first 25 by name, with a total that is known already.
    pub fn list(&self) -> Result<String> {
        self.read(|connection| self.page(connection, self.total))
    }

    /// The same with the rows counted.
    pub fn counted_list(&self) -> Result<String> {
        self.read(|connection| {
            let total = connection
                .prepare_cached("select count(*) from item")?
                .query_row((), |row| row.get(0))?;
            self.page(connection, total)
        })
    }

    pub fn one(&self, id: i64) -> Result<String> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached("select one from item where id = ?")?;
            Ok(statement.query_row([id], |row| row.get(0))?)
        })
    }

    fn page(&self, connection: &Connection, total: i64) -> Result<String> {
        let mut body = String::with_capacity(32 * 1024);
        body.push_str(&self.before.replacen(TOTAL, &total.to_string(), 1));
        let mut statement =
            connection.prepare_cached("select listed from item order by name limit 25")?;
        let mut rows = statement.query(())?;
        let mut next = '[';
        while let Some(row) = rows.next()? {
            body.push(next);
            body.push_str(row.get_ref(0)?.as_str()?);
            next = ',';
        }
        body.push(']');
        body.push_str(&self.after.replacen(TOTAL, &total.to_string(), 1));
        Ok(body)
    }

    fn read<T>(&self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        READER.with(|reader| {
            let mut reader = reader.borrow_mut();
            if reader.is_none() {
                let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
                *reader = Some(Connection::open_with_flags(&self.path, flags)?);
            }
            work(reader.as_ref().context("no connection")?)
        })
    }
}
