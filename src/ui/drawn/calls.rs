//! The API calls for one instance, ready to copy, as a tab of its page.

use leptos::prelude::*;
use serde_json::{Map, Value};

use super::{
    Visit,
    code::{code_block, shell_word},
};
use crate::{
    domain::console,
    fault::Fault,
    model::{Model, Operation, Property},
    server_fns::views::Instance,
};

pub async fn tab(visit: &Visit<'_>, model_type: &str, pkid: &str) -> Result<AnyView, Fault> {
    let (page, _) = console::instance(visit.app, visit.caller, model_type, pkid, &[]).await?;
    let instance = page.instance.ok_or_else(Fault::internal)?;
    Ok(calls(&page.model, &instance, &visit.app.settings.public_url))
}

fn calls(model: &Model, instance: &Instance, origin: &str) -> AnyView {
    let path = format!("/api/{}/{}/", model.model_type, instance.pkid);
    let set_up =
        format!("export TENANTRY_URL={}\nexport TENANTRY_USER=your-name", shell_word(origin));
    let url = format!("\"$TENANTRY_URL\"{}", shell_word(&path));
    let call = |operation: Operation, title: &'static str, text: String| {
        model.offers(operation).then(|| {
            view! {
                <section class="api-call">
                    <h2>{title}</h2>
                    {code_block(text, title)}
                </section>
            }
            .into_any()
        })
    };
    let version = instance.version;
    let body = serde_json::to_string(&to_send(model, &instance.data)).unwrap_or_default();
    let get = format!("curl -u \"$TENANTRY_USER\" {url}");
    let modify = format!(
        "curl -u \"$TENANTRY_USER\" -X PUT {url} \\\n  -H 'Content-Type: application/json' \\\n  \
         -H 'If-Match: \"{version}\"' \\\n  --data {}",
        shell_word(&body)
    );
    let delete =
        format!("curl -u \"$TENANTRY_USER\" -X DELETE {url} \\\n  -H 'If-Match: \"{version}\"'");
    // Workflows of the model's own.
    let acts: Vec<AnyView> = model
        .actions
        .iter()
        .map(|act| {
            let text = format!("curl -u \"$TENANTRY_USER\" -X POST \\\n  {url}+{}", act.name);
            view! {
                <section class="api-call">
                    <h2>{act.title.clone()}</h2>
                    {code_block(text, &act.title)}
                </section>
            }
            .into_any()
        })
        .collect();
    view! {
        <div class="stack api-calls">
            <p>
                "Run these in a shell. curl asks for the password, so that it stays out of the \
                 history. The fields and all calls are on the "
                <a href=format!("{path}help") rel="external">"help page"</a> "."
            </p>
            <section class="api-call">
                <h2>"Once, before the others"</h2>
                {code_block(set_up, "Once, before the others")}
            </section>
            {call(Operation::Get, "Get", get)}
            {call(Operation::Update, "Modify", modify)}
            {call(Operation::Remove, "Delete", delete)}
            {acts}
        </div>
    }
    .into_any()
}

/// What a PUT of the instance as it is would send: also what this form doesn't show. Secrets that
/// are left out stay as they are, and so does what only the server writes.
pub fn to_send(model: &Model, data: &Map<String, Value>) -> Map<String, Value> {
    let secret = |name: &str| model.root.property(name).is_some_and(Property::is_secret);
    data.iter()
        .filter(|(name, _)| !secret(name) && !model.managed.contains(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}
