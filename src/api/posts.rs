//! The plain form posts of the console's pages: each goes to the page's own address, ends like
//! everything else in the domain, and is answered by the page that follows, or by the same page with
//! what was typed and the reason why not.

use std::sync::Arc;

use axum::{
    Extension, Form,
    extract::State,
    http::request::Parts,
    response::{IntoResponse, Redirect, Response},
};
use serde_json::{Map, Value};

use super::{
    caller::PageCaller,
    licence_posts::{assign_one, assignment},
    list_forms,
    model::attached,
    pages::{Console, Pairs, pairs_of, search},
};
use crate::{
    domain::{
        App, Caller, audit, console,
        inherited::Selector,
        policies::Wanted,
        resources,
        shown::Which,
        tasks::{self, Asked, Manner, Mode},
        transfer::{
            export::{Export, Format, export},
            template::bulk_load_template,
            upload::apply,
        },
    },
    fault::{Fault, FaultKind},
    model::{Model, form},
    server_fns::views::Posted,
    ui::{
        components::done::{Done, with_done},
        drawn,
        routes::{self, Deed, ModelPath, ModelView, TRANSACTION, USER},
    },
};

/// A deletion of no more than these is waited for; more are followed on the transaction's page.
const AT_ONCE: usize = 50;

/// `POST` of a model's page: its form, what is done with instances, or a button that adds or removes
/// a row.
pub async fn model_form(
    State(app): State<App>,
    Extension(console): Extension<Console>,
    caller: Option<PageCaller>,
    parts: Parts,
    Form(pairs): Form<Pairs>,
) -> Result<Response, Fault> {
    let path = ModelPath::of_location(parts.uri.path())
        .ok_or_else(|| Fault::not_found("There is no such page."))?;
    let model = app.model(&path.model_type)?;
    let Some(PageCaller(caller)) = caller else {
        return Ok(console.ask_to_log_in_again(app, &model, &parts, &pairs).await);
    };
    if let Some(pairs) = redrawn(&pairs) {
        let posted = Posted { pairs: shown(&model, pairs), fault: None, notice: None };
        return Ok(console.render(app, Some(caller), &parts, Some(posted), None).await);
    }
    let post = Post {
        app: &app,
        console: &console,
        caller: &caller,
        model: &model,
        parts: &parts,
        pairs: &pairs,
    };
    match post.answer(&path.view).await {
        Ok(answer) => Ok(answer),
        Err(fault) => {
            let status = super::fault::status(fault.kind);
            // Errors name the entries of arrays as they were judged: without the empty ones.
            let pairs = shown(&model, form::tidy(&model, &pairs));
            let posted = Posted { pairs, fault: Some(fault), notice: None };
            let mut response = console.render(app, Some(caller), &parts, Some(posted), None).await;
            *response.status_mut() = status;
            Ok(response)
        }
    }
}

/// A form post of somebody who is logged in.
struct Post<'a> {
    app: &'a App,
    console: &'a Console,
    caller: &'a Caller,
    model: &'a Arc<Model>,
    parts: &'a Parts,
    pairs: &'a Pairs,
}

