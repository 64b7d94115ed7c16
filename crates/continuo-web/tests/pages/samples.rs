//! Every page with made-up values: walked by the markup test, drawn by the `pages` example. Nobody here is real.
//! Over 600 lines because it is one table of values, a page each, that is read by looking a page up.

use continuo_ui::Markup;
use continuo_ui::action::{Action, Press};
use continuo_ui::banner::{AllergyView, BannerView};
use continuo_ui::evidence::{EvidenceView, FactView, QuoteView};
use continuo_ui::field::{Choice, Field, Input};
use continuo_ui::filter::{FilterBarView, FilterView, SavedView};
use continuo_ui::form::FormView;
use continuo_ui::frame::{FrameView, NavItem, SignedIn, Theme};
use continuo_ui::html;
use continuo_ui::menu::MenuItem;
use continuo_ui::multiple::MultipleView;
use continuo_ui::peek::{PeekPart, PeekView};
use continuo_ui::result_line::{ResultView, SparkView};
use continuo_ui::section::{LineView, Section};
use continuo_ui::stat::StatView;
use continuo_ui::states::{EmptyView, PagesView};
use continuo_ui::suggestion::{ReasonView, SuggestionView};
use continuo_ui::table::ColumnHead;
use continuo_ui::tabs::TabView;
use continuo_ui::tag::{DueView, TagView, Tone};
use continuo_ui::timeline::{EventView, LaneView, SpanView, TimelineView};
use continuo_ui::toast::{RecentView, ToastView};
use continuo_ui::who::Who;
use continuo_ui::words::Lang;
use continuo_ui::work_row::{BandView, BulkChoice, RowAction, WorkItemView, WorkRowView};
use continuo_web::pages::{
    account, admin, assets, entry, help, oversight, people, population, print, problem, review, work,
};

fn s(text: &str) -> String {
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
        user: Some(SignedIn { name: s("Maria Ortiz"), role: s("care coordinator"), away: String::new() }),
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
        ..FrameView::default()
    }
}

fn who(family: &str, given: &str, age_sex: &str, born: &str) -> Who {
    Who { family: s(family), given: s(given), age_sex: s(age_sex), born: s(born), href: s("/patients/1") }
}

fn ana() -> Who {
    who("Reyes", "Ana Maria", "66 F", "02/12/1960")
}

fn late(word: &str) -> DueView {
    DueView::new(Tone::Critical, word, "Tue 08/18/2026", "2026-08-18")
}

fn today(word: &str) -> DueView {
    DueView::new(Tone::Caution, word, "Wed 08/19/2026", "2026-08-19")
}

fn later(word: &str) -> DueView {
    DueView::new(Tone::Waiting, word, "Fri 08/28/2026", "2026-08-28")
}

fn todo() -> TagView {
    TagView::new(Tone::Waiting, "To do")
}

fn suggested() -> TagView {
    TagView::new(Tone::Suggested, "Suggested")
}

