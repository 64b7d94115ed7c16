//! The chart, timeline, search and entering by hand, with made-up values. Nobody here is real.

use continuo_ui::Markup;
use continuo_ui::action::{Action, Press};
use continuo_ui::banner::{AllergyView, BannerView};
use continuo_ui::evidence::QuoteView;
use continuo_ui::field::Choice;
use continuo_ui::form::FormView;
use continuo_ui::frame::Theme;
use continuo_ui::menu::MenuItem;
use continuo_ui::multiple::MultipleView;
use continuo_ui::result_line::{ResultView, SparkView};
use continuo_ui::section::{LineView, Section};
use continuo_ui::states::EmptyView;
use continuo_ui::suggestion::SuggestionView;
use continuo_ui::tabs::TabView;
use continuo_ui::tag::{DueView, TagView, Tone};
use continuo_ui::timeline::{EventView, LaneView, SpanView, TimelineView};
use continuo_web::pages::{entry, people};

use super::parts::{ana, banner, chart_tabs, evidence, frame, hit, late, later, lines, s, suggestion, todo};

/// Every page of this area by name.
pub(crate) fn pages(theme: Theme) -> Vec<(String, Markup)> {
    let at = |path: &str| frame(theme, path);
    let mut all = vec![
        (s("chart"), people::chart::render(&at("/patients/1"), &chart())),
        (
            s("chart-failed"),
            people::chart::render(
                &at("/patients/1"),
                &people::chart::View {
                    medicines: Section::Failed(s(
                        "The medicine list could not be read. The rest of the page is complete.",
                    )),
                    problems: Section::Empty(EmptyView::new("Not received.", "No source has sent problems yet.")),
                    suggestions: Vec::new(),
                    notice: Some((Tone::Caution, s("Read 6 minutes ago. Load again before you act on it."))),
                    banner: BannerView {
                        died: true,
                        alert: Some((Tone::Waiting, s("Died 08/18/2026, from the Mercy feed"))),
                        allergies: AllergyView::NotAsked(s("Not asked")),
                        ..banner()
                    },
                    ..chart()
                },
            ),
        ),
        (
            s("search"),
            people::search::render(
                &at("/patients"),
                &people::search::View {
                    asked: s("reyes ana"),
                    exact: vec![hit("Reyes", "Ana Maria", "")],
                    near: vec![hit("Reyez", "Anna", "sounds alike"), hit("Lopez", "Ana", "former name Reyes")],
                    more: String::new(),
                    recent: Vec::new(),
                    may_register: true,
                },
            ),
        ),
        (
            s("search-start"),
            people::search::render(
                &at("/patients"),
                &people::search::View {
                    recent: vec![hit("Reyes", "Ana Maria", "")],
                    ..people::search::View::default()
                },
            ),
        ),
        (
            s("search-none"),
            people::search::render(
                &at("/patients"),
                &people::search::View { asked: s("zzz"), ..people::search::View::default() },
            ),
        ),
        (
            s("register"),
            people::register::render(
                &at("/patients/new"),
                &people::register::View {
                    form: FormView {
                        action: s("/patients/new"),
                        fields: entry::registration::fields(),
                        submit: s("Register"),
                        cancel: s("/patients"),
                        ..FormView::default()
                    },
                    alike: vec![hit("Reyes", "Ana", "same phone and birth year")],
                },
            ),
        ),
        (
            s("chart-referrals"),
            people::lists::render(
                &at("/patients/1/referrals"),
                &people::lists::View {
                    banner: banner(),
                    tabs: chart_tabs("Summary"),
                    title: s("Referrals"),
                    actions: vec![Action::open("Add a referral", "/patients/1/add/referral")],
                    lists: vec![
                        ("referrals", s("Referrals"), lines(&[("Cardiology", "urgent", "Dr. Cho, 08/17")], "1 in all")),
                        ("other", s("Elsewhere"), Section::Failed(s("This list could not be read."))),
                    ],
                },
            ),
        ),
        (s("timeline"), people::timeline::render(&at("/patients/1/timeline"), &timeline())),
        (
            s("timeline-table"),
            people::timeline::render(
                &at("/patients/1/timeline"),
                &people::timeline::View { as_table: true, ..timeline() },
            ),
        ),
    ];
    for kind in &entry::kinds::KINDS {
        all.push((format!("add-{}", kind.slug), entry::form_page::render(&at("/patients/1"), &entry_form(kind))));
    }
    all
}

