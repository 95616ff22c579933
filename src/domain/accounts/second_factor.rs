//! The second factor: a code that changes with time (RFC 6238), and recovery codes for who has lost
//! what makes it. Each code is good for one log-in.

use secrecy::{ExposeSecret, SecretString};
use totp_rs::{Builder, Secret, Totp};

use super::{Client, fingerprint, login, standing::Standing, tell};
use crate::{
    domain::{
        App, Caller,
        audit::USERS,
        resources::{from_json, get_to_change, href},
        transactions::{Action, Happened, happened},
        workflow::{self, Touch},
    },
    fault::{Fault, FaultKind},
    model::Operation,
    store::WriteTx,
};

/// What authenticator apps show beside the username.
const ISSUER: &str = "Tenantry";
const SECRET_BYTES: usize = 20;
const RECOVERY_CODES: usize = 10;
/// Letters and digits that nobody takes for others.
const ALPHABET: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";

/// How the second factor of an account stands.
#[derive(Clone, Debug)]
pub enum State {
    Off,
    /// Shown to its owner, and not asked for until the first code.
    Begun(Shown),
    On {
        /// Recovery codes that are left.
        codes: u64,
    },
}

/// What goes into an authenticator app.
#[derive(Clone, Debug)]
pub struct Shown {
    /// In base32.
    pub secret: SecretString,
    /// The same and more as an address, for the QR code.
    pub url: SecretString,
}

/// How the caller's stands.
pub async fn state(app: &App, caller: &Caller) -> Result<State, Fault> {
    let id = caller.account_id;
    let (factor, codes) = app
        .store
        .read(move |tx| Ok::<_, Fault>((tx.second_factor(id)?, tx.recovery_codes(id)?)))
        .await?;
    Ok(match factor {
        None => State::Off,
        Some(factor) if factor.confirmed => State::On { codes },
        Some(factor) => {
            let url = totp(&factor.secret, &caller.username)?.to_url().map_err(broken)?;
            State::Begun(Shown { secret: factor.secret, url: url.into() })
        }
    })
}

/// Makes a secret, for which the password is asked.
pub async fn begin(
    app: &App,
    client: &Client,
    caller: &Caller,
    password: &str,
) -> Result<(), Fault> {
    let standing = login::confirm(app, client, caller, password, None).await?;
    let (id, pkid, now) = (caller.account_id, app.env.pkid(), app.env.now_seconds());
    let secret = Secret::from(app.env.bytes::<SECRET_BYTES>()).to_base32();
    let secret = SecretString::from(secret);
    app.store
        .write(move |tx| {
            standing.expect(tx, id, now)?;
            expect_off(tx, id)?;
            Ok(tx.begin_second_factor(id, &pkid, &secret)?)
        })
        .await
}

/// Forgets a secret that wasn't confirmed.
pub async fn give_up(app: &App, caller: &Caller, standing: &Standing) -> Result<(), Fault> {
    let (id, now, standing) = (caller.account_id, app.env.now_seconds(), standing.clone());
    app.store
        .write(move |tx| {
            standing.expect(tx, id, now)?;
            expect_off(tx, id)?;
            tx.delete_second_factor(id)?;
            Ok(())
        })
        .await
}

/// Turns it on by its first code. Answers the recovery codes, which are shown this once.
pub async fn turn_on(
    app: &App,
    caller: &Caller,
    standing: &Standing,
    code: &str,
) -> Result<Vec<SecretString>, Fault> {
    let id = caller.account_id;
    let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| recovery_code(app)).collect();
    let hashes: Vec<_> = codes.iter().map(|code| hash_of(code)).collect();
    let (code, now, app_, caller_) =
        (tidy(code), app.env.now_seconds(), app.clone(), caller.clone());
    let standing = standing.clone();
    let done = app.store.write(move |tx| {
        standing.expect(tx, id, now)?;
        expect_off(tx, id)?;
        let factor = tx.second_factor(id)?.ok_or_else(|| {
            Fault::new(FaultKind::Conflict, "not_begun", "Begin to set it up first.")
        })?;
        let step = step_of(&factor.secret, &code, now)?.ok_or_else(|| {
            let why = "That isn't the code of this moment. Check the clock of the device, and type \
                       the code that the app shows now.";
            Fault::field("/code", "wrong", why)
        })?;
        tx.confirm_second_factor(id, step, &hashes)?;
        let message = format!("{} set up a second factor.", caller_.username);
        tell(&app_, tx, &caller_, Action::SetUpSecondFactor, &message)
    });
    done.await?;
    Ok(codes.into_iter().map(SecretString::from).collect())
}

