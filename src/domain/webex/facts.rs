//! What is known of a customer's tokens, and what follows: the connection's state, what there is to do,
//! and when.

use super::{
    connection::{State, at},
    sentence,
};
use crate::{
    store::ConnectionRow,
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

/// What the state follows from. Times are Unix seconds.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
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
    /// Nobody has said when the access token lapses, and Webex hasn't been asked yet.
    pub asks_expiry: bool,
    /// Webex was asked about the access token, and doesn't accept it.
    pub token_refused: bool,
}

/// State, reason, and when it has to be looked at again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    pub state: State,
    pub reason: String,
    pub due: Option<i64>,
}

/// What there is to do about a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Ask Webex when the access token lapses.
    AskExpiry,
    Refresh,
    /// Nothing but to judge it: time has gone by.
    Judge,
}

impl Facts {
    /// What they amount to at a moment.
    pub fn judge(&self, now: i64) -> Verdict {
        let verdict = |state, reason: String, due| Verdict { state, reason, due };
        if !self.has_token && !self.has_refresh_token {
            let text = "There are no tokens yet. Follow the authorise link.".to_owned();
            return verdict(State::NotAuthorised, text, None);
        }
        let works = self.works(now);
        let can_refresh = self.can_refresh(now);
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
        let next = Some(self.next_attempt(now));
        if !works && self.failures > 0 {
            let text = if self.token_refused {
                failure
            } else {
                format!("The access token lapsed {}. {failure}", at(self.token_expires))
            };
            return verdict(State::Lapsed, text, sooner(next, self.refresh_token_expires));
        }
        // Between two attempts the token may lapse.
        let lapse = self.token_expires.filter(|at| works && self.failures > 0 && *at > now);
        if self.failures >= SHOWN_AFTER {
            return verdict(State::Failed, failure, sooner(next, lapse));
        }
        let told = self.refresh_token_expires.map(|expires| expires - NOTICE + 1);
        if told.is_some_and(|told| told <= now) {
            let text = format!(
                "The refresh token lapses {}, and a refresh may not prolong it. Authorise the \
                 customer again before.",
                at(self.refresh_token_expires)
            );
            return verdict(State::Expiring, text, sooner(next, lapse));
        }
        verdict(State::Healthy, self.scopes_missing(), sooner(next, sooner(lapse, told)))
    }

    /// What is to be done at a moment at which it is due.
    pub fn step(&self, now: i64) -> Step {
        let is_time = |wanted: bool| wanted && self.next_attempt(now) <= now;
        if is_time(self.asks_expiry && self.works(now)) {
            Step::AskExpiry
        } else if is_time(self.can_refresh(now)) {
            Step::Refresh
        } else {
            Step::Judge
        }
    }

    /// Whether calls can be made with the access token, as far as is known.
    fn works(&self, now: i64) -> bool {
        // What is stored may have been said of the token before.
        let gone = !self.asks_expiry && is_past(self.token_expires, now);
        self.has_token && !gone && !self.token_refused
    }

    fn can_refresh(&self, now: i64) -> bool {
        self.has_refresh_token && !is_past(self.refresh_token_expires, now) && !self.is_final
    }

    /// There is an access token, and nothing that renews it.
    fn works_until_it_lapses(&self, now: i64, failure: String) -> Verdict {
        let asked = self.asks_expiry.then(|| self.next_attempt(now));
        if asked.is_some() && !self.is_final {
            let reason = match failure.as_str() {
                "" => "Webex is asked when the access token lapses.".to_owned(),
                failure => format!("It isn't known when the access token lapses. {failure}"),
            };
            return Verdict { state: State::Healthy, reason, due: asked };
        }
        let lapses = self.token_expires;
        if self.is_final {
            let text = format!(
                "{failure} The access token works until it lapses {}. Authorise the customer \
                 again.",
                at(lapses)
            );
            return Verdict { state: State::Failed, reason: text, due: asked.or(lapses) };
        }
        let near =
            self.has_refresh_token || lapses.is_some_and(|lapses| lapses - now < SHORT_NOTICE);
        let why = if self.has_refresh_token {
            format!("The refresh token lapsed {}", at(self.refresh_token_expires))
        } else {
            "There is no refresh token".to_owned()
        };
        let text = match lapses {
            Some(_) => format!(
                "{why}: access ends {}. Authorise the customer by its link to have it renewed.",
                at(lapses)
            ),
            None => format!("{why}, and it isn't known when the access token lapses."),
        };
        if near {
            return Verdict { state: State::Expiring, reason: text, due: lapses };
        }
        let due = lapses.map(|lapses| lapses - SHORT_NOTICE + 1);
        Verdict { state: State::Healthy, reason: text, due }
    }

