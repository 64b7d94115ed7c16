//! Care gaps with made-up values: across the population, one rule's people, one person. Nobody here is real.

use continuo_ui::Markup;
use continuo_ui::action::Action;
use continuo_ui::field::Choice;
use continuo_ui::filter::FilterBarView;
use continuo_ui::frame::Theme;
use continuo_ui::tag::{TagView, Tone};
use continuo_web::pages::gaps;

use super::parts::{banner, chart_tabs, evidence, filters, frame, late, s, who};

/// Every page of this area by name.
pub(crate) fn pages(theme: Theme) -> Vec<(String, Markup)> {
    let at = |path: &str| frame(theme, path);
    let plain = |path: &str| FilterBarView { save: String::new(), saved: Vec::new(), ..filters(path) };
    vec![
        (
            s("care-gaps"),
            gaps::overview::render(
                &at("/care-gaps"),
                &gaps::overview::View {
                    filters: plain("/care-gaps"),
                    groups: vec![gaps::overview::Group {
                        title: s("Diabetes"),
                        rows: vec![
                            gaps::overview::Row {
                                title: s("HbA1c is overdue"),
                                href: s("/care-gaps/hba1c-overdue"),
                                rule_href: s("/rules/hba1c-overdue"),
                                counts: [41, 4, 3, 2, 1, 0, 1],
                                done: s("34 of 85 (40 %)"),
                            },
                            gaps::overview::Row {
                                title: s("Eye exam in diabetes is due"),
                                href: String::new(),
                                rule_href: s("/rules/diabetic-eye-exam"),
                                counts: [79, 0, 0, 0, 0, 3, 0],
                                done: s("0 of 79 (0 %)"),
                            },
                        ],
                    }],
                },
            ),
        ),
        (
            s("care-gaps-empty"),
            gaps::overview::render(
                &at("/care-gaps"),
                &gaps::overview::View { filters: plain("/care-gaps"), groups: Vec::new() },
            ),
        ),
        (
            s("care-gap-list"),
            gaps::list::render(&at("/care-gaps/hba1c-overdue"), &list(&plain("/care-gaps/hba1c-overdue"), false)),
        ),
        (s("care-gap-private"), gaps::list::render(&at("/care-gaps/hiv"), &list(&plain("/care-gaps/hiv"), true))),
        (
            s("care-gaps-of-person"),
            gaps::person::render(
                &at("/patients/1/care-gaps"),
                &gaps::person::View {
                    banner: banner(),
                    tabs: chart_tabs("Care gaps"),
                    problem: s("Choose a reason."),
                    groups: vec![
                        gaps::person::Group { title: s("To do"), gaps: vec![gap("hba1c-overdue", true)] },
                        gaps::person::Group { title: s("Done"), gaps: vec![gap("diabetic-eye-exam", false)] },
                    ],
                    reasons: vec![Choice::new("already-done", "Already done")],
                },
            ),
        ),
    ]
}

fn list(filters: &FilterBarView, private: bool) -> gaps::list::View {
    gaps::list::View {
        title: s("HbA1c is overdue"),
        says: s("Adults with diabetes need an HbA1c twice a year."),
        rule_href: s("/rules/hba1c-overdue"),
        tabs: chart_tabs("Overdue"),
        filters: filters.clone(),
        notice: Some((Tone::Caution, s("Select at least one person."))),
        action: s("Order an HbA1c"),
        take: if private { String::new() } else { s("/care-gaps/hba1c-overdue/take") },
        outreach: if private { String::new() } else { s("/care-gaps/hba1c-overdue/outreach") },
        select_all: s("/care-gaps/hba1c-overdue?all=1"),
        all: false,
        owners: vec![Choice::new("", "Whoever coordinates the person")],
        closed: if private { s("This rule is about something private.") } else { String::new() },
        rows: vec![gaps::list::Row {
            id: s("1"),
            who: who("Okafor", "Chidi", "54 M", "03/03/1972"),
            due: Some(late("30 days late")),
            why: s("Last HbA1c Sun 12/28/2025, at goal"),
            owner: s("M. Ortiz, care coordinator"),
            reach: s("texts after 5 pm"),
        }],
        pages: None,
    }
}

fn gap(id: &str, open: bool) -> gaps::person::Gap {
    gaps::person::Gap {
        id: s(id),
        title: s("HbA1c is overdue"),
        state: TagView::new(Tone::Critical, "Overdue"),
        says: s("Last HbA1c Sun 12/28/2025, at goal; due Sun 06/28/2026."),
        evidence: evidence(&format!("why-{id}")),
        actions: if open { vec![Action::post("Order an HbA1c", "/patients/1/care-gaps/x/take")] } else { Vec::new() },
        aside: if open { s("/patients/1/care-gaps/x/aside") } else { String::new() },
    }
}
