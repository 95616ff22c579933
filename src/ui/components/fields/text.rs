//! Typed values: one line, a number, several lines.

use leptos::prelude::*;

use super::Field;
use crate::model::{Format, Kind, Property};

pub fn text(field: Field, property: &Property, current: &str) -> AnyView {
    let control = if property.format == Some(Format::Multiline) {
        area(&field, field.name(), current)
    } else {
        line(&field, property, current)
    };
    field.single(control)
}

fn line(field: &Field, property: &Property, current: &str) -> AnyView {
    let mode = match (property.kind, property.format) {
        (Kind::Integer, _) => Some("numeric"),
        (Kind::Number, _) => Some("decimal"),
        (_, Some(Format::Email)) => Some("email"),
        (_, Some(Format::Link | Format::ProxyUrl | Format::DomainName)) => Some("url"),
        _ => None,
    };
    // A red line under a name or an address helps nobody.
    let spelling = (mode.is_some() || property.format.is_some()).then_some("false");
    let placeholder = match property.format {
        Some(Format::DateTime) => Some("2026-01-31T09:30:00Z"),
        _ => None,
    };
    view! {
        <input
            type="text"
            id=field.id.clone()
            class="input"
            class:input-short=matches!(property.kind, Kind::Integer | Kind::Number)
            name=field.name()
            value=current.to_owned()
            inputmode=mode
            placeholder=placeholder
            required=field.required
            autocomplete="off"
            spellcheck=spelling
            aria-invalid=field.invalid()
            aria-describedby=field.described_by()
        />
    }
    .into_any()
}

pub fn area(field: &Field, name: String, current: &str) -> AnyView {
    view! {
        <textarea
            id=field.id.clone()
            class="input"
            name=name
            rows="4"
            required=field.required
            autocomplete="off"
            aria-invalid=field.invalid()
            aria-describedby=field.described_by()
            inner_html=content(current)
        ></textarea>
    }
    .into_any()
}

/// The text as the content of a textarea. As a child it would come with the marks that views leave
/// for the browser, which a textarea shows. HTML drops a line break right after the opening tag,
/// so the server writes one more where one is meant.
fn content(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    if cfg!(feature = "ssr") && text.starts_with(['\n', '\r']) { format!("\n{text}") } else { text }
}
