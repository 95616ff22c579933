//! How connections are taken, bounded in number and patience, and let go at the end.

mod places;
mod tls;

use std::{io, net::SocketAddr, pin::Pin, sync::Arc, time::Duration};

use anyhow::Context;
use axum::{Router, body::Body, extract::ConnectInfo, http::Request};
use clap::Args;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::{GracefulShutdown, Watcher},
};
use ipnet::IpNet;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    time::timeout,
};
use tokio_io_timeout::TimeoutStream;
use tower::Service;

use places::{Place, Places};
use tls::Tls;

/// Browsers and proxies send far smaller ones. Bytes.
const HEAD: usize = 64 * 1024;
const HEADERS: usize = 100;

/// Who takes nothing of an answer for so long is let go.
const WRITE_TIMEOUT: Duration = Duration::from_mins(1);

/// How long requests that are under way may take once the program is asked to end.
const PATIENCE: Duration = Duration::from_secs(10);

/// Files that are open beside connections: the database's, uploads, calls to Webex.
const OTHER_FILES: u64 = 512;

#[derive(Args)]
pub struct Listening {
    /// Certificate chain in PEM, to serve https by; read again when it changes, and on SIGHUP.
    #[arg(long, env = "TENANTRY_TLS_CERT", requires = "tls_key")]
    tls_cert: Option<std::path::PathBuf>,
    /// Private key of that certificate, in PEM.
    #[arg(long, env = "TENANTRY_TLS_KEY", requires = "tls_cert")]
    tls_key: Option<std::path::PathBuf>,
    /// Connections at once, from all together.
    #[arg(
        long,
        env = "TENANTRY_MAX_CONNECTIONS",
        default_value_t = 4096,
        value_parser = clap::value_parser!(u32).range(1..=1_000_000)
    )]
    max_connections: u32,
    /// Connections at once from one address, or from one IPv6 network of 64 bits. Trusted proxies may
    /// have as many as there are.
    #[arg(
        long,
        env = "TENANTRY_MAX_CONNECTIONS_PER_ADDRESS",
        default_value_t = 256,
        value_parser = clap::value_parser!(u32).range(1..=1_000_000)
    )]
    max_connections_per_address: u32,
    /// Seconds in which the next request's head has to arrive, on a new connection and on one that is
    /// kept open.
    #[arg(
        long,
        env = "TENANTRY_HEADER_TIMEOUT",
        default_value_t = 20,
        value_parser = clap::value_parser!(u64).range(1..=600)
    )]
    header_timeout: u64,
}

impl Listening {
    /// What browsers begin our address with.
    pub fn scheme(&self) -> &'static str {
        if self.tls_cert.is_some() { "https" } else { "http" }
    }

    /// Reads the certificate, and makes room for the connections.
    pub fn prepared(&self, trusted: &[IpNet]) -> anyhow::Result<Server> {
        let tls = match (&self.tls_cert, &self.tls_key) {
            (Some(cert), Some(key)) => {
                Some(Tls::read(cert.clone(), key.clone()).context("TLS can't be set up")?)
            }
            _ => None,
        };
        let wanted = u64::from(self.max_connections) + OTHER_FILES;
        let files = rlimit::increase_nofile_limit(wanted).unwrap_or(wanted);
        if files < wanted {
            tracing::warn!(
                files,
                wanted,
                "fewer files may be open than --max-connections asks for; raise the limit of open \
                 files (LimitNOFILE=)"
            );
        }
        let places =
            Places::new(self.max_connections, self.max_connections_per_address, trusted.to_vec());
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new())
            .header_read_timeout(Duration::from_secs(self.header_timeout))
            .max_headers(HEADERS)
            .max_header_size(HEAD);
        let header_timeout = Duration::from_secs(self.header_timeout);
        Ok(Server { http, header_timeout, places, tls })
    }
}

/// A server that is ready to take connections.
pub struct Server {
    http: http1::Builder,
    header_timeout: Duration,
    places: Places,
    tls: Option<Tls>,
}

impl Server {
    /// Serves until `stop` answers, and then what is under way for a while longer.
    pub async fn serve(
        self,
        listener: TcpListener,
        router: Router,
        stop: impl Future<Output = ()>,
    ) {
        let graceful = GracefulShutdown::new();
        if let Some(tls) = &self.tls {
            tls.keep_up();
        }
        let server = Arc::new(self);
        let mut stop = std::pin::pin!(stop);
        loop {
            let (stream, peer, place) = tokio::select! {
                taken = server.next(&listener) => match taken {
                    Ok(Some(connection)) => connection,
                    Ok(None) => continue,
                    Err(error) => {
                        tracing::error!(%error, "a connection couldn't be taken");
                        // No file is free, say: without the wait this loop would do nothing else.
                        tokio::time::sleep(Duration::from_millis(200)).await;
                        continue;
                    }
                },
                () = &mut stop => break,
            };
            let (server, router) = (Arc::clone(&server), router.clone());
            let watcher = graceful.watcher();
            tokio::spawn(async move {
                let _place = place;
                server.connection(stream, peer, router, watcher).await;
            });
        }
        drop(listener);
        if timeout(PATIENCE, graceful.shutdown()).await.is_err() {
            tracing::warn!("connections were still open when the program ended");
        }
    }

    /// The next connection that there is a place for; `None` for one that was let go at once.
    async fn next(
        &self,
        listener: &TcpListener,
    ) -> io::Result<Option<(TcpStream, SocketAddr, Place)>> {
        // While all places are taken the system lets others wait.
        let seat = self.places.any().await;
        match listener.accept().await {
            Ok((stream, peer)) => {
                Ok(self.places.at(peer.ip(), seat).map(|place| (stream, peer, place)))
            }
            // The other side has gone already.
            Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => Ok(None),
            Err(error) if error.kind() == io::ErrorKind::ConnectionReset => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn connection(
        &self,
        stream: TcpStream,
        peer: SocketAddr,
        router: Router,
        watcher: Watcher,
    ) {
        // Answers are written whole; waiting for more would only delay them.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection has gone");
            return;
        }
        let mut stream = TimeoutStream::new(stream);
        stream.set_write_timeout(Some(WRITE_TIMEOUT));
        let stream = Box::pin(stream);
        let Some(tls) = &self.tls else {
            return self.requests(stream, peer, router, watcher).await;
        };
        match timeout(self.header_timeout, tls.acceptor().accept(stream)).await {
            Ok(Ok(stream)) => self.requests(Box::pin(stream), peer, router, watcher).await,
            Ok(Err(error)) => tracing::debug!(%error, "a connection spoke no TLS"),
            Err(_) => tracing::debug!("a connection didn't finish its TLS handshake in time"),
        }
    }

    async fn requests<S: AsyncRead + AsyncWrite + Send + 'static>(
        &self,
        stream: Pin<Box<S>>,
        peer: SocketAddr,
        router: Router,
        watcher: Watcher,
    ) {
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(peer));
            // A router is always ready.
            router.clone().call(request.map(Body::new))
        });
        let connection = self.http.serve_connection(TokioIo::new(stream), service);
        if let Err(error) = watcher.watch(connection).await {
            tracing::debug!(%error, "a connection ended early");
        }
    }
}
