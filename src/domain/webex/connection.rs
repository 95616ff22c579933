//! The state of a customer's connection: what follows from its tokens, from how the last refresh
//! went, and from the time.

use serde::Serialize;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::{
    fault::Fault,
    store::{ConnectionRow, ReadTx, Stored},
    webex::{ErrorKind, WebexError, oauth::Tokens},
};

/// Refreshed at the latest so long after the tokens came. Seconds.
const REFRESH_EVERY: i64 = 7 * 24 * 3600;

/// A token that nothing renews, or a refresh token that isn't prolonged, is told of so long before it
/// lapses. Seconds.
const NOTICE: i64 = 14 * 24 * 3600;

/// An access token that nothing renews is told of so long before it lapses. Seconds.
const SHORT_NOTICE: i64 = 3 * 24 * 3600;

/// Failed refreshes in a row after which it is shown.
const SHOWN_AFTER: u32 = 3;

/// Seconds before each further attempt; the last one stays.
const PAUSES: [i64; 6] = [60, 300, 900, 3600, 4 * 3600, 12 * 3600];

/// How a customer is connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// There are no tokens.
    NotAuthorised,
    Healthy,
    /// It works, and will stop by itself unless somebody acts.
    Expiring,
    /// Refreshing fails.
    Failed,
    /// The tokens have lapsed.
    Lapsed,
}

impl State {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotAuthorised => "not_authorised",
            Self::Healthy => "healthy",
            Self::Expiring => "expiring",
            Self::Failed => "failed",
            Self::Lapsed => "lapsed",
        }
    }
}

/// A customer's connection, as `meta.connection` tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Connection {
    /// `not_authorised`, `healthy`, `expiring`, `failed` or `lapsed`.
    pub state: String,
    /// Since when it is so. RFC 3339.
    pub since: String,
    /// What there is to know or to do, in sentences; empty where all is well.
    pub reason: String,
}

impl Connection {
    /// That of a stored customer. One that was never looked at has no tokens.
    pub fn of(tx: &ReadTx<'_>, stored: &Stored) -> Result<Self, Fault> {
        Ok(match tx.connection(stored.id)? {
            Some(row) => Self { state: row.state, since: row.since, reason: row.reason },
            None => Self {
                state: State::NotAuthorised.as_str().to_owned(),
                since: stored.created.clone(),
                reason: Facts::default().judge(0).reason,
            },
        })
    }
}

/// What the state follows from. Times are Unix seconds.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    pub has_token: bool,
    pub has_refresh_token: bool,
    pub token_expires: Option<i64>,
    pub refresh_token_expires: Option<i64>,
    /// When the tokens came, where that is known.
    pub refreshed: Option<i64>,
    pub scope: Option<Vec<String>>,
    pub failures: u32,
    pub failure: Option<String>,
    /// Trying again is of no use.
    pub is_final: bool,
    /// When the last attempt failed.
    pub failed_at: Option<i64>,
}

/// State, reason, and when it has to be looked at again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    pub state: State,
    pub reason: String,
    pub due: Option<i64>,
}

impl Facts {
    /// What they amount to at a moment.
    pub fn judge(&self, now: i64) -> Verdict {
        let verdict = |state, reason: String, due| Verdict { state, reason, due };
        if !self.has_token && !self.has_refresh_token {
            let text = "There are no tokens yet. Follow the authorise link.".to_owned();
            return verdict(State::NotAuthorised, text, None);
        }
        let gone = |expires: Option<i64>| expires.is_some_and(|at| at <= now);
        let can_refresh =
            self.has_refresh_token && !gone(self.refresh_token_expires) && !self.is_final;
        let works = self.has_token && !gone(self.token_expires);
        let failure = self.failure.clone().unwrap_or_default();
        if !works && !can_refresh {
            let text = match (&self.failure, self.has_refresh_token) {
                (Some(failure), _) => format!("{failure} Authorise the customer again."),
                (None, true) => format!(
                    "The refresh token lapsed {}. Authorise the customer again.",
                    at(self.refresh_token_expires)
                ),
                (None, false) => format!(
                    "The access token lapsed {} and there is no refresh token. Authorise the \
                     customer again.",
                    at(self.token_expires)
                ),
            };
            return verdict(State::Lapsed, text, None);
        }
        if !can_refresh {
            return self.works_until_it_lapses(now, failure);
        }
        let next = self.next_refresh(now);
        if !works && self.failures > 0 {
            let text = format!("The access token lapsed {}. {failure}", at(self.token_expires));
            return verdict(State::Lapsed, text, Some(next));
        }
        if self.failures >= SHOWN_AFTER {
            return verdict(State::Failed, failure, Some(next));
        }
        if self.refresh_token_expires.is_some_and(|expires| expires - now < NOTICE) {
            let text = format!(
                "The refresh token lapses {}, and refreshing doesn't prolong it. Authorise the \
                 customer again before.",
                at(self.refresh_token_expires)
            );
            return verdict(State::Expiring, text, Some(next));
        }
        verdict(State::Healthy, self.scopes_missing(), Some(next))
    }

