//! What the samples of several areas share: the frame, a made-up person, dates and tags.

use continuo_ui::banner::{AllergyView, BannerView};
use continuo_ui::evidence::{EvidenceView, FactView, QuoteView};
use continuo_ui::field::Choice;
use continuo_ui::filter::{FilterBarView, FilterView, SavedView};
use continuo_ui::frame::{FrameView, LockView, NavItem, SignedIn, Theme};
use continuo_ui::section::{LineView, Section};
use continuo_ui::suggestion::{ReasonView, SuggestionView};
use continuo_ui::tabs::TabView;
use continuo_ui::tag::{DueView, TagView, Tone};
use continuo_ui::who::Who;
use continuo_ui::words::Lang;
use continuo_web::pages::{assets, people};

pub(crate) fn s(text: &str) -> String {
    text.to_owned()
}

/// A frame as a coordinator sees it.
pub(crate) fn frame(theme: Theme, path: &str) -> FrameView {
    let item = |label: &str, href: &str, count: Option<u64>, key: char| NavItem {
        count,
        key: Some(key),
        ..NavItem::new(label, href)
    };
    FrameView {
        lang: Lang::En,
        theme,
        keys: true,
        site: s("Northside Clinic"),
        user: Some(SignedIn {
            key: s("Practitioner/1"),
            name: s("Maria Ortiz"),
            role: s("care coordinator"),
            lock: Some(LockView {
                seconds: 900,
                password: true,
                provider: Some((s("Use single sign-on"), s("/oidc"))),
            }),
            ..SignedIn::default()
        }),
        nav: vec![
            item("Worklist", "/worklist", Some(32), 'w'),
            item("My caseload", "/caseload", None, 'c'),
            item("Patients", "/patients", None, 'p'),
            item("Review", "/review", Some(6), 'v'),
            item("Inbox", "/inbox", Some(3), 'i'),
            item("Registries", "/registries", None, 'r'),
            item("Oversight", "/oversight", None, 'o'),
        ],
        path: s(path),
        csrf: s("token"),
        toast: None,
        scripts: assets::script_addresses(),
        printed: s("Wed 08/19/2026 8:05 am by M. Ortiz"),
        paged: Some(continuo_ui::paged::PagedView { stream: s("/live"), ..Default::default() }),
        ..FrameView::default()
    }
}

pub(crate) fn who(family: &str, given: &str, age_sex: &str, born: &str) -> Who {
    Who { family: s(family), given: s(given), age_sex: s(age_sex), born: s(born), href: s("/patients/1") }
}

pub(crate) fn ana() -> Who {
    who("Reyes", "Ana Maria", "66 F", "02/12/1960")
}

pub(crate) fn late(word: &str) -> DueView {
    DueView::new(Tone::Critical, word, "Tue 08/18/2026", "2026-08-18")
}

pub(crate) fn today(word: &str) -> DueView {
    DueView::new(Tone::Caution, word, "Wed 08/19/2026", "2026-08-19")
}

pub(crate) fn later(word: &str) -> DueView {
    DueView::new(Tone::Waiting, word, "Fri 08/28/2026", "2026-08-28")
}

pub(crate) fn todo() -> TagView {
    TagView::new(Tone::Waiting, "To do")
}

pub(crate) fn suggested() -> TagView {
    TagView::new(Tone::Suggested, "Suggested")
}

pub(crate) fn banner() -> BannerView {
    BannerView {
        who: ana(),
        name_to_use: s("Annie, she/her"),
        record_number: s("0041-7"),
        language: s("Spanish, interpreter"),
        allergies: AllergyView::Listed(s("Penicillin: anaphylaxis"), 2),
        code_status: s("Not recorded"),
        more: vec![
            (s("Owner"), s("M. Ortiz (fallback: RN pool)")),
            (s("Primary care"), s("Dr. Patel")),
            (s("Daughter"), s("Elena (visits, medicines; until 12/31/2026)")),
            (s("Reach"), s("texts after 5 pm, voicemail: no")),
        ],
        alert: None,
        died: false,
    }
}

