//! Whether a database is what it should be: the file itself, and everything in it that is kept twice
//! or refers to something else.

use std::path::Path;

use rusqlite::Connection;
use serde_json::Value;

use super::{
    StoreError,
    audit::Link,
    audit_check,
    backup::{SCHEMA_VERSION, open_existing, version_of},
    listed, second_factors, texts,
    vault::Vault,
};

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub what: &'static str,
    /// What is worth knowing of it.
    pub notes: Vec<String>,
    /// What is wrong with it, at most [`SHOWN`]; none where all is well.
    pub problems: Vec<String>,
}

impl Finding {
    fn of(what: &'static str, problems: Vec<String>) -> Self {
        Self { what, notes: Vec::new(), problems }
    }
}

/// Problems of one kind that are told.
pub const SHOWN: usize = 20;

/// Kept figures and relations, each with a query whose rows are what is wrong, in words.
const QUERIES: [(&str, &str); 11] = [
    (
        "the hierarchy",
        "SELECT 'the node ' || n.path || ' isn''t below its parent' FROM node n \
         LEFT JOIN node p ON p.id = n.parent_id \
         WHERE n.path IS NOT CASE WHEN p.id IS NULL THEN n.name ELSE p.path || '.' || n.name END \
         UNION ALL \
         SELECT 'the node ' || n.path || ' has no instance' FROM node n \
         WHERE NOT EXISTS (SELECT 1 FROM instance i WHERE i.pkid = n.pkid \
             AND i.model = 'data/HierarchyNode')",
    ),
    (
        "what stands above what",
        "WITH RECURSIVE above (ancestor_id, node_id) AS (SELECT id, id FROM node \
             UNION ALL SELECT n.parent_id, a.node_id FROM above a JOIN node n \
             ON n.id = a.ancestor_id WHERE n.parent_id IS NOT NULL) \
         SELECT 'the node ' || node_id || ' isn''t known to be below ' || ancestor_id FROM \
             (SELECT * FROM above EXCEPT SELECT ancestor_id, node_id FROM node_closure) \
         UNION ALL \
         SELECT 'the node ' || node_id || ' is thought to be below ' || ancestor_id FROM \
             (SELECT ancestor_id, node_id FROM node_closure EXCEPT SELECT * FROM above)",
    ),
    (
        "the counts of instances",
        "SELECT 'there are ' || coalesce(a.n, 0) || ' of ' || model || ' at ' || node_id \
             || ', counted as ' || coalesce(c.n, 0) \
         FROM (SELECT model, node_id, count(*) AS n FROM instance GROUP BY model, node_id) a \
         FULL JOIN instance_count c USING (model, node_id) \
         WHERE coalesce(a.n, 0) <> coalesce(c.n, 0)",
    ),
    (
        "the counts of instances at a node and below",
        "SELECT 'there are ' || coalesce(a.n, 0) || ' of ' || model || ' at ' || node_id \
             || ' and below, counted as ' || coalesce(c.n, 0) \
         FROM (SELECT i.model, c.ancestor_id AS node_id, sum(i.n) AS n FROM instance_count i \
             JOIN node_closure c ON c.node_id = i.node_id GROUP BY 1, 2) a \
         FULL JOIN subtree_count c USING (model, node_id) \
         WHERE coalesce(a.n, 0) <> coalesce(c.n, 0)",
    ),
    (
        "the JSON of instances",
        "SELECT 'the JSON of ' || pkid || ' can''t be read' FROM instance \
         WHERE NOT json_valid(data) OR json_type(data) <> 'object'",
    ),
    (
        "what sites are given",
        "SELECT 'the tenant ' || t.tenant_id || ' has given ' || coalesce(s.n, 0) || ' of ' || t.name \
             || ', counted as ' || t.given \
         FROM tenant_licence t LEFT JOIN (SELECT tenant_id, family, name, \
             sum(coalesce(maximum, in_use)) AS n, sum(maximum IS NULL) AS u FROM site_licence \
             GROUP BY tenant_id, family, name) s USING (tenant_id, family, name) \
         WHERE t.given <> coalesce(s.n, 0) OR t.unlimited_sites <> coalesce(s.u, 0)",
    ),
    (
        "what users hold",
        "SELECT 'at the site ' || l.site_id || ' ' || coalesce(u.n, 0) || ' hold ' || l.name \
             || ', counted as ' || l.in_use \
         FROM site_licence l LEFT JOIN (SELECT site_id, name, count(*) AS n FROM user_service \
             GROUP BY site_id, name) u ON u.site_id = l.site_id AND u.name = l.name \
             AND l.family = 'user' \
         WHERE l.family = 'user' AND l.in_use <> coalesce(u.n, 0)",
    ),
    (
        "the service packs that users hold",
        "SELECT 'of the tenant ' || tenant_id || ' ' || coalesce(a.n, 0) || ' users hold ' || packs \
             || ', counted as ' || coalesce(c.n, 0) \
         FROM (SELECT tenant_id, packs, count(*) AS n FROM user_packs GROUP BY tenant_id, packs) a \
         FULL JOIN pack_set c USING (tenant_id, packs) \
         WHERE coalesce(a.n, 0) <> coalesce(c.n, 0) \
         UNION ALL \
         SELECT 'the tenant ' || p.tenant_id || ' has ' || coalesce(h.n, 0) || ' users of ' || p.name \
             || ', counted as ' || p.used \
         FROM tenant_pack p LEFT JOIN (SELECT s.tenant_id, j.value AS name, sum(s.n) AS n \
             FROM pack_set s, json_each(s.packs) j GROUP BY 1, 2) h USING (tenant_id, name) \
         WHERE p.used <> coalesce(h.n, 0)",
    ),
    (
        "tasks and their records",
        "SELECT 'the task ' || transaction_id || ' has no record' FROM task t \
         WHERE NOT EXISTS (SELECT 1 FROM instance i WHERE i.pkid = t.transaction_id)",
    ),
    (
        "what belongs to Webex customers",
        "SELECT 'the instance ' || i.pkid || ' isn''t where its Webex customer is' \
         FROM (SELECT instance_id, customer_id FROM webex_synced \
             UNION ALL SELECT instance_id, customer_id FROM webex_schedule) s \
         JOIN instance i ON i.id = s.instance_id LEFT JOIN instance c ON c.id = s.customer_id \
         WHERE c.model IS NOT 'relation/SparkCustomer' OR c.node_id <> i.node_id \
         UNION ALL \
         SELECT 'the instance ' || pkid || ' belongs to no Webex customer' FROM instance \
         WHERE (model LIKE 'device/spark/%' AND id NOT IN (SELECT instance_id FROM webex_synced)) \
             OR (model = 'data/Schedule' AND id NOT IN (SELECT instance_id FROM webex_schedule))",
    ),
    (
        "outcomes that are to be posted",
        "SELECT 'the outcome of ' || transaction_id || ' belongs to nothing' FROM callback c \
         WHERE NOT EXISTS (SELECT 1 FROM instance i WHERE i.pkid = c.transaction_id)",
    ),
];

