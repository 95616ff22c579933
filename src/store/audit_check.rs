//! Whether the log is whole: its chain from the checkpoint to the end, and the records that the chain
//! says there are.

use rusqlite::{Connection, OptionalExtension, Row};

use super::{
    StoreError,
    audit::{
        Hash, Link, RECORDS, REMOVAL, digest_asked, digest_ended, digest_noted, hex, is_adopted,
    },
    inspection::{Finding, SHOWN},
};

/// An entry as it is stored.
struct Entry {
    seq: i64,
    record: String,
    kind: String,
    time: String,
    digest: Vec<u8>,
    hash: Vec<u8>,
}

impl Entry {
    fn from(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            seq: row.get(0)?,
            record: row.get(1)?,
            kind: row.get(2)?,
            time: row.get(3)?,
            digest: row.get(4)?,
            hash: row.get(5)?,
        })
    }

    fn told(&self) -> String {
        format!("the entry {} (transaction {}, {})", self.seq, self.record, self.time)
    }
}

/// Looks at chain and records. The first problem is that of the first broken entry.
pub fn log(conn: &Connection, known: Option<&Link>) -> Result<[Finding; 2], StoreError> {
    let (mut chain, mut records, mut notes) = (Vec::new(), Vec::new(), Vec::new());
    if is_adopted(conn)? {
        (chain, records) = walk(conn)?;
        checkpoint(conn, &mut chain, &mut notes)?;
        if let Some(known) = known {
            still_there(conn, known, &mut chain, &mut notes)?;
        }
        strangers(conn, &mut records)?;
        misplaced(conn, &mut records)?;
        notes.push(format!("its last entry is {}", Link::last(conn)?));
    } else {
        chain.push("the records aren't chained yet: they are when it is served".to_owned());
    }
    chain.truncate(SHOWN);
    records.truncate(SHOWN);
    Ok([
        Finding { what: "the chain of the log", notes, problems: chain },
        Finding { what: "the records of the log", notes: Vec::new(), problems: records },
    ])
}

/// Whether the checkpoint is what the record of its removal says.
fn checkpoint(
    conn: &Connection,
    problems: &mut Vec<String>,
    notes: &mut Vec<String>,
) -> Result<(), StoreError> {
    let sql = "SELECT seq, hash, records, time FROM audit_checkpoint";
    let found = conn.prepare(sql)?.query_row([], |row| {
        let link = Link { seq: row.get(0)?, hash: row.get(1)? };
        Ok((link, row.get::<_, u64>(2)?, row.get::<_, String>(3)?))
    });
    let Some((link, removed, time)) = found.optional()? else { return Ok(()) };
    notes.push(format!("{removed} records were removed, at last at {time}, up to entry {link}"));
    let mut statement = conn.prepare(
        "SELECT 1 FROM instance WHERE model = ?1 AND data ->> '$.action' = ?2 \
         AND instr(data ->> '$.message', ?3) > 0",
    )?;
    if !statement.exists((RECORDS, REMOVAL, hex(&link.hash)))? {
        problems.push(format!("no record tells of the removal up to the entry {}", link.seq));
    }
    Ok(())
}

/// Whether an entry that is known from before is there, and with the same hash.
fn still_there(
    conn: &Connection,
    known: &Link,
    problems: &mut Vec<String>,
    notes: &mut Vec<String>,
) -> Result<(), StoreError> {
    let first = Link::before_first(conn)?;
    if known.seq < first.seq {
        notes.push(format!("the entry {} was removed since, as told above", known.seq));
        return Ok(());
    }
    let hash: Option<Hash> = conn
        .prepare("SELECT hash FROM audit_chain WHERE seq = ?1")?
        .query_row([known.seq], |row| row.get(0))
        .optional()?
        .or((first.seq == known.seq).then_some(first.hash));
    match hash {
        None => problems.push(format!(
            "the entry {} is missing, and the last is {}: the newest records were taken away",
            known.seq,
            Link::last(conn)?.seq
        )),
        Some(hash) if hash != known.hash => problems.push(format!(
            "the entry {} isn't the one that is known: its hash is {}",
            known.seq,
            hex(&hash)
        )),
        Some(_) => notes.push(format!("the entry {} is the one that is known", known.seq)),
    }
    Ok(())
}

