//! How the real program takes connections: slow ones, many of them, TLS, and the end.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(dead_code, reason = "shared; nothing is killed here")]
#[path = "support/process.rs"]
mod process;

use std::{
    fs,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::Path,
    process::Command,
    sync::Arc,
    time::{Duration, Instant},
};

use process::Process;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, ServerName},
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
};
use tokio_rustls::{TlsConnector, client::TlsStream};

/// Whoever waits longer waits for nothing.
const GIVE_UP: Duration = Duration::from_mins(1);

const HEALTH: &str = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";

fn address(process: &Process) -> SocketAddr {
    process.url.split("://").nth(1).unwrap().parse().unwrap()
}

/// A connection from an address of this machine.
async fn connect(from: Ipv4Addr, to: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind((IpAddr::V4(from), 0).into()).unwrap();
    socket.connect(to).await.unwrap()
}

/// The head of the next answer, and its body as far as the head tells its length.
async fn answer(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut text = String::new();
    let mut byte = [0];
    while !text.ends_with("\r\n\r\n") && stream.read(&mut byte).await.unwrap() == 1 {
        text.push(char::from(byte[0]));
    }
    let length = text.lines().find_map(|line| line.strip_prefix("content-length: "));
    let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
    stream.read_exact(&mut body).await.unwrap();
    text + &String::from_utf8(body).unwrap()
}

async fn asks(stream: &mut (impl AsyncRead + AsyncWrite + Unpin), request: &str) -> String {
    stream.write_all(request.as_bytes()).await.unwrap();
    tokio::time::timeout(GIVE_UP, answer(stream)).await.unwrap()
}

