//! Lists as their users want them: views that are saved under a name, for oneself or shared, and
//! the columns that somebody keeps. They are preferences, so they leave no transaction.

use std::sync::Arc;

use super::{App, Caller, hierarchy, lists};
use crate::{
    fault::Fault,
    list_query::ListQuery,
    model::{Model, Operation},
    store::{NewView, ReadTx, SavedView},
};

/// Characters of a view's name.
const NAME: usize = 80;
/// Views that one account may keep of one list.
const VIEWS: usize = 100;

/// The views of a model's list that the caller can use: its own, and those shared by others whose
/// node it sees.
pub fn usable(tx: &ReadTx<'_>, caller: &Caller, model: &Model) -> Result<Vec<SavedView>, Fault> {
    Ok(tx.saved_views(caller.account_id, caller.node.id, &model.model_type)?)
}

/// [`usable`], as a read of its own.
pub async fn list(app: &App, caller: &Caller, model: &Arc<Model>) -> Result<Vec<SavedView>, Fault> {
    super::access::permit(caller, model, Operation::List)?;
    let (caller, model) = (caller.clone(), Arc::clone(model));
    app.store.read(move |tx| usable(tx, &caller, &model)).await
}

/// Saves the parameters of a list under a name, in place of the caller's own view of that name.
/// Answers its pkid.
pub async fn save(
    app: &App,
    caller: &Caller,
    model: &Arc<Model>,
    name: &str,
    query: &[(String, String)],
    shared: bool,
) -> Result<String, Fault> {
    super::access::permit(caller, model, Operation::List)?;
    let name = name.trim().to_owned();
    if name.is_empty() || name.chars().count() > NAME || name.chars().any(char::is_control) {
        return Err(Fault::field(
            "/name",
            "malformed",
            format!("Give the view a name of 1 to {NAME} characters."),
        ));
    }
    // A view begins at the first row.
    let query = ListQuery { skip: 0, ..ListQuery::parse(query).map_err(Fault::invalid)? };
    let (caller, model, pkid) = (caller.clone(), Arc::clone(model), app.env.pkid());
    app.store
        .write(move |tx| {
            let place = hierarchy::resolve(tx, &caller, query.hierarchy.as_deref())?;
            lists::spec(&model, &caller, &place, &mut query.clone())?;
            let views = usable(tx, &caller, &model)?;
            let own = views.iter().filter(|view| view.account_id == caller.account_id);
            if own.clone().count() >= VIEWS && !own.clone().any(|view| view.name == name) {
                return Err(Fault::field(
                    "/name",
                    "too_many",
                    format!("You have {VIEWS} views of this list; delete one you don't need."),
                ));
            }
            Ok(tx.put_view(&NewView {
                pkid: &pkid,
                account_id: caller.account_id,
                node_id: caller.node.id,
                model: &model.model_type,
                name: &name,
                query: &as_text(&query),
                shared,
            })?)
        })
        .await
}

fn as_text(query: &ListQuery) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(query.to_pairs()).finish()
}

/// Deletes one of the caller's own views.
pub async fn delete(
    app: &App,
    caller: &Caller,
    model: &Arc<Model>,
    pkid: &str,
) -> Result<(), Fault> {
    let (account_id, model, pkid) = (caller.account_id, Arc::clone(model), pkid.to_owned());
    app.store
        .write(move |tx| {
            if tx.delete_view(account_id, &model.model_type, &pkid)? {
                return Ok(());
            }
            Err(Fault::not_found("There is no view of yours with this pkid."))
        })
        .await
}

/// Keeps the columns in which the caller wants to see a model's list; none are the model's own.
pub async fn keep_columns(
    app: &App,
    caller: &Caller,
    model: &Arc<Model>,
    columns: &[String],
) -> Result<(), Fault> {
    lists::check_columns(model, columns).map_err(|error| Fault::invalid(vec![error]))?;
    let (account_id, model) = (caller.account_id, Arc::clone(model));
    let columns = (!columns.is_empty()).then(|| columns.join(","));
    app.store
        .write(move |tx| {
            Ok(tx.put_list_columns(account_id, &model.model_type, columns.as_deref())?)
        })
        .await
}

/// The columns of a list: those asked for, else those the caller keeps, else the model's.
pub fn columns(
    tx: &ReadTx<'_>,
    caller: &Caller,
    model: &Model,
    asked: &[String],
) -> Result<Vec<String>, Fault> {
    if !asked.is_empty() {
        return Ok(asked.to_vec());
    }
    let mut kept: Vec<String> = tx
        .list_columns(caller.account_id, &model.model_type)?
        .map(|text| text.split(',').map(str::to_owned).collect())
        .unwrap_or_default();
    // The model may have lost an attribute since.
    kept.retain(|name| lists::check_columns(model, std::slice::from_ref(name)).is_ok());
    Ok(if kept.is_empty() { model.summary_attrs.clone() } else { kept })
}