    /// After a failure when its pause is over; else after seven days, or when half of the token's
    /// life has gone, whichever comes first.
    fn next_attempt(&self, now: i64) -> i64 {
        if let (Some(failed_at), true) = (self.failed_at, self.failures > 0) {
            let index = usize::try_from(self.failures - 1).unwrap_or(usize::MAX);
            return failed_at + PAUSES[index.min(PAUSES.len() - 1)];
        }
        if self.asks_expiry || self.token_refused {
            return now;
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
            asks_expiry: self.asks_expiry,
            token_refused: self.token_refused,
        }
    }

    /// Takes in that a refresh failed.
    pub fn failed(&mut self, error: &WebexError, now: i64) {
        self.failures += 1;
        if !error.is_passing() {
            // Waiting doesn't mend it: it is shown at once.
            self.failures = self.failures.max(SHOWN_AFTER);
        }
        self.failure = Some(sentence(error.to_string()));
        // Only a token that doesn't hold stays so; the rest an operator may have mended since.
        self.is_final = error.kind == ErrorKind::Unauthorized;
        self.failed_at = Some(now);
    }

    /// Takes in what Webex said of the access token: when it lapses, or why it doesn't say.
    pub fn expiry_told(&mut self, answer: Result<(), &WebexError>, now: i64) {
        let error = answer.err();
        if let Some(error) = error.filter(|error| error.is_passing()) {
            self.failures += 1;
            self.failure = Some(sentence(error.to_string()));
            self.failed_at = Some(now);
            return;
        }
        // Whatever it said, it would say it again.
        self.asks_expiry = false;
        let refusal = error.filter(|error| error.kind == ErrorKind::Unauthorized);
        self.token_refused = refusal.is_some();
        self.failure = refusal.map(|error| sentence(error.to_string()));
        self.failures = 0;
        self.failed_at = None;
    }
}

fn is_past(expires: Option<i64>, now: i64) -> bool {
    expires.is_some_and(|at| at <= now)
}

/// The earlier of two moments.
fn sooner(one: Option<i64>, other: Option<i64>) -> Option<i64> {
    one.into_iter().chain(other).min()
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
    fn pasted_tokens_are_asked_about_before_they_are_refreshed() {
        let pasted = Facts { token_expires: None, refreshed: None, asks_expiry: true, ..fresh() };
        assert_eq!(state(&pasted, NOW), (State::Healthy, Some(NOW)));
        assert_eq!(pasted.step(NOW), Step::AskExpiry);
        let mut told = Facts { token_expires: Some(NOW + DAY), ..pasted.clone() };
        told.expiry_told(Ok(()), NOW);
        assert_eq!(told.step(NOW), Step::Refresh);
        let mut waits = pasted.clone();
        waits.expiry_told(Err(&WebexError::new(ErrorKind::Timeout, "Silence.")), NOW);
        assert_eq!((waits.step(NOW), waits.step(NOW + 60)), (Step::Judge, Step::AskExpiry));
        let refused = WebexError::new(ErrorKind::Unauthorized, "It doesn't hold.");
        let mut renewed = pasted.clone();
        renewed.expiry_told(Err(&refused), NOW);
        assert_eq!(renewed.step(NOW), Step::Refresh);
        let mut alone = Facts { has_refresh_token: false, ..pasted };
        alone.expiry_told(Err(&refused), NOW);
        assert_eq!(state(&alone, NOW), (State::Lapsed, None));
        assert!(alone.judge(NOW).reason.contains("It doesn't hold."));
    }

    #[test]
    fn a_lapse_between_two_attempts_is_seen_when_it_comes() {
        let lapses = NOW + 600;
        let mut facts = Facts { token_expires: Some(lapses), ..fresh() };
        for _ in 0..4 {
            facts.failed(&WebexError::new(ErrorKind::Unavailable(503), "Webex is down."), NOW);
        }
        assert_eq!(state(&facts, NOW), (State::Failed, Some(lapses)));
        assert_eq!((facts.step(lapses), facts.judge(lapses).state), (Step::Judge, State::Lapsed));
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
