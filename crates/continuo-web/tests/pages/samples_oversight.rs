//! Registries, oversight, audit and administration, with made-up values. Nobody here is real.

use continuo_ui::Markup;
use continuo_ui::field::{Choice, Field};
use continuo_ui::filter::FilterBarView;
use continuo_ui::form::FormView;
use continuo_ui::frame::Theme;
use continuo_ui::stat::StatView;
use continuo_ui::table::ColumnHead;
use continuo_ui::tabs::TabView;
use continuo_ui::tag::{TagView, Tone};
use continuo_web::pages::{admin, oversight, population};

use super::parts::{ana, filters, frame, lines, s, who};

/// Every page of this area by name.
pub(crate) fn pages(theme: Theme) -> Vec<(String, Markup)> {
    let at = |path: &str| frame(theme, path);
    vec![
        (
            s("registry"),
            population::registry::render(
                &at("/registries"),
                &population::registry::View {
                    tabs: vec![
                        TabView::new("Diabetes", "/registries/diabetes", true),
                        TabView::new("Heart failure", "/registries/heart-failure", false),
                    ],
                    title: s("Diabetes, HbA1c above 9 %"),
                    count: s("41 people"),
                    not_assessable: s("Not assessable: 12 (no HbA1c on file)"),
                    filters: filters("/registries/diabetes"),
                    choices: vec![Choice::new("hba1c", "HbA1c"), Choice::new("last", "Last contact")],
                    chosen: vec![
                        ColumnHead {
                            label: s("HbA1c"),
                            sort: Some(s("?sort=hba1c")),
                            sorted: Some("descending"),
                            number: true,
                        },
                        ColumnHead { label: s("Last contact"), ..ColumnHead::default() },
                    ],
                    chosen_values: vec![s("hba1c"), s("last")],
                    rows: vec![population::registry::Row {
                        task: s("/patients/1/add/task"),
                        who: who("Okafor", "Chidi", "54 M", "03/03/1972"),
                        cells: vec![s("9.4 % (2 days)"), s("08/01, reached")],
                    }],
                    pages: None,
                    export: s("/registries/diabetes/export"),
                },
            ),
        ),
        (
            s("oversight"),
            oversight::rules::render(
                &at("/oversight"),
                &oversight::rules::View {
                    audit: true,
                    filters: FilterBarView { save: String::new(), saved: Vec::new(), ..filters("/oversight") },
                    stats: vec![
                        stat("Shown", "212", "last 90 days", None),
                        stat("Acted on", "71 %", "", Some(TagView::new(Tone::Done, "In range"))),
                        stat("Nobody decided", "9", "target 0", Some(TagView::new(Tone::Caution, "Above target"))),
                    ],
                    effort: vec![(s("Call after discharge"), 12, s("14.5"), s("96"))],
                    false_alarms: vec![(s("08/18/2026"), 1, 3)],
                    rules: vec![
                        oversight::rules::RuleRow {
                            title: s("Call after discharge"),
                            href: s("/oversight/rules/discharge-call"),
                            counts: [84, 60, 12, 8, 2, 2],
                            time_to_decision: s("2 h 10 min"),
                            reasons: s("already done 5, wrong data 3"),
                            reading: None,
                        },
                        oversight::rules::RuleRow {
                            title: s("Coverage is ending"),
                            href: s("/oversight/rules/coverage"),
                            counts: [40, 2, 0, 31, 0, 7],
                            time_to_decision: s("3 days"),
                            reasons: s("not relevant 28"),
                            reading: Some(TagView::new(Tone::Caution, "Nobody acts on it")),
                        },
                    ],
                },
            ),
        ),
        (
            s("rule"),
            oversight::rule::render(
                &at("/oversight"),
                &oversight::rule::View {
                    title: s("HbA1c is overdue"),
                    changed: s("last changed 07/02/2026, version 1.2"),
                    says: s("Adults with diabetes have an HbA1c every 6 months at goal, every 3 months otherwise."),
                    source: s("ADA Standards of Care, section 6"),
                    settings: vec![(s("Looks back"), s("3 years")), (s("Repeats"), s("after 90 days"))],
                    stats: vec![stat("Shown", "212", "last 90 days", None)],
                    decisions: lines(&[("Dismissed", "already done", "M. Ortiz, 08/18")], ""),
                    switch: Some(FormView {
                        action: s("/oversight/rules/hba1c"),
                        fields: vec![Field::text("reason", "Reason")],
                        submit: s("Turn off"),
                        ..FormView::default()
                    }),
                    people_href: s("/care-gaps/hba1c-overdue"),
                    thresholds: None,
                    history: vec![s("M. Ortiz, 08/19/2026 7:02 am: county policy (on; Due after, days 5)")],
                    examples: vec![(s("At goal and recent"), s("As of 2026-08-01\nPatient\nExpected\nsatisfied"))],
                    logic: s("define Due: LastDay + 6 months"),
                },
            ),
        ),
        (
            s("audit"),
            oversight::audit::render(
                &at("/audit"),
                &oversight::audit::View {
                    form: FormView {
                        action: s("/audit"),
                        fields: vec![
                            Field::text("person", "Whose record").optional(),
                            Field::text("actor", "Who did it").optional(),
                        ],
                        submit: s("Find"),
                        ..FormView::default()
                    },
                    chain: (Tone::Done, s("Chain whole: 41,202 entries checked at 9:00 am.")),
                    entries: vec![oversight::audit::Entry {
                        at: s("08/19/2026 9:02:11 am"),
                        actor: s("M. Ortiz, care coordinator"),
                        action: s("read chart"),
                        who: Some(ana()),
                        what: s("Patient/0041-7"),
                        href: s("/patients/1"),
                        purpose: s("treatment"),
                    }],
                    pages: None,
                    of: Some(s("REYES, Ana Maria 02/12/1960")),
                    narrowed: s("Read chart, from 08/01/2026 to 08/19/2026"),
                },
            ),
        ),
        (
            s("admin"),
            admin::list::render(
                &at("/admin"),
                &admin::list::View {
                    tabs: ["People", "Teams", "Roles", "Programmes", "Policies", "Rules", "On call"]
                        .iter()
                        .map(|label| TabView::new(label, "/admin/people", *label == "People"))
                        .collect(),
                    title: s("People"),
                    lead: s("Who works here, in which role and team."),
                    first: vec![
                        ("Add the people who work here", "#edit", "one account each"),
                        ("Register people by hand", "", "a coordinator does, under Patients"),
                    ],
                    warning: s("Nobody is on call from Saturday 6:00 pm to Sunday 8:00 am."),
                    columns: vec![s("Role"), s("Team"), s("Last signed in")],
                    rows: vec![admin::list::Row {
                        title: s("Maria Ortiz"),
                        href: s("/admin/people/1"),
                        state: Some(TagView::new(Tone::Done, "Active")),
                        cells: vec![s("care coordinator"), s("North"), s("today 8:01 am")],
                        switch: Some((s("/admin/people/1"), false)),
                    }],
                    form: Some((
                        s("Add a person"),
                        FormView {
                            action: s("/admin/people"),
                            fields: vec![
                                Field::text("name", "Name"),
                                Field::select("role", "Role", &[("nurse", "Nurse")]),
                            ],
                            submit: s("Add"),
                            ..FormView::default()
                        },
                    )),
                },
            ),
        ),
    ]
}

fn stat(label: &str, value: &str, target: &str, reading: Option<TagView>) -> StatView {
    StatView { label: s(label), value: s(value), target: s(target), reading, not_assessable: String::new() }
}
