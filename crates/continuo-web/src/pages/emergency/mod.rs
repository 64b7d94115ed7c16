//! Emergency access: asked for with a ground and a reason, in sight while it runs, reviewed afterwards.

pub mod ask;
pub mod openings;
pub mod review;

mod serve;

mod openings_serve;
mod tokens_serve;
pub(super) use openings_serve::ROUTES as OPENINGS;
pub(super) use serve::ROUTES;
pub(super) use tokens_serve::ROUTES as TOKENS;
