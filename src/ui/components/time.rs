//! A point in time. Both sides draw the exact one from its text, in UTC; once the page runs it may
//! say how long ago that was, with the exact one as its title.

use leptos::prelude::*;

/// `at` is RFC 3339 in UTC. Text of another form is shown as it is.
#[component]
pub fn Time(
    #[prop(into)] at: String,
    /// "5 minutes ago" once the page runs and has called [`crate::ui::live::tell_ages`].
    #[prop(optional)]
    relative: bool,
) -> impl IntoView {
    let words = exact(&at);
    let title = words.clone();
    view! {
        <time datetime=at title=title data-ago=relative.then_some("")>
            {words}
        </time>
    }
}

/// "2026-11-22 05:40 UTC" of "2026-11-22T05:40:12.345Z".
pub fn exact(at: &str) -> String {
    match (at.get(..10), at.get(10..11), at.get(11..16)) {
        (Some(day), Some("T"), Some(minute)) if at.ends_with('Z') => format!("{day} {minute} UTC"),
        _ => at.to_owned(),
    }
}

/// How long ago, in the largest unit that says it; beyond a month the exact time says more.
pub fn ago(seconds: f64, exact: &str) -> String {
    let units = [(60.0, 1.0, "second"), (3600.0, 60.0, "minute"), (86_400.0, 3600.0, "hour")];
    if seconds < -60.0 {
        return exact.to_owned();
    }
    if seconds < 10.0 {
        return "just now".to_owned();
    }
    let (size, unit) = units
        .iter()
        .find(|(below, _, _)| seconds < *below)
        .map_or((86_400.0, "day"), |(_, size, unit)| (*size, *unit));
    let count = (seconds / size).floor();
    if unit == "day" && count > 30.0 {
        return exact.to_owned();
    }
    let plural = if count > 1.0 { "s" } else { "" };
    format!("{count} {unit}{plural} ago")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exact_times_are_to_the_minute_in_utc() {
        assert_eq!(exact("2026-11-22T05:40:12.345Z"), "2026-11-22 05:40 UTC");
        assert_eq!(exact("2026-11-22T05:40:12Z"), "2026-11-22 05:40 UTC");
        assert_eq!(exact("yesterday"), "yesterday");
        assert_eq!(exact("ünïcödé strîng"), "ünïcödé strîng");
    }

    #[test]
    fn recent_times_are_relative() {
        for (seconds, words) in [
            (3.0, "just now"),
            (59.0, "59 seconds ago"),
            (60.0, "1 minute ago"),
            (7300.0, "2 hours ago"),
            (86_400.0, "1 day ago"),
            (86_400.0 * 45.0, "then"),
        ] {
            assert_eq!(ago(seconds, "then"), words);
        }
    }
}
