//! What lists and counts say while something is written, and afterwards.

use serde_json::json;

use crate::{
    domain::registry::Registry,
    list_query::Direction,
    model::{Kind, NodeType},
    store::{
        Attr, Cover, ListSpec, NewInstance, Node, Order, ReadTx, Store, StoreError, WriteTx,
        inspection::{Finding, inspect},
        listed::Settling,
    },
};

const MODEL: &str = "relation/SparkCustomer";

fn add(tx: &WriteTx<'_>, node: &Node, name: &str) -> Result<i64, StoreError> {
    let data = json!({ "name": name, "notes": "first" }).to_string();
    let created = "2026-01-01T00:00:00.000000Z";
    let new = NewInstance { pkid: name, model: MODEL, node_id: node.id, created, data: &data };
    tx.insert_instance(&new)
}

fn change(tx: &WriteTx<'_>, id: i64, name: &str, notes: &str) -> Result<(), StoreError> {
    let data = json!({ "name": name, "notes": notes }).to_string();
    tx.update_instance(id, &data, "2026-01-02T00:00:00.000000Z").map(drop)
}

/// The names at a node and below, which are as many as are counted there.
fn shown(tx: &ReadTx<'_>, node: &Node) -> Vec<String> {
    let cover = Cover::Down(node.id);
    let attr = Attr::Data("name".to_owned(), Kind::String);
    let rows = tx.list(&ListSpec {
        model: MODEL.to_owned(),
        cover,
        filters: Vec::new(),
        order: Order { attr, direction: Direction::Asc },
        skip: 0,
        limit: 25,
    });
    let name = |data: &str| {
        let data: serde_json::Value = serde_json::from_str(data).unwrap();
        data["name"].as_str().unwrap().to_owned()
    };
    let names: Vec<String> = rows.unwrap().iter().map(|row| name(&row.data)).collect();
    assert_eq!(tx.counted(MODEL, cover).unwrap(), names.len() as u64);
    names
}

/// The same, of what is committed.
fn assert_shown(store: &Store, node: &Node, names: &[&str]) {
    let found = store.read_now(|tx| {
        let shown = shown(tx, node);
        Ok::<_, StoreError>(shown)
    });
    assert_eq!(found.unwrap(), names);
}

fn assert_counted(store: &Store, node: &Node, count: u32) {
    let counted = store.read_now(|tx| tx.counted(MODEL, Cover::Down(node.id)));
    assert_eq!(counted.unwrap(), u64::from(count));
}

fn fail<T>() -> Result<T, StoreError> {
    Err(StoreError::Unavailable("meant".to_owned()))
}

/// A store with two customers' nodes below a root, empty.
async fn store() -> (tempfile::TempDir, Store, [Node; 3]) {
    let folder = tempfile::tempdir().unwrap();
    let models = Registry::load(None).unwrap().to_vec();
    let store = Store::open(folder.path(), &models).await.unwrap();
    let nodes = store.write(|tx| {
        let root = tx.insert_node("r", None, "sys", NodeType::Sys)?;
        let one = tx.insert_node("o", Some(&root), "One", NodeType::Customer)?;
        let two = tx.insert_node("t", Some(&root), "Two", NodeType::Customer)?;
        Ok::<_, StoreError>([root, one, two])
    });
    let nodes = nodes.await.unwrap();
    (folder, store, nodes)
}

/// Lists, counts and the index of texts are what the instances are.
fn assert_exact(folder: &tempfile::TempDir) {
    let of_lists = |finding: &Finding| {
        ["counts", "lists", "texts"].iter().any(|what| finding.what.contains(what))
    };
    let findings: Vec<Finding> =
        inspect(folder.path(), None).unwrap().into_iter().filter(of_lists).collect();
    assert_eq!(findings.len(), 4);
    for finding in findings {
        assert_eq!(finding.problems, Vec::<String>::new(), "{}", finding.what);
    }
}

#[tokio::test]
async fn a_write_sees_in_lists_what_it_has_written_and_nothing_that_was_undone() {
    let (folder, store, [root, one, two]) = store().await;
    let nodes = [root.clone(), one.clone(), two.clone()];
    let written = store.write_parts(move |tx| {
        let [root, one, two] = nodes;
        let first = add(tx, &one, "First")?;
        let second = add(tx, &one, "Second")?;
        assert_eq!(shown(tx, &root), ["First", "Second"]);
        change(tx, first, "Last", "first")?;
        tx.move_instance(second, two.id, "2026-01-02T00:00:00.000000Z")?;
        assert_eq!(shown(tx, &root), ["Last", "Second"]);
        assert_eq!(shown(tx, &two), ["Second"]);
        let undone = tx.attempt(|tx| {
            tx.delete_instance(first)?;
            add(tx, &two, "Undone")?;
            // Taken in, and undone with it.
            assert_eq!(shown(tx, &root), ["Second", "Undone"]);
            fail::<()>()
        });
        assert!(undone.is_err());
        assert_eq!(shown(tx, &root), ["Last", "Second"]);
        tx.delete_instance(second)?;
        // The store may give it the number of the one that went.
        add(tx, &one, "Third")?;
        assert_eq!(shown(tx, &root), ["Last", "Third"]);
        Ok::<_, StoreError>(())
    });
    written.await.unwrap();
    let undone = store.write(move |tx| {
        add(tx, &two, "Undone")?;
        fail::<()>()
    });
    assert!(undone.await.is_err());
    assert_shown(&store, &root, &["Last", "Third"]);
    assert_exact(&folder);
    store.close().await;
}

