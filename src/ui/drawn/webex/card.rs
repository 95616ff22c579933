//! The connection card of a customer: how it stands, what lapses when, what can be done about it, and
//! what came of it the last time.

use leptos::prelude::*;

use super::{
    address::{WebexPath, WebexView},
    state::state,
};
use crate::{
    domain::{
        App, Caller,
        webex::{
            Act, SyncCounts,
            authorise::link,
            view::{self, Card, Run, SCHEDULE, Schedule},
        },
    },
    fault::Fault,
    ui::{
        components::{
            Icon, IconName, Time, table_of,
            value::{counted, grouped},
        },
        drawn::status::StatusBadge,
        routes::{TRANSACTION, add_href, at_node, detail_href},
    },
};

/// What the button posts that has a customer synced every day.
pub const KEEP: &str = "keep_in_sync";

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// `node` is the one that is chosen, which every link keeps.
pub async fn card(
    app: &App,
    caller: &Caller,
    pkid: &str,
    node: Option<&str>,
) -> Result<AnyView, Fault> {
    let card = view::card(app, caller, pkid).await?;
    let connection = &card.connection;
    let reason = (!connection.reason.is_empty())
        .then(|| view! { <p class="webex-reason">{connection.reason.clone()}</p> });
    Ok(view! {
        <section class="card is-flush webex-card" aria-labelledby="webex-connection">
            <div class="card-head">
                <h2 id="webex-connection">"Webex connection"</h2>
                {state(&connection.state)}
                <span class="muted">
                    "since " <Time at=connection.since.clone() relative=true/>
                </span>
            </div>
            <div class="webex-parts">
                <div class="stack">
                    {reason}
                    {set_up(&card)}
                    {tokens(&card)}
                    {buttons(&card, node)}
                    {synced(&card, node)}
                </div>
                <div class="stack">
                    {runs(&card, node)}
                    {schedules(&card, node)}
                </div>
            </div>
        </section>
    }
    .into_any())
}

/// What the operator has to set before anything can be done.
fn set_up(card: &Card) -> Option<AnyView> {
    (!card.configured).then(|| {
        view! {
            <div class="notice is-warning">
                <Icon name=IconName::Warning/>
                <p>
                    "This program isn't known to Webex yet. Its operator has to register an \
                     integration at Webex, set "
                    <code>"TENANTRY_WEBEX_CLIENT_ID"</code> " and "
                    <code>"TENANTRY_WEBEX_CLIENT_SECRET"</code> ", and start the program again."
                </p>
            </div>
        }
        .into_any()
    })
}

/// What lapses when.
fn tokens(card: &Card) -> Option<AnyView> {
    if !card.has_token && !card.has_refresh_token {
        return None;
    }
    let line = |title: &'static str, has: bool, expires: Option<i64>| {
        let words = match (has, expires) {
            (false, _) => view! { <span class="muted">"None"</span> }.into_any(),
            (true, None) => {
                view! { <span class="muted">"Lapses at an unknown time"</span> }.into_any()
            }
            (true, Some(at)) => lapses(card, at),
        };
        view! {
            <div>
                <dt>{title}</dt>
                <dd>{words}</dd>
            </div>
        }
        .into_any()
    };
    let organization = card.organization.clone().map(|name| {
        view! {
            <div>
                <dt>"Organisation"</dt>
                <dd>{name}</dd>
            </div>
        }
    });
    let missing = (!card.missing_scopes.is_empty()).then(|| {
        let scopes: Vec<AnyView> = card
            .missing_scopes
            .iter()
            .map(|scope| view! { <li><code>{*scope}</code></li> }.into_any())
            .collect();
        view! {
            <div>
                <dt>"Scopes missing"</dt>
                <dd><ul class="webex-scopes">{scopes}</ul></dd>
            </div>
        }
    });
    let next = card.next_refresh.filter(|at| *at > card.now).map(|at| {
        view! {
            <div>
                <dt>"Next refresh"</dt>
                <dd><time title=exact(at)>{left(at - card.now)}</time></dd>
            </div>
        }
    });
    Some(
        view! {
            <dl class="detail-list webex-tokens">
                {organization}
                {line("Access token", card.has_token, card.token_expires)}
                {line("Refresh token", card.has_refresh_token, card.refresh_token_expires)}
                {next}
                {missing}
            </dl>
        }
        .into_any(),
    )
}

