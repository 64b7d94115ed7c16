//! One attempt over HTTP: a small synchronous client with rustls and the system's certificates (ADR 0003).

use std::time::Duration;

use continuo_care::outbound::{Call, OutboundError};
use ureq::tls::{RootCerts, TlsConfig};

/// What one attempt came to.
pub(super) enum Sent {
    /// Success with this body.
    Answer(Vec<u8>),
    /// Not; whether another attempt may help, after at least this pause.
    Failed { error: OutboundError, again: Option<Duration> },
}

/// The client. It keeps connections open between calls.
pub(super) struct Wire {
    agent: ureq::Agent,
}

impl Wire {
    pub(super) fn new() -> Self {
        // Another part of the process may have chosen already; both are the same provider.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build();
        let config = ureq::Agent::config_builder()
            .tls_config(tls)
            // A redirect could lead to a host that nobody allowed, with our headers.
            .max_redirects(0)
            .http_status_as_error(false)
            // No surprise from the environment: what leaves goes where the configuration says.
            .proxy(None)
            .user_agent(concat!("continuo/", env!("CARGO_PKG_VERSION")))
            .build();
        Self { agent: config.into() }
    }

    /// Sends once and waits at most `left`.
    pub(super) fn send(&self, call: &Call, left: Duration) -> Sent {
        let result = match &call.body {
            None => {
                let mut request = self.agent.get(&call.url);
                for (name, value) in &call.headers {
                    request = request.header(*name, value);
                }
                request.config().timeout_global(Some(left)).build().call()
            }
            Some(body) => {
                let mut request = self.agent.post(&call.url);
                for (name, value) in &call.headers {
                    request = request.header(*name, value);
                }
                request.config().timeout_global(Some(left)).build().send(&body[..])
            }
        };
        let mut response = match result {
            Ok(response) => response,
            Err(error) => return failed(&error),
        };
        let status = response.status().as_u16();
        if !(200..300).contains(&status) {
            let pause = response.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok());
            let pause = Duration::from_secs(pause.unwrap_or(0));
            // 408 and 429 ask for another try; 500 to 504 may pass (RFC 9110 section 15).
            let again = matches!(status, 408 | 429 | 500 | 502 | 503 | 504).then_some(pause);
            return Sent::Failed { error: OutboundError::Status(status), again };
        }
        match response.body_mut().with_config().limit(call.largest as u64).read_to_vec() {
            Ok(body) => Sent::Answer(body),
            Err(error) => failed(&error),
        }
    }
}

fn failed(error: &ureq::Error) -> Sent {
    let (error, again) = match error {
        ureq::Error::Timeout(_) => (OutboundError::TimedOut, None),
        ureq::Error::BodyExceedsLimit(_) => (OutboundError::TooLarge("answer"), None),
        ureq::Error::Io(_) | ureq::Error::ConnectionFailed => (OutboundError::Unreachable, Some(Duration::ZERO)),
        _ => (OutboundError::Unreachable, None),
    };
    Sent::Failed { error, again }
}