    /// There is an access token, and nothing that renews it.
    fn works_until_it_lapses(&self, now: i64, failure: String) -> Verdict {
        let lapses = self.token_expires;
        if self.is_final {
            let text = format!(
                "{failure} The access token works until it lapses {}. Authorise the customer \
                 again.",
                at(lapses)
            );
            return Verdict { state: State::Failed, reason: text, due: lapses };
        }
        let near = lapses.is_some_and(|lapses| lapses - now < SHORT_NOTICE);
        let text = match lapses {
            Some(_) => format!(
                "There is no refresh token: access ends {}. Authorise the customer by its link to \
                 have it renewed.",
                at(lapses)
            ),
            None => "It isn't known when the access token lapses.".to_owned(),
        };
        if near {
            return Verdict { state: State::Expiring, reason: text, due: lapses };
        }
        let due = lapses.map(|lapses| lapses - SHORT_NOTICE + 1);
        Verdict { state: State::Healthy, reason: text, due }
    }

    /// After a failure when its pause is over; else after seven days, or when half of the token's
    /// life has gone, whichever comes first.
    fn next_refresh(&self, now: i64) -> i64 {
        if let (Some(failed_at), true) = (self.failed_at, self.failures > 0) {
            let index = usize::try_from(self.failures - 1).unwrap_or(usize::MAX);
            return failed_at + PAUSES[index.min(PAUSES.len() - 1)];
        }
        match (self.refreshed, self.token_expires) {
            (Some(since), Some(expires)) => since + REFRESH_EVERY.min((expires - since) / 2),
            (Some(since), None) => since + REFRESH_EVERY,
            // Nobody knows how old it is.
            (None, _) => now,
        }
    }

    fn scopes_missing(&self) -> String {
        let missing = Tokens::missing(self.scope.as_deref());
        if missing.is_empty() {
            return String::new();
        }
        format!(
            "Webex granted less than was asked for. Missing: {}. Authorise the customer again as an \
             administrator who may give it.",
            missing.join(", ")
        )
    }

    /// The row that keeps them; `before` tells since when the state holds.
    pub fn keep(&self, before: Option<&ConnectionRow>, now: i64, now_text: &str) -> ConnectionRow {
        let Verdict { state, reason, due } = self.judge(now);
        let since = before
            .filter(|row| row.state == state.as_str())
            .map_or_else(|| now_text.to_owned(), |row| row.since.clone());
        ConnectionRow {
            state: state.as_str().to_owned(),
            since,
            reason,
            scope: self.scope.as_ref().map(|scope| scope.join(" ")),
            refreshed: self.refreshed,
            due,
            failures: self.failures,
            failure: self.failure.clone(),
            failed_at: self.failed_at,
            is_final: self.is_final,
        }
    }

    /// Takes in that a refresh failed.
    pub fn failed(&mut self, error: &WebexError, now: i64) {
        self.failures += 1;
        if !error.is_passing() {
            // Waiting doesn't mend it: it is shown at once.
            self.failures = self.failures.max(SHOWN_AFTER);
        }
        self.failure = Some(error.to_string());
        // Only a token that doesn't hold stays so; the rest an operator may have mended since.
        self.is_final = error.kind == ErrorKind::Unauthorized;
        self.failed_at = Some(now);
    }
}

/// "on 2026-11-22 at 13:05 UTC"
fn at(seconds: Option<i64>) -> String {
    let time = seconds.and_then(|s| OffsetDateTime::from_unix_timestamp(s).ok());
    let text = time.and_then(|time| time.format(&Rfc3339).ok());
    text.and_then(|text| {
        let (day, rest) = text.split_once('T')?;
        Some(format!("on {day} at {} UTC", rest.get(..5)?))
    })
    .unwrap_or_else(|| "at an unknown time".to_owned())
}

