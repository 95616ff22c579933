//! Who is told when a connection needs somebody: a webhook and an e-mail address, once each, after
//! some tries if need be, and nothing secret to either.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::SeqCst},
};

use axum::{Json, Router, extract::State, http::StatusCode, routing::post};
use serde_json::{Value, json};
use tenantry::{
    domain::webex::{
        mail::Mail,
        notices::{self, Notified},
    },
    webex::simulator::{Failure, Organization},
};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
};

use super::{
    ORGANIZATION, Stage,
    keeper::{DAY, connection, pasted, tick, token_fault},
};

/// Somebody who takes notices: refuses so many first.
#[derive(Clone)]
struct Sink {
    refusals: Arc<AtomicUsize>,
    taken: UnboundedSender<Value>,
}

async fn take(State(sink): State<Sink>, Json(body): Json<Value>) -> StatusCode {
    sink.taken.send(body).unwrap();
    match sink.refusals.fetch_update(SeqCst, SeqCst, |left| left.checked_sub(1)) {
        Ok(_) => StatusCode::SERVICE_UNAVAILABLE,
        Err(_) => StatusCode::NO_CONTENT,
    }
}

async fn webhook(refusals: usize) -> (url::Url, UnboundedReceiver<Value>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook/hidden-path", listener.local_addr().unwrap());
    let (taken, told) = unbounded_channel();
    let sink = Sink { refusals: Arc::new(refusals.into()), taken };
    let router = Router::new().route("/hook/hidden-path", post(take)).with_state(sink);
    tokio::spawn(async move { axum::serve(listener, router).await });
    (Notified::webhook(&url).unwrap(), told)
}

/// A mail server: answers each mail's text, and refuses so many first.
async fn mail_server(refusals: usize) -> (String, UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("smtp://op%40home:mail-s3cret@{}", listener.local_addr().unwrap());
    let (taken, mails) = unbounded_channel();
    tokio::spawn(async move {
        let mut left = refusals;
        while let Ok((stream, _)) = listener.accept().await {
            if let Some(mail) = converse(stream, left > 0).await {
                taken.send(mail).unwrap();
            }
            left = left.saturating_sub(1);
        }
    });
    (url, mails)
}

async fn converse(mut stream: TcpStream, refuses: bool) -> Option<String> {
    let (read, mut write) = stream.split();
    let mut lines = BufReader::new(read).lines();
    let mut said = String::new();
    write.write_all(b"220 sink\r\n").await.ok()?;
    while let Ok(Some(line)) = lines.next_line().await {
        let answer = match line.split(' ').next().unwrap_or_default() {
            "EHLO" => "250-sink\r\n250 AUTH PLAIN\r\n",
            "AUTH" => "235 welcome\r\n",
            "MAIL" if refuses => "451 not now\r\n",
            "DATA" => {
                write.write_all(b"354 go on\r\n").await.ok()?;
                while let Ok(Some(line)) = lines.next_line().await {
                    if line == "." {
                        break;
                    }
                    said += &format!("{line}\n");
                }
                "250 taken\r\n"
            }
            "QUIT" => {
                write.write_all(b"221 bye\r\n").await.ok()?;
                break;
            }
            _ => "250 fine\r\n",
        };
        write.write_all(answer.as_bytes()).await.ok()?;
    }
    (!said.is_empty()).then_some(said)
}

async fn stage(notify: Notified) -> Stage {
    let organization =
        Organization::sample(ORGANIZATION, "Oakland", "oakland.example", "a@oakland.example", 1);
    Stage::start_with(vec![organization], |options| options.notify = notify).await
}

/// Sends what is due; answers in how many seconds the next is.
async fn send(stage: &Stage) -> Option<i64> {
    let next = notices::tick(&stage.app.app).await.unwrap();
    next.map(|at| at - stage.app.app.env.now_seconds())
}

async fn fails(stage: &Stage) -> String {
    let place = stage.app.tenant().await;
    let href = pasted(stage, &place, ORGANIZATION, json!({})).await;
    tick(&stage.app).await;
    stage.simulator.revoke(ORGANIZATION);
    stage.app.clock.advance(7 * DAY);
    tick(&stage.app).await;
    assert_eq!(connection(&stage.app, &href).await["state"], "failed");
    href
}

#[tokio::test]
async fn a_webhook_is_told_of_each_change_that_matters() {
    let (url, mut told) = webhook(0).await;
    let stage = stage(Notified { webhook: Some(url), mail: None }).await;
    let href = fails(&stage).await;
    assert_eq!(send(&stage).await, None);
    let failed = told.try_recv().unwrap();
    let connection = connection(&stage.app, &href).await;
    let pkid = href.trim_end_matches('/').rsplit('/').next().unwrap();
    let expected = json!({
        "id": failed["id"],
        "customer": "Oakland",
        "href": href.trim_end_matches('/'),
        "hierarchy": "sys.Provider.Customer",
        "state": "failed",
        "before": "healthy",
        "since": connection["since"],
        "reason": connection["reason"],
        "link": format!("http://console.test/models/relation/SparkCustomer/{pkid}"),
    });
    assert_eq!(failed, expected);
    // Nothing new, nothing told.
    send(&stage).await;
    assert!(told.try_recv().is_err());

    stage.app.clock.advance(7 * DAY);
    tick(&stage.app).await;
    send(&stage).await;
    assert_eq!(told.try_recv().unwrap()["state"], "lapsed");
    // Somebody pastes tokens.
    let granted = stage.simulator.grant(ORGANIZATION);
    let mut data = stage.app.data(&href).await;
    data["token"] = granted["access_token"].clone();
    data["refresh_token"] = granted["refresh_token"].clone();
    stage.app.put(&href, &data).await.expect(200);
    tick(&stage.app).await;
    send(&stage).await;
    let healed = told.try_recv().unwrap();
    assert_eq!((&healed["state"], &healed["before"]), (&json!("healthy"), &json!("lapsed")));
    assert!(told.try_recv().is_err());
    for secret in [&granted["access_token"], &granted["refresh_token"]] {
        assert!(!healed.to_string().contains(secret.as_str().unwrap()));
    }
    // Taking the tokens away is somebody's own doing.
    data = stage.app.data(&href).await;
    data["token"] = json!("");
    data["refresh_token"] = json!("");
    stage.app.put(&href, &data).await.expect(200);
    send(&stage).await;
    assert!(told.try_recv().is_err());
}

