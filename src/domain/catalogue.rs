//! The catalogue of services that comes with the program.

use serde_json::{Map, Value, json};

use super::{
    App, Caller,
    once::once,
    resources::{NewData, create_in},
    transactions::{self, Action, Change, Ticket},
};
use crate::{
    fault::Fault,
    store::{Cover, Node, WriteTx},
};

pub const MODEL: &str = "data/Service";

/// Descriptions by name, by family.
const SHIPPED: &str = include_str!("catalogue_shipped.json");

/// The mark that it was put in.
const MARK: &str = "catalogue";

/// Puts the catalogue into a database that has never had one, not even another.
pub async fn ensure(app: &App) -> Result<(), Fault> {
    once(app, MARK, |app, tx, root| match tx.counted(MODEL, Cover::All)? {
        0 => put(app, tx, root),
        _ => Ok(()),
    })
    .await
}

/// Adds every service by the write that all use, under one record.
fn put(app: &App, tx: &WriteTx<'_>, root: Node) -> Result<(), Fault> {
    let model = app.model(MODEL)?;
    let caller = Caller::program(tx)?;
    let ticket = Ticket::new(app);
    let part = Ticket::part_of(&ticket);
    let shipped = shipped()?;
    let mut names = Map::new();
    for (family, services) in &shipped {
        let services = services.as_object().ok_or_else(unreadable)?;
        for (name, description) in services {
            let data = json!({ "family": family, "name": name, "description": description });
            let data = data.as_object().cloned().unwrap_or_default();
            let new = NewData::judge(app, &model, data)?;
            create_in(app, tx, &caller, &model, root.clone(), new, &part)?;
        }
        names.insert(family.clone(), services.keys().cloned().collect());
    }
    let count = |family: &str| names.get(family).and_then(Value::as_array).map_or(0, Vec::len);
    let message = format!(
        "The catalogue of {} group services and {} user services was put in.",
        count("group"),
        count("user")
    );
    let after = Value::Object(names).to_string();
    transactions::record(
        app,
        tx,
        &caller,
        &ticket,
        &Change {
            action: Action::SetUp,
            model_type: MODEL,
            href: &format!("/api/{MODEL}"),
            node: &root,
            message,
            before: None,
            after: Some(&after),
            log: Vec::new(),
            counts: None,
        },
    )
}

fn shipped() -> Result<Map<String, Value>, Fault> {
    serde_json::from_str(SHIPPED).map_err(|_| unreadable())
}

fn unreadable() -> Fault {
    tracing::error!("the shipped catalogue can't be read");
    Fault::internal()
}
