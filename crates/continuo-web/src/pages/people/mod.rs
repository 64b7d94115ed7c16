//! People: finding, registering, the chart and the timeline.

pub mod chart;
pub mod contacts;
pub mod lists;
pub mod register;
pub mod search;
pub mod source;
pub mod timeline;

mod serve;

pub(super) use serve::{hit_view, in_a_line, kind_in_words, routes, take_date};
