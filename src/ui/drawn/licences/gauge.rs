//! How much of a limit is taken: as a bar, as a state, as figures. The bar's parts differ in height
//! as well as in colour, and its words say the same.

use leptos::prelude::*;

use crate::{
    domain::licences::{Level, Quantity, level_words},
    ui::components::{Icon, IconName, value::grouped},
};

/// What is taken of a limit.
#[derive(Clone, Copy)]
pub struct Taken {
    pub allocated: Quantity,
    /// Given to sites, in use at a site, or held by users.
    pub used: u64,
    /// Held through service packs.
    pub packs: u64,
    /// What `used` is: "given to sites".
    pub words: &'static str,
}

/// "Unlimited", or the number.
pub fn quantity(quantity: Quantity) -> String {
    match quantity {
        Quantity::Unlimited => "Unlimited".to_owned(),
        Quantity::Limited(number) => grouped(u64::from(number)),
    }
}

/// What is taken of a limit, in two parts, each with what it is: "by packs".
#[derive(Clone, Copy)]
pub struct Parts {
    pub allocated: Quantity,
    pub first: (u64, &'static str),
    pub second: (u64, &'static str),
}

/// The bar of a limit.
pub fn bar(taken: Taken) -> AnyView {
    let Taken { allocated, used, packs, words } = taken;
    parts(Parts { allocated, first: (used, words), second: (packs, "by packs") })
}

/// The bar of a limit of which two kinds take. Without a limit there is nothing that it could fill.
pub fn parts(Parts { allocated, first, second }: Parts) -> AnyView {
    let ((used, words), (more, more_words)) = (first, second);
    let mut told = format!("{} {words}", grouped(used));
    if more > 0 {
        told = format!("{told}, {} {more_words}", grouped(more));
    }
    let Quantity::Limited(maximum) = allocated else {
        return view! {
            <span class="gauge is-unlimited" role="img" aria-label=format!("Unlimited: {told}")></span>
        }
        .into_any();
    };
    if maximum == 0 && used + more == 0 {
        return view! { <span class="gauge is-none" role="img" aria-label="Not licensed"></span> }
            .into_any();
    }
    let class = match Level::of(allocated, used + more) {
        Level::NearFull => "gauge is-near",
        Level::Full | Level::Over => "gauge is-full",
        Level::Free | Level::NotLicensed => "gauge",
    };
    let total = u64::from(maximum).max(used + more).max(1);
    view! {
        <svg
            class=class
            viewBox=format!("0 0 {total} 4")
            preserveAspectRatio="none"
            role="img"
            aria-label=format!("Of {}: {told}", grouped(u64::from(maximum)))
        >
            <rect class="gauge-used" width=used height="4"></rect>
            <rect class="gauge-packs" x=used y="2" width=more height="2"></rect>
        </svg>
    }
    .into_any()
}

/// The state in an icon and a word.
pub fn state(allocated: Quantity, level: Level) -> AnyView {
    let (class, icon) = match level {
        Level::NotLicensed => ("badge", IconName::Minus),
        Level::Free => ("badge", IconName::Check),
        Level::NearFull => ("badge is-warning", IconName::Warning),
        Level::Full => ("badge is-danger", IconName::Lock),
        Level::Over => ("badge is-danger", IconName::Warning),
    };
    if allocated == Quantity::Unlimited {
        return view! { <span class="muted">"Unlimited"</span> }.into_any();
    }
    if matches!(level, Level::NotLicensed | Level::Free) {
        return view! { <span class="muted">{level_words(level)}</span> }.into_any();
    }
    view! {
        <span class=class>
            <Icon name=icon/>
            {level_words(level)}
        </span>
    }
    .into_any()
}

/// What the parts of the bars stand for. `packs` is false where none can be held.
pub fn legend(words: &'static str, packs: bool) -> AnyView {
    let (used, free) = (("is-used", words), ("is-free", "Free"));
    if packs {
        legend_of(&[used, ("is-packs", "Held through service packs"), free])
    } else {
        legend_of(&[used, free])
    }
}

/// The legend of these parts: class of the key, and words.
pub fn legend_of(parts: &[(&'static str, &'static str)]) -> AnyView {
    let parts: Vec<AnyView> = parts
        .iter()
        .map(|(class, words)| {
            view! {
                <li>
                    <span class=format!("gauge-key {class}") aria-hidden="true"></span>
                    {*words}
                </li>
            }
            .into_any()
        })
        .collect();
    view! { <ul class="gauge-legend" aria-label="Parts of the bars">{parts}</ul> }.into_any()
}