#[tokio::test]
async fn a_webhook_that_fails_is_tried_again_after_a_restart_too_and_given_up_at_last() {
    let (url, mut told) = webhook(999).await;
    let mut stage = stage(Notified { webhook: Some(url), mail: None }).await;
    fails(&stage).await;
    assert_eq!(send(&stage).await, Some(1));
    let first = told.try_recv().unwrap();
    stage.app = stage.app.restarted().await;
    let mut pauses = Vec::new();
    stage.app.clock.advance(1);
    while let Some(pause) = send(&stage).await {
        assert_eq!(told.try_recv().unwrap(), first);
        pauses.push(pause);
        stage.app.clock.advance(pause);
    }
    assert_eq!(pauses, [5, 30, 120, 600, 3600]);
    assert_eq!(told.try_recv().unwrap(), first);
    assert!(told.try_recv().is_err());
}

#[tokio::test]
async fn customers_that_change_in_the_same_minute_are_told_of_in_one_mail() {
    let (server, mut mails) = mail_server(1).await;
    let to = "ops@operator.example, Night Shift <night@operator.example>";
    let mail = Mail::new(to, "Tenantry <tenantry@operator.example>", &server.into()).unwrap();
    let stage = stage(Notified { webhook: None, mail: Some(mail) }).await;
    let place = stage.app.tenant().await;
    let mut hrefs = Vec::new();
    for name in ["Ash", "Birch", "Cedar"] {
        hrefs.push(pasted(&stage, &place, ORGANIZATION, json!({ "name": name })).await);
    }
    tick(&stage.app).await;
    stage.app.clock.advance(7 * DAY);
    // One of them at first, and half a minute later another.
    tick(&stage.app).await;
    let body = json!({});
    stage.simulator.fail(token_fault(1, Failure::Status(400)));
    stage.app.post(&format!("{}+RefreshAccessToken", hrefs[0]), &body).await.expect(409);
    stage.app.clock.advance(30);
    stage.simulator.revoke(ORGANIZATION);
    stage.app.post(&format!("{}+RefreshAccessToken", hrefs[2]), &body).await.expect(409);
    assert_eq!(send(&stage).await, Some(30));
    assert!(mails.try_recv().is_err());
    stage.app.clock.advance(30);
    assert_eq!(send(&stage).await, Some(1), "the server refuses the first");
    stage.app.clock.advance(1);
    assert_eq!(send(&stage).await, None);
    let mail = mails.try_recv().unwrap();
    for text in [
        "Subject: Tenantry: 2 Webex customers need attention\n",
        "From: Tenantry <tenantry@operator.example>\n",
        "To: ops@operator.example, \"Night Shift\" <night@operator.example>\n",
        "\nCedar (sys.Provider.Customer)\nfailed since 2026-02-07T09:30:30",
        "Authorise the customer again.",
        "\nhttp://console.test/models/relation/SparkCustomer/",
    ] {
        assert!(mail.contains(text), "{text} in {mail}");
    }
    for secret in ["mail-s3cret", "_SIM1_"] {
        assert!(!mail.contains(secret), "{mail}");
    }
    assert!(mails.try_recv().is_err());

    let granted = stage.simulator.grant(ORGANIZATION);
    let mut data = stage.app.data(&hrefs[2]).await;
    data["token"] = granted["access_token"].clone();
    stage.app.put(&hrefs[2], &data).await.expect(200);
    stage.app.clock.advance(60);
    send(&stage).await;
    let mail = mails.try_recv().unwrap();
    assert!(mail.contains("Subject: Tenantry: Webex customer Cedar is healthy\n"), "{mail}");
}

#[test]
fn what_can_not_be_told_is_refused_at_the_start() {
    for url in ["ftp://hooks.example/x", "hooks.example", "http://", "mailto:a@b.example", ""] {
        assert!(Notified::webhook(url).is_err(), "{url}");
    }
    let shown = format!(
        "{:?}",
        Notified {
            webhook: Some(Notified::webhook("https://u:p@hooks.example/hidden-path").unwrap()),
            mail: Some(
                Mail::new("a@b.example", "c@d.example", &"smtps://me:mail-s3cret@m.example".into())
                    .unwrap(),
            ),
        }
    );
    for secret in ["hidden-path", "mail-s3cret", "u:p"] {
        assert!(!shown.contains(secret), "{shown}");
    }
    for (to, from, server, words) in [
        ("nobody", "a@b.example", "smtp://m.example", "write to"),
        ("a@b.example", "", "smtp://m.example", "write from"),
        ("a@b.example", "a@b.example", "http://m.example", "smtp(s)://"),
        ("a@b.example", "a@b.example", "m.example:25", "smtp(s)://"),
        ("a@b.example", "a@b.example", "smtp://me:mail-s3cret@", "smtp(s)://"),
    ] {
        let error = Mail::new(to, from, &server.to_owned().into()).unwrap_err();
        assert!(error.contains(words) && !error.contains("mail-s3cret"), "{error}");
    }
}
