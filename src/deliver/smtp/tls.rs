//! TLS for sessions, both ways: from the first byte, and by STARTTLS. Trust is Mozilla's list of roots, and the relay's own where it has any.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, LazyLock};
use std::task::{Context, Poll};

use lettre::transport::smtp::client::{AsyncTokioStream, Certificate, TlsParameters};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::server::{Relay, StartTls};

/// One configuration for all sessions with public servers, so that their tickets are shared and the second handshake is short.
static PUBLIC: LazyLock<Arc<ClientConfig>> = LazyLock::new(|| Arc::new(client(public_roots())));

fn public_roots() -> RootCertStore {
    RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() }
}

fn client(roots: RootCertStore) -> ClientConfig {
    let builder = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()));
    let builder = builder.with_safe_default_protocol_versions().expect("ring has the ciphers of TLS 1.2 and 1.3");
    builder.with_root_certificates(roots).with_no_client_auth()
}

/// The certificates in a PEM text.
fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, String> {
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    certificates.map_err(|error| format!("the relay's own root certificates: {error}"))
}

/// A connection that is TLS from its first byte.
#[derive(Debug)]
pub(super) struct Wrapped(TlsStream<TcpStream>);

impl Wrapped {
    /// Shakes hands; the certificate must be good for the relay's name.
    pub(super) async fn handshake(relay: &Relay, stream: TcpStream) -> Result<Self, String> {
        let name = ServerName::try_from(relay.host.clone()).map_err(|error| error.to_string())?;
        let client = match &relay.ca {
            None => Arc::clone(&PUBLIC),
            Some(pem) => {
                let mut roots = public_roots();
                for certificate in certificates(pem)? {
                    roots.add(certificate).map_err(|error| error.to_string())?;
                }
                Arc::new(client(roots))
            }
        };
        let connector = TlsConnector::from(client);
        connector.connect(name, stream).await.map(Self).map_err(|error| error.to_string())
    }
}

/// What STARTTLS asks of the certificate. Where TLS is opportunistic and no password leaves this machine, any certificate beats none (RFC 7435).
pub(super) fn starttls(relay: &Relay) -> Result<TlsParameters, String> {
    let lenient = relay.starttls == StartTls::Opportunistic && (relay.login.is_none() || relay.is_loopback());
    let mut builder =
        TlsParameters::builder(relay.host.clone()).dangerous_accept_invalid_certs(lenient).dangerous_accept_invalid_hostnames(lenient);
    for certificate in relay.ca.as_deref().map(certificates).transpose()?.unwrap_or_default() {
        let certificate = Certificate::from_der(certificate.to_vec()).map_err(|error| error.to_string())?;
        builder = builder.add_root_certificate(certificate);
    }
    builder.build_rustls().map_err(|error| error.to_string())
}

impl AsyncTokioStream for Wrapped {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.0.get_ref().0.peer_addr()
    }
}

impl AsyncRead for Wrapped {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Wrapped {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}
