//! What SQLite means to do for lists.

use rusqlite::types::Value as Sql;

use super::{
    along::parts_from,
    memory::Milestone,
    reckoning::{Size, Way},
    *,
};
use crate::{
    domain::registry::Registry,
    list_query::LOCATED_AT,
    model::Model,
    store::{Store, listed::column},
};

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
        let way = if spec.gathers(size) { Way::Gather } else { Way::Along };
        plan_of(tx, &Query { spec, table: tx.listed.of(&spec.model)?, way })
    });
    plan.unwrap()
}

fn plan_of(tx: &ReadTx<'_>, query: &Query<'_>) -> Result<String, StoreError> {
    explained(tx, query.page())
}

fn explained(tx: &ReadTx<'_>, (sql, values): (String, Vec<Sql>)) -> Result<String, StoreError> {
    let mut statement = tx.conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
    let lines = statement.query_map(params_from_iter(values), |row| row.get::<_, String>(3))?;
    Ok(lines.collect::<Result<Vec<_>, _>>()?.join("\n"))
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
    assert!(quick(&down, 999_000, 2_000, 1_000_000));
    assert!(quick(&down, 500, 1, 1_000_000));
    // What is covered may stand all at the end of the order.
    assert!(!quick(&down, 100_000, 2_000, 1_000_000));
    assert!(quick(&down, 1_000, 2_000, 1_500));
    assert!(quick(&of(Cover::Down(2), Attr::LocatedAt), 950_000, 2_000, 1_000_000));
    for slow in [
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
    let plan = store.read_now(|tx| plan_of(tx, &tx.query(&spec)?)).unwrap();
    assert!(plan.contains("listed_tool/Transaction.href (a_href=?)"), "{plan}");
}

#[tokio::test]
async fn a_text_is_looked_up_in_its_index_and_few_that_are_equal_in_theirs() {
    let (_dir, store, _) = store().await;
    let way = |condition, cover, order| {
        let filter = ListFilter {
            attrs: vec![text("name"), Attr::LocatedAt],
            condition,
            text: "cme".to_owned(),
            ignore_case: true,
        };
        let spec = ListSpec {
            filters: vec![filter],
            ..spec("relation/SparkCustomer", cover, order, Direction::Asc)
        };
        let spec = match condition {
            Condition::Equals => ListSpec {
                filters: vec![ListFilter { attrs: vec![text("name")], ..spec.filters[0].clone() }],
                ..spec
            },
            _ => spec,
        };
        store.read_now(|tx| plan_of(tx, &tx.query(&spec)?)).unwrap()
    };
    for order in [text("name"), text("account_email"), Attr::LocatedAt] {
        for condition in [Condition::Contains, Condition::StartsWith, Condition::EndsWith] {
            let plan = way(condition, Cover::All, order.clone());
            assert!(plan.contains("SCAN text_index VIRTUAL TABLE"), "{plan}");
            assert!(plan.contains("SEARCH o USING INTEGER PRIMARY KEY"), "{plan}");
            assert!(plan.contains("SEARCH l USING PRIMARY KEY (node_id=? AND id=?)"), "{plan}");
        }
        let plan = way(Condition::Equals, Cover::All, order);
        assert!(plan.contains("listed_relation/SparkCustomer.name (a_name=?)"), "{plan}");
    }
}

#[tokio::test]
async fn many_that_are_equal_are_passed_on_the_way_along_the_order() {
    let (_dir, store, _) = store().await;
    let filter = ListFilter {
        attrs: vec![text("email_domain")],
        condition: Condition::Equals,
        text: "example.com".to_owned(),
        ignore_case: true,
    };
    let spec = ListSpec {
        filters: vec![filter],
        ..spec("relation/SparkCustomer", Cover::Down(1), text("name"), Direction::Asc)
    };
    let plan = plan(&store, &spec, 1_000_000, 1_000_000);
    assert!(plan.contains("SCAN l USING INDEX listed_relation/SparkCustomer.name"), "{plan}");
    assert!(!plan.contains("TEMP B-TREE"), "{plan}");
}

#[tokio::test]
async fn a_page_goes_on_from_a_row_that_is_remembered() {
    let (_dir, store, _) = store().await;
    for value in [Sql::Null, Sql::Text("Acme".to_owned()), Sql::Integer(1)] {
        for direction in [Direction::Asc, Direction::Desc] {
            for cover in [Cover::All, Cover::Down(1), Cover::Line(1)] {
                let spec = spec("relation/SparkCustomer", cover, text("name"), direction);
                let row = Milestone { before: 5, value: value.clone(), id: 7 };
                for (condition, values) in parts_from(Some(&row), direction) {
                    let plan = store.read_now(|tx| {
                        let table = tx.listed.of(&spec.model)?;
                        let query = Query { spec: &spec, table, way: Way::Along };
                        explained(tx, query.part(&column("name"), condition, values))
                    });
                    let plan = plan.unwrap();
                    let index =
                        "SEARCH l USING COVERING INDEX listed_relation/SparkCustomer.name (";
                    assert!(plan.contains(index), "{condition} {plan}");
                    let by_id = condition.contains("l.id");
                    assert!(!by_id || plan.contains(" AND id"), "{condition} {plan}");
                    assert!(!plan.contains("TEMP B-TREE"), "{condition} {plan}");
                }
            }
        }
    }
}
