//! The log's chain: an entry for what is recorded, bound by SHA-256 to the one before it. Whoever
//! changes a record, takes one away or puts one in afterwards breaks it, which
//! [`super::audit_check`] finds.

use std::{fmt, str::FromStr};

use rusqlite::{Connection, OptionalExtension, params};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::{ReadTx, StoreError, WriteTx};

/// The model of the log's records.
pub const RECORDS: &str = "tool/Transaction";

/// The action of the records that tell of what was removed. Each says the hash of its checkpoint.
pub const REMOVAL: &str = "Remove Old Transactions";

/// That the records of a database from before the chain have been put into it.
const ADOPTED: &str = "audit_chain";

pub type Hash = [u8; 32];

/// What an entry is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A record that is made before its work is done.
    Asked,
    /// A record as it stays, with the outcome of its rows.
    Ended,
    /// A line that came after the end.
    Noted,
}

impl Kind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Ended => "ended",
            Self::Noted => "noted",
        }
    }
}

/// The end of a chain: its last entry and that one's hash; zeros where there is none yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Link {
    pub seq: i64,
    pub hash: Hash,
}

/// `ENTRY:HASH`, as [`super::inspection`] tells of the last one.
impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.seq, hex(&self.hash))
    }
}

impl FromStr for Link {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parse = || {
            let (seq, digits) = text.split_once(':')?;
            let seq: i64 = seq.parse().ok().filter(|seq| *seq > 0)?;
            let mut hash = Hash::default();
            if digits.len() != 2 * hash.len() || !digits.is_ascii() {
                return None;
            }
            for (byte, at) in hash.iter_mut().zip((0..).step_by(2)) {
                *byte = u8::from_str_radix(digits.get(at..at + 2)?, 16).ok()?;
            }
            Some(Self { seq, hash })
        };
        parse().ok_or_else(|| {
            "it is the number of an entry, a colon and 64 hex digits, as \"tenantry check\" prints it"
                .to_owned()
        })
    }
}

pub fn hex(hash: &[u8]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Bytes behind their length, so that two texts can't be taken for two others.
fn put(hasher: &mut Sha256, bytes: &[u8]) {
    hasher.update((bytes.len() as u64).to_be_bytes());
    hasher.update(bytes);
}

impl Link {
    /// The entry that follows.
    #[must_use]
    pub fn next(self, kind: &str, record: &str, time: &str, digest: &[u8]) -> Self {
        let seq = self.seq + 1;
        let mut hasher = Sha256::new();
        hasher.update(self.hash);
        hasher.update(seq.to_be_bytes());
        for part in [kind.as_bytes(), record.as_bytes(), time.as_bytes(), digest] {
            put(&mut hasher, part);
        }
        Self { seq, hash: hasher.finalize().into() }
    }

    /// Where the chain ends.
    pub fn last(conn: &Connection) -> Result<Self, StoreError> {
        let mut statement =
            conn.prepare_cached("SELECT seq, hash FROM audit_chain ORDER BY seq DESC LIMIT 1")?;
        let link = statement.query_row([], |row| Ok(Self { seq: row.get(0)?, hash: row.get(1)? }));
        match link.optional()? {
            Some(link) => Ok(link),
            None => Self::before_first(conn),
        }
    }

    /// What the chain's first entry follows: the checkpoint, if something was removed.
    pub fn before_first(conn: &Connection) -> Result<Self, StoreError> {
        let mut statement = conn.prepare_cached("SELECT seq, hash FROM audit_checkpoint")?;
        let link = statement.query_row([], |row| Ok(Self { seq: row.get(0)?, hash: row.get(1)? }));
        Ok(link.optional()?.unwrap_or_default())
    }
}

/// The digest of a record that isn't done: who asked for it, and when. The rest changes on the way.
pub fn digest_asked(data: &Map<String, Value>) -> Hash {
    let mut hasher = Sha256::new();
    for name in ["username", "submitted"] {
        put(&mut hasher, data.get(name).and_then(Value::as_str).unwrap_or_default().as_bytes());
    }
    hasher.finalize().into()
}

/// The digest of a record as it stays: its JSON and that of each of its rows.
pub fn digest_ended(conn: &Connection, record: &str, data: &str) -> Result<Hash, StoreError> {
    let mut hasher = Sha256::new();
    put(&mut hasher, data.as_bytes());
    let mut statement = conn
        .prepare_cached("SELECT data FROM task_row WHERE transaction_id = ?1 ORDER BY position")?;
    let mut rows = statement.query([record])?;
    while let Some(row) = rows.next()? {
        put(&mut hasher, row.get_ref(0)?.as_bytes().map_err(rusqlite::Error::from)?);
    }
    Ok(hasher.finalize().into())
}

/// The digest of a line that came after the end.
pub fn digest_noted(data: &str) -> Hash {
    Sha256::digest(data.as_bytes()).into()
}

fn append(
    conn: &Connection,
    kind: Kind,
    record: &str,
    time: &str,
    digest: Hash,
) -> Result<i64, StoreError> {
    let Link { seq, hash } = Link::last(conn)?.next(kind.as_str(), record, time, &digest);
    conn.prepare_cached(
        "INSERT INTO audit_chain (seq, record, kind, time, digest, hash) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![seq, record, kind.as_str(), time, digest, hash])?;
    Ok(seq)
}

impl WriteTx<'_> {
    /// Enters a record that was made before its work is done.
    pub fn chain_asked(
        &self,
        record: &str,
        time: &str,
        data: &Map<String, Value>,
    ) -> Result<(), StoreError> {
        append(self.conn, Kind::Asked, record, time, digest_asked(data)).map(drop)
    }

    /// Enters a record that is as it stays, `data` being its JSON as stored. From now on neither it nor
    /// its rows can be changed.
    pub fn chain_ended(&self, record: &str, time: &str, data: &str) -> Result<(), StoreError> {
        let digest = digest_ended(self.conn, record, data)?;
        append(self.conn, Kind::Ended, record, time, digest).map(drop)
    }

    /// Adds a line, as JSON, to a record that has ended.
    pub fn note_ended(&self, record: &str, time: &str, data: &str) -> Result<(), StoreError> {
        let seq = append(self.conn, Kind::Noted, record, time, digest_noted(data))?;
        self.conn
            .prepare_cached("INSERT INTO audit_note (seq, record, data) VALUES (?1, ?2, ?3)")?
            .execute(params![seq, record, data])?;
        Ok(())
    }
}

/// What was removed from the chain's beginning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pruned {
    /// The entry after which the chain goes on.
    pub last: i64,
    /// Its hash, in hex.
    pub hash: String,
    pub entries: u64,
    pub records: u64,
}

