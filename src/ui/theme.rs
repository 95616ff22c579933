//! Light, dark, and how dense: kept in two cookies, so that the server draws the page right at
//! once. The browser switches without a reload; without WebAssembly a plain form post does.

use leptos::prelude::*;

use super::components::icon::{Icon, IconName};

/// Cookie, and `data-` attribute of the document: `system`, `light`, `dark`.
pub const THEME: &str = "theme";
/// Cookie, and `data-` attribute of the document: `normal`, `compact`.
pub const DENSITY: &str = "density";

const THEMES: [(&str, &str, IconName); 3] = [
    ("system", "As the system", IconName::Monitor),
    ("light", "Light", IconName::Sun),
    ("dark", "Dark", IconName::Moon),
];
const DENSITIES: [(&str, &str, IconName); 2] =
    [("normal", "Normal", IconName::Menu), ("compact", "Compact", IconName::Rows)];

/// A theme that exists, or the system's.
pub fn known_theme(value: Option<&str>) -> &'static str {
    known(value, THEMES.iter().map(|t| t.0), "system")
}

/// A density that exists, or the normal one.
pub fn known_density(value: Option<&str>) -> &'static str {
    known(value, DENSITIES.iter().map(|d| d.0), "normal")
}

fn known(
    value: Option<&str>,
    mut all: impl Iterator<Item = &'static str>,
    default: &'static str,
) -> &'static str {
    all.find(|one| Some(*one) == value).unwrap_or(default)
}

/// Theme and density of the request at hand.
pub fn of_request() -> (&'static str, &'static str) {
    let parts = use_context::<axum::http::request::Parts>();
    let cookies = parts
        .as_ref()
        .map(|p| p.headers.get_all("cookie"))
        .into_iter()
        .flatten()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    let (mut theme, mut density) = (None, None);
    for (name, value) in cookies {
        match name {
            THEME => theme = Some(value),
            DENSITY => density = Some(value),
            _ => {}
        }
    }
    (known_theme(theme), known_density(density))
}

/// The menu that switches them: a form that leads back to `here`. Where the page runs it is spared
/// the way to the server (`super::live`).
pub fn appearance_menu(here: &str) -> AnyView {
    view! {
        <details class="menu">
            <summary class="icon-btn" aria-label="Appearance" title="Appearance">
                <Icon name=IconName::Sun/>
            </summary>
            <form class="menu-panel is-end" method="post" action="/preferences">
                <input type="hidden" name="next" value=here.to_owned()/>
                {choices(THEME, "Theme", &THEMES)}
                {choices(DENSITY, "Density", &DENSITIES)}
            </form>
        </details>
    }
    .into_any()
}

/// One preference. Which value is in use is shown by the style sheet, from the attribute of the
/// document: so it is right on the server, in the browser, and after a switch.
fn choices(
    name: &'static str,
    title: &'static str,
    choices: &[(&'static str, &'static str, IconName)],
) -> AnyView {
    let buttons: Vec<AnyView> = choices
        .iter()
        .map(|&(value, label, icon)| {
            view! {
                <button type="submit" name=name value=value class="menu-item">
                    <Icon name=icon/>
                    <span>{label}</span>
                    <span class=format!("in-use in-use-{value}")>
                        <Icon name=IconName::Check/>
                        <span class="sr-only">"(in use)"</span>
                    </span>
                </button>
            }
            .into_any()
        })
        .collect();
    view! {
        <fieldset class="menu-group">
            <legend class="menu-title">{title}</legend>
            {buttons}
        </fieldset>
    }
    .into_any()
}
