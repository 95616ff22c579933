//! The API calls for one instance, ready to copy.

use leptos::prelude::*;
use serde_json::{Map, Value};

use crate::{
    model::{Model, Operation, form::is_editable},
    server_fns::views::Instance,
    ui::components::{code::CodeBlock, dom},
};

/// Where the console doesn't know its own address yet.
const SOMEWHERE: &str = "https://tenantry.example";

pub fn calls(model: &Model, instance: &Instance) -> AnyView {
    let origin = RwSignal::new(SOMEWHERE.to_owned());
    Effect::new(move |_| {
        if let Some(here) = dom::origin() {
            origin.set(here);
        }
    });
    let path = format!("/api/{}/{}/", model.model_type, instance.pkid);
    let set_up = Signal::derive(move || {
        format!("export TENANTRY_URL={}\nexport TENANTRY_USER=your-name", shell_word(&origin.get()))
    });
    let url = format!("\"$TENANTRY_URL\"{}", shell_word(&path));
    let call = |operation: Operation, title: &'static str, text: String| {
        model.offers(operation).then(|| {
            view! {
                <section class="api-call">
                    <h2>{title}</h2>
                    <CodeBlock text=Signal::stored(text) label=title/>
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
    view! {
        <div class="stack api-calls">
            <p>
                "Run these in a shell. curl asks for the password, so that it stays out of the \
                 history. The fields and all calls are on the "
                <a href=format!("{path}help") rel="external">"help page"</a> "."
            </p>
            <section class="api-call">
                <h2>"Once, before the others"</h2>
                <CodeBlock text=set_up label="Once, before the others"/>
            </section>
            {call(Operation::Get, "Get", get)}
            {call(Operation::Update, "Modify", modify)}
            {call(Operation::Remove, "Delete", delete)}
        </div>
    }
    .into_any()
}

/// What a PUT of the instance as it is would send. Secrets that are left out stay as they are.
fn to_send(model: &Model, data: &Map<String, Value>) -> Map<String, Value> {
    let secret =
        |name: &str| model.root.property(name).is_some_and(crate::model::Property::is_secret);
    data.iter()
        .filter(|(name, _)| !secret(name) && is_editable(model, name, false))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// The text as one word of a POSIX shell.
fn shell_word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/:._-".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_a_value_holds_stays_one_word() {
        assert_eq!(shell_word("/api/a/B/1/"), "/api/a/B/1/");
        assert_eq!(shell_word("$(reboot) 'x'"), r"'$(reboot) '\''x'\'''");
        assert_eq!(shell_word(""), "''");
    }
}
