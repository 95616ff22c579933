//! The authorise link and the token endpoint.

use axum::{Router, http::HeaderMap, routing::post};
use reqwest::Url;
use secrecy::ExposeSecret;
use tenantry::webex::{
    ErrorKind, Proxies, Webex,
    oauth::Tokens,
    simulator::{Failure, Fault},
};

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::{REDIRECT, Stage, VERIFIER, asked};

const ACCESS_TOKEN: &str = "/access_token";

fn fault(times: u64, failure: Failure) -> Fault {
    Fault { path: "/access_token".to_owned(), after: 0, times, failure }
}

#[tokio::test]
async fn the_authorise_link() {
    let stage = Stage::start().await;
    let url = stage.webex.authorize_url(&asked("s t+a&te")).unwrap();
    let base = stage.base.as_str();
    // The challenge is the SHA-256 of the verifier in base64url, worked out with another program.
    let golden = format!(
        "{base}/authorize?response_type=code&client_id=Csimulated\
         &redirect_uri=http%3A%2F%2Fconsole.test%2Foauth%2Fwebex%2Fcallback\
         &scope=spark%3Apeople_read%20spark-admin%3Apeople_read%20spark-admin%3Aroles_read\
         %20spark-admin%3Alicenses_read%20spark-admin%3Aorganizations_read\
         &state=s%20t%2Ba%26te\
         &code_challenge=y5UF_tmp_ICTDGza-Ou2vUvx2cu7DBN-Xwf_z0RDfTw&code_challenge_method=S256\
         &login_hint=admin%40oakland.example"
    );
    assert_eq!(url.as_str(), golden);
    let unset = Webex::new(stage.base.clone(), None, stage.env.clone());
    let error = unset.authorize_url(&asked("s")).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Integration);
    assert!(error.message.contains("TENANTRY_WEBEX_CLIENT_ID"), "{error}");
    assert!(!unset.is_configured() && stage.webex.is_configured());
}

/// Somebody in Webex's place who keeps what the token endpoint is sent: its content type and fields.
async fn listener() -> (Url, UnboundedReceiver<(HeaderMap, Vec<(String, String)>)>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/v1", listener.local_addr().unwrap());
    let (tell, told) = unbounded_channel();
    let take = move |headers: HeaderMap, body: String| async move {
        let fields = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
        tell.send((headers, fields)).unwrap();
        "{\"access_token\":\"fresh\"}"
    };
    let router = Router::new().route("/v1/access_token", post(take));
    tokio::spawn(async move { axum::serve(listener, router).await });
    (base.parse().unwrap(), told)
}

#[tokio::test]
async fn the_token_endpoint_is_sent_forms_with_exactly_these_fields() {
    let stage = Stage::start().await;
    let (base, mut told) = listener().await;
    let webex = Webex::new(base, Some(crate::credentials()), stage.env.clone());
    let proxies = Proxies::default();
    webex.exchange(&proxies, &"a c+de&".into(), REDIRECT, VERIFIER).await.unwrap();
    webex.refresh(&proxies, &"r=f%".into()).await.unwrap();
    let client = [("client_id", "Csimulated"), ("client_secret", "simulated-secret")];
    for expected in [
        vec![
            ("grant_type", "authorization_code"),
            ("code", "a c+de&"),
            ("redirect_uri", REDIRECT),
            ("code_verifier", VERIFIER),
        ],
        vec![("grant_type", "refresh_token"), ("refresh_token", "r=f%")],
    ] {
        let (headers, mut fields) = told.try_recv().unwrap();
        assert_eq!(headers["content-type"], "application/x-www-form-urlencoded");
        assert!(headers.get("authorization").is_none());
        let mut expected: Vec<(String, String)> = expected
            .into_iter()
            .chain(client)
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        fields.sort();
        expected.sort();
        assert_eq!(fields, expected);
    }
}

#[tokio::test]
async fn a_code_is_traded_once() {
    let stage = Stage::start().await;
    let code = stage.code().await;
    let proxies = Proxies::default();
    let tokens = stage.webex.exchange(&proxies, &code, REDIRECT, VERIFIER).await.unwrap();
    assert_eq!(tokens.expires_in, Some(1_209_599));
    assert_eq!(tokens.refresh_token_expires_in, Some(7_775_999));
    assert!(tokens.refresh_token.is_some());
    assert_eq!(Tokens::missing(tokens.scope.as_deref()), Vec::<&str>::new());
    let again = stage.webex.exchange(&proxies, &code, REDIRECT, VERIFIER).await.err().unwrap();
    assert_eq!(again.kind, ErrorKind::Unauthorized);
    assert!(again.message.contains("used before"), "{again}");
    assert_eq!(stage.simulator.calls(ACCESS_TOKEN), 2);
}

#[tokio::test]
async fn a_code_is_bound_to_redirect_verifier_and_time() {
    let stage = Stage::start().await;
    let proxies = Proxies::default();
    for (redirect, verifier, seconds, words) in [
        ("http://elsewhere.test/", VERIFIER, 0, "redirect_uri"),
        (REDIRECT, "another-verifier-of-forty-three-characters-or", 0, "code_verifier"),
        (REDIRECT, VERIFIER, 3600, "expired"),
    ] {
        let code = stage.code().await;
        stage.clock.advance(seconds);
        let error = stage.webex.exchange(&proxies, &code, redirect, verifier).await.err().unwrap();
        assert_eq!(error.kind, ErrorKind::Unauthorized, "{error}");
        assert!(error.message.contains(words), "{error}");
    }
}

