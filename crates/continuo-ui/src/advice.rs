//! Care advice for patients: three fixed levels, fixed words, color and shape; 988 beside 911.

use maud::{Markup, html};

use crate::shape;
use crate::words::Lang;

/// How urgent the advice is, most urgent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Call 911 now.
    Emergency,
    /// Get help today.
    Today,
    /// Call us.
    CallUs,
}

/// One piece of advice.
#[derive(Clone, Debug)]
pub struct AdviceView {
    /// Level.
    pub level: Level,
    /// One sentence: when this applies.
    pub when: String,
    /// The clinic's number, for "Call us" and "Get help today".
    pub phone: String,
}

/// Advice on a page: at most one of each level, the most urgent first, whatever order it came in.
pub fn advice(lang: Lang, views: &[AdviceView]) -> Markup {
    let mut ordered: Vec<&AdviceView> = views.iter().collect();
    ordered.sort_by_key(|view| view.level);
    ordered.dedup_by_key(|view| view.level);
    html! { @for view in ordered { (one(lang, view)) } }
}

fn one(lang: Lang, view: &AdviceView) -> Markup {
    let words = lang.words();
    let (class, heading, shape) = match view.level {
        Level::Emergency => ("advice-911", words.call_911, shape::alert()),
        Level::Today => ("advice-today", words.help_today, shape::alert()),
        Level::CallUs => ("advice-call", words.call_us, shape::phone()),
    };
    html! {
        div class={ "advice " (class) } {
            (shape)
            strong { (heading) @if !view.phone.is_empty() { " " a href={ "tel:" (digits(&view.phone)) } { (view.phone) } } }
            p { (view.when) }
            @if view.level == Level::Emergency { p { strong { (words.call_988) } } }
        }
    }
}

fn digits(phone: &str) -> String {
    phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect()
}
