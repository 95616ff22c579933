//! What a change of licences would do, before it is done; and what became of each line of it.

use leptos::prelude::*;

use super::{
    address::Look,
    edit::{self, Edit, fields, hidden_fields},
    gauge::{bar, quantity},
    line_id, notice,
    scope::{self, Scope, used_words},
    table::service,
};
use crate::{
    domain::licences::{ItemOutcome, Level, Limit, Line, Outcome, Quantity, level_words},
    fault::Fault,
    server_fns::context::Did,
    ui::{
        components::{Icon, IconName, table_of, value::counted},
        drawn::{
            Page, Visit,
            parts::{heading, refusal},
        },
        routes::{TRANSACTION, at_node, detail_href},
    },
};

/// A line of the form, and what is to be said of it.
struct Change<'s> {
    edit: Edit,
    /// The line as it is now; none when the catalogue doesn't have it any more.
    line: Option<&'s Line>,
    verdict: Verdict,
}

enum Verdict {
    /// What was typed can't be read.
    Wrong(String),
    Refused(String),
    Fine {
        before: Line,
        after: Line,
    },
}

impl Change<'_> {
    fn is_fine(&self) -> bool {
        matches!(self.verdict, Verdict::Fine { .. })
    }
}

/// The lines that were changed in the form `posted`: judged now, or as they were when it was
/// applied.
pub async fn page(
    visit: &Visit<'_>,
    scope: &Scope,
    look: &Look,
    posted: &[(String, String)],
) -> Page {
    let edits = edit::changes(posted);
    let limits: Vec<Limit> = edits.iter().filter_map(|edit| edit.wanted().ok()).collect();
    let applied = match visit.did {
        Some(Did::SetLicences(outcome)) => Some(outcome),
        _ => None,
    };
    let mut refused: Option<Fault> = None;
    let judged: Vec<ItemOutcome> = match applied {
        Some(outcome) => outcome.items.clone(),
        None if limits.is_empty() => Vec::new(),
        None => match scope::preview(visit.app, visit.caller, scope, limits).await {
            Ok(outcome) => outcome.items,
            Err(fault) => {
                refused = Some(fault);
                Vec::new()
            }
        },
    };
    let changes: Vec<Change<'_>> =
        edits.into_iter().map(|edit| judge(scope, edit, &judged)).collect();
    let title = match applied {
        Some(_) if !changes.iter().any(Change::is_fine) => {
            format!("No licence of {} was set", scope.name())
        }
        Some(_) => format!("Licences of {} were set", scope.name()),
        None => format!("What will change at {}", scope.name()),
    };
    let view = view! {
        <div class="list-page licence-page">
            <div class="page-head">
                <div>
                    {heading(title.clone())}
                    <p class="page-about muted">{about(applied.is_some())}</p>
                </div>
            </div>
            {notice(visit)}
            {refused.as_ref().map(|fault| refusal(fault, &[]))}
            {told(visit, &changes, applied)}
            {form(scope, look, &changes, applied.is_some())}
        </div>
    };
    Ok((title, view.into_any()))
}

fn about(applied: bool) -> &'static str {
    if applied {
        "Lines that were refused are as they were; what you typed at them is below for another try."
    } else {
        "Nothing is set yet. Each line is judged again when you apply it."
    }
}

fn judge<'s>(scope: &'s Scope, edit: Edit, judged: &[ItemOutcome]) -> Change<'s> {
    let line = scope.line(edit.family, &edit.name);
    let is_this = |item: &&ItemOutcome| item.family == edit.family && item.name == edit.name;
    let verdict = match (edit.wanted(), judged.iter().find(is_this)) {
        (Err(error), _) => Verdict::Wrong(error.message),
        (Ok(_), Some(ItemOutcome { result: Ok((before, after)), .. })) => {
            Verdict::Fine { before: before.clone(), after: after.clone() }
        }
        (Ok(_), Some(ItemOutcome { result: Err(error), .. })) => {
            Verdict::Refused(error.message.clone())
        }
        (Ok(_), None) => Verdict::Refused("This line wasn't judged; try again.".to_owned()),
    };
    Change { edit, line, verdict }
}

