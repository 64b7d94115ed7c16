//! Continuo's interface kit: tokens, components and the page frame.
//!
//! View models (plain structs of text) in, markup out. Knows nothing of the record, the store or HTTP, reads no
//! clock, and never decides what something means: words, tones and dates arrive ready. See README.md.

pub mod action;
pub mod advice;
pub mod assets;
pub mod banner;
pub mod board;
pub mod dialog;
pub mod evidence;
pub mod field;
pub mod filter;
pub mod form;
pub mod frame;
pub mod gallery;
pub mod markup_check;
pub mod menu;
pub mod multiple;
pub mod paged;
pub mod panel;
pub mod peek;
pub mod print;
pub mod result_line;
pub mod section;
pub mod shape;
pub mod stat;
pub mod states;
pub mod suggestion;
pub mod table;
pub mod tabs;
pub mod tag;
pub mod timeline;
pub mod toast;
pub mod transcript;
pub mod who;
pub mod words;
pub mod work_row;

pub use maud::{Markup, PreEscaped, html};
