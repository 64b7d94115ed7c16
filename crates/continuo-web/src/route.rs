//! The route table: every address the product answers, who may call it, and the function that answers.
//!
//! The access matrix is made from this table, so a route cannot exist without saying who may use it.

use continuo_care::Ctx;
use continuo_care::access::Permission;

use crate::app::App;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::request::Request;

/// Who may call a route at all. What they then see is up to the scope of their queries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gate {
    /// Everyone, signed in or not.
    Open,
    /// Anyone who has signed in.
    SignedIn,
    /// Signed in, and allowed this.
    May(Permission),
    /// A bearer token or a session; the FHIR layer asks for the permission that fits the interaction.
    Api,
}

/// Answers one request.
pub type Handler = fn(&App, &Ctx, &Request) -> Result<Reply, Problem>;

/// One row of the table.
#[derive(Clone, Copy)]
pub struct Route {
    /// GET, POST, PUT, PATCH, DELETE.
    pub method: &'static str,
    /// Path with `{name}` parts.
    pub path: &'static str,
    /// Who may call it.
    pub gate: Gate,
    /// Largest body taken, in bytes.
    pub body_limit: usize,
    /// Whether it answers within microseconds and may run on the network thread.
    pub quick: bool,
    /// Whether it waits for somebody else's server: it takes none of the turns in which pages are read, so that one that
    /// hangs keeps nobody waiting.
    pub calls_out: bool,
    /// The function that answers.
    pub handler: Handler,
}

/// Bodies of forms.
pub const FORM_LIMIT: usize = 1 << 20;
/// Bodies of forms that anybody may send: a name and a password. Thousands of them at once must not fill the memory.
pub const OPEN_FORM_LIMIT: usize = 8 << 10;

impl Route {
    /// A page that is read.
    pub const fn get(path: &'static str, gate: Gate, handler: Handler) -> Self {
        Self { method: "GET", path, gate, body_limit: 0, quick: false, calls_out: false, handler }
    }

    /// A form that is sent.
    pub const fn post(path: &'static str, gate: Gate, handler: Handler) -> Self {
        let body_limit = if matches!(gate, Gate::Open) { OPEN_FORM_LIMIT } else { FORM_LIMIT };
        Self { method: "POST", path, gate, body_limit, quick: false, calls_out: false, handler }
    }

    /// With another body limit.
    #[must_use]
    pub const fn body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = bytes;
        self
    }

    /// Waits for somebody else's server.
    #[must_use]
    pub const fn calling_out(mut self) -> Self {
        self.calls_out = true;
        self
    }

    /// Answered on the network thread.
    #[must_use]
    pub const fn quick(mut self) -> Self {
        self.quick = true;
        self
    }
}
