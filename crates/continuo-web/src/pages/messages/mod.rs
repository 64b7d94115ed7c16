//! The inbox of messages: the list worst first, one message with its deciding words lit, entering one by hand.

pub mod inbox;
pub mod message;

mod serve;

pub(super) use serve::routes;
