//! Notices by e-mail: several in one.

use std::time::Duration;

use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, Mailboxes, header::ContentType},
};
use secrecy::{ExposeSecret, SecretString};

use super::notices::Notice;

/// One step of the conversation with the server takes no longer than this.
const TIMEOUT: Duration = Duration::from_secs(20);

/// An account at a mail server, and who is written to.
#[derive(Clone)]
pub struct Mail {
    from: Mailbox,
    to: Mailboxes,
    server: AsyncSmtpTransport<Tokio1Executor>,
}

impl std::fmt::Debug for Mail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mail")
            .field("from", &self.from)
            .field("to", &self.to)
            .finish_non_exhaustive()
    }
}

impl Mail {
    /// `to` are addresses, separated by commas; `server` is `smtp(s)://[user:password@]host[:port]`.
    /// A password goes to another machine only under encryption, unless the URL says `?tls=`. The
    /// error says which of the three is wrong.
    pub fn new(to: &str, from: &str, server: &SecretString) -> Result<Self, String> {
        let to: Mailboxes =
            to.parse().map_err(|error| format!("the address to write to: {error}"))?;
        let from = from.parse().map_err(|error| format!("the address to write from: {error}"))?;
        // The URL's own words aren't repeated: it holds a password.
        let wrong = || "the mail server isn't smtp(s)://[user:password@]host[:port]".to_owned();
        let mut url = url::Url::parse(server.expose_secret()).map_err(|_| wrong())?;
        if !["smtp", "smtps"].contains(&url.scheme()) || !url.has_host() {
            return Err(wrong());
        }
        let host = url.host_str().unwrap_or_default();
        let is_near = host == "localhost"
            || host
                .trim_matches(['[', ']'])
                .parse()
                .is_ok_and(|ip: std::net::IpAddr| ip.is_loopback());
        let says = url.query_pairs().any(|(name, _)| name == "tls");
        if url.scheme() == "smtp" && url.password().is_some() && !is_near && !says {
            url.query_pairs_mut().append_pair("tls", "required");
        }
        let server = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.as_str())
            .map_err(|_| wrong())?
            .timeout(Some(TIMEOUT))
            .build();
        Ok(Self { from, to, server })
    }

    /// Sends notices as one mail. Answers to whom, or why not.
    pub async fn send(&self, notices: &[Notice]) -> Result<String, String> {
        let mut message = Message::builder()
            .from(self.from.clone())
            .subject(subject(notices))
            .header(ContentType::TEXT_PLAIN);
        for mailbox in self.to.iter() {
            message = message.to(mailbox.clone());
        }
        let message = message.body(text(notices)).map_err(|_| "it can't be written".to_owned())?;
        match self.server.send(message).await {
            Ok(_) => Ok(self.to.to_string()),
            Err(error) if error.is_timeout() => {
                Err("the mail server didn't answer in time".to_owned())
            }
            Err(error) => match error.status() {
                Some(code) => Err(format!("the mail server answered {code}")),
                None => Err("the mail server couldn't be reached".to_owned()),
            },
        }
    }
}

fn subject(notices: &[Notice]) -> String {
    match notices {
        [only] => format!("Tenantry: Webex customer {} is {}", only.customer, only.state),
        many => {
            let well = many.iter().filter(|notice| notice.state == "healthy").count();
            match (many.len() - well, well) {
                (0, well) => format!("Tenantry: {well} Webex customers are well again"),
                (need, 0) => format!("Tenantry: {need} Webex customers need attention"),
                (need, well) => format!(
                    "Tenantry: Webex customers: {need} in need of attention, {well} well again"
                ),
            }
        }
    }
}

fn text(notices: &[Notice]) -> String {
    let mut text = String::from("The connection of these Webex customers has changed:\n");
    for Notice { customer, hierarchy, state, since, reason, link, .. } in notices {
        text += &format!("\n{customer} ({hierarchy})\n{state} since {since}\n");
        if !reason.is_empty() {
            text += &format!("{reason}\n");
        }
        text += &format!("{link}\n");
    }
    text
}