fn result(
    name: &str,
    value: &str,
    unit: &str,
    reading: &str,
    arrow: i8,
    range: &str,
    age: &str,
    values: &[f64],
    band: (f64, f64),
) -> ResultView {
    ResultView {
        name: s(name),
        href: s("/patients/1/results"),
        value: s(value),
        unit: s(unit),
        reading: s(reading),
        arrow: Some(arrow),
        range: s(range),
        age: s(age),
        date: s("08/16/2026"),
        spark: SparkView {
            points: values.iter().enumerate().map(|(i, value)| (i as f64 * 40.0, *value)).collect(),
            band: Some((Some(band.0), Some(band.1))),
            says: format!("{name} over 12 months, last {value} {unit}"),
        },
    }
}

pub(crate) fn chart() -> people::chart::View {
    people::chart::View {
        flags: vec![LineView::new("Do not call at home: ask at the visit", "").link("/source/Flag/1")],
        banner: banner(),
        tabs: chart_tabs("Summary"),
        actions: vec![
            Action::open("Log call", "/patients/1/call").key('c').main(),
            Action::open("Note", "/patients/1/add/note").key('n'),
            Action::open("Print", "/patients/1/print"),
        ],
        add: entry::kinds::KINDS
            .iter()
            .map(|kind| MenuItem { label: s(kind.label), press: Press::Open(format!("/patients/1/add/{}", kind.slug)) })
            .collect(),
        notice: None,
        next: Section::Shown(
            vec![
                LineView {
                    evidence: Some(evidence("next-1")),
                    ..LineView::new("Weight up 5.1 lb in 5 days", "")
                        .link("/tasks/1")
                        .due(DueView::new(Tone::Critical, "now", "", ""))
                        .note("call the nurse")
                        .tag(todo())
                },
                LineView {
                    evidence: Some(evidence("next-2")),
                    ..LineView::new("Call after discharge", "")
                        .link("/tasks/2")
                        .due(late("2 days late"))
                        .note("try 2 of 3")
                        .tag(TagView::new(Tone::Active, "Doing"))
                },
                LineView::new("Confirm cardiology visit", "").link("/tasks/3").due(later("Thu 08/20")).tag(todo()),
            ],
            String::new(),
        ),
        suggestions: vec![
            suggestion("s1"),
            SuggestionView { what: s("Plan a visit for HbA1c 7.9 %"), certainty: String::new(), ..suggestion("s2") },
        ],
        suggestions_shown: s("2 of 2"),
        since: s("Mon 08/17"),
        changed: lines(
            &[
                ("Discharged from Mercy", "heart failure", "08/16 · summary"),
                ("Furosemide 40 to 80 mg", "", "08/16 · summary"),
                ("Weight 172.2 lb", "goal under 167", "08/18 · scale"),
            ],
            "",
        ),
        problems: lines(
            &[
                ("Heart failure", "since 2021", "confirmed 06/02"),
                ("Diabetes type 2", "since 2019", "confirmed 06/02"),
                ("Chronic kidney disease 3a", "since 2023", "Dr. Patel"),
            ],
            "3 active",
        ),
        medicines: Section::Shown(
            vec![
                LineView {
                    quote: Some(QuoteView {
                        words: s("I stopped the water pill Saturday"),
                        from: s("Call of 08/19/2026, 02:14"),
                        href: s("/calls/1"),
                        lang: None,
                    }),
                    ..LineView::new("furosemide 80 mg", "changed 08/16")
                        .note("1 tablet each morning")
                        .tag(TagView::new(Tone::Caution, "Not taking, she says"))
                },
                LineView::new("metformin 1,000 mg", "confirmed 06/02").note("2 times a day"),
                LineView::new("lisinopril 20 mg", "from the discharge list 08/16").note("each morning"),
            ],
            s("confirmed with her 06/02/2026"),
        ),
        results: Section::Shown(
            vec![
                result(
                    "HbA1c",
                    "7.9",
                    "%",
                    "above goal",
                    1,
                    "her goal under 7.5",
                    "8 months",
                    &[6.9, 7.1, 7.4, 7.9],
                    (4.0, 7.5),
                ),
                result(
                    "eGFR",
                    "52",
                    "mL/min",
                    "low",
                    -1,
                    "range 60 and above",
                    "2 months",
                    &[66.0, 61.0, 58.0, 52.0],
                    (60.0, 90.0),
                ),
                result(
                    "Potassium",
                    "4.1",
                    "mmol/L",
                    "in range",
                    0,
                    "range 3.5-5.1 (Quest)",
                    "3 days",
                    &[4.4, 4.2, 4.3, 4.1],
                    (3.5, 5.1),
                ),
                result(
                    "Weight",
                    "172.2",
                    "lb",
                    "above goal",
                    1,
                    "her goal under 167",
                    "1 day",
                    &[167.0, 167.4, 166.9, 167.5, 172.2],
                    (160.0, 167.0),
                ),
            ],
            s("last 12 months"),
        ),
        allergies: lines(
            &[
                ("Penicillin", "anaphylaxis", "nurse, 06/02"),
                ("Shellfish", "hives", "nurse, 06/02"),
                ("Latex", "rash", "Mercy, 08/16"),
            ],
            "",
        ),
        team: lines(
            &[
                ("M. Ortiz", "care coordinator, owner", ""),
                ("Dr. Patel", "primary care", ""),
                ("Dr. Cho", "cardiology", ""),
            ],
            "",
        ),
        goals: lines(
            &[
                ("“Be at my grandson's wedding”", "her words", "03/03"),
                ("Weight under 167 lb", "", "reviewed 06/02"),
                ("Ride to visits", "need, open", "08/19"),
            ],
            "",
        ),
        promises: lines(&[("I will call Friday about the ride", "M. Ortiz", "due 08/21")], ""),
        coverage: lines(&[("Medicaid", "to 10/31/2026", "confirmed 07/02")], ""),
        referrals: Section::Empty(EmptyView::new("No referrals received or entered.", "")),
        visits: lines(
            &[("Thu 08/20, 9:20 am", "Dr. Cho, cardiology", "booked 08/17"), ("07/09", "Dr. Patel", "missed")],
            "",
        ),
        consents: Section::Empty(EmptyView::new("Not asked.", "Record what she agrees to share.")),
        documents: lines(
            &[("Discharge summary, Mercy", "heart failure", "08/16"), ("Cardiology report, Dr. Cho", "", "07/02")],
            "",
        ),
        reach: lines(
            &[
                ("(555) 555-0142 mobile", "call yes, voicemail no, text after 5 pm", "confirmed 07/02"),
                ("12 Oak Street, Springfield", "mail yes", "confirmed 07/02"),
            ],
            "",
        ),
    }
}

