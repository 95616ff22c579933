//! What the user has asked for lately: how much of it still runs, and the last five.

use leptos::prelude::*;

use super::Here;
use crate::{
    domain::shown::{Lately, TransactionLine},
    ui::{
        components::{Icon, IconName, Time},
        drawn::status::StatusBadge,
        routes::{TRANSACTION, at_node, detail_href, list_href},
    },
};

pub fn menu(lately: &Lately, here: &Here<'_>) -> AnyView {
    let label = match lately.open {
        0 => "Your transactions; none is running".to_owned(),
        1 => "Your transactions; one is running".to_owned(),
        open => format!("Your transactions; {open} are running"),
    };
    let count = (lately.open > 0).then(|| {
        view! { <span class="count-badge" aria-hidden="true">{lately.open}</span> }
    });
    let body = if lately.latest.is_empty() {
        view! { <p class="menu-foot">"Work that takes its time is listed here: bulk changes, moves, loads."</p> }.into_any()
    } else {
        let lines: Vec<AnyView> = lately.latest.iter().map(|line| item(line, here)).collect();
        view! { <ul>{lines}</ul> }.into_any()
    };
    view! {
        <details class="menu">
            <summary class="icon-btn lately-btn" aria-label=label.clone() title=label>
                <Icon name=IconName::History/>
                {count}
            </summary>
            <div class="menu-panel is-end lately">
                <p class="menu-title">"Your latest transactions"</p>
                {body}
                <a class="menu-item" href=at_node(&list_href(TRANSACTION), here.node)>
                    "All transactions"
                </a>
            </div>
        </details>
    }
    .into_any()
}

fn item(line: &TransactionLine, here: &Here<'_>) -> AnyView {
    view! {
        <li>
            <a class="menu-item" href=at_node(&detail_href(TRANSACTION, &line.pkid), here.node)>
                <span class="menu-item-name">
                    {format!("{} · {}", line.action, line.model_title)}
                    <small class="muted">
                        <Time at=line.submitted.clone() relative=true/>
                    </small>
                </span>
                <StatusBadge status=line.status.clone()/>
            </a>
        </li>
    }
    .into_any()
}