/// Answers once the other side has closed.
async fn is_let_go(stream: &mut (impl AsyncRead + Unpin)) {
    let mut rest = Vec::new();
    // An end or a reset: both are one.
    let _ = tokio::time::timeout(GIVE_UP, stream.read_to_end(&mut rest)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_thousand_slow_connections_keep_nobody_out_and_are_let_go() {
    // Both sides need a file for each.
    let files = rlimit::increase_nofile_limit(8192).unwrap();
    assert!(files >= 4096, "this test needs 4096 open files, the system allows {files}");
    let folder = tempfile::tempdir().unwrap();
    let process = Process::start(folder.path(), "warn", &[("TENANTRY_HEADER_TIMEOUT", "8")]);
    let to = address(&process);
    let mut slow = Vec::new();
    for number in 0..2000_u32 {
        let from = Ipv4Addr::new(127, 0, 1, 1 + u8::try_from(number % 10).unwrap());
        let mut stream = connect(from, to).await;
        // A head that never ends.
        stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\nX-More: ").await.unwrap();
        slow.push(stream);
    }
    // All of them are there now: whoever comes next is answered all the same.
    for _ in 0..5 {
        let mut other = connect(Ipv4Addr::LOCALHOST, to).await;
        assert!(asks(&mut other, HEALTH).await.starts_with("HTTP/1.1 200"));
    }
    for stream in &mut slow {
        is_let_go(stream).await;
    }
    // One that is kept open after an answer is let go too, when nothing more comes.
    let mut idle = connect(Ipv4Addr::LOCALHOST, to).await;
    assert!(asks(&mut idle, HEALTH).await.starts_with("HTTP/1.1 200"));
    is_let_go(&mut idle).await;
    process.ask_to_end();
    let (status, said) = process.ended();
    assert!(status.success() && !said.contains("still open"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_address_takes_only_its_share() {
    let folder = tempfile::tempdir().unwrap();
    let share = [("TENANTRY_MAX_CONNECTIONS_PER_ADDRESS", "3")];
    let process = Process::start(folder.path(), "warn", &share);
    let to = address(&process);
    let greedy = Ipv4Addr::new(127, 0, 2, 1);
    let mut held = Vec::new();
    for _ in 0..3 {
        let mut stream = connect(greedy, to).await;
        assert!(asks(&mut stream, HEALTH).await.starts_with("HTTP/1.1 200"));
        held.push(stream);
    }
    is_let_go(&mut connect(greedy, to).await).await;
    let mut other = connect(Ipv4Addr::new(127, 0, 2, 2), to).await;
    assert!(asks(&mut other, HEALTH).await.starts_with("HTTP/1.1 200"));
    // Those that it had go on, and who leaves makes room.
    assert!(asks(&mut held[0], HEALTH).await.starts_with("HTTP/1.1 200"));
    let mut last = held.pop().unwrap();
    let request = "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    assert!(asks(&mut last, request).await.starts_with("HTTP/1.1 200"));
    is_let_go(&mut last).await;
    drop(last);
    let started = Instant::now();
    loop {
        let mut next = connect(greedy, to).await;
        next.write_all(HEALTH.as_bytes()).await.unwrap();
        let mut byte = [0];
        // Its place is given back right after its end.
        if matches!(next.read(&mut byte).await, Ok(1)) {
            break;
        }
        assert!(started.elapsed() < GIVE_UP, "the place wasn't given back");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_proxy_that_is_trusted_brings_as_many_as_come() {
    let folder = tempfile::tempdir().unwrap();
    let settings = [
        ("TENANTRY_MAX_CONNECTIONS_PER_ADDRESS", "1"),
        ("TENANTRY_TRUSTED_PROXIES", "127.0.3.1, 10.0.0.0/8"),
    ];
    let process = Process::start(folder.path(), "info", &settings);
    let to = address(&process);
    let mut held = Vec::new();
    for _ in 0..4 {
        let mut stream = connect(Ipv4Addr::new(127, 0, 3, 1), to).await;
        let request =
            HEALTH.replace("Host: x", "Host: x\r\nX-Forwarded-For: 8.8.8.8, 198.51.100.7");
        assert!(asks(&mut stream, &request).await.starts_with("HTTP/1.1 200"));
        held.push(stream);
    }
    drop(held);
    process.ask_to_end();
    assert!(process.ended().0.success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn heads_without_measure_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let process = Process::start(folder.path(), "warn", &[]);
    let to = address(&process);
    let head = |more: &str| format!("GET /healthz HTTP/1.1\r\nHost: x\r\n{more}\r\n");
    let long = head(&format!("X-Long: {}\r\n", "x".repeat(100_000)));
    let path = format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", "x".repeat(100_000));
    for request in [long, path] {
        let mut stream = connect(Ipv4Addr::LOCALHOST, to).await;
        // The rest of it is read by nobody, so the end may overtake the refusal.
        let _ = stream.write_all(request.as_bytes()).await;
        let mut said = Vec::new();
        let _ = tokio::time::timeout(GIVE_UP, stream.read_to_end(&mut said)).await.unwrap();
        let said = String::from_utf8(said).unwrap();
        assert!(said.is_empty() || said.starts_with("HTTP/1.1 4"), "{said}");
    }
    let mut stream = connect(Ipv4Addr::LOCALHOST, to).await;
    let many = head(&"X-Many: x\r\n".repeat(200));
    assert!(asks(&mut stream, &many).await.starts_with("HTTP/1.1 431"));
    let mut stream = connect(Ipv4Addr::LOCALHOST, to).await;
    let some = head(&"X-Some: x\r\n".repeat(80));
    assert!(asks(&mut stream, &some).await.starts_with("HTTP/1.1 200"));
    assert!(asks(&mut stream, "nonsense\r\n\r\n").await.starts_with("HTTP/1.1 400"));
}

/// A certificate of `localhost` in the two files; answers it.
fn certificate(cert: &Path, key: &Path) -> CertificateDer<'static> {
    let CertifiedKey { cert: made, signing_key } =
        generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    fs::write(cert, made.pem()).unwrap();
    fs::write(key, signing_key.serialize_pem()).unwrap();
    made.der().clone()
}

/// A connection that trusts this certificate alone.
async fn tls(
    to: SocketAddr,
    trusted: &CertificateDer<'static>,
) -> std::io::Result<TlsStream<TcpStream>> {
    drop(rustls::crypto::ring::default_provider().install_default());
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    let name = ServerName::try_from("localhost").unwrap();
    let stream = connect(Ipv4Addr::LOCALHOST, to).await;
    TlsConnector::from(Arc::new(config)).connect(name, stream).await
}

fn hang_up(process: &Process) {
    let id = process.id().to_string();
    assert!(Command::new("kill").args(["-HUP", &id]).status().unwrap().success());
}

/// Asks until connections are made with this certificate.
async fn comes_into_use(to: SocketAddr, wanted: &CertificateDer<'static>) -> TlsStream<TcpStream> {
    let started = Instant::now();
    loop {
        match tls(to, wanted).await {
            Ok(stream) => return stream,
            Err(error) => assert!(started.elapsed() < GIVE_UP, "{error}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_certificate_is_taken_over_under_way() {
    let folder = tempfile::tempdir().unwrap();
    let (cert, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
    let first = certificate(&cert, &key);
    let settings = [
        ("TENANTRY_TLS_CERT", cert.to_str().unwrap()),
        ("TENANTRY_TLS_KEY", key.to_str().unwrap()),
        ("TENANTRY_HEADER_TIMEOUT", "120"),
        ("TENANTRY_DEMO", "true"),
    ];
    let process = Process::start(&folder.path().join("data"), "info", &settings);
    assert!(process.url.starts_with("https://"), "{}", process.url);
    let to = address(&process);
    let mut kept = tls(to, &first).await.unwrap();
    let said = asks(&mut kept, HEALTH).await;
    // https is what browsers are to stay with, and cookies travel by it alone.
    assert!(
        said.starts_with("HTTP/1.1 200") && said.contains("strict-transport-security"),
        "{said}"
    );
    // Without TLS nothing is said here.
    let mut plain = connect(Ipv4Addr::LOCALHOST, to).await;
    plain.write_all(HEALTH.as_bytes()).await.unwrap();
    let mut bytes = Vec::new();
    let _ = plain.read_to_end(&mut bytes).await;
    assert!(!bytes.starts_with(b"HTTP"), "{bytes:?}");

    // By its change alone.
    let second = certificate(&cert, &key);
    let mut newer = comes_into_use(to, &second).await;
    assert!(asks(&mut newer, HEALTH).await.starts_with("HTTP/1.1 200"));
    assert!(tls(to, &first).await.is_err());
    // When asked to.
    let third = certificate(&cert, &key);
    hang_up(&process);
    comes_into_use(to, &third).await;
    // Connections go on with what they began with.
    assert!(asks(&mut kept, HEALTH).await.starts_with("HTTP/1.1 200"));
    assert!(asks(&mut newer, HEALTH).await.starts_with("HTTP/1.1 200"));

    // What doesn't hold isn't taken over, and the next that does is.
    fs::write(&cert, "-----BEGIN CERTIFICATE-----\nnothing\n-----END CERTIFICATE-----\n").unwrap();
    hang_up(&process);
    let fourth = certificate(&folder.path().join("other.pem"), &folder.path().join("other.key"));
    assert!(tls(to, &fourth).await.is_err());
    assert!(asks(&mut tls(to, &third).await.unwrap(), HEALTH).await.starts_with("HTTP/1.1 200"));
    fs::copy(folder.path().join("other.key"), &key).unwrap();
    fs::copy(folder.path().join("other.pem"), &cert).unwrap();
    hang_up(&process);
    comes_into_use(to, &fourth).await;

    drop((kept, newer));
    process.ask_to_end();
    let (status, said) = process.ended();
    assert!(status.success(), "{said}");
    assert!(said.contains("the one before stays in use"), "{said}");
    assert!(!said.contains("PRIVATE"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_a_certificate_that_does_not_hold_nothing_is_begun() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    certificate(&file("cert"), &file("key"));
    certificate(&file("cert2"), &file("key2"));
    fs::write(file("empty"), "").unwrap();
    for (cert, key, told) in [
        (Some("cert"), Some("missing"), "missing"),
        (Some("missing"), Some("key"), "missing"),
        (Some("empty"), Some("key"), "holds no certificate"),
        (Some("key"), Some("key"), "holds no certificate"),
        (Some("cert"), Some("empty"), "holds no private key"),
        (Some("cert"), Some("cert"), "holds no private key"),
        (Some("cert"), Some("key2"), "don't go together"),
        (Some("cert"), None, "--tls-key"),
        (None, Some("key"), "--tls-cert"),
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tenantry"));
        command.args(["serve", "--listen", "127.0.0.1:0", "--data-dir"]).arg(file("data"));
        for (flag, name) in [("--tls-cert", cert), ("--tls-key", key)] {
            if let Some(name) = name {
                command.arg(flag).arg(file(name));
            }
        }
        let output = command.output().unwrap();
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert!(!output.status.success() && said.contains(told), "{told}: {said}");
    }
    assert!(!file("data").exists(), "no data folder is made before all is well");
    let mut command = Command::new(env!("CARGO_BIN_EXE_tenantry"));
    command.args(["serve", "--trusted-proxies", "10.0.0.0/8,somewhere"]);
    let output = command.output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && said.contains("neither an address"), "{said}");
}
