//! The profiles and roles that come with the program.

use serde_json::{Map, Value};

use super::{
    Caller,
    roles::{PROFILE, ROLE},
};
use crate::{
    domain::{
        App,
        once::once,
        resources::{NewData, create_in},
        transactions::{self, Action, Change, Ticket},
    },
    fault::Fault,
    store::{Node, WriteTx},
};

/// Profiles and roles, by their models.
const SHIPPED: &str = include_str!("shipped.json");

/// The mark that they were put in.
const MARK: &str = "roles";

/// Puts them into a database that has never had them.
pub async fn ensure(app: &App) -> Result<(), Fault> {
    once(app, MARK, put).await
}

/// Adds them by the write that all use, under one record.
fn put(app: &App, tx: &WriteTx<'_>, root: Node) -> Result<(), Fault> {
    let caller = Caller::program(tx)?;
    let ticket = Ticket::new(app);
    let part = Ticket::part_of(&ticket);
    let shipped: Map<String, Value> = serde_json::from_str(SHIPPED).map_err(|error| {
        tracing::error!(%error, "the shipped roles can't be read");
        Fault::internal()
    })?;
    let mut names = Map::new();
    // A role names its profile, which is there before it.
    for model_type in [PROFILE, ROLE] {
        let model = app.model(model_type)?;
        let all = shipped.get(model_type).and_then(Value::as_array);
        let mut added = Vec::new();
        for data in all.into_iter().flatten().filter_map(Value::as_object) {
            let new = NewData::judge(app, &model, data.clone())?;
            create_in(app, tx, &caller, &model, root.clone(), new, &part)?;
            added.extend(data.get("name").cloned());
        }
        names.insert(model_type.to_owned(), added.into());
    }
    let after = Value::Object(names).to_string();
    transactions::record(
        app,
        tx,
        &caller,
        &ticket,
        &Change {
            action: Action::SetUp,
            model_type: ROLE,
            href: &format!("/api/{ROLE}"),
            node: &root,
            message: "The roles that come with the program, and their profiles, were put in."
                .to_owned(),
            before: None,
            after: Some(&after),
            log: Vec::new(),
            counts: None,
        },
    )
}
