//! Time, waiting and randomness, handed in so that tests can decide them.

use std::{pin::Pin, sync::Arc, time::Duration};

use time::{OffsetDateTime, format_description::BorrowedFormatItem, macros::format_description};

/// RFC 3339 in UTC with six decimals: texts of one width sort as the times do.
const RFC_3339: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]Z");

/// A date, or a time of any offset (RFC 3339), as a text that sorts among those that are stored.
pub fn stored_time(text: &str) -> Option<String> {
    let day = format_description!("[year]-[month]-[day]");
    if time::Date::parse(text, &day).is_ok() {
        return Some(text.to_owned());
    }
    let time = OffsetDateTime::parse(text, &time::format_description::well_known::Rfc3339).ok()?;
    time.to_offset(time::UtcOffset::UTC).format(RFC_3339).ok()
}

pub trait Clock: Send + Sync {
    fn now(&self) -> OffsetDateTime;
}

pub trait Random: Send + Sync {
    fn fill(&self, bytes: &mut [u8]);
}

/// Waiting. A test passes over it, and moves its clock on instead.
pub trait Pauses: Send + Sync {
    fn pause(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>>;
}

/// What the domain knows of the world outside.
#[derive(Clone)]
pub struct Env {
    pub clock: Arc<dyn Clock>,
    pub random: Arc<dyn Random>,
    pub pauses: Arc<dyn Pauses>,
}

impl Env {
    /// The system's clock and randomness.
    pub fn system() -> Self {
        Self { clock: Arc::new(System), random: Arc::new(System), pauses: Arc::new(System) }
    }

    /// Now, as it is stored and answered.
    pub fn now_text(&self) -> String {
        let now = self.clock.now().to_offset(time::UtcOffset::UTC);
        // The format asks for nothing that a UTC time lacks.
        now.format(RFC_3339).unwrap_or_default()
    }

    /// A moment in Unix seconds, as it is stored and answered.
    pub fn text_at(&self, seconds: i64) -> String {
        let time = OffsetDateTime::from_unix_timestamp(seconds);
        time.ok().and_then(|time| time.format(RFC_3339).ok()).unwrap_or_default()
    }

    /// Unix seconds.
    pub fn now_seconds(&self) -> i64 {
        self.clock.now().unix_timestamp()
    }

    /// A new pkid: 24 lower-case hex digits. It begins with the time, so that what is made together
    /// lies together in every index, and ends at random: nobody can tell it beforehand.
    pub fn pkid(&self) -> String {
        format!("{:012x}{}", self.now_milliseconds(), hex(&self.bytes::<6>()))
    }

    /// A new transaction id: a UUID of version 7, which begins with the time like a pkid.
    pub fn transaction_id(&self) -> String {
        let millis = self.now_milliseconds();
        uuid::Builder::from_unix_timestamp_millis(millis, &self.bytes()).into_uuid().to_string()
    }

    /// As many as twelve hex digits hold, which is until the year 10889.
    fn now_milliseconds(&self) -> u64 {
        let millis = self.clock.now().unix_timestamp_nanos() / 1_000_000;
        u64::try_from(millis).unwrap_or_default() & 0xffff_ffff_ffff
    }

    /// 256 random bits for a URL or a header.
    pub fn token(&self) -> String {
        use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
        URL_SAFE_NO_PAD.encode(self.bytes::<32>())
    }

    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.random.fill(&mut bytes);
        bytes
    }
}

/// The machine's own.
struct System;

impl Clock for System {
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc()
    }
}

impl Random for System {
    /// # Panics
    /// When the operating system has no randomness to give: nothing safe can go on then.
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system gives randomness");
    }
}

impl Pauses for System {
    fn pause(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        // Between two tries of a call: as long as Webex asked for, or longer each time.
        Box::pin(tokio::time::sleep(duration))
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String can't fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
