//! How long something took, from two times as text: no clock, no time zone, the same on both sides.

/// In words; none where the times aren't both there, or run backwards.
pub fn between(from: &str, to: &str) -> Option<String> {
    let took = milliseconds(to)?.checked_sub(milliseconds(from)?).filter(|ms| *ms >= 0)?;
    let seconds = took / 1000;
    Some(match took {
        0..1000 => format!("{took} ms"),
        1000..10_000 => format!("{seconds}.{} s", took % 1000 / 100),
        10_000..60_000 => format!("{seconds} s"),
        60_000..3_600_000 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3600, seconds / 60 % 60),
    })
}

/// Milliseconds since 1970 of an RFC 3339 time in UTC.
fn milliseconds(text: &str) -> Option<i64> {
    let number = |range: std::ops::Range<usize>| text.get(range)?.parse::<i64>().ok();
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    let (hour, minute, second) = (number(11..13)?, number(14..16)?, number(17..19)?);
    let fraction = text.get(19..)?.strip_suffix('Z')?.strip_prefix('.').unwrap_or("");
    let thousandths: String = fraction.chars().chain("000".chars()).take(3).collect();
    let seconds = ((days(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
    Some(seconds * 1000 + thousandths.parse::<i64>().ok()?)
}

/// Days since 1970-01-01, counting years from March, so that leap days come last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_count_from_1970() {
        assert_eq!(days(1970, 1, 1), 0);
        assert_eq!(days(2000, 3, 1), 11_017);
        assert_eq!(days(2026, 11, 22), 20_779);
    }

    #[test]
    fn durations_are_said_in_units_that_fit() {
        let start = "2026-02-28T23:59:59.5Z";
        for (end, words) in [
            ("2026-02-28T23:59:59.512Z", Some("12 ms")),
            ("2026-03-01T00:00:01Z", Some("1.5 s")),
            ("2026-03-01T00:00:29.5Z", Some("30 s")),
            ("2026-03-01T00:02:04.5Z", Some("2 min 5 s")),
            ("2026-03-01T02:02:04.5Z", Some("2 h 2 min")),
            ("2026-02-28T23:59:59.4Z", None),
            ("", None),
            ("not a time", None),
        ] {
            assert_eq!(between(start, end).as_deref(), words, "{end}");
        }
    }
}
