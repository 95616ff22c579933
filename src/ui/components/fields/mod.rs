//! The widgets of a form, chosen by the model. The inputs are the state: they start with the text
//! of the form's pairs, and what they hold is read from them when it is needed.
//!
//! - [`text`]: lines, numbers, areas. [`choice`]: radios and selects. [`secret`]: what is only ever
//!   known to be set. [`array`]: lists of entries. [`pick`]: what is picked from instances of a
//!   model. [`readonly`]: what isn't edited here.

mod array;
mod choice;
mod pick;
mod readonly;
mod secret;
mod text;

use leptos::prelude::*;
use serde_json::{Map, Value};

pub use readonly::details;

use super::{Icon, IconName};
use crate::{
    fault::FieldError,
    model::{
        Kind, Model, Property,
        form::{
            Pair, drawn_fields, field_name, is_drawn, is_editable, is_open, more_name, value_of,
        },
        pointer,
    },
};

/// Up to as many choices are radios; more are a select.
const MOST_RADIOS: usize = 5;

/// What the widgets of one form are drawn from.
#[derive(Clone, Copy)]
pub struct Fields<'a> {
    pub model: &'a Model,
    /// The text of every input, by name.
    pub pairs: &'a [Pair],
    /// What the form began with, secrets masked.
    pub base: &'a Map<String, Value>,
    /// Whether the instance is stored.
    pub exists: bool,
    /// What can be picked: the key of a [`Target`](crate::model::Target) and a value, for each.
    pub picks: &'a [Pair],
    /// The errors shown at the fields.
    pub errors: RwSignal<Vec<FieldError>>,
}

/// The id of the control, or group of controls, for the value at `pointer`.
pub fn field_id(pointer: &str) -> String {
    format!("field{}", pointer.replace(char::is_whitespace, "%20"))
}

/// Whether the form has something to show at `pointer`, so that an error there stands at its
/// place. `exists` says whether the instance is stored.
pub fn is_shown(model: &Model, pointer: &str, exists: bool) -> bool {
    let mut tokens = pointer.split('/').skip(1);
    let Some(first) = tokens.next().map(pointer::unescape) else { return false };
    if !is_editable(model, &first, exists) {
        return false;
    }
    let mut at = model.root.property(&first);
    for token in tokens {
        at = at.and_then(|property| match property.kind {
            Kind::Object => property.property(&pointer::unescape(token)).filter(|p| p.displayable),
            Kind::Array => property.items.as_deref(),
            _ => None,
        });
    }
    at.is_some()
}

impl Fields<'_> {
    /// All fields under their headings.
    pub fn sections(&self) -> Vec<AnyView> {
        let parts = drawn_fields(self.model);
        let only = parts.len() == 1;
        parts
            .into_iter()
            .enumerate()
            .filter_map(|(number, (heading, names))| {
                let fields: Vec<AnyView> =
                    names.iter().filter_map(|name| self.top_field(name)).collect();
                if fields.is_empty() {
                    return None;
                }
                let heading = heading.or_else(|| (!only).then(|| "Other".to_owned()));
                let id = format!("section-{number}");
                let labelled = heading.is_some().then(|| id.clone());
                let heading = heading.map(|text| view! { <h2 id=id>{text}</h2> });
                let section = view! {
                    <section class="form-section" aria-labelledby=labelled>
                        {heading}
                        {fields}
                    </section>
                };
                Some(section.into_any())
            })
            .collect()
    }

    /// These fields of the instance alone, in this order.
    pub fn named(&self, names: &[&str]) -> Vec<AnyView> {
        names.iter().filter_map(|name| self.top_field(name)).collect()
    }

    /// A field of the instance itself; none where there is nothing to say yet.
    fn top_field(&self, name: &str) -> Option<AnyView> {
        let property = self.model.root.property(name)?;
        if is_editable(self.model, name, self.exists) {
            return Some(self.widget(&pointer::child("", name), property, None));
        }
        let value = self.base.get(name).unwrap_or(&Value::Null);
        if !self.exists && !super::value::is_set(value) {
            // On an add form the server has not filled it yet.
            return None;
        }
        let fixed =
            self.model.immutable.iter().any(|i| i == name) && is_editable(self.model, name, false);
        let reason = (fixed && self.exists).then_some("Can't be changed after it was created.");
        Some(readonly::field(property, value, reason))
    }

    /// The control for the value at `at`. `title` takes the place of the property's own.
    fn widget(&self, at: &str, property: &Property, title: Option<String>) -> AnyView {
        let field = Field::new(at, property, title, self.errors);
        let current = value_of(self.pairs, &field_name(at)).unwrap_or_default();
        match property.kind {
            Kind::Object => self.object(field, property),
            Kind::Array => match (pick::choices(property), pick::picked(property)) {
                (Some(choices), _) => pick::checks(*self, &field, property, choices),
                (None, Some((below, target))) => pick::list(*self, &field, &below, target),
                (None, None) => array::array(*self, field, property),
            },
            _ if property.is_secret() => {
                let name = at.trim_start_matches('/');
                let stored = self.base.get(pointer::unescape(name).as_ref());
                secret::secret(
                    field,
                    property,
                    self.pairs,
                    stored.is_some_and(super::value::is_set),
                )
            }
            Kind::Boolean => choice::boolean(field, property, current),
            _ if property.choices.len() > MOST_RADIOS => choice::select(field, property, current),
            _ if !property.choices.is_empty() => choice::radios(field, property, current),
            _ => match &property.target {
                Some(target) => pick::one(*self, field, target, current),
                None => text::text(field, property, current),
            },
        }
    }

    /// The JSON text of what an open object holds beyond its named members.
    fn more(&self, mut field: Field, title: Option<&str>) -> AnyView {
        const FORM: &str = "A JSON object, such as {\"colour\": \"blue\"}.";
        let name = more_name(&field.pointer);
        let current = value_of(self.pairs, &name).unwrap_or_default();
        field.help = match title {
            Some(_) => format!("Anything else that belongs to it. {FORM}"),
            None => format!("{} {FORM}", field.help),
        };
        if let Some(title) = title {
            title.clone_into(&mut field.title);
            // The error of the object itself stands at its group.
            field.pointer.clone_from(&name);
            field.id = field_id(&name);
        }
        let control = text::area(&field, name, current);
        field.single(control)
    }

    /// An object: a group of its fields.
    fn object(&self, field: Field, property: &Property) -> AnyView {
        if property.sparse {
            return array::sparse(*self, &field, property);
        }
        let open = is_open(property);
        if open && !property.properties.iter().any(|(_, member)| is_drawn(member)) {
            return self.more(field, None);
        }
        let stored = pointer::get(self.base, &field.pointer);
        let more = open.then(|| self.more(field.clone(), Some("Further data")));
        let members: Vec<AnyView> = property
            .properties
            .iter()
            .filter(|(_, member)| is_drawn(member))
            .filter_map(|(name, member)| {
                if member.readonly {
                    let value = stored?.get(name).unwrap_or(&Value::Null);
                    return Some(readonly::field(member, value, None));
                }
                Some(self.widget(&pointer::child(&field.pointer, name), member, None))
            })
            .collect();
        field.group("field-object", (members, more).into_any())
    }
}

