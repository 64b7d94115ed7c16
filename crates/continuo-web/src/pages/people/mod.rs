//! People: finding, registering, the chart and the timeline.

pub mod chart;
pub mod register;
pub mod search;
pub mod timeline;
