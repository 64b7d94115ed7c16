//! What a handler gives back: status, headers and a body, before HTTP is involved.

use maud::Markup;

/// Writes a long body piece by piece; each call says whether somebody still listens.
pub type Feed = Box<dyn FnOnce(&mut dyn FnMut(Vec<u8>) -> bool) + Send>;

/// An answer to one request.
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Headers beyond those every answer carries.
    pub headers: Vec<(&'static str, String)>,
    /// The body as sent.
    pub body: Vec<u8>,
    /// For bodies too long for memory: written after `body` on a thread of its own.
    pub feed: Option<Feed>,
}

impl Reply {
    /// An HTML page.
    pub fn page(markup: Markup) -> Self {
        Self::with(200, "text/html; charset=utf-8", markup.into_string().into_bytes())
    }

    /// A body of this media type.
    pub fn with(status: u16, media_type: &str, body: Vec<u8>) -> Self {
        Self { status, headers: vec![("content-type", media_type.to_owned())], body, feed: None }
    }

    /// A body that is written piece by piece.
    pub fn fed(media_type: &str, feed: Feed) -> Self {
        Self { feed: Some(feed), ..Self::with(200, media_type, Vec::new()) }
    }

    /// Nothing but a status.
    pub fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new(), feed: None }
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