/// Records that aren't at the node that they tell of. One whose node was deleted is at the nearest
/// above it.
fn misplaced(conn: &Connection, problems: &mut Vec<String>) -> Result<(), StoreError> {
    let mut statement = conn.prepare(&format!(
        "SELECT 'the record ' || i.pkid || ' is at ' || n.path || ' and tells of ' || i.path FROM \
         (SELECT id, pkid, node_id, data ->> '$.hierarchy' AS path FROM instance \
             WHERE model = ?1) i \
         JOIN node n ON n.id = i.node_id \
         LEFT JOIN node h ON h.path = i.path LEFT JOIN instance hi ON hi.pkid = h.pkid \
         WHERE i.path <> n.path \
             AND (substr(i.path, 1, length(n.path) + 1) IS NOT n.path || '.' \
                 OR hi.id < i.id) \
         LIMIT {SHOWN}"
    ))?;
    let rows = statement.query_map([RECORDS], |row| row.get(0))?;
    for row in rows {
        problems.push(row?);
    }
    Ok(())
}

fn walk(conn: &Connection) -> Result<(Vec<String>, Vec<String>), StoreError> {
    let (mut chain, mut records) = (Vec::new(), Vec::new());
    let mut last = Link::before_first(conn)?;
    let mut statement =
        conn.prepare("SELECT seq, record, kind, time, digest, hash FROM audit_chain ORDER BY seq")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let entry = Entry::from(row)?;
        if entry.seq == last.seq + 1 {
            let next = last.next(&entry.kind, &entry.record, &entry.time, &entry.digest);
            if next.hash[..] != entry.hash[..] {
                chain.push(format!("{} doesn't follow from the one before it", entry.told()));
            }
        } else {
            chain.push(format!(
                "the entries {} to {} are missing before {}",
                last.seq + 1,
                entry.seq - 1,
                entry.told()
            ));
        }
        if let Some(problem) = judge(conn, &entry)? {
            records.push(format!("{}: {problem}", entry.told()));
        }
        if chain.len() >= SHOWN && records.len() >= SHOWN {
            break;
        }
        last.seq = entry.seq;
        // What follows is judged by what is stored: one broken entry doesn't break the rest.
        last.hash = entry.hash.try_into().unwrap_or_default();
    }
    Ok((chain, records))
}

/// What is wrong with what an entry is about.
fn judge(conn: &Connection, entry: &Entry) -> Result<Option<&'static str>, StoreError> {
    if entry.kind == "noted" {
        let note: Option<String> = conn
            .prepare_cached("SELECT data FROM audit_note WHERE seq = ?1 AND record = ?2")?
            .query_row((entry.seq, &entry.record), |row| row.get(0))
            .optional()?;
        return Ok(match note {
            None => Some("its line is missing"),
            Some(data) if digest_noted(&data)[..] != entry.digest[..] => {
                Some("its line isn't what it was")
            }
            Some(_) => None,
        });
    }
    let data: Option<String> = conn
        .prepare_cached("SELECT data FROM instance WHERE pkid = ?1 AND model = ?2")?
        .query_row((&entry.record, RECORDS), |row| row.get(0))
        .optional()?;
    let Some(data) = data else { return Ok(Some("its record is missing")) };
    if entry.kind == "ended" {
        let digest = digest_ended(conn, &entry.record, &data)?;
        return Ok((digest[..] != entry.digest[..])
            .then_some("its record isn't what it was when it ended"));
    }
    let Ok(data) = serde_json::from_str(&data) else {
        return Ok(Some("its record can't be read"));
    };
    Ok((digest_asked(&data)[..] != entry.digest[..])
        .then_some("who asked for it, or when, isn't what it was"))
}

/// Records that have ended, and of which the chain says nothing.
fn strangers(conn: &Connection, problems: &mut Vec<String>) -> Result<(), StoreError> {
    let mut statement = conn.prepare(&format!(
        "SELECT 'the record ' || pkid || ' isn''t in the chain' FROM instance i WHERE model = ?1 \
         AND NOT EXISTS (SELECT 1 FROM audit_chain c WHERE c.record = i.pkid) LIMIT {SHOWN}"
    ))?;
    let rows = statement.query_map([RECORDS], |row| row.get(0))?;
    for row in rows {
        problems.push(row?);
    }
    let mut statement = conn.prepare(&format!(
        "SELECT 'the record ' || pkid || ' has ended, and the chain doesn''t say so' \
         FROM instance i WHERE model = ?1 AND data ->> '$.status' IN ('Success', 'Fail') \
         AND NOT EXISTS (SELECT 1 FROM audit_chain c WHERE c.record = i.pkid AND c.kind = 'ended') \
         AND EXISTS (SELECT 1 FROM audit_chain c WHERE c.record = i.pkid) LIMIT {SHOWN}"
    ))?;
    let rows = statement.query_map([RECORDS], |row| row.get(0))?;
    for row in rows {
        problems.push(row?);
    }
    Ok(())
}
