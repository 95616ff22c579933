//! The proxies of a customer, through which all of its calls go, those for tokens too.

use reqwest::{ClientBuilder, Proxy, Url};
use secrecy::{ExposeSecret, SecretString};

use super::{ErrorKind, WebexError};

/// Proxies by the scheme of what is called; each `http(s)://[user:password@]host:port`.
#[derive(Clone, Debug, Default)]
pub struct Proxies {
    pub http: Option<SecretString>,
    pub https: Option<SecretString>,
}

impl Proxies {
    /// Puts them into a client; without one, none of the environment's is used either.
    pub(super) fn install(&self, mut builder: ClientBuilder) -> Result<ClientBuilder, WebexError> {
        builder = builder.no_proxy();
        if let Some(url) = &self.http {
            builder = builder.proxy(checked(url, "HTTP Proxy", Proxy::http)?);
        }
        if let Some(url) = &self.https {
            builder = builder.proxy(checked(url, "HTTPS Proxy", Proxy::https)?);
        }
        Ok(builder)
    }

    /// Whether two customers' calls go the same way.
    pub(super) fn same(&self, other: &Self) -> bool {
        let text = |secret: &Option<SecretString>| {
            secret.as_ref().map(|secret| secret.expose_secret().to_owned())
        };
        text(&self.http) == text(&other.http) && text(&self.https) == text(&other.https)
    }
}

/// The client would pass over a proxy whose scheme it doesn't know, and call directly.
fn checked(
    secret: &SecretString,
    title: &str,
    make: impl FnOnce(Url) -> reqwest::Result<Proxy>,
) -> Result<Proxy, WebexError> {
    let wrong = || {
        WebexError::new(
            ErrorKind::Unreachable,
            format!("The {title} of this customer isn't http(s)://[user:password@]host:port."),
        )
    };
    let url = Url::parse(secret.expose_secret()).map_err(|_| wrong())?;
    if !["http", "https"].contains(&url.scheme()) || url.host_str().is_none() {
        return Err(wrong());
    }
    make(url).map_err(|_| wrong())
}
