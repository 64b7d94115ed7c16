//! PostgreSQL over TLS: `sslmode` and `sslrootcert` as libpq means them, on the rustls that calls out already use.
//!
//! `disable`, `allow`, `prefer` (the default), `require`, `verify-ca`, `verify-full`. Without verifying, TLS keeps a
//! listener out, not an impostor: across a network use `verify-full`. Where libpq looks for `~/.postgresql/root.crt`,
//! the system's certificates count; `sslrootcert=FILE` names others. A socket file is never encrypted.

use super::pipe::Pipe;
use crate::error::{Error, Result};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use std::future::Future;
use std::io;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::tls::{ChannelBinding, MakeTlsConnect, TlsConnect, TlsStream};
use tokio_postgres::{Config, NoTls, Socket};
use tokio_rustls::TlsConnector;

/// How far the server is trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trust {
    /// Anybody's certificate.
    Anybody,
    /// One that a known authority signed, for whatever name.
    Authority,
    /// One that a known authority signed for this name.
    Name,
}

/// The TLS part of a connection string.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Wanted {
    /// The rest of the connection string.
    rest: String,
    /// What is tried, in order.
    modes: &'static [SslMode],
    trust: Trust,
    roots: Option<String>,
}

/// Connects as the connection string says.
pub(crate) fn connect(text: &str) -> Result<Pipe> {
    let wanted = read(text)?;
    let mut config: Config = wanted.rest.parse()?;
    let by_file = config.get_hosts().iter().all(|host| matches!(host, Host::Unix(_)));
    if by_file || wanted.modes == [SslMode::Disable] {
        config.ssl_mode(SslMode::Disable);
        return Pipe::connect(&config, NoTls);
    }
    let connector = connector(&wanted)?;
    let mut failed = None;
    for mode in wanted.modes {
        config.ssl_mode(*mode);
        match Pipe::connect(&config, connector.clone()) {
            Ok(client) => return Ok(client),
            Err(error) => failed = Some(error),
        }
    }
    Err(failed.unwrap_or_else(|| Error::Invalid("no way to connect is allowed".to_owned())))
}

/// Takes `sslmode` and `sslrootcert` out of the connection string.
fn read(text: &str) -> Result<Wanted> {
    let (address, query) = text.split_once('?').unwrap_or((text, ""));
    let (mut mode, mut roots) = ("prefer".to_owned(), None);
    let mut kept = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        match name {
            "sslmode" => mode = crate::search::decode(value),
            "sslrootcert" => roots = Some(crate::search::decode(value)).filter(|path| path != "system"),
            _ => kept.push(pair),
        }
    }
    let (modes, trust): (&'static [SslMode], Trust) = match mode.as_str() {
        "disable" => (&[SslMode::Disable], Trust::Anybody),
        "allow" => (&[SslMode::Disable, SslMode::Require], Trust::Anybody),
        "prefer" => (&[SslMode::Prefer], Trust::Anybody),
        // A file of authorities beside `require` is meant to be used (libpq does the same).
        "require" if roots.is_some() => (&[SslMode::Require], Trust::Authority),
        "require" => (&[SslMode::Require], Trust::Anybody),
        "verify-ca" => (&[SslMode::Require], Trust::Authority),
        "verify-full" => (&[SslMode::Require], Trust::Name),
        other => {
            let text = format!("sslmode `{other}` is none of disable, allow, prefer, require, verify-ca, verify-full");
            return Err(Error::Invalid(text));
        }
    };
    let rest = if kept.is_empty() { address.to_owned() } else { format!("{address}?{}", kept.join("&")) };
    Ok(Wanted { rest, modes, trust, roots })
}

fn connector(wanted: &Wanted) -> Result<Connector> {
    let failed = |cause: String| Error::Invalid(format!("TLS to the database: {cause}"));
    let provider = Arc::new(ring::default_provider());
    let inner = match wanted.trust {
        Trust::Anybody => None,
        Trust::Authority | Trust::Name => {
            let roots = Arc::new(roots(wanted.roots.as_deref().map(Path::new))?);
            let built = WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(&provider)).build();
            Some(built.map_err(|e| failed(e.to_string()))?)
        }
    };
    let verifier = Verifier { inner, trust: wanted.trust, provider: Arc::clone(&provider) };
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|e| failed(e.to_string()))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok(Connector(Arc::new(config)))
}

