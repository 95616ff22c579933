//! TLS from a certificate and a key, which are read again when they change. Connections go on with
//! what they began with.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;
use zeroize::Zeroizing;

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(5);

/// Why a certificate isn't used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    #[error("{0}: {1}")]
    File(PathBuf, io::Error),
    #[error("{0} holds no certificate in PEM (-----BEGIN CERTIFICATE-----)")]
    NoCertificate(PathBuf),
    #[error("{0} holds no private key in PEM (-----BEGIN PRIVATE KEY-----) that isn't encrypted")]
    NoKey(PathBuf),
    #[error("{0} and {1} don't go together: {2}")]
    Pair(PathBuf, PathBuf, rustls::Error),
}

pub struct Tls {
    files: Files,
    first: Content,
    now: watch::Sender<Arc<ServerConfig>>,
}

#[derive(Clone)]
struct Files {
    cert: PathBuf,
    key: PathBuf,
}

/// What stands in the two files.
#[derive(Clone, PartialEq, Eq)]
struct Content {
    cert: Vec<u8>,
    key: Zeroizing<Vec<u8>>,
}

impl Tls {
    pub fn read(cert: PathBuf, key: PathBuf) -> Result<Self, TlsError> {
        // Set once in a process; whoever comes second finds it set.
        drop(rustls::crypto::ring::default_provider().install_default());
        let files = Files { cert, key };
        let first = files.content()?;
        let now = watch::Sender::new(files.config(&first)?);
        Ok(Self { files, first, now })
    }

    /// For the next connection.
    pub fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::clone(&self.now.borrow()))
    }

    /// Takes in what changes from now on, as long as the program runs.
    pub fn keep_up(&self) {
        let (files, mut known, now) = (self.files.clone(), self.first.clone(), self.now.clone());
        tokio::spawn(async move {
            let (mut asked, mut unread) = (Asked::new(), false);
            loop {
                let again = asked.next().await;
                let found = files.content();
                // What was judged already is judged again only when somebody asks.
                match &found {
                    Ok(content) if *content == known && !unread && !again => continue,
                    Ok(content) => (known, unread) = (content.clone(), false),
                    Err(_) if unread && !again => continue,
                    Err(_) => unread = true,
                }
                match found.and_then(|content| files.config(&content)) {
                    Ok(config) => {
                        now.send_replace(config);
                        tracing::info!("the TLS certificate was read again");
                    }
                    Err(error) => tracing::error!(
                        %error,
                        "the TLS certificate wasn't taken over; the one before stays in use"
                    ),
                }
            }
        });
    }
}

impl Files {
    fn content(&self) -> Result<Content, TlsError> {
        let read = |path: &Path| {
            std::fs::read(path).map_err(|error| TlsError::File(path.to_owned(), error))
        };
        Ok(Content { cert: read(&self.cert)?, key: Zeroizing::new(read(&self.key)?) })
    }

    fn config(&self, content: &Content) -> Result<Arc<ServerConfig>, TlsError> {
        let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(&content.cert)
            .collect::<Result<_, _>>()
            .map_err(|_| TlsError::NoCertificate(self.cert.clone()))?;
        if chain.is_empty() {
            return Err(TlsError::NoCertificate(self.cert.clone()));
        }
        let key = PrivateKeyDer::from_pem_slice(&content.key)
            .map_err(|_| TlsError::NoKey(self.key.clone()))?;
        let mut config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .map_err(|error| TlsError::Pair(self.cert.clone(), self.key.clone(), error))?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }
}

/// When to look: every few seconds, and when SIGHUP asks for it.
struct Asked {
    rounds: tokio::time::Interval,
    #[cfg(unix)]
    hangup: Option<tokio::signal::unix::Signal>,
}

impl Asked {
    fn new() -> Self {
        Self {
            rounds: tokio::time::interval(LOOK),
            #[cfg(unix)]
            hangup: tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup()).ok(),
        }
    }

    /// Whether somebody asked.
    async fn next(&mut self) -> bool {
        #[cfg(unix)]
        if let Some(hangup) = &mut self.hangup {
            return tokio::select! {
                _ = self.rounds.tick() => false,
                asked = hangup.recv() => asked.is_some(),
            };
        }
        self.rounds.tick().await;
        false
    }
}