impl Post<'_> {
    /// The page that follows what is asked for, or the file.
    async fn answer(&self, view: &ModelView) -> Result<Response, Fault> {
        match view {
            ModelView::Many(Deed::Export) => self.export(None).await,
            ModelView::One(pkid, Deed::Export) => self.export(Some(pkid)).await,
            ModelView::Many(Deed::Template) => self.sheet().await,
            ModelView::One(pkid, Deed::Assign) if self.model.model_type == USER => {
                self.assign(pkid).await
            }
            _ => Ok(Redirect::to(&self.carry_out(view).await?).into_response()),
        }
    }

    async fn export(&self, single: Option<&str>) -> Result<Response, Fault> {
        let query = self.query();
        let either = |name: &str| self.value(name).or(form::value_of(&query, name));
        let wanted = Export {
            format: Format::parse(self.value(drawn::FORMAT))?,
            selection: drawn::which(single, &query, self.pairs)
                .selection(&self.model.model_type)?,
            place: either("hierarchy").map(str::to_owned),
            template: Selector::template(self.pairs),
            policy: match Wanted::read(self.pairs) {
                // Alone it shows all its columns.
                Wanted::Nearest if single.is_some() => Wanted::None,
                wanted => wanted,
            },
        };
        Ok(attached(export(self.app, self.caller, self.model, wanted).await?))
    }

    /// The sheet to be filled in and loaded.
    async fn sheet(&self) -> Result<Response, Fault> {
        let (app, caller, node) = (self.app, self.caller, self.node());
        let policy = Wanted::read(self.pairs);
        let sheet = bulk_load_template(app, caller, self.model, node.as_deref(), policy).await?;
        Ok(attached(sheet))
    }

    /// Does what is asked for and answers the address of the page that follows.
    async fn carry_out(&self, view: &ModelView) -> Result<String, Fault> {
        match view {
            ModelView::Add => self.add().await,
            ModelView::Detail(id) if self.model.model_type == TRANSACTION => self.on(id).await,
            ModelView::Detail(pkid) => self.save(pkid).await,
            ModelView::One(pkid, Deed::Delete) => self.delete(pkid).await,
            ModelView::One(pkid, Deed::Move) => self.move_one(pkid).await,
            ModelView::One(id, Deed::Replay) if self.model.model_type == TRANSACTION => {
                let asked = tasks::replay(self.app, self.caller, id).await?;
                Ok(self.follow(&asked))
            }
            ModelView::One(pkid, Deed::Restore) => self.restore(pkid).await,
            ModelView::Many(Deed::Delete) => self.delete_many().await,
            ModelView::Many(Deed::Modify) => self.modify_many().await,
            ModelView::Many(Deed::Move) => self.move_many().await,
            ModelView::Many(Deed::Assign) if self.model.model_type == USER => {
                self.assign_many().await
            }
            ModelView::List => self.list().await,
            ModelView::One(..) | ModelView::Many(_) => Err(Fault::new(
                FaultKind::NotOffered,
                "not_offered",
                "This page takes no form; go back to the list.",
            )),
        }
    }

    fn value(&self, name: &str) -> Option<&str> {
        form::value_of(self.pairs, name)
    }

    fn query(&self) -> Pairs {
        pairs_of(&self.parts.uri)
    }

    fn node(&self) -> Option<String> {
        form::value_of(&self.query(), "hierarchy").map(str::to_owned)
    }

    fn version(&self) -> Option<u64> {
        self.value("_version").and_then(|v| v.parse().ok())
    }

    /// The page after a save, which confirms it.
    fn after_save(&self, done: Done, saved: &resources::Written) -> String {
        let submit = self.value("_submit").unwrap_or("save");
        let search = with_done(&search(&self.parts.uri), done, &saved.transaction_id);
        routes::after_save(&self.model.model_type, submit, &saved.pkid, &search)
    }

    /// The list, which confirms a deletion.
    fn after_delete(&self, transaction_id: &str) -> String {
        let search = with_done(&search(&self.parts.uri), Done::Deleted, transaction_id);
        routes::with_search(&routes::list_href(&self.model.model_type), &search)
    }

    /// The page of a transaction.
    fn follow(&self, asked: &Asked) -> String {
        let href = routes::detail_href(TRANSACTION, &asked.transaction_id);
        routes::at_node(&href, self.node().as_deref())
    }

    fn which(&self) -> Which {
        drawn::which(None, &self.query(), self.pairs)
    }

    async fn add(&self) -> Result<String, Fault> {
        let (app, caller, at) = (self.app, self.caller, self.node());
        let (form, _) =
            console::add_form(app, caller, &self.model.model_type, &self.query()).await?;
        let data = form::from_pairs(&form.model, self.pairs, Some(&form.base()));
        let saved = resources::create(app, caller, self.model, at.as_deref(), data).await;
        let saved = saved.map_err(|fault| retitled(fault, self.model, &form.model))?;
        Ok(self.after_save(Done::Created, &saved))
    }

    async fn save(&self, pkid: &str) -> Result<String, Fault> {
        let (app, caller, version) = (self.app, self.caller, self.version());
        let (form, _) =
            console::instance(app, caller, &self.model.model_type, pkid, &self.query()).await?;
        let data = form::from_pairs(&form.model, self.pairs, Some(&form.base()));
        let saved = resources::update(app, caller, self.model, pkid, version, data).await;
        let saved = saved.map_err(|fault| retitled(fault, self.model, &form.model))?;
        Ok(self.after_save(Done::Saved, &saved))
    }

    /// The page of the instance, as it is again.
    async fn restore(&self, pkid: &str) -> Result<String, Fault> {
        let query = self.query();
        let id = form::value_of(&query, drawn::VERSION).unwrap_or_default();
        let made =
            audit::restore(self.app, self.caller, self.model, pkid, id, self.version()).await?;
        let rest: Pairs = query.into_iter().filter(|(name, _)| name != drawn::VERSION).collect();
        let search = with_done(&routes::to_search(&rest), Done::Saved, &made.transaction_id);
        let detail = routes::detail_href(&self.model.model_type, pkid);
        Ok(routes::with_search(&detail, &search))
    }

    async fn list(&self) -> Result<String, Fault> {
        let (query, submit) = (self.query(), self.value("_submit").unwrap_or_default());
        list_forms::carry_out(self.app, self.caller, self.model, submit, self.pairs, &query)
            .await?;
        // Back to the standard ones means out of the address too.
        let rest = match submit {
            "columns_reset" => query.into_iter().filter(|(n, _)| n != "columns").collect(),
            _ => query,
        };
        Ok(routes::with_query(&routes::list_href(&self.model.model_type), &rest))
    }

    async fn delete(&self, pkid: &str) -> Result<String, Fault> {
        let version = self.version();
        let gone = resources::remove(self.app, self.caller, self.model, pkid, version).await?;
        Ok(self.after_delete(&gone.transaction_id))
    }

    async fn delete_many(&self) -> Result<String, Fault> {
        let which = self.which();
        let few = matches!(&which, Which::Named(pkids) if pkids.len() <= AT_ONCE);
        let manner = if few { Manner::at_once() } else { Manner::queued(None) };
        let selection = which.selection(&self.model.model_type)?;
        let (app, node) = (self.app, self.node());
        let node = node.as_deref();
        let asked =
            tasks::bulk_remove(app, self.caller, self.model, node, selection, manner).await?;
        // The transaction's page has a line for each instance, and stays.
        let all = asked.ended && tasks::outcome(app, &asked.transaction_id).await?.success;
        Ok(if all { self.after_delete(&asked.transaction_id) } else { self.follow(&asked) })
    }

    async fn modify_many(&self) -> Result<String, Fault> {
        let data = form::from_pairs(self.model, self.pairs, None);
        // A field that was chosen and left empty is taken away.
        let changes: Map<String, Value> = drawn::fields_of(self.model, &self.query())
            .into_iter()
            .map(|name| (name.to_owned(), data.get(name).cloned().unwrap_or_default()))
            .collect();
        let selection = self.which().selection(&self.model.model_type)?;
        let (node, manner) = (self.node(), Manner::queued(None));
        let (app, node) = (self.app, node.as_deref());
        let asked =
            tasks::bulk_modify(app, self.caller, self.model, node, selection, changes, manner);
        Ok(self.follow(&asked.await?))
    }

    async fn move_many(&self) -> Result<String, Fault> {
        let selection = self.which().selection(&self.model.model_type)?;
        let (node, manner) = (self.node(), Manner::queued(None));
        let (app, node, target) = (self.app, node.as_deref(), self.value(drawn::TARGET));
        let asked = tasks::bulk_move(app, self.caller, self.model, node, selection, target, manner);
        Ok(self.follow(&asked.await.map_err(pick_a_node)?))
    }

    async fn assign_many(&self) -> Result<String, Fault> {
        let (wanted, remove) = assignment(self.pairs)?;
        let selection = self.which().selection(&self.model.model_type)?;
        let (app, node, manner) = (self.app, self.node(), Manner::queued(None));
        let (caller, node) = (self.caller, node.as_deref());
        let asked =
            tasks::bulk_assign(app, caller, self.model, node, selection, wanted, remove, manner);
        Ok(self.follow(&asked.await?))
    }

    /// The same page again, with what became of each item.
    async fn assign(&self, pkid: &str) -> Result<Response, Fault> {
        let did = assign_one(self.app, self.caller, pkid, self.pairs).await?;
        let (app, caller) = (self.app.clone(), self.caller.clone());
        let posted = Posted { pairs: self.pairs.clone(), fault: None, notice: None };
        Ok(self.console.answer_form(app, caller, self.parts, posted, Some(did)).await)
    }

    async fn move_one(&self, pkid: &str) -> Result<String, Fault> {
        let (app, target) = (self.app, self.value(drawn::TARGET));
        let moved = tasks::move_now(app, self.caller, self.model, None, pkid, target);
        let transaction_id = moved.await.map_err(pick_a_node)?.transaction_id;
        Ok(self.follow(&Asked { transaction_id, ended: true, fault: None }))
    }

    /// A button on a transaction's page: cancels it, or loads its file in the mode that the button
    /// names.
    async fn on(&self, id: &str) -> Result<String, Fault> {
        match self.value("_submit") {
            Some("cancel") | None => {
                tasks::cancel(self.app, self.caller, id).await?;
                Ok(self.follow(&Asked { transaction_id: id.to_owned(), ended: false, fault: None }))
            }
            Some(mode) => {
                let asked = apply(self.app, self.caller, id, Mode::parse(mode)?).await?;
                Ok(self.follow(&asked))
            }
        }
    }
}

