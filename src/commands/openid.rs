//! The settings of the log-in at an `OpenID` provider.

use std::path::PathBuf;

use anyhow::{Context, ensure};
use clap::Args;
use tenantry::domain::accounts::openid::{Settings, mapping};

#[derive(Args)]
#[expect(clippy::struct_field_names, reason = "the flags are named by them")]
pub struct OpenId {
    /// URL of an `OpenID` provider where people may log in, as it names itself; none when not given.
    /// Its client id and secret are `TENANTRY_OIDC_CLIENT_ID` and `TENANTRY_OIDC_CLIENT_SECRET`.
    #[arg(long, env = "TENANTRY_OIDC_ISSUER", value_parser = issuer)]
    oidc_issuer: Option<String>,
    /// JSON file that says which claim gives which role at which node.
    #[arg(long, env = "TENANTRY_OIDC_MAPPING")]
    oidc_mapping: Option<PathBuf>,
    /// What is asked of the provider, separated by spaces.
    #[arg(long, env = "TENANTRY_OIDC_SCOPES", default_value = "openid profile email")]
    oidc_scopes: String,
    /// The claim that users are named by.
    #[arg(long, env = "TENANTRY_OIDC_USERNAME_CLAIM", default_value = "preferred_username")]
    oidc_username_claim: String,
    /// What people know the provider by; its host when not given.
    #[arg(long, env = "TENANTRY_OIDC_NAME")]
    oidc_name: Option<String>,
}

impl OpenId {
    /// The provider, as far as all that it takes is set.
    pub fn settings(&self) -> anyhow::Result<Option<Settings>> {
        let Some(issuer) = &self.oidc_issuer else { return Ok(None) };
        let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let client_id = set("TENANTRY_OIDC_CLIENT_ID")
            .context("--oidc-issuer needs TENANTRY_OIDC_CLIENT_ID, our name at the provider")?;
        let file = self.oidc_mapping.as_ref().context(
            "--oidc-issuer needs --oidc-mapping, the file that says who has which role where",
        )?;
        let text = std::fs::read_to_string(file)
            .with_context(|| format!("reading --oidc-mapping {}", file.display()))?;
        let mapping = mapping::read(&text).map_err(anyhow::Error::msg);
        let mapping = mapping.with_context(|| format!("--oidc-mapping {}", file.display()))?;
        let claim = self.oidc_username_claim.trim();
        ensure!(!claim.is_empty(), "--oidc-username-claim is empty");
        let url = url::Url::parse(issuer)?;
        let host = url.host_str().unwrap_or_default();
        let name = self.oidc_name.clone().filter(|name| !name.trim().is_empty());
        Ok(Some(Settings {
            issuer: issuer.clone(),
            client_id,
            client_secret: set("TENANTRY_OIDC_CLIENT_SECRET").map(Into::into),
            scopes: self.oidc_scopes.split_whitespace().map(str::to_owned).collect(),
            name: name.unwrap_or_else(|| host.to_owned()),
            username_claim: claim.to_owned(),
            mapping,
        }))
    }
}

/// An issuer as it is written: with a slash at its end it is another one.
fn issuer(text: &str) -> Result<String, String> {
    let url = url::Url::parse(text).map_err(|error| format!("that is no URL: {error}"))?;
    let host = url.host_str().unwrap_or_default();
    let here = ["localhost", "127.0.0.1", "[::1]"].contains(&host);
    if url.scheme() == "https" || (url.scheme() == "http" && here) {
        return Ok(text.to_owned());
    }
    Err("it has to be an https:// URL; http:// is for this machine only".to_owned())
}