/// Unix seconds of an RFC 3339 time.
pub fn seconds(text: &str) -> Option<i64> {
    OffsetDateTime::parse(text, &Rfc3339).ok().map(OffsetDateTime::unix_timestamp)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 24 * 3600;
    const NOW: i64 = 1_800_000_000;

    fn fresh() -> Facts {
        Facts {
            has_token: true,
            has_refresh_token: true,
            token_expires: Some(NOW + 14 * DAY),
            refresh_token_expires: Some(NOW + 90 * DAY),
            refreshed: Some(NOW),
            ..Facts::default()
        }
    }

    fn state(facts: &Facts, now: i64) -> (State, Option<i64>) {
        let verdict = facts.judge(now);
        (verdict.state, verdict.due)
    }

    #[test]
    fn fresh_tokens_are_refreshed_after_seven_days_or_half_their_life() {
        assert_eq!(state(&fresh(), NOW), (State::Healthy, Some(NOW + 7 * DAY)));
        let short = Facts { token_expires: Some(NOW + DAY), ..fresh() };
        assert_eq!(state(&short, NOW), (State::Healthy, Some(NOW + DAY / 2)));
        let unknown = Facts { refreshed: None, ..fresh() };
        assert_eq!(state(&unknown, NOW), (State::Healthy, Some(NOW)));
        assert_eq!(state(&Facts::default(), NOW), (State::NotAuthorised, None));
    }

    #[test]
    fn failures_are_tried_again_later_and_later_and_shown_after_three() {
        let mut facts = fresh();
        let error = WebexError::new(ErrorKind::Unavailable(503), "Webex is down.");
        let mut seen = Vec::new();
        for _ in 0..8 {
            facts.failed(&error, NOW);
            let (state, due) = state(&facts, NOW);
            seen.push((state, due.unwrap() - NOW));
        }
        let states: Vec<State> = seen.iter().map(|(state, _)| *state).collect();
        assert_eq!(states[..2], [State::Healthy, State::Healthy]);
        assert!(states[2..].iter().all(|state| *state == State::Failed));
        let pauses: Vec<i64> = seen.iter().map(|(_, pause)| *pause).collect();
        assert_eq!(pauses, [60, 300, 900, 3600, 14_400, 43_200, 43_200, 43_200]);
        let lapsed = facts.judge(NOW + 15 * DAY);
        assert_eq!(lapsed.state, State::Lapsed);
        assert!(lapsed.reason.contains("Webex is down."), "{}", lapsed.reason);
        assert!(lapsed.due.is_some());
    }

    #[test]
    fn a_refused_refresh_is_not_tried_again() {
        let mut facts = fresh();
        facts.failed(&WebexError::new(ErrorKind::Unauthorized, "It is spent."), NOW);
        assert_eq!(state(&facts, NOW), (State::Failed, Some(NOW + 14 * DAY)));
        assert_eq!(state(&facts, NOW + 14 * DAY), (State::Lapsed, None));
    }

    #[test]
    fn what_nothing_renews_is_told_in_time() {
        let pasted = Facts { has_refresh_token: false, refresh_token_expires: None, ..fresh() };
        let verdict = pasted.judge(NOW);
        assert_eq!(verdict.state, State::Healthy);
        assert!(verdict.reason.contains("no refresh token"), "{}", verdict.reason);
        let due = verdict.due.unwrap();
        assert_eq!(pasted.judge(due).state, State::Expiring);
        assert_eq!(pasted.judge(due - 1).state, State::Healthy);
        assert_eq!(state(&pasted, NOW + 14 * DAY), (State::Lapsed, None));
        let unmoved = Facts { refresh_token_expires: Some(NOW + 13 * DAY), ..fresh() };
        assert_eq!(unmoved.judge(NOW).state, State::Expiring);
        let over = Facts { refresh_token_expires: Some(NOW), token_expires: Some(NOW), ..fresh() };
        assert_eq!(state(&over, NOW), (State::Lapsed, None));
    }

    #[test]
    fn missing_scopes_are_named_in_the_reason() {
        let narrow = Facts { scope: Some(vec!["spark:people_read".to_owned()]), ..fresh() };
        let verdict = narrow.judge(NOW);
        assert_eq!(verdict.state, State::Healthy);
        assert!(verdict.reason.contains("spark-admin:roles_read"), "{}", verdict.reason);
    }

    #[test]
    fn since_stays_while_the_state_does() {
        let before = fresh().keep(None, NOW, "then");
        assert_eq!(before.since, "then");
        assert_eq!(fresh().keep(Some(&before), NOW + 60, "later").since, "then");
        let lapsed = Facts { has_refresh_token: false, token_expires: Some(NOW), ..fresh() };
        assert_eq!(lapsed.keep(Some(&before), NOW + 60, "later").since, "later");
    }
}