/// Turns it off, for which password and code are asked.
pub async fn turn_off(
    app: &App,
    client: &Client,
    caller: &Caller,
    password: &str,
    code: &str,
) -> Result<(), Fault> {
    let standing = login::confirm(app, client, caller, password, Some(code)).await?;
    let (id, app_, caller_) = (caller.account_id, app.clone(), caller.clone());
    app.store
        .write(move |tx| {
            standing.expect(tx, id, app_.env.now_seconds())?;
            tx.delete_second_factor(id)?;
            let message = format!("{} turned the second factor off.", caller_.username);
            tell(&app_, tx, &caller_, Action::TurnOffSecondFactor, &message)
        })
        .await
}

/// Turns it off for a user who has lost it. Who may give the user another password may do this.
pub async fn reset(app: &App, caller: &Caller, pkid: &str) -> Result<(), Fault> {
    let model = app.model(USERS)?;
    let (app_, caller, pkid) = (app.clone(), caller.clone(), pkid.to_owned());
    app.store
        .write(move |tx| {
            let user = get_to_change(tx, &caller, &model, &pkid, Operation::Update)?;
            let data = from_json(&user)?;
            let touch = Touch { before: Some(&user), after: Some((&user.node, &data)) };
            workflow::of(USERS).entitled(tx, &caller, &touch)?;
            let account = tx.account_of_user(&pkid)?;
            if account == Some(caller.account_id) {
                return Err(Fault::forbidden(
                    "Turn your own second factor off on the page of your account, with its code.",
                ));
            }
            let gone = account.map(|id| tx.delete_second_factor(id)).transpose()?;
            if gone != Some(true) {
                let why = "This user has no second factor.";
                return Err(Fault::new(FaultKind::Conflict, "not_on", why));
            }
            let name = model.label_of(&data, &pkid);
            let message = format!("{} turned off the second factor of {name}.", caller.username);
            let change = Happened {
                action: Action::TurnOffSecondFactor,
                model_type: USERS,
                href: &href(USERS, &pkid),
                username: &caller.username,
                node: &user.node,
                message: &message,
            };
            happened(&app_, tx, &change)
        })
        .await
}

/// Uses a code up, where the account has a second factor. A missing one and a wrong one are different
/// refusals.
pub async fn check(app: &App, account_id: i64, code: Option<&str>) -> Result<(), Fault> {
    let on = app.store.read(move |tx| Ok::<_, Fault>(tx.has_second_factor(account_id)?)).await?;
    if !on {
        return Ok(());
    }
    let code = code.map(tidy).filter(|code| !code.is_empty()).ok_or_else(|| {
        Fault::new(
            FaultKind::Unauthenticated,
            login::NEEDS_CODE,
            "This account has a second factor: send its code as \"totp\" beside username and \
             password.",
        )
    })?;
    let now = app.env.now_seconds();
    let used = app
        .store
        .write(move |tx| {
            if !code.bytes().all(|b| b.is_ascii_digit()) || code.len() != 6 {
                return Ok(tx.use_recovery_code(account_id, hash_of(&code))?);
            }
            let Some(factor) = tx.second_factor(account_id)? else { return Ok(false) };
            match step_of(&factor.secret, &code, now)? {
                Some(step) => Ok::<_, Fault>(tx.use_second_factor(account_id, step)?),
                None => Ok(false),
            }
        })
        .await?;
    if used {
        return Ok(());
    }
    Err(Fault::unauthenticated(
        "The code of the second factor is wrong, or was used already. Type the one that the app \
         shows now, or a recovery code.",
    ))
}

fn expect_off(tx: &WriteTx<'_>, account_id: i64) -> Result<(), Fault> {
    if tx.has_second_factor(account_id)? {
        return Err(Fault::new(
            FaultKind::Conflict,
            "already_on",
            "The second factor is set up already. Turn it off first.",
        ));
    }
    Ok(())
}

fn totp(secret: &SecretString, username: &str) -> Result<Totp, Fault> {
    let secret = Secret::try_from_base32(secret.expose_secret()).map_err(broken)?;
    Builder::new()
        .with_secret(secret)
        .with_account_name(username.replace(':', "-"))
        .with_issuer(Some(ISSUER))
        .build()
        .map_err(broken)
}

/// The time step whose code it is, one before and after this moment's among them.
fn step_of(secret: &SecretString, code: &str, now: i64) -> Result<Option<i64>, Fault> {
    let now = u64::try_from(now).unwrap_or_default();
    let step = totp(secret, "")?.check(code, now);
    Ok(step.and_then(|step| i64::try_from(step).ok()))
}

/// Four groups of four: 80 random bits.
fn recovery_code(app: &App) -> String {
    let letters: Vec<char> =
        app.env.bytes::<16>().iter().map(|b| ALPHABET[usize::from(b % 32)] as char).collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

/// As people type it.
fn tidy(code: &str) -> String {
    code.chars().filter(|c| !c.is_whitespace() && *c != '-').flat_map(char::to_lowercase).collect()
}

fn hash_of(recovery_code: &str) -> [u8; 32] {
    fingerprint(&tidy(recovery_code))
}

fn broken(error: impl std::fmt::Display) -> Fault {
    tracing::error!(%error, "a second factor");
    Fault::internal()
}