#[tokio::test]
async fn many_parts_are_taken_in_on_the_way_and_undone_together() {
    let (folder, store, [root, one, _]) = store().await;
    let parts = |tx: &WriteTx<'_>, node: &Node, from: u32| {
        for number in from..=from + 2 * super::PARTS {
            tx.attempt(|tx| add(tx, node, &format!("Customer {number}")).map(drop))?;
        }
        Ok::<_, StoreError>(())
    };
    let node = one.clone();
    store.write_parts(move |tx| parts(tx, &node, 0)).await.unwrap();
    let node = one.clone();
    let undone = store.write_parts(move |tx| {
        parts(tx, &node, 5000)?;
        fail::<()>()
    });
    assert!(undone.await.is_err());
    assert_counted(&store, &root, 2 * super::PARTS + 1);
    assert_exact(&folder);
    store.close().await;
}

#[tokio::test]
async fn nothing_stays_where_a_part_could_not_be_taken_in_whatever_the_work_makes_of_it() {
    let (folder, store, [root, one, _]) = store().await;
    let lost = store.write_parts(move |tx| {
        tx.conn.execute_batch("ALTER TABLE subtree_count RENAME TO elsewhere")?;
        for number in 0..super::PARTS + 5 {
            let part = tx.attempt(|tx| add(tx, &one, &format!("Customer {number}")).map(drop));
            assert_eq!(part.is_err(), number + 1 == super::PARTS);
        }
        tx.conn.execute_batch("ALTER TABLE elsewhere RENAME TO subtree_count")?;
        Ok::<_, StoreError>(())
    });
    assert!(lost.await.is_err());
    assert_counted(&store, &root, 0);
    assert_exact(&folder);
    store.close().await;
}

#[tokio::test]
async fn nothing_stays_after_a_transaction_that_ended_in_the_middle() {
    let (folder, store, [root, one, _]) = store().await;
    let lost = store.write_parts(move |tx| {
        add(tx, &one, "Before")?;
        let part = tx.attempt(|tx| {
            // As a full disk does it.
            tx.conn.execute_batch("ROLLBACK")?;
            fail::<()>()
        });
        assert!(part.is_err());
        add(tx, &one, "After").map(drop)
    });
    assert!(lost.await.is_err());
    assert_counted(&store, &root, 0);
    assert_exact(&folder);
    store.close().await;
}

#[tokio::test]
async fn a_node_may_go_in_the_write_that_empties_it() {
    let (folder, store, [root, one, two]) = store().await;
    let node = one.clone();
    store.write(move |tx| add(tx, &node, "First").map(drop)).await.unwrap();
    let node = one.clone();
    let emptied = store.write(move |tx| {
        let mut rows = tx.conn.prepare("SELECT id FROM instance WHERE pkid = 'First'")?;
        let id = rows.query_row([], |row| row.get(0))?;
        tx.delete_instance(id)?;
        add(tx, &two, "Second")?;
        tx.delete_node(&node)
    });
    emptied.await.unwrap();
    assert_shown(&store, &root, &["Second"]);
    assert_exact(&folder);
    store.close().await;
}

#[tokio::test]
async fn what_a_list_shows_as_it_is_stays_in_the_index_of_texts() {
    let (folder, store, [_, one, _]) = store().await;
    let id = store.write(move |tx| add(tx, &one, "First")).await.unwrap();
    let taken = store.write(|tx| tx.take_in_texts(10));
    assert_eq!(taken.await.unwrap(), 1);
    let pending = |change_to: [&'static str; 2]| {
        let store = &store;
        async move {
            let [name, notes] = change_to;
            store.write(move |tx| change(tx, id, name, notes)).await.unwrap();
            store
                .read_now(|tx| {
                    let pending = tx.has_pending_texts()?;
                    Ok::<_, StoreError>(pending)
                })
                .unwrap()
        }
    };
    assert!(!pending(["First", "others"]).await);
    assert_exact(&folder);
    assert!(pending(["Other", "others"]).await);
    assert_exact(&folder);
    store.close().await;
}

#[tokio::test]
async fn what_was_written_is_looked_up_and_nothing_else_is_read() {
    let (_folder, store, _) = store().await;
    let plans = store.read_now(|tx| {
        let Settling { forget, remove, add } = &tx.listed.of(MODEL)?.settling;
        let mut plans = Vec::new();
        for sql in [forget, remove, add] {
            let mut statement = tx.conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
            let lines = statement.query_map([MODEL], |row| row.get::<_, String>(3))?;
            plans.push(lines.collect::<Result<Vec<_>, _>>()?);
        }
        Ok::<_, StoreError>(plans)
    });
    for plan in plans.unwrap() {
        assert!(plan.iter().any(|line| line.starts_with("SEARCH")), "{plan:?}");
        assert!(!plan.iter().any(|line| line.starts_with("SCAN")), "{plan:?}");
    }
}