/// How many lines are fine and how many aren't, and the record of what was done.
fn told(visit: &Visit<'_>, changes: &[Change<'_>], applied: Option<&Outcome>) -> AnyView {
    let fine = changes.iter().filter(|change| change.is_fine()).count() as u64;
    let refused = changes.len() as u64 - fine;
    let done = applied.is_some();
    let fine_words = if done {
        format!("{} set.", counted(fine, "line was", "lines were"))
    } else {
        format!("{} change.", counted(fine, "line will", "lines will"))
    };
    let refused_words = if done {
        format!("{} refused.", counted(refused, "line was", "lines were"))
    } else {
        format!("{} be set.", counted(refused, "line can't", "lines can't"))
    };
    let words = match (fine, refused) {
        (0, 0) => "No line was changed: each is as you left it.".to_owned(),
        (_, 0) => fine_words,
        (0, _) => refused_words,
        _ => format!("{fine_words} {refused_words}"),
    };
    let (class, icon) = match (fine, refused, done) {
        (0, 0, _) | (_, 0, false) => ("notice", IconName::Info),
        (_, 0, true) => ("notice is-success", IconName::Succeeded),
        (0, ..) => ("notice is-danger", IconName::Failed),
        _ => ("notice is-warning", IconName::Warning),
    };
    let record = applied.and_then(|outcome| outcome.transaction_id.as_ref()).map(|id| {
        let href = at_node(&detail_href(TRANSACTION, id), visit.node());
        view! { " " <a href=href>"See the transaction"</a> }
    });
    view! {
        <div class=class role="status">
            <Icon name=icon/>
            <p>{words} {record}</p>
        </div>
    }
    .into_any()
}

