//! The OAuth flow: where an administrator is sent to consent, and what the token endpoint is asked.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::{
    ErrorKind, Proxies, SCOPES, Webex, WebexError, client::ClientCredentials, shapes::number,
};

/// What the authorise link asks for.
pub struct Authorization<'a> {
    pub redirect_uri: &'a str,
    /// Comes back unchanged.
    pub state: &'a str,
    /// The secret whose hash is sent now and which is sent itself with the code.
    pub verifier: &'a str,
    /// Filled into Webex's log-in page.
    pub login_hint: Option<&'a str>,
}

/// What the token endpoint answered. Lifetimes are in seconds, and authoritative.
pub struct Tokens {
    pub access_token: SecretString,
    pub expires_in: Option<i64>,
    /// None came: the old one stays.
    pub refresh_token: Option<SecretString>,
    pub refresh_token_expires_in: Option<i64>,
    /// What was granted; `None` where the answer doesn't say, which means what was asked for.
    pub scope: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Answer {
    access_token: String,
    #[serde(default, deserialize_with = "number")]
    expires_in: Option<i64>,
    #[serde(default)]
    refresh_token: Option<String>,
    #[serde(default, deserialize_with = "number")]
    refresh_token_expires_in: Option<i64>,
    #[serde(default)]
    scope: Option<String>,
}

/// A lifetime that makes sense: ten years stand for everything beyond.
fn lifetime(seconds: i64) -> Option<i64> {
    const TEN_YEARS: i64 = 10 * 365 * 24 * 3600;
    (seconds > 0).then_some(seconds.min(TEN_YEARS))
}

impl Tokens {
    /// The scopes that were asked for and not granted.
    pub fn missing(granted: Option<&[String]>) -> Vec<&'static str> {
        let Some(granted) = granted else { return Vec::new() };
        SCOPES.into_iter().filter(|scope| !granted.iter().any(|g| g == scope)).collect()
    }
}

impl Webex {
    /// Where the administrator's browser is sent.
    pub fn authorize_url(&self, asked: &Authorization<'_>) -> Result<Url, WebexError> {
        let client = self.credentials()?;
        let mut url = self.consent_page();
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(asked.verifier.as_bytes()));
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &client.id)
            .append_pair("redirect_uri", asked.redirect_uri)
            .append_pair("scope", &SCOPES.join(" "))
            .append_pair("state", asked.state)
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256");
        if let Some(hint) = asked.login_hint.filter(|hint| !hint.is_empty()) {
            url.query_pairs_mut().append_pair("login_hint", hint);
        }
        // Form encoding writes a space as "+"; Webex's own examples write it so.
        let query = url.query().unwrap_or_default().replace('+', "%20");
        url.set_query(Some(&query));
        Ok(url)
    }

    /// Trades a code for tokens. It is sent once: a second time it would not be good any more.
    pub async fn exchange(
        &self,
        proxies: &Proxies,
        code: &SecretString,
        redirect_uri: &str,
        verifier: &str,
    ) -> Result<Tokens, WebexError> {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code.expose_secret()),
            ("redirect_uri", redirect_uri),
            ("code_verifier", verifier),
        ];
        self.token_call(proxies, &form, 1).await
    }

    /// New tokens for a refresh token.
    pub async fn refresh(
        &self,
        proxies: &Proxies,
        refresh_token: &SecretString,
    ) -> Result<Tokens, WebexError> {
        let form =
            [("grant_type", "refresh_token"), ("refresh_token", refresh_token.expose_secret())];
        self.token_call(proxies, &form, super::retry::TRIES).await
    }

    async fn token_call(
        &self,
        proxies: &Proxies,
        form: &[(&str, &str)],
        tries: u32,
    ) -> Result<Tokens, WebexError> {
        let ClientCredentials { id, secret } = self.credentials()?;
        let mut form = form.to_vec();
        form.push(("client_id", id));
        form.push(("client_secret", secret.expose_secret()));
        let http = self.http(proxies)?;
        let url = self.url("access_token");
        let answer = self.tried(tries, || http.post(url.clone()).form(&form)).await?;
        if !answer.status.is_success() {
            return Err(WebexError::of_token_answer(answer.status, answer.tracking, &answer.body));
        }
        let tokens: Answer = serde_json::from_slice(&answer.body).map_err(|_| WebexError {
            kind: ErrorKind::Malformed,
            message: "Webex's answer has no access token in it.".to_owned(),
            tracking_id: answer.tracking.clone(),
        })?;
        let present = |text: String| (!text.is_empty()).then_some(text);
        let access_token = present(tokens.access_token).ok_or_else(|| {
            WebexError::new(ErrorKind::Malformed, "Webex answered an empty access token.")
        })?;
        Ok(Tokens {
            access_token: access_token.into(),
            expires_in: tokens.expires_in.and_then(lifetime),
            refresh_token: tokens.refresh_token.and_then(present).map(SecretString::from),
            refresh_token_expires_in: tokens.refresh_token_expires_in.and_then(lifetime),
            scope: tokens
                .scope
                .and_then(present)
                .map(|scope| scope.split_whitespace().map(str::to_owned).collect()),
        })
    }
}
