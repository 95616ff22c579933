//! The named forms of strings, checked by hand: a URL or base64 crate would weigh more in the
//! browser than all of this.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::definition::Format;

/// Whether `text` has this form.
pub fn fits(format: Format, text: &str) -> bool {
    match format {
        Format::ProxyUrl => is_proxy_url(text),
        Format::Email => is_email(text),
        Format::DomainName => is_domain_name(text),
        Format::WebexOrganization => webex_organization_id(text).is_some(),
        Format::Link => is_link(text),
        Format::DateTime => is_date_time(text),
        Format::Multiline => true,
    }
}

/// The form in words, to follow "must be".
pub fn wanted(format: Format) -> &'static str {
    match format {
        Format::ProxyUrl => {
            "a proxy address like http://user:password@proxy.example.com:8080, with http or \
             https, a port, and special characters of user and password percent-encoded"
        }
        Format::Email => "one email address like name@example.com",
        Format::DomainName => "a domain name like example.com",
        Format::WebexOrganization => {
            "an organization's UUID like 01234567-89ab-cdef-0123-456789abcdef, or its Webex \
             organization id"
        }
        Format::Link => "a link that begins with https://, http:// or a single /",
        Format::DateTime => "a time like 2026-01-31T09:30:00Z",
        Format::Multiline => "text",
    }
}

/// `http(s)://[user[:password]@]host:port[/]`.
fn is_proxy_url(text: &str) -> bool {
    let Some(rest) = after_scheme(text) else { return false };
    let authority = rest.strip_suffix('/').unwrap_or(rest);
    let (user, address) = match authority.rsplit_once('@') {
        Some((user, address)) => (Some(user), address),
        None => (None, authority),
    };
    let Some((host, port)) = address.rsplit_once(':') else { return false };
    user.is_none_or(is_user_info) && is_host(host) && is_port(port)
}

fn after_scheme(text: &str) -> Option<&str> {
    ["http://", "https://"].iter().find_map(|scheme| {
        let head = text.get(..scheme.len())?;
        head.eq_ignore_ascii_case(scheme).then(|| &text[scheme.len()..])
    })
}

fn is_user_info(text: &str) -> bool {
    let (user, password) = text.split_once(':').unwrap_or((text, ""));
    !user.is_empty() && is_percent_encoded(user) && is_percent_encoded(password)
}

fn is_percent_encoded(text: &str) -> bool {
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let fine = match byte {
            b'%' => (0..2).all(|_| bytes.next().is_some_and(|b| b.is_ascii_hexdigit())),
            _ => byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=".contains(&byte),
        };
        if !fine {
            return false;
        }
    }
    true
}

/// A host of a network: a name (of one label too), an IPv4 address or a bracketed IPv6 one.
fn is_host(text: &str) -> bool {
    if let Some(address) = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')) {
        return address.parse::<Ipv6Addr>().is_ok();
    }
    let last = text.rsplit('.').next().unwrap_or_default();
    if last.bytes().all(|b| b.is_ascii_digit()) {
        return text.parse::<Ipv4Addr>().is_ok();
    }
    // Names inside a network do hold underscores.
    text.len() <= 253 && text.split('.').all(|label| is_label(label, b"-_"))
}

fn is_port(text: &str) -> bool {
    text.len() <= 5
        && text.bytes().all(|b| b.is_ascii_digit())
        && text.parse::<u16>().is_ok_and(|port| port > 0)
}

fn is_label(text: &str, inner: &[u8]) -> bool {
    (1..=63).contains(&text.len())
        && !text.starts_with('-')
        && !text.ends_with('-')
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || inner.contains(&b))
}

/// A name of the public DNS: two labels or more, international ones in their xn-- spelling.
fn is_domain_name(text: &str) -> bool {
    let last = text.rsplit('.').next().unwrap_or_default();
    text.len() <= 253
        && text.contains('.')
        && text.split('.').all(|label| is_label(label, b"-"))
        && !last.bytes().all(|b| b.is_ascii_digit())
}

fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let is_atom = |atom: &str| {
        !atom.is_empty()
            && atom.chars().all(|c| c.is_alphanumeric() || "!#$%&'*+/=?^_`{|}~-".contains(c))
    };
    local.len() <= 64 && local.split('.').all(is_atom) && is_domain_name(domain)
}

/// An http(s) URL, or a path on this server. What a browser would make of it decides: it takes a
/// backslash for a slash, and `//` for another server.
fn is_link(text: &str) -> bool {
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && c != '\\';
    if !text.chars().all(plain) {
        return false;
    }
    if let Some(rest) = after_scheme(text) {
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
            _ => (authority, None),
        };
        return is_host(host) && port.is_none_or(is_port);
    }
    text.starts_with('/') && !text.starts_with("//")
}