/// "Lapses in 12 days", with how much of its life is left where that is known.
fn lapses(card: &Card, at: i64) -> AnyView {
    let over = at <= card.now;
    let words = if over {
        format!("Lapsed {}", gone(card.now - at))
    } else {
        format!("Lapses {}", left(at - card.now))
    };
    let life = card.refreshed.filter(|from| *from < at && !over).map(|from| {
        let (life, left) = (at - from, (at - card.now).min(at - from));
        let class = if left * 10 <= life { "gauge is-near" } else { "gauge" };
        view! {
            <svg
                class=class
                viewBox=format!("0 0 {life} 4")
                preserveAspectRatio="none"
                role="img"
                aria-label=format!("{} hundredths of its life are left", left * 100 / life)
            >
                <rect class="gauge-used" width=left height="4"></rect>
            </svg>
        }
    });
    view! {
        <span class=if over { "webex-over" } else { "" }>
            <time title=exact(at)>{words}</time>
        </span>
        {life}
    }
    .into_any()
}

/// "2026-11-22 05:40 UTC"
fn exact(at: i64) -> String {
    let time = time::OffsetDateTime::from_unix_timestamp(at).ok();
    let time = time.map(|t| {
        let (hour, minute) = (t.hour(), t.minute());
        format!("{} {hour:02}:{minute:02} UTC", t.date())
    });
    time.unwrap_or_default()
}

/// "in 12 days"
fn left(seconds: i64) -> String {
    format!("in {}", span(seconds))
}

/// "12 days ago"
fn gone(seconds: i64) -> String {
    format!("{} ago", span(seconds))
}

/// In the largest unit that says it; hours say more than one or two days.
fn span(seconds: i64) -> String {
    let (count, one, many) = match seconds {
        s if s < HOUR => ((s / 60).max(1), "minute", "minutes"),
        s if s < 2 * DAY => (s / HOUR, "hour", "hours"),
        s => (s / DAY, "day", "days"),
    };
    counted(u64::try_from(count).unwrap_or_default(), one, many)
}

/// What can be done now: the link to Webex, and what is queued.
fn buttons(card: &Card, node: Option<&str>) -> Option<AnyView> {
    if !card.configured || !card.may_act {
        return None;
    }
    let pkid = &card.customer.pkid;
    let first = !card.has_token && !card.has_refresh_token;
    let in_need = card.connection.state != "healthy";
    let class = if in_need { "btn btn-primary" } else { "btn" };
    let words = if first { "Authorise" } else { "Authorise again" };
    // Nothing is of use any more but the link.
    let over = card.connection.state == "lapsed" && card.next_refresh.is_none();
    let acts: Vec<AnyView> = Act::ALL
        .into_iter()
        .filter(|act| match act {
            _ if over => false,
            Act::RefreshAccessToken => card.has_refresh_token,
            _ => card.has_token,
        })
        .map(|act| {
            let icon = match act {
                Act::RefreshAccessToken => IconName::Refresh,
                _ => IconName::Download,
            };
            view! {
                <button class="btn" name="_submit" value=act.name()>
                    <Icon name=icon/>
                    {act.title()}
                </button>
            }
            .into_any()
        })
        .collect();
    let action = at_node(&WebexPath::new(pkid, WebexView::Connection).href(), node);
    Some(
        view! {
            <form method="post" action=action class="cluster">
                <a class=class href=link(pkid) rel="external">
                    <Icon name=IconName::Link/>
                    {words}
                </a>
                {acts}
            </form>
        }
        .into_any(),
    )
}

/// The ways to what was synced.
fn synced(card: &Card, node: Option<&str>) -> Option<AnyView> {
    let part = |count: u64, view, one: &str, many: &str| {
        (count > 0).then(|| {
            let href = at_node(&WebexPath::new(&card.customer.pkid, view).href(), node);
            view! { <li><a href=href>{counted(count, one, many)}</a></li> }
        })
    };
    (card.licences + card.users > 0).then(|| {
        view! {
            <ul class="webex-synced" aria-label="Synced from Webex">
                {part(card.licences, WebexView::Licences, "Webex licence", "Webex licences")}
                {part(card.users, WebexView::Users, "Webex user", "Webex users")}
            </ul>
        }
        .into_any()
    })
}

/// What came of each act the last time.
fn runs(card: &Card, node: Option<&str>) -> AnyView {
    let rows: Vec<AnyView> = card
        .runs
        .iter()
        .filter_map(|(act, run)| run.as_ref().map(|run| row(*act, run, node)))
        .collect();
    if rows.is_empty() {
        return view! { <p class="muted">"Nothing was refreshed or synced yet."</p> }.into_any();
    }
    // A narrow screen has room for what came of it; when it was stands in its transaction.
    let heads = [("Last results", ""), ("When", "wide-only"), ("Outcome", "")];
    table_of("", "webex-runs", "Last results".to_owned(), None, &heads, rows)
}

