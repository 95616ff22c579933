//! The plain form posts of a list: its columns kept, a view saved or deleted.

use std::sync::Arc;

use crate::{
    domain::{App, Caller, views},
    fault::{Fault, FaultKind},
    list_query::ListQuery,
    model::{Model, form},
};

type Pairs = [(String, String)];

/// Does what the pressed button asks for; `query` is the list's own.
pub async fn carry_out(
    app: &App,
    caller: &Caller,
    model: &Arc<Model>,
    submit: &str,
    pairs: &Pairs,
    query: &Pairs,
) -> Result<(), Fault> {
    let value = |name: &str| form::value_of(pairs, name).unwrap_or_default();
    match submit {
        "columns_keep" => {
            let columns = ListQuery::parse(pairs).map_err(Fault::invalid)?.columns;
            views::keep_columns(app, caller, model, &columns).await
        }
        "columns_reset" => views::keep_columns(app, caller, model, &[]).await,
        "view_save" => {
            let shared = value("shared") == "true";
            views::save(app, caller, model, value("name"), query, shared).await.map(|_| ())
        }
        "view_delete" => views::delete(app, caller, model, value("view")).await,
        _ => Err(Fault::new(
            FaultKind::NotOffered,
            "not_offered",
            "A list takes no form; add instances on the add page.",
        )),
    }
}