/// RFC 3339, such as `2026-01-31T09:30:00.5+01:00`.
fn is_date_time(text: &str) -> bool {
    let bytes = text.as_bytes();
    let number = |from: usize, to: usize| -> Option<u32> {
        let digits = bytes.get(from..to)?;
        digits
            .iter()
            .all(u8::is_ascii_digit)
            .then(|| digits.iter().fold(0, |n, d| n * 10 + u32::from(d - b'0')))
    };
    let mark = |at: usize, marks: &[u8]| bytes.get(at).is_some_and(|b| marks.contains(b));
    let marks =
        mark(4, b"-") && mark(7, b"-") && mark(10, b"Tt") && mark(13, b":") && mark(16, b":");
    let fields =
        (number(0, 4), number(5, 7), number(8, 10), number(11, 13), number(14, 16), number(17, 19));
    let (Some(year), Some(month), Some(day), Some(hour), Some(minute), Some(second)) = fields
    else {
        return false;
    };
    if !marks || day == 0 || day > days_of(year, month) || hour > 23 || minute > 59 {
        return false;
    }
    let mut at = 19;
    if mark(at, b".") {
        let digits = bytes[at + 1..].iter().take_while(|b| b.is_ascii_digit()).count();
        if digits == 0 {
            return false;
        }
        at += 1 + digits;
    }
    let offset = if mark(at, b"Zz") && bytes.len() == at + 1 {
        0
    } else if mark(at, b"+-") && mark(at + 3, b":") && bytes.len() == at + 6 {
        let (Some(hours @ 0..=23), Some(minutes @ 0..=59)) =
            (number(at + 1, at + 3), number(at + 4, at + 6))
        else {
            return false;
        };
        if mark(at, b"+") { hours * 60 + minutes } else { 24 * 60 - hours * 60 - minutes }
    } else {
        return false;
    };
    // A leap second ends a day of UTC.
    let of_day = (hour * 60 + minute + 24 * 60 - offset % (24 * 60)) % (24 * 60);
    second <= 59 || (second == 60 && of_day == 24 * 60 - 1)
}

fn days_of(year: u32, month: u32) -> u32 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            29
        }
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    }
}

/// A Webex organisation under both its names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrgId {
    /// As Control Hub shows it, in lower case.
    pub uuid: String,
    /// As the Webex API wants it: base64url without padding.
    pub id: String,
}

/// The organisation that `text` names: its UUID, or its id with or without padding.
pub fn webex_organization_id(text: &str) -> Option<OrgId> {
    let uuid = if is_uuid(text) {
        text.to_ascii_lowercase()
    } else {
        let path = String::from_utf8(base64_decode(text)?).ok()?;
        // The cluster before the kind is "us" whatever the region.
        let (_cluster, uuid) = path.strip_prefix("ciscospark://")?.split_once("/ORGANIZATION/")?;
        is_uuid(uuid).then(|| uuid.to_ascii_lowercase())?
    };
    let id = base64_encode(format!("ciscospark://us/ORGANIZATION/{uuid}").as_bytes());
    Some(OrgId { uuid, id })
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(i, b)| match i {
            8 | 13 | 18 | 23 => b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}

const BASE64URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

fn base64_encode(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let bits = chunk.iter().fold(0, |n, b| n << 8 | usize::from(*b)) << (8 * (3 - chunk.len()));
        for i in 0..=chunk.len() {
            text.push(char::from(BASE64URL[bits >> (18 - 6 * i) & 63]));
        }
    }
    text
}

