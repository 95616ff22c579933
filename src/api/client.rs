//! Which address a request comes from: the peer's, or what a trusted proxy says of it.
//!
//! Of the proxy's headers `X-Forwarded-For` alone is believed, and only from `--trusted-proxies`.
//! `Forwarded` isn't read: a proxy that writes the one passes the other on as its caller wrote it.
//! `X-Forwarded-Proto` and `-Host` aren't either, since the public URL is a setting.

use std::{
    convert::Infallible,
    net::{IpAddr, SocketAddr},
};

use axum::{
    extract::{ConnectInfo, FromRequestParts, Request},
    http::{Extensions, HeaderMap, request::Parts},
};
use ipnet::IpNet;

use crate::domain::App;

const FORWARDED_FOR: &str = "x-forwarded-for";

/// Where a request comes from; `None` where no connection carried it. An IPv4 address is told as
/// one, also when it arrives as IPv6.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClientAddress(pub Option<IpAddr>);

impl ClientAddress {
    /// As [`note`] has found it.
    pub fn of(extensions: &Extensions) -> Self {
        extensions.get().copied().unwrap_or_default()
    }
}

impl<S: Sync> FromRequestParts<S> for ClientAddress {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.extensions))
    }
}

/// Puts the [`ClientAddress`] beside the request, for all that comes after.
pub fn note(app: &App, request: &mut Request) -> ClientAddress {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(a)| a.ip());
    let trusted = &app.settings.trusted_proxies;
    let address = ClientAddress(peer.map(|peer| behind(peer, request.headers(), trusted)));
    request.extensions_mut().insert(address);
    address
}

/// The first address, seen from here, that isn't a trusted proxy's. What can't be read ends the way:
/// then it is the last proxy that is known.
fn behind(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(&address));
    let lines = headers.get_all(FORWARDED_FOR).into_iter().collect::<Vec<_>>();
    let mut said = lines
        .iter()
        .rev()
        .flat_map(|line| line.to_str().unwrap_or_default().rsplit(',').map(address));
    let mut known = peer.to_canonical();
    while is_trusted(known) {
        match said.next() {
            Some(Some(next)) => known = next,
            Some(None) | None => break,
        }
    }
    known
}

/// An address as proxies write it, with or without a port.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim().trim_matches('"');
    let plain = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')).unwrap_or(text);
    let with_port = || text.parse::<SocketAddr>().map(|address| address.ip());
    plain.parse::<IpAddr>().or_else(|_| with_port()).ok().map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(peer: &str, lines: &[&str], trusted: &str) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(FORWARDED_FOR, line.parse().unwrap());
        }
        let trusted: Vec<IpNet> =
            trusted.split_terminator(' ').map(|n| n.parse().unwrap()).collect();
        behind(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn nobody_is_believed_who_is_not_trusted() {
        assert_eq!(told("203.0.113.9", &["198.51.100.1"], ""), "203.0.113.9");
        assert_eq!(told("203.0.113.9", &["198.51.100.1"], "10.0.0.0/8"), "203.0.113.9");
    }

    #[test]
    fn a_trusted_proxy_is_believed_for_the_address_that_it_saw() {
        // What the caller wrote itself stands to the left of it.
        assert_eq!(told("10.0.0.1", &["8.8.8.8, 198.51.100.1"], "10.0.0.0/8"), "198.51.100.1");
        assert_eq!(told("10.0.0.1", &["8.8.8.8", "198.51.100.1"], "10.0.0.0/8"), "198.51.100.1");
        // Two proxies, one after the other.
        assert_eq!(
            told("10.0.0.1", &["8.8.8.8, 198.51.100.1, 10.0.0.2"], "10.0.0.0/8"),
            "198.51.100.1"
        );
        // Nobody but proxies.
        assert_eq!(told("10.0.0.1", &["10.0.0.3"], "10.0.0.0/8"), "10.0.0.3");
        assert_eq!(told("10.0.0.1", &[], "10.0.0.0/8"), "10.0.0.1");
    }

    #[test]
    fn addresses_are_read_as_proxies_write_them() {
        for (written, meant) in [
            ("198.51.100.1:4711", "198.51.100.1"),
            ("2001:db8::1", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("\"[2001:db8::1]:4711\"", "2001:db8::1"),
            ("::ffff:198.51.100.1", "198.51.100.1"),
        ] {
            assert_eq!(told("10.0.0.1", &[written], "10.0.0.1/32"), meant, "{written}");
        }
        assert_eq!(told("::ffff:10.0.0.1", &["198.51.100.1"], "10.0.0.0/8"), "198.51.100.1");
    }

    #[test]
    fn what_cannot_be_read_names_nobody() {
        for written in ["unknown", "", "_hidden", "198.51.100.1,", "\u{e9}", "198.51.100.300"] {
            assert_eq!(told("10.0.0.1", &[written], "10.0.0.0/8"), "10.0.0.1", "{written}");
        }
    }
}
