//! Emergency access: asked for with a ground and a reason, in sight while it runs, reviewed afterwards.

pub mod ask;
pub mod review;

mod serve;

pub(super) use serve::ROUTES;