/// Either alphabet, with or without padding.
fn base64_decode(text: &str) -> Option<Vec<u8>> {
    let digits = text.trim_end_matches('=');
    let padding = text.len() - digits.len();
    if digits.len() % 4 == 1 || (padding > 0 && (!text.len().is_multiple_of(4) || padding > 2)) {
        return None;
    }
    let mut bytes = Vec::new();
    let (mut bits, mut count) = (0_u32, 0);
    for digit in digits.bytes() {
        let digit = match digit {
            b'+' => b'-',
            b'/' => b'_',
            other => other,
        };
        let value = BASE64URL.iter().position(|b| *b == digit)?;
        bits = bits << 6 | u32::try_from(value).ok()?;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 0xff).ok()?);
            bits &= (1 << count) - 1;
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(format: Format, good: &[&str], bad: &[&str]) {
        for text in good {
            assert!(fits(format, text), "{format:?} refuses {text:?}");
        }
        for text in bad {
            assert!(!fits(format, text), "{format:?} takes {text:?}");
        }
    }

    #[test]
    fn proxy_urls() {
        all(
            Format::ProxyUrl,
            &[
                "http://proxy:8080",
                "https://proxy.example.com:443/",
                "HTTP://10.0.0.1:1",
                "http://[::1]:3128",
                "http://us%40er:p%40ss%3Aword@proxy.example.com:65535",
                "http://user@proxy_1:80",
            ],
            &[
                "",
                "proxy:8080",
                "ftp://proxy:21",
                "socks5://proxy:1080",
                "http://proxy",
                "http://proxy:",
                "http://proxy:0",
                "http://proxy:65536",
                "http://proxy:+80",
                "http://:8080",
                "http://proxy:8080/path",
                "http://proxy:8080//",
                "http://proxy:8080?x",
                "http://proxy:8080#x",
                "http://us@er:pass@proxy:8080",
                "http://user:p%4@proxy:8080",
                "http://user:a:b@proxy:8080",
                "http://:pass@proxy:8080",
                "http://user:pa ss@proxy:8080",
                "http://10.0.0.999:80",
                "http://[::1:80",
                "http://pro xy:80",
                " http://proxy:8080",
                "http:/",
                "httpé",
            ],
        );
    }

    #[test]
    fn emails() {
        all(
            Format::Email,
            &["a@example.com", "first.last+tag@sub.example.co", "jörg@example.com"],
            &[
                "",
                "a",
                "@example.com",
                "a@",
                "a@example",
                "a b@example.com",
                "a@b@example.com",
                ".a@example.com",
                "a..b@example.com",
                "A <a@example.com>",
                "a@example.com,b@example.com",
                "a@-example.com",
                "a@1.2.3.4",
            ],
        );
    }

    #[test]
    fn domain_names() {
        let long = format!("{}.com", "a".repeat(64));
        all(
            Format::DomainName,
            &["example.com", "a.b.c.example", "xn--mller-kva.example", "1.example"],
            &[
                "", "example", ".com", "example.", "a..b", "-a.com", "a-.com", "a_b.com",
                "1.2.3.4", "a b.com", &long,
            ],
        );
    }

    #[test]
    fn links() {
        all(
            Format::Link,
            &[
                "https://example.com",
                "http://example.com:8080/a?b=c#d",
                "https://[::1]/x",
                "/",
                "/oauth/webex/start?customer=1",
            ],
            &[
                "",
                "javascript:alert(1)",
                "JavaScript:alert(1)",
                "data:text/html,x",
                "//evil.example",
                "/\\evil.example",
                "/\t/evil.example",
                "\u{1}javascript:alert(1)",
                "example.com",
                "https://",
                "https://good.example@evil.example/",
                "https:///x",
                "ftp://example.com",
                "https://example.com/a b",
            ],
        );
    }

    #[test]
    fn times() {
        all(
            Format::DateTime,
            &[
                "2026-01-31T09:30:00Z",
                "2024-02-29t00:00:00z",
                "2026-01-31T09:30:00.123456789+01:00",
                "2016-12-31T23:59:60Z",
                "2017-01-01T00:59:60+01:00",
                "2016-12-31T15:59:60-08:00",
            ],
            &[
                "",
                "2026-01-31",
                "2026-01-31 09:30:00Z",
                "2026-01-31T09:30:00",
                "2026-02-29T00:00:00Z",
                "1900-02-29T00:00:00Z",
                "2026-13-01T00:00:00Z",
                "2026-00-01T00:00:00Z",
                "2026-01-00T00:00:00Z",
                "2026-01-01T24:00:00Z",
                "2026-01-01T00:60:00Z",
                "2026-01-01T00:00:60Z",
                "2026-01-01T00:00:00.Z",
                "2026-01-01T00:00:00+24:00",
                "2026-01-01T00:00:00+0100",
                "2026-01-01T00:00:00Zx",
                "2026-01-01T00:00:0é",
                "+026-01-01T00:00:00Z",
            ],
        );
    }

    #[test]
    fn both_names_of_an_organisation_give_the_same_id() {
        // The vector of the Webex documentation.
        let uuid = "96abc2aa-3dcc-11e5-a152-fe34819cdc9a";
        let id = "Y2lzY29zcGFyazovL3VzL09SR0FOSVpBVElPTi85NmFiYzJhYS0zZGNjLTExZTUtYTE1Mi1mZTM0\
                  ODE5Y2RjOWE";
        let both = OrgId { uuid: uuid.to_owned(), id: id.to_owned() };
        for text in [uuid, &uuid.to_uppercase(), id, &format!("{id}=")] {
            assert_eq!(webex_organization_id(text).as_ref(), Some(&both), "{text}");
        }
    }

    #[test]
    fn other_ids_are_no_organisation() {
        let person = base64_encode(b"ciscospark://us/PEOPLE/96abc2aa-3dcc-11e5-a152-fe34819cdc9a");
        let short = base64_encode(b"ciscospark://us/ORGANIZATION/96abc2aa");
        let bare = "96abc2aa3dcc11e5a152fe34819cdc9a";
        for text in ["", "12345", bare, "====", "é", &person, &short] {
            assert_eq!(webex_organization_id(text), None, "{text}");
        }
    }

    #[test]
    fn base64_of_every_length_comes_back() {
        for length in 0..20_u8 {
            let bytes: Vec<u8> = (0..length).map(|b| b.wrapping_mul(83)).collect();
            assert_eq!(base64_decode(&base64_encode(&bytes)), Some(bytes));
        }
    }
}
