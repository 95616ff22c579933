//! A customer's calls to Webex: through its proxies, with a token that still holds, refreshed where it
//! doesn't.

use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;

use super::super::tokens::{self, Access, access, customer};
use crate::{
    domain::webex::NOT_AUTHORISED,
    domain::{App, Caller, transactions::Ticket},
    fault::{Fault, FaultKind},
    webex::{ErrorKind, Proxies, WebexError, pages::Cursor},
};

/// A token that lapses sooner is refreshed before a call. Seconds.
const MARGIN: i64 = 300;

pub struct Session<'a> {
    app: &'a App,
    caller: &'a Caller,
    pkid: &'a str,
    access: Access,
    /// The tokens were refreshed for it: again only once they have lapsed.
    is_renewed: bool,
}

impl<'a> Session<'a> {
    /// Of a customer that has been authorised.
    pub async fn open(app: &'a App, caller: &'a Caller, pkid: &'a str) -> Result<Self, Fault> {
        let access = read(app, caller, pkid).await?;
        if access.token.is_none() && access.refresh_token.is_none() {
            return Err(not_authorised("This customer has no tokens yet."));
        }
        Ok(Self { app, caller, pkid, access, is_renewed: false })
    }

    /// Reads one resource.
    pub async fn get<T: DeserializeOwned>(&mut self, path: &str) -> Result<T, Fault> {
        let token = self.token().await?;
        let webex = &self.app.webex;
        match webex.get(&self.access.proxies, &token, path).await {
            Err(error) if error.kind == ErrorKind::Unauthorized => {
                let (proxies, token) = self.another(&token, error).await?;
                webex.get(&proxies, &token, path).await.map_err(Fault::from)
            }
            outcome => outcome.map_err(Fault::from),
        }
    }

    /// The next page of a list; `None` after the last.
    pub async fn page<T: DeserializeOwned>(
        &mut self,
        cursor: &mut Cursor,
    ) -> Result<Option<Vec<T>>, Fault> {
        let token = self.token().await?;
        let webex = &self.app.webex;
        match webex.page(&self.access.proxies, &token, cursor).await {
            Err(error) if error.kind == ErrorKind::Unauthorized => {
                let (proxies, token) = self.another(&token, error).await?;
                webex.page(&proxies, &token, cursor).await.map_err(Fault::from)
            }
            outcome => outcome.map_err(Fault::from),
        }
    }

    /// A token that holds for the next call, as far as is known.
    async fn token(&mut self) -> Result<SecretString, Fault> {
        let margin = if self.is_renewed { 0 } else { MARGIN };
        let Access { token, refresh_token, token_expires, .. } = self.access.clone();
        let left = token_expires.map_or(i64::MAX, |at| at - self.app.env.now_seconds());
        if let Some(token) = &token
            && (left > margin || refresh_token.is_none())
        {
            return Ok(token.clone());
        }
        match (self.renew().await, token) {
            (Ok(()), _) => {}
            // It holds for a while; the next refresh may go better.
            (Err(_), Some(token)) if left > 0 => return Ok(token),
            (Err(fault), _) => return Err(fault),
        }
        self.access.token.clone().ok_or_else(|| not_authorised("There is no access token."))
    }

    /// What to try again with, once, after Webex has refused a token: that which came meanwhile, or
    /// what a refresh brings.
    async fn another(
        &mut self,
        refused: &SecretString,
        error: WebexError,
    ) -> Result<(Proxies, SecretString), Fault> {
        let before = refused.expose_secret();
        self.access = read(self.app, self.caller, self.pkid).await?;
        let is_other = |token: &SecretString| token.expose_secret() != before;
        if !self.access.token.as_ref().is_some_and(is_other) {
            if self.access.refresh_token.is_none() {
                tokens::refused(self.app, self.caller, self.pkid, refused, &error).await?;
                return Err(error.into());
            }
            if let Err(fault) = self.renew().await {
                if fault.code == NOT_AUTHORISED {
                    // Neither is any good any more.
                    tokens::refused(self.app, self.caller, self.pkid, refused, &error).await?;
                }
                return Err(fault);
            }
        }
        let Some(token) = self.access.token.clone() else { return Err(error.into()) };
        Ok((self.access.proxies.clone(), token))
    }

    async fn renew(&mut self) -> Result<(), Fault> {
        let ticket = Ticket::new(self.app);
        tokens::refresh(self.app, self.caller, self.pkid, ticket).await?;
        self.access = read(self.app, self.caller, self.pkid).await?;
        self.is_renewed = true;
        Ok(())
    }
}

async fn read(app: &App, caller: &Caller, pkid: &str) -> Result<Access, Fault> {
    let (from, pkid) = (caller.node.id, pkid.to_owned());
    app.store.read(move |tx| access(tx, &customer(tx, from, &pkid)?)).await
}

fn not_authorised(why: &str) -> Fault {
    let message = format!("{why} Authorise the customer by its link.");
    Fault::new(FaultKind::Conflict, NOT_AUTHORISED, message)
}