pub(crate) fn chart_tabs(current: &str) -> Vec<TabView> {
    [
        ("Summary", "/patients/1", None),
        ("Timeline", "/patients/1/timeline", None),
        ("Tasks", "/patients/1/tasks", Some(4)),
        ("Why on the list", "/patients/1/why", None),
    ]
    .iter()
    .map(|(label, href, count)| TabView { count: *count, ..TabView::new(label, *href, *label == current) })
    .collect()
}

pub(crate) fn evidence(id: &str) -> EvidenceView {
    EvidenceView {
        id: s(id),
        handle: String::new(),
        rule: s("Call after discharge"),
        rule_href: s("/oversight/rules/discharge-call"),
        says: s("A person who comes home from a stay is called within 2 business days."),
        facts: vec![
            FactView {
                what: s("Discharged from Mercy, heart failure"),
                when: s("08/16/2026"),
                href: s("/patients/1/documents/9"),
            },
            FactView { what: s("Call, no answer"), when: s("08/17/2026"), href: String::new() },
        ],
        quotes: vec![QuoteView {
            words: s("Follow up within a week, weigh daily."),
            from: s("Discharge summary of 08/16/2026"),
            href: s("/patients/1/documents/9"),
            lang: None,
        }],
        would_change: vec![s("A call that reaches her or her daughter closes it.")],
        source: s("CMS Transitional Care Management, CPT 99496"),
    }
}

pub(crate) fn filters(path: &str) -> FilterBarView {
    let filter = |name: &str, label: &str, choices: &[(&str, &str)]| FilterView {
        name: s(name),
        label: s(label),
        choices: choices.iter().map(|(value, label)| Choice::new(*value, *label)).collect(),
        chosen: String::new(),
    };
    FilterBarView {
        action: s(path),
        keep: vec![(s("tab"), s("mine"))],
        filters: vec![
            filter("due", "Due", &[("", "Any time"), ("late", "Late"), ("today", "Today"), ("week", "This week")]),
            filter(
                "kind",
                "Kind",
                &[
                    ("", "All kinds"),
                    ("call", "Calls"),
                    ("result", "Results"),
                    ("visit", "Visits"),
                    ("referral", "Referrals"),
                ],
            ),
            filter("language", "Language", &[("", "Any"), ("es", "Spanish")]),
        ],
        saved: vec![SavedView { label: s("Spanish, after 5 pm"), href: format!("{path}?language=es") }],
        save: s("/worklist/views"),
    }
}

pub(crate) fn suggestion(id: &str) -> SuggestionView {
    SuggestionView {
        id: s(id),
        who: ana(),
        what: s("Ask about the water pill"),
        why: s("She said on the call of 08/19 that she stopped it on Saturday, and her weight is up 5.1 lb."),
        certainty: s("clearly said"),
        evidence: evidence(&format!("evidence-{id}")),
        made: s("Rule medicine-stopped 1.0, 08/19/2026 7:02 am"),
        post: format!("/suggestions/{id}"),
        edit: format!("/suggestions/{id}/edit"),
        reasons: [
            ("not-relevant", "Not relevant"),
            ("already-done", "Already done"),
            ("wrong-data", "Wrong data"),
            ("declined", "Patient declined"),
            ("other", "Other"),
        ]
        .iter()
        .map(|(code, label)| ReasonView { code: s(code), label: s(label) })
        .collect(),
        words_needed: false,
        decided: None,
    }
}

pub(crate) fn lines(items: &[(&str, &str, &str)], about: &str) -> Section<LineView> {
    Section::Shown(items.iter().map(|(text, note, end)| LineView::new(*text, *end).note(*note)).collect(), s(about))
}

pub(crate) fn hit(family: &str, given: &str, matched: &str) -> people::search::Hit {
    people::search::Hit {
        who: who(family, given, "66 F", "02/12/1960"),
        record_number: s("0041-7"),
        matched: s(matched),
        facts: s("Oak Street, Springfield · (555) 555-0142 · M. Ortiz"),
        flag: None,
    }
}
