//! Quality measures, with made-up values. Nobody here is real.

use continuo_ui::Markup;
use continuo_ui::field::{Choice, Field};
use continuo_ui::filter::{FilterBarView, FilterView};
use continuo_ui::form::FormView;
use continuo_ui::frame::Theme;
use continuo_ui::multiple::MultipleView;
use continuo_ui::result_line::SparkView;
use continuo_ui::section::LineView;
use continuo_ui::stat::StatView;
use continuo_ui::states::PagesView;
use continuo_ui::tabs::TabView;
use continuo_ui::tag::{TagView, Tone};
use continuo_web::pages::measures::{editor, list, manage, measure, people, person};

use super::parts::{ana, banner, chart_tabs, frame, s, who};

/// Every page of this area by name.
pub(crate) fn pages(theme: Theme) -> Vec<(String, Markup)> {
    let at = |path: &str| frame(theme, path);
    vec![
        (s("measures"), list::render(&at("/measures"), &all())),
        (
            s("measures-empty"),
            list::render(&at("/measures"), &list::View { rows: Vec::new(), may_manage: false, may_try: false }),
        ),
        (s("measure"), measure::render(&at("/measures/a1c"), &one(FormView::default()))),
        (
            s("measure-error"),
            measure::render(
                &at("/measures/a1c"),
                &one(FormView { fields: vec![Field::text("reason", "Why").error("Say why.")], ..FormView::default() }),
            ),
        ),
        (s("measure-people"), people::render(&at("/measures/a1c/people"), &listed(true))),
        (s("measure-people-nobody"), people::render(&at("/measures/a1c/people"), &listed(false))),
        (s("person-measures"), person::render(&at("/patients/1/measures"), &own())),
        (s("admin-measures"), manage::render(&at("/admin/measures"), &loaded())),
        (s("cql"), editor::render(&at("/cql"), &tried())),
        (s("cql-faults"), editor::render(&at("/cql"), &faulty())),
    ]
}

fn spark() -> SparkView {
    SparkView {
        points: vec![(0.0, 61.0), (30.0, 66.5), (60.0, 74.2)],
        band: None,
        says: s("From 61.0 % on 06/19/2026 to 74.2 % on 08/18/2026, 3 days kept"),
    }
}

fn all() -> list::View {
    let row = |title: &str, rate: &str, state: TagView| list::Row {
        title: s(title),
        href: s("/measures/a1c"),
        note: s(""),
        rate: s(rate),
        share: s("31 of 42"),
        not_assessable: s("2"),
        trend: spark(),
        state,
    };
    list::View {
        rows: vec![
            row("Diabetes: HbA1c tested", "73.8 %", TagView::new(Tone::Done, "On")),
            list::Row {
                note: s("lower is better"),
                trend: SparkView { says: s("No figures kept yet"), ..SparkView::default() },
                ..row("Diabetes: glucose above 9 %", "cannot be assessed", TagView::new(Tone::Active, "Computing"))
            },
            row("Eye exam", "not computed", TagView::new(Tone::Critical, "Cannot run")),
        ],
        may_manage: true,
        may_try: true,
    }
}

fn one(switch: FormView) -> measure::View {
    measure::View {
        title: s("Diabetes: HbA1c tested"),
        lead: s("version 1.0.0, 01/01/2026 to 12/31/2026"),
        state: TagView::new(Tone::Done, "On"),
        problems: vec![s("A value set is cut short: urn:v has 1000 of 2145 codes.")],
        groups: vec![measure::Group {
            name: s(""),
            stats: vec![StatView {
                label: s("Rate"),
                value: s("73.8 %"),
                target: s("31 of 42, higher is better"),
                reading: None,
                not_assessable: s("not assessable: 2"),
            }],
            counts: vec![
                measure::Count {
                    label: s("Denominator"),
                    count: s("42"),
                    href: s("/measures/a1c/people?part=denominator"),
                    note: s("asked for"),
                },
                measure::Count {
                    label: s("Gaps"),
                    count: s("11"),
                    href: s(""),
                    note: s("people with something to do"),
                },
            ],
            trend: Some(MultipleView {
                title: s("Rate"),
                last: s("74.2 %"),
                spark: spark(),
                ends: (s("06/19/2026"), s("08/18/2026")),
            }),
            kept: vec![[s("08/18/2026"), s("74.2 %"), s("31 of 42")]],
            by: Some(FilterBarView {
                action: s("/measures/a1c"),
                filters: vec![FilterView {
                    name: s("by"),
                    label: s("Compare by"),
                    choices: vec![Choice::new("language", "Language"), Choice::new("age", "Age")],
                    chosen: s("language"),
                }],
                ..FilterBarView::default()
            }),
            compared: vec![
                measure::Compared { name: s("English"), rate: s("80.0 %"), share: s("24 of 30"), failed: s("0") },
                measure::Compared {
                    name: s("Spanish"),
                    rate: s("cannot be assessed"),
                    share: s("7 of 12"),
                    failed: s("2"),
                },
            ],
        }],
        says: vec![s("Adults with diabetes who had an HbA1c in the period.")],
        about: vec![(s("Url"), s("urn:m")), (s("Loaded"), s("as version 1 of the resource"))],
        libraries: vec![LineView::new("DiabetesHbA1cTested-1.0.0", "")],
        value_sets: vec![
            LineView::new("HbA1c", "1 codes, version 1.0.0").note("urn:v"),
            LineView::new("Diabetes", "not here").tag(TagView::new(Tone::Caution, "Not whole")),
        ],
        history: vec![LineView::new("On", "M. Ortiz, 08/18/2026 8:05 am").note("agreed by the quality board")],
        switch: Some(FormView {
            action: s("/measures/a1c"),
            fields: [
                vec![Field::checks("use", "Use", &[("active", "Compute it for everybody")]).value("active").optional()],
                switch.fields,
            ]
            .concat(),
            submit: s("Save"),
            ..FormView::default()
        }),
    }
}

