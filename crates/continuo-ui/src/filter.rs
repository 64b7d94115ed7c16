//! The filter bar: choices that live in the address, and views saved under a name.
//!
//! Personal search terms never go through here: the address holds only kinds, bands and owners (safety.md, 23).

use maud::{Markup, html};

use crate::field::Choice;
use crate::words::Lang;

/// One filter.
#[derive(Clone, Debug)]
pub struct FilterView {
    /// Name in the address.
    pub name: String,
    /// "Due".
    pub label: String,
    /// Choices; the first is "all".
    pub choices: Vec<Choice>,
    /// The chosen value.
    pub chosen: String,
}

/// A saved view.
#[derive(Clone, Debug)]
pub struct SavedView {
    /// Its name.
    pub label: String,
    /// Its address.
    pub href: String,
}

/// The bar.
#[derive(Clone, Debug, Default)]
pub struct FilterBarView {
    /// Path the form asks for.
    pub action: String,
    /// Parts of the address to keep: the tab.
    pub keep: Vec<(String, String)>,
    /// The filters.
    pub filters: Vec<FilterView>,
    /// Saved views.
    pub saved: Vec<SavedView>,
    /// Where "Save this view" posts; empty hides it.
    pub save: String,
}

/// The bar, as a form that asks for the filtered address.
pub fn filter_bar(lang: Lang, csrf: &str, view: &FilterBarView) -> Markup {
    let words = lang.words();
    html! {
        div.filters.no-print {
            form.filters method="get" action=(view.action) data-auto aria-label="Filters" {
                @for (name, value) in &view.keep { input type="hidden" name=(name) value=(value); }
                @for filter in &view.filters {
                    div.field {
                        label for={ "filter-" (filter.name) } { (filter.label) }
                        select id={ "filter-" (filter.name) } name=(filter.name) {
                            @for choice in &filter.choices {
                                option value=(choice.value) selected[choice.value == filter.chosen] { (choice.label) }
                            }
                        }
                    }
                }
                @if !view.filters.is_empty() { button.button type="submit" { (words.apply) } }
            }
            @if !view.saved.is_empty() || !view.save.is_empty() { (saved(lang, csrf, view)) }
        }
    }
}

fn saved(lang: Lang, csrf: &str, view: &FilterBarView) -> Markup {
    html! {
        details.menu.menu-left data-menu {
            summary.button.caret { (lang.words().saved_views) }
            div.menu-list {
                @for one in &view.saved { a href=(one.href) { (one.label) } }
                @if !view.save.is_empty() {
                    @if !view.saved.is_empty() { hr; }
                    form.stack-tight method="post" action=(view.save) {
                        input type="hidden" name="csrf" value=(csrf);
                        @for (name, value) in &view.keep { input type="hidden" name=(name) value=(value); }
                        @for filter in &view.filters { input type="hidden" name=(filter.name) value=(filter.chosen); }
                        label.fine for="save-view-name" { "Name for this view" }
                        input #save-view-name type="text" name="name" required;
                        button type="submit" { "Save this view" }
                    }
                }
            }
        }
    }
}