fn row(act: Act, run: &Run, node: Option<&str>) -> AnyView {
    let href = at_node(&detail_href(TRANSACTION, &run.transaction_id), node);
    let told = match &run.counts {
        Some(counts) => Some(counts_in_words(counts)),
        None if run.status == "Fail" => Some(run.message.clone()),
        None => None,
    };
    let told = told.map(|words| view! { <span class="webex-told">{words}</span> });
    view! {
        <tr>
            <th scope="row"><a href=href>{act.title()}</a></th>
            <td class="nowrap wide-only"><Time at=run.submitted.clone() relative=true/></td>
            <td>
                <StatusBadge status=run.status.clone()/>
                " "
                {told}
            </td>
        </tr>
    }
    .into_any()
}

/// "3 added, 1 changed"
pub fn counts_in_words(counts: &SyncCounts) -> String {
    let parts = [(counts.added, "added"), (counts.changed, "changed"), (counts.removed, "removed")];
    let words: Vec<String> = parts
        .into_iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, words)| format!("{} {words}", grouped(n)))
        .collect();
    if words.is_empty() { "Nothing had changed".to_owned() } else { words.join(", ") }
}

/// What is done by itself, and the way to have it done.
fn schedules(card: &Card, node: Option<&str>) -> AnyView {
    let schedules = &card.schedules;
    let has = |act: Act| schedules.iter().any(|s| s.action == act.name());
    let all = has(Act::SyncWebexTeamsRolesLicences) && has(Act::SyncWebexTeamsUsers);
    let lines: Vec<AnyView> = schedules.iter().map(|schedule| line(schedule, node)).collect();
    let list = (!lines.is_empty()).then(|| view! { <ul class="webex-schedules">{lines}</ul> });
    let keep = (!all && card.configured && card.has_token && card.may_schedule).then(|| {
        view! {
            <button
                class="btn"
                name="_submit"
                value=KEEP
                title="Adds schedules that sync roles, licences and users every day"
            >
                <Icon name=IconName::Clock/>
                "Keep in sync daily"
            </button>
        }
    });
    let path = WebexPath::new(&card.customer.pkid, WebexView::Connection).href();
    let add = at_node(&add_href(SCHEDULE), Some(&card.customer.node.path));
    view! {
        <form method="post" action=at_node(&path, node) class="stack">
            <h3>"Schedules"</h3>
            {list}
            <div class="cluster">
                {keep}
                {card.may_schedule.then(|| view! {
                    <a class="btn btn-quiet" href=add>
                        <Icon name=IconName::Plus/>
                        "Add a schedule"
                    </a>
                })}
            </div>
        </form>
    }
    .into_any()
}

fn line(schedule: &Schedule, node: Option<&str>) -> AnyView {
    let href = at_node(&detail_href(SCHEDULE, &schedule.pkid), node);
    let every = match schedule.interval_minutes {
        1440 => "every day".to_owned(),
        n if n % 1440 == 0 => format!("every {} days", n / 1440),
        60 => "every hour".to_owned(),
        n if n % 60 == 0 => format!("every {} hours", n / 60),
        n => format!("every {n} minutes"),
    };
    let next = schedule.next_run.clone().filter(|_| schedule.enabled);
    let rest = match next {
        Some(at) => view! { <span class="muted">", next " <Time at=at/></span> }.into_any(),
        None => view! { <span class="muted">", resting"</span> }.into_any(),
    };
    view! {
        <li>
            <a href=href>{schedule.name.clone()}</a>
            " "
            <span class="muted">{every}</span>
            {rest}
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_to_come_are_told_in_the_unit_that_says_most() {
        assert_eq!(left(30), "in 1 minute");
        assert_eq!(left(59 * 60), "in 59 minutes");
        assert_eq!(left(HOUR), "in 1 hour");
        assert_eq!(left(47 * HOUR), "in 47 hours");
        assert_eq!(left(14 * DAY - 1), "in 13 days");
        assert_eq!(gone(96 * DAY), "96 days ago");
        assert_eq!(exact(1_800_000_000), "2027-01-15 08:00 UTC");
    }

    #[test]
    fn counts_that_are_nothing_are_left_out() {
        let counts = SyncCounts { added: 1234, changed: 0, removed: 2 };
        assert_eq!(counts_in_words(&counts), "1,234 added, 2 removed");
        assert_eq!(counts_in_words(&SyncCounts::default()), "Nothing had changed");
    }
}
