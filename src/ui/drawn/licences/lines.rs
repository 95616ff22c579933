//! The licences of a tenant or of a site: the table, its filters, and the way to edit many at once.

use leptos::prelude::*;

use super::{
    address::{Look, TenantView},
    change, edit,
    gauge::legend,
    head::{head, tabs},
    notice,
    scope::Scope,
    table, toolbar,
};
use crate::{
    domain::licences::{self, Level, Line, LineFilter},
    fault::Fault,
    ui::{
        components::{
            Icon, IconName,
            value::{counted, grouped},
        },
        drawn::{Page, Visit, parts::refusal},
    },
};

pub async fn page(visit: &Visit<'_>, tenant_id: &str, view: &TenantView) -> Page {
    let site = match view {
        TenantView::Site(site) => Some(site.as_str()),
        _ => None,
    };
    let look = Look::read(visit.path, &visit.pairs)?;
    let scope = Scope::read(visit.app, visit.caller, tenant_id, site).await?;
    let posted = visit.posted.map(|posted| posted.pairs.as_slice()).unwrap_or_default();
    let fault = visit.posted.and_then(|posted| posted.fault.as_ref());
    let submit = crate::model::form::value_of(posted, "_submit").unwrap_or_default();
    if fault.is_none() && [edit::PREVIEW, edit::APPLY].contains(&submit) {
        return change::page(visit, &scope, &look, posted).await;
    }
    let detail = licences::detail(visit.app, visit.caller, tenant_id).await?;
    let title = format!("Licences of {}", scope.name());
    let shown = scope.shown(&look.filter);
    let editing = look.edit && scope.may_change;
    let nothing = shown.is_empty() || !scope.may_change;
    let actions = (!editing).then(|| actions(&look, nothing)).into_any();
    let body = if editing {
        editor(&scope, &shown, &look, posted, fault)
    } else {
        view! {
            {toolbar::toolbar(&look)}
            {summary(&scope, &shown)}
            {lines(&scope, &shown, &look)}
        }
        .into_any()
    };
    let view = view! {
        <div
            class="list-page licence-page"
            data-announce=counted(shown.len() as u64, "service", "services")
        >
            {head(visit, &detail, scope.site.as_ref(), title.clone(), actions)}
            {(!scope.is_site()).then(|| tabs(visit, tenant_id, view))}
            {notice(visit)}
            {fault.map(|fault| refusal(fault, &[]))}
            {body}
        </div>
    };
    Ok((title, view.into_any()))
}

/// `nothing` is there to be edited.
fn actions(look: &Look, nothing: bool) -> AnyView {
    let files: Vec<AnyView> = [("xlsx", "Excel"), ("csv", "CSV")]
        .into_iter()
        .map(|(format, name)| {
            view! {
                <a class="menu-item" href=look.export(format) rel="external" download="">{name}</a>
            }
            .into_any()
        })
        .collect();
    let edit = (!nothing).then(|| {
        view! {
            <a class="btn btn-primary" href=look.editing()>
                <Icon name=IconName::Edit/>
                "Edit licences"
            </a>
        }
    });
    view! {
        <details class="menu">
            <summary class="btn" title="The services shown, as a file">
                <Icon name=IconName::Download/>
                "Export"
                <Icon name=IconName::ChevronDown/>
            </summary>
            <div class="menu-panel is-end">
                <p class="menu-title">"Download as"</p>
                {files}
            </div>
        </details>
        {edit}
    }
    .into_any()
}