/// What is said to somebody who sees the tree and knows no parameters.
fn pick_a_node(fault: Fault) -> Fault {
    let missing = |e: &crate::fault::FieldError| e.field == drawn::TARGET && e.code == "required";
    if fault.errors.iter().any(missing) {
        return Fault::field(drawn::TARGET, "required", "Pick the node to move to.");
    }
    fault
}

/// The form with a row more or less, or moved, or as it is with its preview or what was typed for a
/// list, when that was the button that was pressed.
fn redrawn(pairs: &Pairs) -> Option<Pairs> {
    let (name, pointer) = pairs.iter().rev().find(|(name, _)| {
        ["_add", "_remove", "_up", "_down", form::TAKE_UP, form::PREVIEW].contains(&name.as_str())
    })?;
    Some(match name.as_str() {
        "_add" => form::add_row(pairs, pointer),
        "_remove" => form::remove_row(pairs, pointer),
        "_up" | "_down" => form::move_row(pairs, pointer, name == "_up"),
        _ => pairs.clone(),
    })
}

/// The errors by the titles that the form shows; the domain knows those of the model.
fn retitled(mut fault: Fault, model: &Model, shown: &Model) -> Fault {
    for error in &mut fault.errors {
        let name = error.field.split('/').nth(1).unwrap_or_default().to_owned();
        let titles = (model.root.property(&name), shown.root.property(&name));
        if let (Some(own), Some(shown)) = titles
            && let Some(rest) = error.message.strip_prefix(&own.title)
        {
            let message = format!("{}{rest}", shown.title);
            if fault.message == error.message {
                fault.message.clone_from(&message);
            }
            error.message = message;
        }
    }
    fault
}

/// What may be shown again of a form: secrets that were typed don't travel back.
pub fn shown(model: &Model, mut pairs: Pairs) -> Pairs {
    pairs.retain(|(name, _)| !form::is_secret_input(model, name));
    pairs
}