fn banner() -> BannerView {
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

fn chart_tabs(current: &str) -> Vec<TabView> {
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

fn evidence(id: &str) -> EvidenceView {
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

fn row(
    id: &str,
    who: Who,
    due: DueView,
    why: &str,
    reach: &str,
    items: &[(&str, &str, Option<DueView>, TagView)],
) -> WorkRowView {
    let action = |label: &str, key: char| RowAction {
        label: s(label),
        href: format!("/tasks/{id}/{}", label.to_lowercase().replace(' ', "-")),
        key,
        at_once: false,
    };
    WorkRowView {
        id: s(id),
        who,
        due,
        band_why: s(why),
        reach: s(reach),
        flag: String::new(),
        items: items
            .iter()
            .enumerate()
            .map(|(i, (what, why, due, state))| WorkItemView {
                id: format!("{id}-{i}"),
                what: s(what),
                why: s(why),
                href: s("/tasks/1"),
                due: due.clone(),
                state: state.clone(),
            })
            .collect(),
        peek: format!("/worklist?tab=mine&peek={id}"),
        current: false,
        actions: vec![action("Log call", 'c'), action("Done", 'd'), action("Assign", 'a'), action("Snooze", 's')],
    }
}

fn bands() -> Vec<BandView> {
    let doing = TagView::new(Tone::Active, "Doing");
    vec![
        BandView {
            title: s("Danger now"),
            why: s("a person reads these first"),
            rows: vec![
                WorkRowView {
                    current: true,
                    ..row(
                        "a",
                        ana(),
                        DueView::new(Tone::Critical, "now", "Wed 08/19/2026", ""),
                        "weight after a stay",
                        "Spanish, interpreter · after 5 pm · (555) 0142",
                        &[
                            ("Weight up 5.1 lb in 5 days", "home from a stay for heart failure", None, todo()),
                            (
                                "Call after discharge",
                                "try 2 of 3, voicemail left",
                                Some(late("2 days late")),
                                doing.clone(),
                            ),
                            ("Water pill stopped?", "“stopped it Saturday”, call of 08/19", None, suggested()),
                        ],
                    )
                },
                row(
                    "b",
                    who("Nguyen", "Thi Hoa", "58 F", "01/22/1968"),
                    DueView::new(Tone::Critical, "now", "", ""),
                    "critical result",
                    "Vietnamese · open to call now · (555) 0177",
                    &[("Potassium 6.4 mmol/L, Critical high", "resulted 7:40 am, no plan on file", None, todo())],
                ),
            ],
        },
        BandView {
            title: s("Clock ends today"),
            why: s("high consequence"),
            rows: vec![row(
                "c",
                who("Okafor", "Chidi", "54 M", "03/03/1972"),
                today("today 5:00 pm"),
                "7 days after a psychiatric stay",
                "English · (555) 0113",
                &[
                    ("Visit after the stay not booked", "discharged 08/12 from County Psychiatric", None, todo()),
                    ("HbA1c 9.4 %, no visit planned", "resulted 08/17", Some(later("Mon 08/24")), suggested()),
                ],
            )],
        },
        BandView {
            title: s("Late"),
            why: String::new(),
            rows: vec![WorkRowView {
                flag: s("Looks like DIAZ, Rosa M. 11/09/1943: check the birth date"),
                ..row(
                    "d",
                    who("Diaz", "Rosa", "82 F", "11/19/1943"),
                    late("1 day late"),
                    "",
                    "English, large print · daughter answers",
                    &[(
                        "Transport for dialysis",
                        "asked 08/11",
                        None,
                        TagView::new(Tone::Waiting, "Waiting for County Ride"),
                    )],
                )
            }],
        },
        BandView {
            title: s("Today"),
            why: String::new(),
            rows: vec![
                row(
                    "e",
                    who("Lee", "Sung-min", "71 M", "07/30/1955"),
                    today("today 2:00 pm"),
                    "",
                    "Korean · open to call now",
                    &[("Confirm cardiology visit", "Thu 08/20, Dr. Cho", None, doing)],
                ),
                row(
                    "f",
                    who("", "Sukarno", "44 M", "06/02/1982"),
                    today("today"),
                    "",
                    "Indonesian, interpreter",
                    &[("Call back about the refill", "asked at 8:10 am", None, todo())],
                ),
            ],
        },
    ]
}

fn filters(path: &str) -> FilterBarView {
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

fn tabs() -> Vec<TabView> {
    vec![
        TabView { count: Some(32), note: s("2 snoozed"), ..TabView::new("Mine", "/worklist?tab=mine", true) },
        TabView { count: Some(118), ..TabView::new("Team", "/worklist?tab=team", false) },
        TabView { count: Some(7), loud: true, ..TabView::new("Nobody has this", "/worklist?tab=nobody", false) },
        TabView { count: Some(214), ..TabView::new("Backlog", "/worklist?tab=backlog", false) },
    ]
}

fn peek() -> PeekView {
    PeekView {
        who: ana(),
        reach: vec![
            s("MRN 0041-7 · Spanish, interpreter"),
            s("(555) 555-0142 mobile: call yes, voicemail no, text after 5 pm"),
            s("Elena, daughter: visits and medicines, until 12/31/2026"),
        ],
        actions: vec![
            Action::open("Log call", "/patients/1/call").main(),
            Action::open("Chart", "/patients/1"),
            Action::open("Why on the list", "/patients/1/why").quiet(),
        ],
        parts: vec![
            PeekPart {
                title: s("One sentence to say"),
                body: html! { p.say { "Hello Mrs. Reyes, this is Maria from Northside. Your scale shows 172 pounds. How is your breathing?" } },
            },
            PeekPart {
                title: s("Why she is first"),
                body: continuo_ui::evidence::body(Lang::En, &evidence("peek-evidence")),
            },
        ],
        read_at: s("Read at 9:02 am"),
        close: s("/worklist?tab=mine"),
    }
}

fn worklist(peek: Option<PeekView>, bands: Vec<BandView>) -> work::worklist::View {
    work::worklist::View {
        summary: s("32 people, 41 open items"),
        tabs: tabs(),
        filters: filters("/worklist"),
        bands,
        peek,
        bulk: vec![
            BulkChoice { value: s("assign"), label: s("Assign...") },
            BulkChoice { value: s("snooze"), label: s("Snooze...") },
            BulkChoice { value: s("done"), label: s("Done...") },
        ],
        pages: Some(PagesView {
            shown: s("1-6 of 32 people"),
            previous: None,
            next: Some(s("/worklist?tab=mine&page=2")),
        }),
        notice: None,
        empty: EmptyView::new("All done.", "Tomorrow brings 9 due calls and 2 visits to confirm."),
        back: s("tab=mine"),
        live: s("/live"),
        actions: vec![
            Action::open("They are calling", "/calling"),
            Action::open("Print huddle list", "/print/huddle").quiet(),
        ],
    }
}

fn suggestion(id: &str) -> SuggestionView {
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

fn lines(items: &[(&str, &str, &str)], about: &str) -> Section<LineView> {
    Section::Shown(items.iter().map(|(text, note, end)| LineView::new(*text, *end).note(*note)).collect(), s(about))
}

fn chart() -> people::chart::View {
    people::chart::View {
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

fn task() -> work::task::View {
    work::task::View {
        id: s("1"),
        banner: banner(),
        title: s("Call after discharge"),
        why: s("She came home from Mercy on 08/16 after 4 days for heart failure. Nobody has reached her yet."),
        state: TagView::new(Tone::Active, "Doing"),
        due: Some(late("2 days late")),
        due_from: s("2 business days after discharge, policy Transitions switched on by Dr. Patel"),
        owner: s("M. Ortiz, accepted Mon 08/17"),
        fallback: s("RN pool"),
        evidence: Some(evidence("task-evidence")),
        steps: vec![
            work::task::Step {
                id: s("1"),
                text: s("Medicines compared with the discharge list"),
                done: s("K. Young, 08/17"),
            },
            work::task::Step { id: s("2"), text: s("Visit within 7 days booked"), done: String::new() },
        ],
        attempts: lines(
            &[
                ("No answer, voicemail not allowed", "M. Ortiz", "Mon 08/17, 10:05 am"),
                ("No answer", "K. Young", "Sun 08/16, 4:40 pm"),
            ],
            "2 of 3",
        ),
        history: lines(
            &[
                ("Handed to M. Ortiz", "by RN pool, accepted", "08/17 8:30 am"),
                ("Opened", "by policy Transitions", "08/16 3:12 pm"),
            ],
            "",
        ),
        comments: Section::Empty(EmptyView::new("No comments yet.", "")),
        actions: vec![
            Action::open("Log call", "/patients/1/call").key('c').main(),
            Action::open("Done...", "/tasks/1/done").key('d'),
            Action::open("Assign...", "/tasks/1/assign").key('a'),
            Action::open("Snooze...", "/tasks/1/snooze").key('s'),
        ],
        neighbors: vec![
            Action::open("Previous", "/tasks/0").key('[').quiet(),
            Action::open("Next", "/tasks/2").key(']').quiet(),
        ],
    }
}

fn log_call(errors: &[(&str, &str)]) -> work::log_call::View {
    work::log_call::View {
        banner: banner(),
        post: s("/patients/1/call"),
        cancel: s("/worklist"),
        warning: s("Voicemail is not allowed on the mobile number."),
        attempt: s("Try 3 of 3. The last two were at 10:05 am and 4:40 pm; she asks for calls after 5 pm."),
        numbers: vec![
            Choice::new("1", "(555) 555-0142 mobile: call, text after 5 pm"),
            Choice::new("2", "(555) 555-0178 Elena, daughter: visits, medicines"),
        ],
        outcomes: [
            ("reached", "Reached", 'r'),
            ("no-answer", "No answer", 'n'),
            ("voicemail", "Voicemail left", 'v'),
            ("wrong-number", "Wrong number", 'w'),
            ("refused", "Did not want to talk", 'x'),
            ("call-back", "Call back at", 'b'),
        ]
        .iter()
        .map(|(code, label, key)| Choice::new(*code, *label).key(*key))
        .collect(),
        about: vec![
            Choice::new("t1", "Weight up 5.1 lb in 5 days"),
            Choice::new("t2", "Call after discharge, 2 days late"),
        ],
        open: lines(
            &[
                ("Weight up 5.1 lb in 5 days", "now", ""),
                ("Call after discharge", "2 days late", ""),
                ("Cardiology visit Thu 08/20, 9:20 am", "ride not arranged", ""),
            ],
            "",
        ),
        say: s("Hello Mrs. Reyes, this is Maria from Northside. Your scale shows 172 pounds. How is your breathing?"),
        next_try: s("08/19/2026"),
        next_try_words: s("Wednesday, August 19, 2026, after 5 pm"),
        given: vec![(s("outcome"), s("no-answer"))],
        errors: errors.iter().map(|(name, error)| (s(name), s(error))).collect(),
    }
}

fn hit(family: &str, given: &str, matched: &str) -> people::search::Hit {
    people::search::Hit {
        who: who(family, given, "66 F", "02/12/1960"),
        record_number: s("0041-7"),
        matched: s(matched),
        facts: s("Oak Street, Springfield · (555) 555-0142 · M. Ortiz"),
        flag: None,
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

fn kept() -> review::could_not_file::Kept {
    review::could_not_file::Kept {
        id: s("1"),
        what: s("Mercy feed, message 4 of 12"),
        when: s("08/19/2026 7:02 am"),
        reason: s("PID-7: `19601332` is not a date"),
        state: TagView::new(Tone::Caution, "Open"),
    }
}

fn stat(label: &str, value: &str, target: &str, reading: Option<TagView>) -> StatView {
    StatView { label: s(label), value: s(value), target: s(target), reading, not_assessable: String::new() }
}

/// Every page by name.
pub(crate) fn pages(theme: Theme) -> Vec<(String, Markup)> {
    let at = |path: &str| frame(theme, path);
    let with_toast = FrameView {
        toast: Some(ToastView {
            text: s("Visit confirmed: LEE, Sung-min 07/30/1955"),
            undo: Some(s("c1")),
            back: s("/worklist"),
        }),
        ..at("/worklist")
    };
    let out = FrameView { user: None, nav: Vec::new(), ..at("/sign-in") };
    let mut all = vec![
        (
            s("sign-in"),
            account::sign_in::render(
                &out,
                &account::sign_in::View {
                    step: account::sign_in::Step::Password,
                    account: String::new(),
                    error: String::new(),
                    back: s("/"),
                    single_sign_on: None,
                    demo: vec![
                        account::sign_in::DemoRole {
                            account: s("mortiz"),
                            name: s("Maria Ortiz"),
                            role: s("Care coordinator"),
                            sees: s("A morning's worklist: 32 people"),
                        },
                        account::sign_in::DemoRole {
                            account: s("kyoung"),
                            name: s("Kim Young"),
                            role: s("Nurse"),
                            sees: s("Calls after discharge, red flags"),
                        },
                        account::sign_in::DemoRole {
                            account: s("tbell"),
                            name: s("Tasha Bell"),
                            role: s("Supervisor"),
                            sees: s("What nobody has, oversight"),
                        },
                        account::sign_in::DemoRole {
                            account: s("admin"),
                            name: s("Sam Lind"),
                            role: s("Administrator"),
                            sees: s("People, policies, audit"),
                        },
                    ],
                },
            ),
        ),
        (
            s("sign-in-error"),
            account::sign_in::render(
                &out,
                &account::sign_in::View {
                    step: account::sign_in::Step::Password,
                    account: String::new(),
                    error: s("The name, password or code is not right."),
                    back: s("/"),
                    single_sign_on: None,
                    demo: Vec::new(),
                },
            ),
        ),
        (
            s("locked"),
            account::sign_in::render(
                &out,
                &account::sign_in::View {
                    step: account::sign_in::Step::Locked(s("Maria Ortiz")),
                    account: String::new(),
                    error: String::new(),
                    back: s("/worklist"),
                    single_sign_on: Some((s("Use single sign-on"), s("/oidc"))),
                    demo: Vec::new(),
                },
            ),
        ),
        (s("worklist"), work::worklist::render(&with_toast, &worklist(None, bands()))),
        (s("worklist-peek"), work::worklist::render(&at("/worklist"), &worklist(Some(peek()), bands()))),
        (
            s("worklist-nobody"),
            work::worklist::render(
                &at("/worklist"),
                &work::worklist::View {
                    notice: Some((Tone::Critical, s("7 people have nobody. The first has waited 2 days."), None)),
                    ..worklist(None, bands().into_iter().take(1).collect())
                },
            ),
        ),
        (s("worklist-empty"), work::worklist::render(&at("/worklist"), &worklist(None, Vec::new()))),
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
        (s("task"), work::task::render(&at("/tasks/1"), &task())),
        (s("log-call"), work::log_call::render(&at("/patients/1/call"), &log_call(&[]))),
        (
            s("log-call-error"),
            work::log_call::render(
                &at("/patients/1/call"),
                &log_call(&[
                    ("outcome", "Choose how the call ended"),
                    ("promise_by", "Enter the date as 8/21 or Friday"),
                ]),
            ),
        ),
        (
            s("why"),
            work::why::render(
                &at("/patients/1/why"),
                &work::why::View {
                    tabs: chart_tabs("Why on the list"),
                    banner: banner(),
                    on_list: lines(&[("Call after discharge", "2 days late", "M. Ortiz")], ""),
                    assessed: s("Assessed 08/19/2026 7:02 am; next 08/20/2026 2:00 am."),
                    rules: vec![
                        work::why::RuleAnswer {
                            rule: s("Call after discharge"),
                            href: s("/oversight/rules/discharge-call"),
                            answer: TagView::new(Tone::Critical, "On the list"),
                            because: s("Discharged 08/16/2026, no call has reached her."),
                            missing: s("A call that reaches her closes it."),
                        },
                        work::why::RuleAnswer {
                            rule: s("HbA1c is overdue"),
                            href: s("/oversight/rules/hba1c"),
                            answer: TagView::new(Tone::Done, "Not needed"),
                            because: s("HbA1c 7.9 % on 12/28/2025."),
                            missing: s("Opens 05/29/2027 without a newer result."),
                        },
                        work::why::RuleAnswer {
                            rule: s("PHQ-9 item 9"),
                            href: s("/oversight/rules/phq9"),
                            answer: TagView::new(Tone::Waiting, "Cannot be assessed"),
                            because: s("No PHQ-9 on file."),
                            missing: s("A PHQ-9 answer sheet."),
                        },
                    ],
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
            s("calling"),
            work::calling::render(
                &at("/calling"),
                &work::calling::View {
                    digits: s("0142"),
                    error: String::new(),
                    callers: vec![
                        work::calling::Caller {
                            who: ana(),
                            number: s("(555) 555-0142 mobile"),
                            may_say: String::new(),
                            last: s("Last contact Mon 08/17, no answer"),
                            open: vec![LineView::new("Call after discharge", "2 days late")],
                            say: s("Hello Mrs. Reyes. I am glad you call: how is your breathing today?"),
                            actions: vec![
                                Action::open("Log this call", "/patients/1/call").main(),
                                Action::open("Chart", "/patients/1"),
                            ],
                        },
                        work::calling::Caller {
                            who: who("Reyes", "Jose", "68 M", "02/21/1958"),
                            number: s("(555) 555-0142, shared with his wife"),
                            may_say: s("Do not discuss health on this number"),
                            last: s("Last contact 06/02"),
                            open: Vec::new(),
                            say: String::new(),
                            actions: vec![Action::open("Log this call", "/patients/2/call").main()],
                        },
                    ],
                },
            ),
        ),
        (
            s("caseload"),
            work::caseload::render(
                &at("/caseload"),
                &work::caseload::View {
                    summary: s("84 people"),
                    filters: FilterBarView { save: String::new(), saved: Vec::new(), ..filters("/caseload") },
                    columns: work::caseload::columns(),
                    pages: None,
                    rows: vec![
                        work::caseload::Row {
                            who: ana(),
                            tier: s("High, every 14 days"),
                            today: Some(TagView::new(Tone::Active, "Home since 08/16")),
                            last: s("2 days ago, no answer"),
                            next: Some(late("2 days late")),
                            open: s("3 open, 1 late"),
                            promises: s("ride by Fri 08/21"),
                        },
                        work::caseload::Row {
                            who: who("Lee", "Sung-min", "71 M", "07/30/1955"),
                            tier: s("Medium, every 30 days"),
                            today: Some(TagView::new(Tone::Caution, "Visit today")),
                            last: s("12 days ago, reached"),
                            next: Some(later("Fri 08/28")),
                            open: s("1 open"),
                            promises: String::new(),
                        },
                        work::caseload::Row {
                            who: who("", "Sukarno", "44 M", "06/02/1982"),
                            tier: s("Not set"),
                            today: None,
                            last: s("not yet"),
                            next: None,
                            open: s("1 open"),
                            promises: String::new(),
                        },
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
        (
            s("review"),
            review::suggestions::render(
                &at("/review"),
                &review::suggestions::View {
                    tabs: vec![
                        TabView { count: Some(2), ..TabView::new("Open", "/review", true) },
                        TabView::new("Decided", "/review?state=decided", false),
                    ],
                    summary: s("2 open, 4 decided today"),
                    cards: vec![
                        suggestion("s1"),
                        SuggestionView {
                            words_needed: true,
                            what: s("Call about item 9 of the PHQ-9"),
                            ..suggestion("s2")
                        },
                        SuggestionView {
                            decided: Some(TagView::new(Tone::Done, "Accepted by M. Ortiz 9:04 am")),
                            ..suggestion("s3")
                        },
                    ],
                    pages: None,
                },
            ),
        ),
        (
            s("review-empty"),
            review::suggestions::render(
                &at("/review"),
                &review::suggestions::View { tabs: Vec::new(), summary: String::new(), cards: Vec::new(), pages: None },
            ),
        ),
        (
            s("could-not-file"),
            review::could_not_file::render(
                &at("/could-not-file"),
                &review::could_not_file::View {
                    total: 12,
                    rows: vec![kept()],
                    opened: Some(review::could_not_file::Opened {
                        kept: kept(),
                        content: s("PID|1||0041-7||REYES^ANA||19601332|F"),
                        problems: vec![s("PID-7: `19601332` is not a date")],
                    }),
                    pages: None,
                },
            ),
        ),
        (
            s("inbox"),
            review::inbox::render(
                &at("/inbox"),
                &review::inbox::View {
                    upload: true,
                    waiting: vec![
                        review::inbox::Waiting {
                            id: s("1"),
                            what: s("Fax from (555) 555-0199, 3 pages"),
                            due: late("5 h, limit 4 h"),
                            taken_by: s("K. Young reads it"),
                            current: true,
                        },
                        review::inbox::Waiting {
                            id: s("2"),
                            what: s("Scan, 1 page"),
                            due: today("by 2:00 pm"),
                            taken_by: String::new(),
                            current: false,
                        },
                    ],
                    opened: Some(review::inbox::Opened {
                        what: s("Fax from (555) 555-0199, 3 pages"),
                        file: s("/inbox/1/file"),
                        is_image: false,
                        form: FormView {
                            action: s("/inbox/1"),
                            fields: vec![
                                Field::text("person", "Whose").hint("Name and birth date, or record number"),
                                Field::select(
                                    "kind",
                                    "Kind",
                                    &[("discharge", "Discharge summary"), ("consult", "Consult report")],
                                ),
                                Field::date("date", "Dated"),
                                Field::new(
                                    "task",
                                    "Make a task",
                                    Input::Checks(vec![Choice::new("read", "Someone must act on it")]),
                                )
                                .optional(),
                            ],
                            submit: s("File"),
                            ..FormView::default()
                        },
                    }),
                },
            ),
        ),
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
                        id: s("1"),
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
                            Field::date("from", "From").optional(),
                            Field::date("to", "To").optional(),
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
        (
            s("recent"),
            account::recent::render(
                &at("/recent"),
                &account::recent::View {
                    actions: vec![
                        RecentView {
                            at: s("9:04 am"),
                            text: s("Visit confirmed: LEE, Sung-min 07/30/1955"),
                            href: s("/patients/3"),
                            undo: Some(s("c1")),
                            why_not: String::new(),
                        },
                        RecentView {
                            at: s("8:51 am"),
                            text: s("Call logged, no answer: REYES, Ana Maria 02/12/1960"),
                            href: String::new(),
                            undo: None,
                            why_not: s("changed since by K. Young"),
                        },
                    ],
                },
            ),
        ),
        (s("recent-empty"), account::recent::render(&at("/recent"), &account::recent::View { actions: Vec::new() })),
        (
            s("print-summary"),
            print::summary::render(
                &at("/patients/1/print"),
                &print::summary::View {
                    who: ana(),
                    about: s(
                        "MRN 0041-7 · Spanish, interpreter · Penicillin: anaphylaxis +2 · Code status: not recorded",
                    ),
                    sections: vec![
                        (s("Next"), lines(&[("Call after discharge", "2 days late", "M. Ortiz")], "")),
                        (s("Medicines"), chart().medicines),
                        (s("Consents"), Section::Empty(EmptyView::new("Not asked.", ""))),
                    ],
                },
            ),
        ),
        (
            s("print-huddle"),
            print::huddle::render(
                &at("/print/huddle"),
                &print::huddle::View {
                    team: s("Team North"),
                    day: s("Wed 08/19/2026"),
                    rows: vec![print::huddle::Row {
                        who: ana(),
                        when: s("now"),
                        what: vec![s("Weight up 5.1 lb in 5 days"), s("Call after discharge, 2 days late")],
                        owner: s("M. Ortiz"),
                    }],
                },
            ),
        ),
        (
            s("print-end-of-day"),
            print::end_of_day::render(
                &at("/print/end-of-day"),
                &print::end_of_day::View {
                    about: s("M. Ortiz, Wed 08/19/2026"),
                    closed: vec![s("LEE, Sung-min 07/30/1955: visit confirmed")],
                    waiting: vec![s("DIAZ, Rosa 11/19/1943: transport, County Ride since 08/11")],
                    tomorrow: vec![s("REYES, Ana Maria 02/12/1960: call after 5 pm")],
                    uncovered: Vec::new(),
                },
            ),
        ),
        (s("help"), help::render_help(&at("/help"), "Call the help desk at 555-0100.")),
        (s("keys"), help::render_keys(&at("/help/keys"))),
        (
            s("problem"),
            problem::render(
                &at("/x"),
                &problem::View {
                    status: 404,
                    sentence: s("This page is not here, or its record is not open to you."),
                    reference: String::new(),
                    actions: Vec::new(),
                },
            ),
        ),
        (
            s("problem-500"),
            problem::render(
                &at("/x"),
                &problem::View {
                    status: 500,
                    sentence: s("The page could not be made."),
                    reference: s("0190f3"),
                    actions: Vec::new(),
                },
            ),
        ),
    ];
    for kind in &entry::kinds::KINDS {
        all.push((format!("add-{}", kind.slug), entry::form_page::render(&at("/patients/1"), &entry_form(kind))));
    }
    all
}
