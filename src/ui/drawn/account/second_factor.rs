//! The second factor: set up with an authenticator app, and turned off.

use leptos::prelude::*;
use qrcodegen::{QrCode, QrCodeEcc};
use secrecy::{ExposeSecret, SecretString};

use super::{
    super::Visit,
    deed::{BEGIN_FACTOR, GIVE_UP_FACTOR, TURN_OFF_FACTOR, TURN_ON_FACTOR},
    parts::{Field, above, form, refused, section as frame},
};
use crate::{
    domain::accounts::second_factor::{Shown, State},
    fault::Fault,
    ui::components::{Icon, IconName},
};

/// Empty modules around a QR code, which readers need.
const QUIET: i32 = 4;

pub fn section(visit: &Visit<'_>, state: &State, codes: Option<&Vec<SecretString>>) -> AnyView {
    let body = match state {
        State::Off => off(visit),
        State::Begun(shown) => begun(visit, shown),
        State::On { codes: left } => on(visit, *left, codes),
    };
    frame("account-factor", "Second factor", body)
}

fn off(visit: &Visit<'_>) -> AnyView {
    let fault = refused(visit, BEGIN_FACTOR);
    view! {
        <p>
            "With a second factor, a log-in asks for a code that an authenticator app on your phone \
             shows, beside the password. HTTP Basic then no longer lets you in: programs use an API \
             token."
        </p>
        {above(fault)}
        {form(BEGIN_FACTOR, vec![password(fault)], "Set up…", "")}
    }
    .into_any()
}

fn begun(visit: &Visit<'_>, shown: &Shown) -> AnyView {
    let fault = refused(visit, TURN_ON_FACTOR);
    let secret = shown.secret.expose_secret();
    let groups: Vec<String> =
        secret.as_bytes().chunks(4).map(|g| String::from_utf8_lossy(g).into_owned()).collect();
    let help = "The six digits that the app shows now. The second factor is on once it is right.";
    view! {
        <p>"Scan this with an authenticator app, or type the key into it."</p>
        <div class="factor">
            {qr(shown.url.expose_secret())}
            <dl class="detail-list">
                <div>
                    <dt>"Key"</dt>
                    <dd><code class="factor-key">{groups.join(" ")}</code></dd>
                </div>
            </dl>
        </div>
        {above(fault)}
        {form(TURN_ON_FACTOR, vec![code(fault, help)], "Turn on", "btn-primary")}
        <form method="post" action=super::ACCOUNT>
            <button class="btn btn-quiet" name="_submit" value=GIVE_UP_FACTOR>"Cancel"</button>
        </form>
    }
    .into_any()
}

fn on(visit: &Visit<'_>, left: u64, codes: Option<&Vec<SecretString>>) -> AnyView {
    let fault = refused(visit, TURN_OFF_FACTOR);
    let left = match left {
        0 => "No recovery code is left: turn the second factor off and on again for new ones."
            .to_owned(),
        1 => "One recovery code is left.".to_owned(),
        left => format!("{left} recovery codes are left."),
    };
    let help = "The six digits that the app shows now, or a recovery code.";
    let fields = vec![password(fault), code(fault, help)];
    view! {
        {codes.map(|codes| recovery(codes))}
        <p>"Log-ins ask for a code. " {left}</p>
        {above(fault)}
        {form(TURN_OFF_FACTOR, fields, "Turn off", "btn-danger")}
    }
    .into_any()
}

/// The recovery codes, this once.
fn recovery(codes: &[SecretString]) -> AnyView {
    let codes: Vec<AnyView> = codes
        .iter()
        .map(|code| view! { <li><code>{code.expose_secret().to_owned()}</code></li> }.into_any())
        .collect();
    view! {
        <div class="notice is-success" role="status">
            <Icon name=IconName::Check/>
            <div>
                <p>
                    <strong>"The second factor is on. Keep these recovery codes. "</strong>
                    "Each lets you in once when the app is lost. They aren't shown again."
                </p>
                <ul class="recovery" aria-label="Recovery codes">{codes}</ul>
            </div>
        </div>
    }
    .into_any()
}

fn password(fault: Option<&Fault>) -> AnyView {
    Field {
        name: "password",
        label: "Your password",
        kind: "password",
        autocomplete: "current-password",
        help: None,
        value: String::new(),
        fault,
        of: "factor",
    }
    .view()
}

fn code(fault: Option<&Fault>, help: &'static str) -> AnyView {
    Field {
        name: "code",
        label: "Code",
        kind: "text",
        autocomplete: "one-time-code",
        help: Some(help),
        value: String::new(),
        fault,
        of: "factor",
    }
    .view()
}

/// A square for each dark module, as one path. Black on white whatever the theme: readers expect it.
fn qr(text: &str) -> Option<AnyView> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let size = code.size();
    let path: String = (0..size)
        .flat_map(|y| (0..size).map(move |x| (x, y)))
        .filter(|(x, y)| code.get_module(*x, *y))
        .map(|(x, y)| format!("M{x} {y}h1v1h-1z"))
        .collect();
    let all = size + 2 * QUIET;
    let viewed = format!("-{QUIET} -{QUIET} {all} {all}");
    Some(
        view! {
            <svg
                class="qr"
                viewBox=viewed
                role="img"
                aria-label="QR code with the key"
                shape-rendering="crispEdges"
            >
                <rect x=-QUIET y=-QUIET width=all height=all fill="#fff"></rect>
                <path d=path fill="#000"></path>
            </svg>
        }
        .into_any(),
    )
}