impl WriteTx<'_> {
    /// Removes entries from before `cutoff` (RFC 3339) from the chain's beginning, `most` at a time,
    /// with the records that end there and all that belongs to those. Stops before one that is still
    /// to end. The checkpoint, written first, is what the chain goes on from; `None` where nothing is
    /// left to be removed.
    pub fn prune_log(
        &self,
        cutoff: &str,
        most: u32,
        now: &str,
    ) -> Result<Option<Pruned>, StoreError> {
        let mut ended = Vec::new();
        let (mut last, mut entries) = (None, 0_u64);
        {
            let mut statement = self.conn.prepare_cached(
                "SELECT seq, record, kind, hash, time >= ?1, kind = 'asked' AND NOT EXISTS (SELECT 1 \
                 FROM audit_chain e WHERE e.record = c.record AND e.kind = 'ended') \
                 FROM audit_chain c ORDER BY seq LIMIT ?2",
            )?;
            let mut rows = statement.query(params![cutoff, most])?;
            while let Some(row) = rows.next()? {
                let (late, open): (bool, bool) = (row.get(4)?, row.get(5)?);
                if late || open {
                    break;
                }
                last = Some((row.get::<_, i64>(0)?, row.get::<_, Hash>(3)?));
                entries += 1;
                if row.get_ref(2)?.as_str().is_ok_and(|kind| kind == Kind::Ended.as_str()) {
                    ended.push(row.get::<_, String>(1)?);
                }
            }
        }
        let Some((last, hash)) = last else { return Ok(None) };
        let records = ended.len() as u64;
        self.conn
            .prepare_cached(
                "INSERT INTO audit_checkpoint (id, seq, hash, entries, records, time) \
                 VALUES (1, ?1, ?2, ?3, ?4, ?5) ON CONFLICT (id) DO UPDATE SET seq = ?1, \
                 hash = ?2, entries = entries + ?3, records = records + ?4, time = ?5",
            )?
            .execute(params![last, hash, entries, records, now])?;
        for table in ["audit_chain", "audit_note"] {
            self.conn
                .prepare_cached(&format!("DELETE FROM {table} WHERE seq <= ?1"))?
                .execute([last])?;
        }
        for record in ended {
            for table in ["task_row", "task_file", "callback", "task"] {
                self.conn
                    .prepare_cached(&format!("DELETE FROM {table} WHERE transaction_id = ?1"))?
                    .execute([&record])?;
            }
            self.conn
                .prepare_cached("DELETE FROM instance WHERE pkid = ?1 AND model = ?2")?
                .execute([&record, RECORDS])?;
        }
        Ok(Some(Pruned { last, hash: hex(&hash), entries, records }))
    }
}

impl ReadTx<'_> {
    /// The lines that were added to a record after its end, as JSON, in their order.
    pub fn notes_of(&self, record: &str) -> Result<Vec<String>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT data FROM audit_note WHERE record = ?1 ORDER BY seq")?;
        let rows = statement.query_map([record], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

/// Whether the records of the database are in the chain.
pub fn is_adopted(conn: &Connection) -> Result<bool, StoreError> {
    Ok(conn.prepare("SELECT 1 FROM done_once WHERE name = ?1")?.exists([ADOPTED])?)
}

/// Puts the records of a database from before the chain into it, once.
pub fn adopt(conn: &mut Connection) -> Result<(), StoreError> {
    if is_adopted(conn)? {
        return Ok(());
    }
    let work = conn.transaction()?;
    {
        let mut statement = work.prepare(
            "SELECT pkid, modified, data, data ->> '$.status' IN ('Success', 'Fail') \
             FROM instance WHERE model = ?1 ORDER BY id",
        )?;
        let mut rows = statement.query([RECORDS])?;
        while let Some(row) = rows.next()? {
            let (pkid, time): (String, String) = (row.get(0)?, row.get(1)?);
            let (data, ended): (String, bool) = (row.get(2)?, row.get(3)?);
            if ended {
                let digest = digest_ended(&work, &pkid, &data)?;
                append(&work, Kind::Ended, &pkid, &time, digest)?;
            } else {
                let data = serde_json::from_str(&data)
                    .map_err(|source| StoreError::Json { pkid: pkid.clone(), source })?;
                append(&work, Kind::Asked, &pkid, &time, digest_asked(&data))?;
            }
        }
    }
    work.execute("INSERT INTO done_once (name) VALUES (?1)", [ADOPTED])?;
    Ok(work.commit()?)
}
