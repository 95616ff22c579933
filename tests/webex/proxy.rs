//! Proxies: all of a customer's calls go through them, with their credentials.

use std::sync::{Arc, Mutex};

use base64::{Engine, engine::general_purpose::STANDARD};
use tenantry::webex::{ErrorKind, Proxies, shapes::Person};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpStream},
};

use crate::Stage;

/// A forward proxy for plain HTTP: passes requests on and keeps their heads.
async fn proxy() -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let heads = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&heads);
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            tokio::spawn(pass_on(client, Arc::clone(&kept)));
        }
    });
    (address, heads)
}

/// The head of a request, and the host and port that it asks a proxy for.
pub async fn head(client: &mut TcpStream) -> Option<(String, String)> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(client.read_u8().await.ok()?);
    }
    let text = String::from_utf8(head).ok()?;
    let host = text.split_whitespace().nth(1)?.split('/').nth(2)?.to_owned();
    Some((text, host))
}

async fn pass_on(mut client: TcpStream, kept: Arc<Mutex<Vec<String>>>) -> Option<()> {
    let (text, host) = head(&mut client).await?;
    let head = text.clone().into_bytes();
    kept.lock().unwrap().push(text);
    let mut server = TcpStream::connect(host).await.ok()?;
    server.write_all(&head).await.ok()?;
    copy_bidirectional(&mut client, &mut server).await.ok()?;
    Some(())
}

#[tokio::test]
async fn token_calls_and_resources_go_through_it_with_its_password() {
    let stage = Stage::start().await;
    let (address, heads) = proxy().await;
    let http = Some(format!("http://us%40er:p%40ss%3Aword@{address}").into());
    let proxies = Proxies { http, https: None };
    let kept = stage.tokens().await.refresh_token.unwrap();
    let tokens = stage.webex.refresh(&proxies, &kept).await.unwrap();
    stage.webex.get::<Person>(&proxies, &tokens.access_token, "people/me").await.unwrap();
    let expected = format!("Basic {}", STANDARD.encode("us@er:p@ss:word"));
    let heads = heads.lock().unwrap().clone();
    let paths: Vec<&str> =
        heads.iter().map(|head| head.split_whitespace().nth(1).unwrap()).collect();
    assert!(paths.iter().any(|path| path.ends_with("/v1/access_token")), "{paths:?}");
    // A second request may come on the connection of the first; then its head isn't seen here.
    for head in &heads {
        let authorization = head
            .lines()
            .find_map(|line| line.strip_prefix("proxy-authorization: "))
            .unwrap_or_else(|| panic!("{head}"));
        assert_eq!(authorization, expected);
    }
}

#[tokio::test]
async fn a_proxy_of_another_kind_is_refused_and_never_passed_over() {
    let stage = Stage::start().await;
    let tokens = stage.tokens().await;
    let before = stage.simulator.calls("/people/me");
    for url in ["ftp://127.0.0.1:1", "socks5://127.0.0.1:1", "nonsense", "http://", ""] {
        let proxies = Proxies { http: Some(url.to_owned().into()), https: None };
        let error = stage
            .webex
            .get::<Person>(&proxies, &tokens.access_token, "people/me")
            .await
            .unwrap_err();
        assert_eq!(error.kind, ErrorKind::Unreachable, "{url}");
        assert!(error.message.contains("HTTP Proxy"), "{error}");
    }
    let dead = crate::closed_port().await;
    let proxies =
        Proxies { http: Some(format!("http://u:hidden-word@{dead}").into()), https: None };
    let error =
        stage.webex.get::<Person>(&proxies, &tokens.access_token, "people/me").await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unreachable);
    assert!(!error.to_string().contains("hidden-word"), "{error}");
    assert_eq!(stage.simulator.calls("/people/me"), before);
    let direct = Proxies::default();
    stage.webex.get::<Person>(&direct, &tokens.access_token, "people/me").await.unwrap();
    assert_eq!(stage.simulator.calls("/people/me"), before + 1);
}