/// The authorities of a file, or those of the system.
fn roots(file: Option<&Path>) -> Result<RootCertStore> {
    let mut store = RootCertStore::empty();
    let Some(path) = file else {
        for certificate in rustls_native_certs::load_native_certs().certs {
            // The system may hold some that rustls does not take; the others count.
            let _ = store.add(certificate);
        }
        return Ok(store);
    };
    let failed = |cause: String| Error::Invalid(format!("sslrootcert {}: {cause}", path.display()));
    let certificates = CertificateDer::pem_file_iter(path).map_err(|e| failed(e.to_string()))?;
    for certificate in certificates {
        let certificate = certificate.map_err(|e| failed(e.to_string()))?;
        store.add(certificate).map_err(|e| failed(e.to_string()))?;
    }
    if store.is_empty() { Err(failed("holds no certificate".to_owned())) } else { Ok(store) }
}

/// Checks the server's certificate as far as was asked for, and its signatures always.
#[derive(Debug)]
struct Verifier {
    inner: Option<Arc<WebPkiServerVerifier>>,
    trust: Trust,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end: &CertificateDer<'_>,
        between: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> std::result::Result<ServerCertVerified, rustls::Error> {
        let Some(inner) = &self.inner else { return Ok(ServerCertVerified::assertion()) };
        match inner.verify_server_cert(end, between, name, ocsp, now) {
            Err(rustls::Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) if self.trust == Trust::Authority => Ok(ServerCertVerified::assertion()),
            other => other,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

#[derive(Clone)]
struct Connector(Arc<ClientConfig>);

/// A connection to one server, about to be made.
struct Connecting {
    config: Arc<ClientConfig>,
    name: ServerName<'static>,
}

impl MakeTlsConnect<Socket> for Connector {
    type Stream = Stream;
    type TlsConnect = Connecting;
    type Error = rustls::pki_types::InvalidDnsNameError;

    fn make_tls_connect(&mut self, domain: &str) -> std::result::Result<Connecting, Self::Error> {
        Ok(Connecting { config: Arc::clone(&self.0), name: ServerName::try_from(domain)?.to_owned() })
    }
}

impl TlsConnect<Socket> for Connecting {
    type Stream = Stream;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Stream>> + Send>>;

    fn connect(self, socket: Socket) -> Self::Future {
        Box::pin(async move { TlsConnector::from(self.config).connect(self.name, socket).await.map(Stream) })
    }
}

/// An encrypted connection.
struct Stream(tokio_rustls::client::TlsStream<Socket>);

impl TlsStream for Stream {
    fn channel_binding(&self) -> ChannelBinding {
        // Passwords are sent as SCRAM without binding; who must exclude an impostor verifies the certificate.
        ChannelBinding::none()
    }
}

impl tokio::io::AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut tokio::io::ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buf)
    }
}

impl tokio::io::AsyncWrite for Stream {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_modes_are_those_of_libpq() {
        let wanted = |query: &str| read(&format!("postgres://c@db/x{query}")).map(|w| (w.modes.len(), w.trust, w.rest));
        let rest = "postgres://c@db/x".to_owned();
        assert_eq!(wanted("").unwrap(), (1, Trust::Anybody, rest.clone()));
        assert_eq!(wanted("?sslmode=allow").unwrap(), (2, Trust::Anybody, rest.clone()));
        assert_eq!(wanted("?sslmode=require&sslrootcert=%2Fca.pem").unwrap(), (1, Trust::Authority, rest.clone()));
        assert_eq!(wanted("?sslmode=verify-full&sslrootcert=system").unwrap(), (1, Trust::Name, rest.clone()));
        assert_eq!(wanted("?connect_timeout=3&sslmode=verify-ca").unwrap().2, format!("{rest}?connect_timeout=3"));
        assert!(wanted("?sslmode=maybe").unwrap_err().to_string().contains("verify-full"));
    }
}