fn listed(some: bool) -> people::View {
    people::View {
        title: s("Diabetes: HbA1c tested"),
        back: s("/measures/a1c"),
        lead: s("Gaps: 51 people"),
        tabs: vec![
            TabView::new("Gaps", "/measures/a1c/people?part=gap", true),
            TabView::new("Numerator", "/measures/a1c/people?part=numerator", false),
        ],
        rows: if some {
            vec![people::Row {
                who: who("Okafor", "Chidi", "54 M", "03/03/1972"),
                standing: TagView::new(Tone::Caution, "Gap"),
                counts: s("0 of 1"),
                since: s("08/18/2026 8:05 am"),
                href: s("/patients/1/measures"),
            }]
        } else {
            Vec::new()
        },
        pages: some.then(|| PagesView {
            shown: s("1-50 of 51"),
            previous: None,
            next: Some(s("/measures/a1c/people?page=1")),
        }),
    }
}

fn own() -> person::View {
    person::View {
        banner: banner(),
        tabs: chart_tabs("Measures"),
        own: vec![person::Own {
            id: s("a1c-0"),
            title: s("Diabetes: HbA1c tested"),
            href: s("/measures/a1c"),
            about: s("01/01/2026 to 12/31/2026, version 1.0.0"),
            standing: TagView::new(Tone::Caution, "Gap"),
            error: s(""),
            populations: vec![
                person::Population {
                    label: s("Denominator"),
                    count: s("yes"),
                    evidence: vec![(s("Condition/c"), s("/source/Condition/c"))],
                    absent: Vec::new(),
                },
                person::Population {
                    label: s("Numerator"),
                    count: s("no"),
                    evidence: Vec::new(),
                    absent: vec![s("HbA1c (Observation), 2026-01-01 to 2026-12-31")],
                },
            ],
            by: s("by 12/31/2026"),
            closes: vec![s("HbA1c (Observation), 2026-01-01 to 2026-12-31")],
            strata: vec![(s("age-65-and-over"), s("yes"))],
        }],
        others: vec![s("Eye exam")],
    }
}

fn loaded() -> manage::View {
    manage::View {
        tabs: vec![TabView::new("People", "/admin/people", false), TabView::new("Measures", "/admin/measures", true)],
        notices: vec![(Tone::Done, s("Measures: 1, libraries: 1, value sets: 2. Written: 4, already here: 0."))],
        rows: vec![manage::Row {
            title: s("Diabetes: HbA1c tested"),
            href: s("/measures/a1c"),
            version: s("1.0.0"),
            state: TagView::new(Tone::Waiting, "Off"),
            set: s("as loaded: off"),
            problems: s("value sets missing: 1, cut short: 0"),
        }],
        problems: vec![s("Library/x: its text/cql is not base64")],
        counts: s("Loaded: libraries 1, value sets 2."),
    }
}

fn tried() -> editor::View {
    editor::View {
        text: s("library T\ndefine A: 1"),
        verdict: s("No faults. 1 definitions."),
        may_run: true,
        asked: s("reyes"),
        people: vec![editor::Choice { id: s("1"), who: ana(), chosen: true }],
        period: (s("01/01/2026"), s("12/31/2026")),
        tried: vec![editor::Tried {
            who: ana(),
            values: vec![
                editor::Valued {
                    name: s("A"),
                    value: s("1"),
                    failed: false,
                    evidence: vec![(s("Condition/c"), s("/source/Condition/c"))],
                    absent: vec![s("HbA1c (Observation)")],
                },
                editor::Valued {
                    name: s("B"),
                    value: s("value set `urn:v` is not loaded"),
                    failed: true,
                    evidence: Vec::new(),
                    absent: Vec::new(),
                },
            ],
        }],
        ..editor::View::default()
    }
}

fn faulty() -> editor::View {
    editor::View {
        text: s("library T\ndefine A: Nothing + 1"),
        faults: vec![editor::Fault {
            place: s("line 2, column 11"),
            text: s("there is no `Nothing`"),
            hint: s("define it, or include the library that does"),
            source: s("define A: Nothing + 1"),
            column: 11,
        }],
        verdict: s("One fault."),
        problem: s("Choose at least one person to run it on."),
        may_run: false,
        period: (s("01/01/2026"), s("12/31/2026")),
        ..editor::View::default()
    }
}