fn form(scope: &Scope, look: &Look, changes: &[Change<'_>], applied: bool) -> AnyView {
    let fine = changes.iter().any(Change::is_fine);
    let open = changes.iter().filter(|change| !change.is_fine()).count();
    let rows: Vec<AnyView> = changes.iter().map(|change| row(scope, change, applied)).collect();
    let table = (!rows.is_empty()).then(|| table(scope, rows));
    // Once it is applied, what is left to do are the lines that were refused.
    let apply = if applied { open > 0 } else { fine };
    let apply = apply.then(|| {
        view! {
            <button class="btn btn-primary" name="_submit" value=edit::APPLY>
                {if applied { "Try again" } else { "Apply" }}
            </button>
        }
    });
    let check = (open > 0).then(|| {
        view! { <button class="btn" name="_submit" value=edit::PREVIEW>"Check again"</button> }
    });
    let go_on = (!applied).then(|| {
        view! { <button class="btn" name="_submit" value=edit::GO_ON>"Go on editing"</button> }
    });
    view! {
        <form method="post" action=look.editing() novalidate>
            <button class="sr-only" name="_submit" value=edit::PREVIEW tabindex="-1" aria-hidden="true">
                "Check again"
            </button>
            {table}
            <div class="form-bar">
                {apply}
                {check}
                {go_on}
                <a class="btn btn-quiet" href=look.looking()>
                    {if applied { "Back to the licences" } else { "Cancel" }}
                </a>
            </div>
        </form>
    }
    .into_any()
}

fn table(scope: &Scope, rows: Vec<AnyView>) -> AnyView {
    table_of(
        "list-table licence-table",
        "",
        format!("Changed lines of {}", scope.name()),
        None,
        &[
            ("Service", ""),
            ("Result", ""),
            ("Allocated", ""),
            ("Free", ""),
            ("Usage then", "wide-only"),
        ],
        rows,
    )
}

fn row(scope: &Scope, change: &Change<'_>, applied: bool) -> AnyView {
    let Change { edit, line, verdict } = change;
    let name = match line {
        Some(line) => service(scope, line),
        None => edit.name.clone().into_any(),
    };
    let cells = match verdict {
        Verdict::Fine { before, after } => fine(scope, edit, before, after, applied),
        Verdict::Wrong(why) => open(scope, change, "Not clear", why),
        Verdict::Refused(why) => open(scope, change, "Refused", why),
    };
    view! {
        <tr id=line_id(edit.family, &edit.name)>
            <th scope="row">{name}</th>
            {cells}
        </tr>
    }
    .into_any()
}

/// A line that will be set, or was.
fn fine(scope: &Scope, edit: &Edit, before: &Line, after: &Line, applied: bool) -> AnyView {
    // What was looked at when it was typed, or when it was applied.
    let since = edit.was.filter(|was| *was != before.allocated).map(|was| {
        let now = quantity(before.allocated).to_lowercase();
        let was = quantity(was).to_lowercase();
        let text = if applied {
            format!("It was {now} by then, not {was} as you saw it.")
        } else {
            format!("Somebody has set it from {was} to {now} meanwhile.")
        };
        view! { <p class="limit-note">{text}</p> }
    });
    let same = before.allocated == after.allocated;
    let result = match (applied, same) {
        (true, _) => badge("badge is-success", IconName::Succeeded, "Updated"),
        (false, true) => badge("badge", IconName::Minus, "Unchanged"),
        (false, false) => effect(before, after),
    };
    let posted = (!applied).then(|| {
        // From here on what counts is what this page shows.
        hidden_fields(&Edit { was: Some(before.allocated), ..edit.clone() })
    });
    view! {
        <td>{result} {since}</td>
        <td class="nowrap">{from_to(before.allocated, after.allocated)} {posted}</td>
        <td class="nowrap">{from_to(before.free(), after.free())}</td>
        <td class="wide-only">{bar(scope.taken(after, after.allocated))}</td>
    }
    .into_any()
}

fn badge(class: &'static str, icon: IconName, word: &'static str) -> AnyView {
    view! {
        <span class=class>
            <Icon name=icon/>
            {word}
        </span>
    }
    .into_any()
}

/// What becomes of the state of a line.
fn effect(before: &Line, after: &Line) -> AnyView {
    let (from, to) = (before.level(), after.level());
    let words = match to {
        Level::NotLicensed => "Taken away",
        _ if from == Level::NotLicensed => "Newly licensed",
        Level::NearFull | Level::Full | Level::Over => {
            return view! {
                <span class="badge is-warning">
                    <Icon name=IconName::Warning/>
                    {format!("{} then", level_words(to))}
                </span>
            }
            .into_any();
        }
        _ if after.allocated == Quantity::Unlimited => "No limit any more",
        _ if is_less(after.allocated, before.allocated) => "Lowered",
        Level::Free => "Raised",
    };
    view! { <span>{words}</span> }.into_any()
}

fn is_less(one: Quantity, other: Quantity) -> bool {
    one != other && one.min(other) == one
}

/// A line that can't be set as it was typed, or wasn't: to be typed again.
fn open(scope: &Scope, change: &Change<'_>, word: &'static str, why: &str) -> AnyView {
    let edit = &change.edit;
    let now = change.line.map(|line| line.allocated);
    // What the line is now is what the next try starts from.
    let fields = fields(&Edit { was: now.or(edit.was), ..edit.clone() }, Some(why));
    let told = change.line.map(|line| {

        let packs = (line.packs > 0).then(|| format!(", {} by packs", line.packs));
        view! {
            <p class="limit-note">
                {format!("Now {}, {} {}", quantity(line.allocated), line.used, used_words(scope.is_site()))}
                {packs}
            </p>
        }
    });
    view! {
        <td>
            {badge("badge is-danger", IconName::Failed, word)}
            {told}
        </td>
        <td colspan="3" class="limit-open">{fields}</td>
    }
    .into_any()
}

fn from_to(before: Quantity, after: Quantity) -> AnyView {
    if before == after {
        return quantity(after).into_any();
    }
    view! {
        <span class="muted">{quantity(before)}</span>
        <span aria-hidden="true">" → "</span>
        <span class="sr-only">" becomes "</span>
        <strong>{quantity(after)}</strong>
    }
    .into_any()
}
