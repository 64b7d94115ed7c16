//! A person's identity in one line: family name first, given names, age and sex, birth date.
//!
//! Every card, toast, dialog, review page and print shows it, so that nobody acts on the wrong person.

use maud::{Markup, html};

/// Who a line, card or dialog is about.
#[derive(Clone, Debug, Default)]
pub struct Who {
    /// Family name or names; empty for a person with a single name.
    pub family: String,
    /// Given names, or the single name.
    pub given: String,
    /// "66 F".
    pub age_sex: String,
    /// "02/12/1960".
    pub born: String,
    /// Address of the chart.
    pub href: String,
}

impl Who {
    /// "REYES, Ana Maria", or the single name alone.
    pub fn name(&self) -> String {
        if self.family.is_empty() {
            return self.given.to_uppercase();
        }
        if self.given.is_empty() {
            return self.family.to_uppercase();
        }
        format!("{}, {}", self.family.to_uppercase(), self.given)
    }

    /// "REYES, Ana Maria 02/12/1960", for titles, toasts and labels.
    pub fn named_and_born(&self) -> String {
        format!("{} {}", self.name(), self.born).trim_end().to_owned()
    }
}

/// The line as text.
pub fn line(who: &Who) -> Markup {
    html! {
        span.who { strong { (who.name()) } " " span.num.nowrap { (who.age_sex) } " " span.num.nowrap { (who.born) } }
    }
}

/// The line as a link to the chart. Its name says the birth date: two people of one list may be called alike.
pub fn link(who: &Who) -> Markup {
    html! {
        span.who { a href=(who.href) aria-label=(who.named_and_born()) { strong { (who.name()) } } " " span.num.nowrap { (who.age_sex) } " " span.num.nowrap { (who.born) } }
    }
}