fn timeline() -> people::timeline::View {
    let span = |from: f64, to: Option<f64>, label: &str, when: &str| SpanView {
        from,
        to,
        label: s(label),
        when: s(when),
        href: s("/patients/1/documents/9"),
    };
    let event = |at: f64, letter: char, label: &str, when: &str| EventView {
        at,
        letter,
        label: s(label),
        when: s(when),
        href: s("/calls/1"),
    };
    people::timeline::View {
        banner: banner(),
        tabs: chart_tabs("Timeline"),
        ranges: ["1 month", "6 months", "1 year", "5 years", "All"]
            .iter()
            .map(|label| TabView::new(label, "/patients/1/timeline", *label == "6 months"))
            .collect(),
        kinds: [
            ("encounters", "Encounters"),
            ("conditions", "Conditions"),
            ("medicines", "Medicines"),
            ("results", "Results"),
            ("contact", "Contact"),
        ]
        .iter()
        .map(|(value, label)| Choice::new(*value, *label))
        .collect(),
        shown: vec![s("encounters"), s("conditions"), s("medicines"), s("results"), s("contact")],
        range: s("6m"),
        path: s("/patients/1/timeline"),
        as_table: false,
        picture: Some(TimelineView {
            span: (0.0, 190.0),
            ticks: ["Mar", "Apr", "May", "Jun", "Jul", "Aug"]
                .iter()
                .enumerate()
                .map(|(i, word)| (i as f64 * 31.0, s(word)))
                .collect(),
            today: 172.0,
            lanes: vec![
                LaneView::Spans(
                    s("Stays"),
                    vec![span(165.0, Some(169.0), "Mercy, heart failure", "08/12 to 08/16/2026")],
                ),
                LaneView::Events(
                    s("Visits"),
                    vec![
                        event(20.0, 'v', "Visit, Dr. Patel", "03/20/2026"),
                        event(122.0, 'v', "Visit, Dr. Cho", "07/02/2026"),
                    ],
                ),
                LaneView::Spans(
                    s("Conditions"),
                    vec![
                        span(0.0, None, "Heart failure", "since 2021"),
                        span(0.0, None, "Diabetes type 2", "since 2019"),
                    ],
                ),
                LaneView::Spans(
                    s("Medicines"),
                    vec![
                        span(0.0, Some(169.0), "furosemide 40 mg", "until 08/16/2026"),
                        span(169.0, None, "furosemide 80 mg", "since 08/16/2026"),
                    ],
                ),
                LaneView::Values(
                    s("Weight, lb"),
                    vec![(10.0, 167.0), (50.0, 167.4), (90.0, 166.9), (130.0, 167.5), (160.0, 167.1), (171.0, 172.2)],
                    Some((Some(160.0), Some(167.0))),
                    s("Weight 166.9 to 172.2 lb, last 172.2"),
                ),
                LaneView::Events(
                    s("Contact"),
                    vec![
                        event(30.0, 'm', "Message about refill", "04/01/2026"),
                        event(150.0, 'c', "Call, reached", "08/01/2026"),
                        event(170.0, 'x', "Call, no answer", "08/17/2026"),
                    ],
                ),
            ],
            letters: vec![('v', s("visit")), ('c', s("call"))],
            says: s("March to August 2026: one stay for heart failure in August, two visits, weight up 5 lb since"),
        }),
        values: vec![MultipleView {
            title: s("Potassium"),
            last: s("4.1 mmol/L"),
            spark: SparkView {
                points: vec![(0.0, 4.1), (30.0, 4.4), (60.0, 4.1)],
                band: Some((Some(3.5), Some(5.1))),
                says: s("Potassium 4.1 to 4.4 mmol/L, last 4.1"),
            },
            ends: (s("Mar"), s("Aug")),
        }],
    }
}

fn entry_form(kind: &entry::kinds::Kind) -> entry::form_page::View {
    entry::form_page::View {
        banner: Some(banner()),
        title: s(kind.title),
        lead: s(kind.lead),
        form: FormView {
            action: format!("/patients/1/add/{}", kind.slug),
            fields: (kind.fields)(),
            submit: s(kind.submit),
            about: format!("For {}", ana().named_and_born()),
            cancel: s("/patients/1"),
            ..FormView::default()
        },
    }
}