/// Looks at the database of a data folder, also while a server runs over it. `known` is an entry of the
/// log that was there before, and must be still.
pub fn inspect(data_dir: &Path, known: Option<&Link>) -> Result<Vec<Finding>, StoreError> {
    let conn = open_existing(data_dir)?;
    // One view of all of it.
    let snapshot = conn.unchecked_transaction()?;
    let conn = &snapshot;
    let mut findings = Vec::new();
    let found = version_of(conn)?;
    let mut problems = Vec::new();
    if found > SCHEMA_VERSION {
        problems.push(StoreError::Newer { found, known: SCHEMA_VERSION }.to_string());
    } else if found < SCHEMA_VERSION {
        problems.push(format!(
            "its tables have version {found} and this program's {SCHEMA_VERSION}: they are brought up \
             to date when it is served"
        ));
    }
    findings.push(Finding::of("the version of the tables", problems));
    findings.push(Finding::of("the file", damage(conn)?));
    if found != SCHEMA_VERSION {
        // The rest asks for tables as this program knows them.
        return Ok(findings);
    }
    findings.push(Finding::of("references", dangling(conn)?));
    for (what, sql) in QUERIES {
        let mut statement = conn.prepare(&format!("{sql} LIMIT {SHOWN}"))?;
        let rows = statement.query_map([], |row| row.get(0))?;
        findings.push(Finding::of(what, rows.collect::<Result<_, _>>()?));
    }
    findings.push(Finding::of("what lists are made from", listed::wrong(conn, SHOWN)?));
    findings.push(Finding::of("the index of texts", texts::wrong(conn, SHOWN)?));
    findings.extend(audit_check::log(conn, known)?);
    findings.push(Finding::of("secrets", secrets(conn, data_dir)?));
    Ok(findings)
}

/// What SQLite finds wrong with the file.
fn damage(conn: &Connection) -> Result<Vec<String>, StoreError> {
    let mut statement = conn.prepare(&format!("PRAGMA integrity_check({SHOWN})"))?;
    let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
    let mut said: Vec<String> = rows.collect::<Result<_, _>>()?;
    said.retain(|line| line != "ok");
    Ok(said)
}

/// Rows that refer to rows that aren't there.
fn dangling(conn: &Connection) -> Result<Vec<String>, StoreError> {
    let mut statement = conn.prepare("PRAGMA foreign_key_check")?;
    let rows = statement.query_map([], |row| {
        let (table, parent): (String, String) = (row.get(0)?, row.get(2)?);
        Ok(format!("a row of {table} refers to none of {parent}"))
    })?;
    Ok(rows.take(SHOWN).collect::<Result<_, _>>()?)
}

/// Secrets that the key doesn't open, or that their instance doesn't show as set.
fn secrets(conn: &Connection, data_dir: &Path) -> Result<Vec<String>, StoreError> {
    let vault = match Vault::existing(data_dir) {
        Ok(vault) => vault,
        Err(error) => return Ok(vec![error.to_string()]),
    };
    let mut statement = conn.prepare(
        "SELECT i.pkid, s.field, s.sealed, i.data FROM secret s JOIN instance i ON i.id = s.instance_id",
    )?;
    let mut rows = statement.query([])?;
    let mut problems = Vec::new();
    while let Some(row) = rows.next()? {
        let (pkid, field): (String, String) = (row.get(0)?, row.get(1)?);
        let sealed: Vec<u8> = row.get(2)?;
        if let Err(error) = vault.open_sealed(&pkid, &field, &sealed) {
            problems.push(error.to_string());
        }
        let data: Value = serde_json::from_str(&row.get::<_, String>(3)?).unwrap_or_default();
        if data.pointer(&field).is_none() {
            problems.push(format!("{field} of {pkid} is kept, and not shown as set"));
        }
        if problems.len() >= SHOWN {
            break;
        }
    }
    let mut statement = conn.prepare("SELECT pkid, sealed FROM second_factor")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (pkid, sealed): (String, Vec<u8>) = (row.get(0)?, row.get(1)?);
        if let Err(error) = vault.open_sealed(&pkid, second_factors::FIELD, &sealed) {
            problems.push(error.to_string());
        }
    }
    Ok(problems)
}