/// What every widget has: a name, a title, help, and an error when there is one.
#[derive(Clone)]
struct Field {
    pointer: String,
    id: String,
    title: String,
    help: String,
    required: bool,
    errors: RwSignal<Vec<FieldError>>,
}

impl Field {
    fn new(
        at: &str,
        property: &Property,
        title: Option<String>,
        errors: RwSignal<Vec<FieldError>>,
    ) -> Self {
        Self {
            pointer: at.to_owned(),
            id: field_id(at),
            title: title.unwrap_or_else(|| property.title.clone()),
            help: property.description.clone(),
            required: property.required,
            errors,
        }
    }

    fn name(&self) -> String {
        field_name(&self.pointer)
    }

    /// The message shown at this field.
    fn message(&self) -> Signal<Option<String>> {
        let (errors, at) = (self.errors, self.pointer.clone());
        Signal::derive(move || {
            errors.with(|all| all.iter().find(|e| e.field == at).map(|e| e.message.clone()))
        })
    }

    fn invalid(&self) -> Signal<Option<&'static str>> {
        let message = self.message();
        Signal::derive(move || message.with(Option::is_some).then_some("true"))
    }

    /// The ids of what describes the control: only of what is there.
    fn described_by(&self) -> Signal<Option<String>> {
        let message = self.message();
        let help = (!self.help.is_empty()).then(|| self.help_id());
        let error = self.error_id();
        Signal::derive(move || {
            let shown = message.with(Option::is_some).then(|| error.clone());
            match (help.clone(), shown) {
                (Some(help), Some(error)) => Some(format!("{help} {error}")),
                (one, None) | (None, one) => one,
            }
        })
    }

    fn help_id(&self) -> String {
        format!("{}:help", self.id)
    }

    fn error_id(&self) -> String {
        format!("{}:error", self.id)
    }

    fn help_view(&self) -> Option<AnyView> {
        (!self.help.is_empty()).then(|| {
            view! { <p class="field-help" id=self.help_id()>{self.help.clone()}</p> }.into_any()
        })
    }

    fn error_view(&self) -> AnyView {
        let (message, id) = (self.message(), self.error_id());
        (move || {
            message.get().map(|text| {
                view! {
                    <p class="field-error" id=id.clone()>
                        <Icon name=IconName::Warning/>
                        <span>{text}</span>
                    </p>
                }
            })
        })
        .into_any()
    }

    /// The word after the title. Assistive technology has it from the control, or from the group's
    /// legend, which has no such state of its own.
    fn mark(&self, spoken: bool) -> Option<AnyView> {
        let hidden = (!spoken).then_some("true");
        self.required.then(|| {
            view! { <span class="field-required" aria-hidden=hidden>" required"</span> }.into_any()
        })
    }

    /// A single control with its label.
    fn single(&self, control: AnyView) -> AnyView {
        let invalid = self.invalid();
        view! {
            <div
                id=format!("{}:box", self.id)
                class="field"
                class:is-invalid=move || invalid.get().is_some()
            >
                <label class="field-label" for=self.id.clone()>
                    {self.title.clone()}
                    {self.mark(false)}
                </label>
                {control}
                {self.help_view()}
                {self.error_view()}
            </div>
        }
        .into_any()
    }

    /// Several controls under one legend.
    fn group(&self, class: &'static str, controls: AnyView) -> AnyView {
        let invalid = self.invalid();
        view! {
            <fieldset
                id=self.id.clone()
                class=format!("field {class}")
                class:is-invalid=move || invalid.get().is_some()
                aria-describedby=self.described_by()
            >
                <legend class="field-label">
                    {self.title.clone()}
                    {self.mark(true)}
                </legend>
                {self.help_view()}
                {controls}
                {self.error_view()}
            </fieldset>
        }
        .into_any()
    }
}
