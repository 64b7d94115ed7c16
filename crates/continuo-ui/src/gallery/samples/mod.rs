//! Made-up people and work for the gallery, a component each. Nobody here is real.

pub(super) mod entering;
pub(super) mod machine;
pub(super) mod record;
pub(super) mod work;

use crate::action::Press;
use crate::banner::{AllergyView, BannerView};
use crate::field::Choice;
use crate::filter::{FilterBarView, FilterView, SavedView};
use crate::menu::MenuItem;
use crate::table::{Cell, TableView};
use crate::tabs::TabView;
use crate::tag::{DueView, TagView, Tone};
use crate::who::Who;

fn s(text: &str) -> String {
    text.to_owned()
}

fn who(family: &str, given: &str, age_sex: &str, born: &str) -> Who {
    Who { family: s(family), given: s(given), age_sex: s(age_sex), born: s(born), href: s("/dev/gallery#banner") }
}

pub(super) fn ana() -> Who {
    who("Reyes", "Ana Maria", "66 F", "02/12/1960")
}

pub(super) fn banner() -> BannerView {
    BannerView {
        who: ana(),
        name_to_use: s("Annie, she/her"),
        record_number: s("0041-7"),
        language: s("Spanish, interpreter"),
        allergies: AllergyView::Listed(s("Penicillin: anaphylaxis"), 2),
        code_status: s("Not recorded"),
        more: [
            ("Owner", "M. Ortiz (fallback: RN pool)"),
            ("Primary care", "Dr. Patel"),
            ("Daughter", "Elena (visits, medicines; until 12/31/2026)"),
            ("Reach", "texts after 5 pm, no voicemail"),
        ]
        .iter()
        .map(|(label, text)| (s(label), s(text)))
        .collect(),
        alert: None,
        died: false,
    }
}

pub(super) fn tags() -> Vec<TagView> {
    vec![
        TagView::new(Tone::Critical, "Overdue"),
        TagView::new(Tone::Caution, "Due today"),
        TagView::new(Tone::Active, "Doing"),
        TagView::new(Tone::Done, "Done"),
        TagView::new(Tone::Waiting, "Waiting for County Ride"),
        TagView::new(Tone::Suggested, "Suggested"),
    ]
}

pub(super) fn dues() -> Vec<DueView> {
    vec![
        DueView::new(Tone::Critical, "2 days late", "Thu 08/20/2026", "2026-08-20"),
        DueView::new(Tone::Caution, "today 2:00 pm", "Sat 08/22/2026, 2:00 pm", "2026-08-22T14:00"),
        DueView::new(Tone::Waiting, "Fri 08/28", "Fri 08/28/2026", "2026-08-28"),
    ]
}

pub(super) fn menu_items() -> Vec<MenuItem> {
    vec![
        MenuItem { label: s("Scheduled"), press: Press::Post(s("/dev"), vec![(s("to"), s("scheduled"))]) },
        MenuItem { label: s("Closed, with a reason..."), press: Press::Open(s("/dev")) },
    ]
}

pub(super) fn tabs() -> Vec<TabView> {
    vec![
        TabView { count: Some(32), note: s("2 snoozed"), ..TabView::new("Mine", "?tab=mine", true) },
        TabView { count: Some(118), ..TabView::new("Team", "?tab=team", false) },
        TabView { count: Some(7), loud: true, ..TabView::new("Nobody has this", "?tab=nobody", false) },
        TabView { count: Some(214), ..TabView::new("Backlog", "?tab=backlog", false) },
    ]
}

pub(super) fn filters() -> FilterBarView {
    let filter = |name: &str, label: &str, all: &str, some: &str| FilterView {
        name: s(name),
        label: s(label),
        choices: vec![Choice::new("", all), Choice::new("today", some)],
        chosen: String::new(),
    };
    FilterBarView {
        action: s("/dev/gallery"),
        keep: vec![(s("tab"), s("mine"))],
        filters: vec![filter("due", "Due", "Any time", "Today"), filter("kind", "Kind", "All kinds", "Calls")],
        saved: vec![SavedView { label: s("Spanish speakers, after 5 pm"), href: s("?lang=es") }],
        save: s("/dev/save"),
    }
}

pub(super) fn small_table() -> TableView {
    TableView::new(
        "Next visits",
        &["Visit", "When", "Days"],
        vec![
            vec![Cell::text("Cardiology, Dr. Cho"), Cell::text("Thu 08/20/2026 9:20 am"), Cell::number("3")],
            vec![Cell::text("Primary care, Dr. Patel"), Cell::text("Mon 08/31/2026 2:00 pm"), Cell::number("14")],
        ],
    )
}