#[tokio::test]
async fn the_exchange_is_never_sent_twice() {
    let stage = Stage::start().await;
    stage.simulator.fail(fault(1, Failure::Status(500)));
    let code = stage.code().await;
    let proxies = Proxies::default();
    let error = stage.webex.exchange(&proxies, &code, REDIRECT, VERIFIER).await.err().unwrap();
    assert_eq!(error.kind, ErrorKind::Unavailable(500));
    assert_eq!(stage.simulator.calls(ACCESS_TOKEN), 1);
}

#[tokio::test]
async fn declining_comes_back_with_the_state() {
    let stage = Stage::start().await;
    let query = stage.consent("decline").await;
    let value = |name: &str| query.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
    assert_eq!(value("error"), Some("access_denied"));
    assert_eq!(value("state"), Some("the-state"));
    assert_eq!(value("code"), None);
}

#[tokio::test]
async fn a_refresh_brings_what_the_answer_says() {
    let stage = Stage::start().await;
    let proxies = Proxies::default();
    let first = stage.tokens().await;
    let kept = first.refresh_token.unwrap();
    let same = stage.webex.refresh(&proxies, &kept).await.unwrap();
    assert_eq!(same.refresh_token.unwrap().expose_secret(), kept.expose_secret());
    assert_ne!(same.access_token.expose_secret(), first.access_token.expose_secret());

    stage.simulator.set(|settings| {
        settings.access_token_seconds = 43_199;
        settings.refresh_token_seconds = 5_086_614;
        settings.omits_refresh_token = true;
        settings.omits_scope = true;
    });
    let bare = stage.webex.refresh(&proxies, &kept).await.unwrap();
    assert_eq!((bare.expires_in, bare.refresh_token_expires_in), (Some(43_199), None));
    assert!(bare.refresh_token.is_none() && bare.scope.is_none());

    stage.simulator.set(|settings| {
        settings.omits_refresh_token = false;
        settings.rotates_refresh_tokens = true;
    });
    let rotated = stage.webex.refresh(&proxies, &kept).await.unwrap();
    assert_eq!(rotated.refresh_token_expires_in, Some(5_086_614));
    let fresh = rotated.refresh_token.unwrap();
    assert_ne!(fresh.expose_secret(), kept.expose_secret());
    let spent = stage.webex.refresh(&proxies, &kept).await.err().unwrap();
    assert_eq!(spent.kind, ErrorKind::Unauthorized);
    stage.clock.advance(5_086_615);
    let lapsed = stage.webex.refresh(&proxies, &fresh).await.err().unwrap();
    assert_eq!(lapsed.kind, ErrorKind::Unauthorized);
}

#[tokio::test]
async fn a_narrower_scope_is_told() {
    let stage = Stage::start().await;
    stage.simulator.set(|settings| {
        settings.granted_scope = Some("spark:people_read spark-admin:roles_read".to_owned());
    });
    let tokens = stage.tokens().await;
    assert_eq!(
        Tokens::missing(tokens.scope.as_deref()),
        ["spark-admin:people_read", "spark-admin:licenses_read", "spark-admin:organizations_read"]
    );
}

#[tokio::test]
async fn an_overloaded_endpoint_is_asked_again_and_a_wrong_integration_is_not() {
    let stage = Stage::start().await;
    let proxies = Proxies::default();
    let kept = stage.tokens().await.refresh_token.unwrap();
    let before = stage.simulator.calls(ACCESS_TOKEN);
    for (times, failure) in [(2, Failure::Status(429)), (1, Failure::Html(502))] {
        stage.simulator.fail(fault(times, failure));
    }
    stage.webex.refresh(&proxies, &kept).await.unwrap();
    assert_eq!(stage.simulator.calls(ACCESS_TOKEN) - before, 4);

    stage.simulator.fail(fault(9, Failure::Status(503)));
    let error = stage.webex.refresh(&proxies, &kept).await.err().unwrap();
    assert_eq!(error.kind, ErrorKind::Unavailable(503));
    assert_eq!(stage.simulator.calls(ACCESS_TOKEN) - before, 9);
    assert!(error.tracking_id.is_some());

    for (id, secret, words) in [
        ("Cother", "simulated-secret", "Client Id is invalid"),
        ("Csimulated", "wrong", "client secret is wrong"),
        ("Csimulated", "", "client_secret cannot be null or empty"),
    ] {
        stage.simulator.heal();
        let before = stage.simulator.calls(ACCESS_TOKEN);
        let webex = stage.webex_as(id, secret);
        let error = webex.refresh(&proxies, &kept).await.err().unwrap();
        assert_eq!(error.kind, ErrorKind::Integration, "{error}");
        assert!(error.message.contains(words), "{error}");
        assert_eq!(stage.simulator.calls(ACCESS_TOKEN), before + 1);
    }
}

#[tokio::test]
async fn an_answer_without_a_token_is_no_success() {
    let stage = Stage::start().await;
    let kept = stage.tokens().await.refresh_token.unwrap();
    for body in ["{}", "{\"access_token\":\"\"}", "<html></html>", "[]", ""] {
        stage.simulator.fail(fault(1, Failure::Body(body.to_owned())));
        let error = stage.webex.refresh(&Proxies::default(), &kept).await.err().unwrap();
        assert_eq!(error.kind, ErrorKind::Malformed, "{body}");
    }
}