/// How many lines these are, and how many of them are in need.
fn summary(scope: &Scope, shown: &[&Line]) -> AnyView {
    let number = |wanted: &[Level]| {
        shown.iter().filter(|line| wanted.contains(&line.level())).count() as u64
    };
    let licensed = shown.len() as u64 - number(&[Level::NotLicensed]);
    let (near, full) = (number(&[Level::NearFull]), number(&[Level::Full, Level::Over]));
    let part = |number: u64, words: &'static str| {
        (number > 0).then(|| view! { <li>{grouped(number)} " " {words}</li> })
    };
    view! {
        <div class="licence-summary">
            <ul class="licence-counts" aria-label="What is shown">
                <li>
                    {shown_words(scope, shown)}
                </li>
                <li>{grouped(licensed)} " licensed"</li>
                {part(near, "near full")}
                {part(full, "full")}
            </ul>
            {legend(if scope.is_site() { "In use" } else { "Given to sites" }, !scope.is_site())}
        </div>
    }
    .into_any()
}

/// "12 of 244 services"
fn shown_words(scope: &Scope, shown: &[&Line]) -> String {
    let all = counted(scope.lines.len() as u64, "service", "services");
    if shown.len() == scope.lines.len() {
        return all;
    }
    format!("{} of {all}", grouped(shown.len() as u64))
}

fn lines(scope: &Scope, shown: &[&Line], look: &Look) -> AnyView {
    if !shown.is_empty() {
        return table::table(scope, shown);
    }
    let (title, help) = if scope.lines.is_empty() {
        ("No services yet", "Services are kept in the catalogue, at a provider or above.")
    } else {
        ("No service is like that", "Other filters show more.")
    };
    let all = look.filter.is_set().then(|| {
        let href = look.with(|filter| *filter = LineFilter::default());
        view! { <a class="btn btn-primary" href=href>"Show all services"</a> }
    });
    view! {
        <div class="empty">
            <Icon name=IconName::List/>
            <h2>{title}</h2>
            <p class="muted">{help}</p>
            {all}
        </div>
    }
    .into_any()
}

/// The lines that are shown, to be typed into. The filters stay as they are meanwhile, so that
/// nothing that was typed is lost by them.
fn editor(
    scope: &Scope,
    shown: &[&Line],
    look: &Look,
    posted: &[(String, String)],
    fault: Option<&Fault>,
) -> AnyView {
    let typed = edit::edits(posted);
    let narrowed = toolbar::in_words(look).map(|words| format!(": {words}"));
    let set_to = crate::model::form::value_of(posted, edit::SET_TO).unwrap_or_default().to_owned();
    let wrong = fault.is_some_and(|fault| fault.errors.iter().any(|e| e.field == edit::SET_TO));
    let button = |value: &'static str, words: &'static str| {
        view! { <button class="btn" name="_submit" value=value>{words}</button> }
    };
    view! {
        <form method="post" action=look.editing() novalidate>
            // The first button is the one that Enter presses.
            <button class="sr-only" name="_submit" value=edit::PREVIEW tabindex="-1" aria-hidden="true">
                "What will change"
            </button>
            <p class="licence-counts">
                <span>{shown_words(scope, shown)} {narrowed}</span>
                <span class="muted">"What isn't shown stays as it is."</span>
            </p>
            <fieldset class="bulk-bar">
                <legend class="sr-only">"Set all lines shown"</legend>
                <strong>"Set all shown:"</strong>
                <span class="cluster">
                    <input
                        type="text"
                        inputmode="numeric"
                        class="input limit-number"
                        name=edit::SET_TO
                        value=set_to
                        autocomplete="off"
                        aria-label="Maximum for all lines shown"
                        aria-invalid=wrong.then_some("true")
                    />
                    {button(edit::SET_NUMBER, "To this number")}
                </span>
                {button(edit::SET_UNLIMITED, "Unlimited")}
                {button(edit::SET_NONE, "Not licensed")}
            </fieldset>
            {table::editor(scope, shown, &typed)}
            <div class="form-bar">
                <button class="btn btn-primary" name="_submit" value=edit::PREVIEW>
                    "What will change"
                </button>
                <a class="btn btn-quiet" href=look.looking()>"Cancel"</a>
                <span class="muted">"Nothing is set before you have seen it."</span>
            </div>
        </form>
    }
    .into_any()
}
