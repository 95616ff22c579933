//! How long to wait before another try.

use std::time::Duration;

use reqwest::header::{HeaderMap, RETRY_AFTER};

/// Tries of one call, the first included.
pub(super) const TRIES: u32 = 5;

/// A call with all its tries and pauses takes no longer.
pub(super) const DEADLINE: Duration = Duration::from_mins(3);

const SHORTEST: u64 = 1;
const LONGEST: u64 = 60;

/// Seconds to wait where `Retry-After` should say it and doesn't.
const UNSAID: u64 = 5;

/// The pause that an overloaded server asks for: between one second and a minute.
pub(super) fn asked(headers: &HeaderMap) -> Duration {
    let said = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok());
    let seconds = said.and_then(|text| text.trim().parse::<u64>().ok()).unwrap_or(UNSAID);
    Duration::from_secs(seconds.clamp(SHORTEST, LONGEST))
}

/// The pause after a failure that says nothing: it doubles.
pub(super) fn doubling(tried: u32) -> Duration {
    Duration::from_secs(1 << tried.saturating_sub(1).min(4))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_is_kept_within_a_second_and_a_minute() {
        let said = |text: Option<&str>| {
            let mut headers = HeaderMap::new();
            if let Some(text) = text {
                headers.insert(RETRY_AFTER, text.parse().unwrap());
            }
            asked(&headers).as_secs()
        };
        assert_eq!(said(Some("7")), 7);
        assert_eq!(said(Some(" 7 ")), 7);
        assert_eq!(said(Some("0")), 1);
        assert_eq!(said(Some("86400")), 60);
        for junk in [None, Some(""), Some("soon"), Some("-3"), Some("1.5")] {
            assert_eq!(said(junk), 5, "{junk:?}");
        }
        assert_eq!((1..6).map(|n| doubling(n).as_secs()).collect::<Vec<_>>(), [1, 2, 4, 8, 16]);
    }
}
