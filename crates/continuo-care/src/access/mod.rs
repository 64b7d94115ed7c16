//! Access: who may do what, decided in this one place.
//!
//! Roles, permissions and sensitivity labels are rows of `knowledge/access/*.csv`. A signed-in person's [`Grant`]
//! answers "may they?" for actions; [`scope`](Grant::scope) compiles the same facts into the predicate that the
//! store adds to every query, so that totals and pages cannot leak. Nothing is filtered afterwards.

pub mod emergency;
mod grant;
mod labels;
pub mod opened;
pub mod openings;
mod permissions;
pub(crate) mod reach;
mod roles;
mod scope;
pub(crate) mod table;
pub mod unseen;

pub use grant::{Denied, Grant};
pub use labels::{LABELS, Label, label_table, labels_named};
pub use permissions::Permission;
pub use roles::{Role, role, roles};
pub use scope::{EVERYBODY, account_audience, known_as, scope_of, team_audience};
