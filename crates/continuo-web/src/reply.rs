//! What a handler gives back: status, headers and a body, before HTTP is involved.

use maud::Markup;

/// An answer to one request.
#[derive(Debug, Clone)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Headers beyond those every answer carries.
    pub headers: Vec<(&'static str, String)>,
    /// The body as sent.
    pub body: Vec<u8>,
}

impl Reply {
    /// An HTML page.
    pub fn page(markup: Markup) -> Self {
        Self::with(200, "text/html; charset=utf-8", markup.into_string().into_bytes())
    }

    /// A body of this media type.
    pub fn with(status: u16, media_type: &str, body: Vec<u8>) -> Self {
        Self { status, headers: vec![("content-type", media_type.to_owned())], body }
    }

    /// Nothing but a status.
    pub fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new() }
    }

    /// "See other": after a form was taken, so that reloading does not send it again.
    pub fn see(path: &str) -> Self {
        Self::empty(303).header("location", path)
    }

    /// With one more header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// With another status.
    #[must_use]
    pub fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }
}
