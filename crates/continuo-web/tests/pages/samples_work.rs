//! The worklist, tasks, calls and caseload, with made-up values. Nobody here is real.

use continuo_ui::action::Action;
use continuo_ui::field::Choice;
use continuo_ui::filter::FilterBarView;
use continuo_ui::frame::{FrameView, Theme};
use continuo_ui::peek::{PeekPart, PeekView};
use continuo_ui::section::{LineView, Section};
use continuo_ui::states::{EmptyView, PagesView};
use continuo_ui::tabs::TabView;
use continuo_ui::tag::{DueView, TagView, Tone};
use continuo_ui::toast::ToastView;
use continuo_ui::who::Who;
use continuo_ui::words::Lang;
use continuo_ui::work_row::{BandView, BulkChoice, RowAction, WorkItemView, WorkRowView};
use continuo_ui::{Markup, html};
use continuo_web::pages::work;

use super::parts::{
    ana, banner, chart_tabs, evidence, filters, frame, late, later, lines, s, suggested, today, todo, who,
};

/// Every page of this area by name.
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
    vec![
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
                    actions: vec![Action::open("Log call", "/patients/1/call").key('c')],
                    rules: vec![
                        work::why::RuleAnswer {
                            rule: s("Call after discharge"),
                            href: s("/oversight/rules/discharge-call"),
                            answer: TagView::new(Tone::Critical, "On the list"),
                            because: s("Discharged 08/16/2026, no call has reached her."),
                            missing: s("A call that reaches her closes it."),
                            asks_nothing: false,
                        },
                        work::why::RuleAnswer {
                            rule: s("HbA1c is overdue"),
                            href: s("/oversight/rules/hba1c"),
                            answer: TagView::new(Tone::Done, "Not needed"),
                            because: s("HbA1c 7.9 % on 12/28/2025."),
                            missing: s("Opens 05/29/2027 without a newer result."),
                            asks_nothing: true,
                        },
                        work::why::RuleAnswer {
                            rule: s("PHQ-9 item 9"),
                            href: s("/oversight/rules/phq9"),
                            answer: TagView::new(Tone::Waiting, "Cannot be assessed"),
                            because: s("No PHQ-9 on file."),
                            missing: s("A PHQ-9 answer sheet."),
                            asks_nothing: false,
                        },
                    ],
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
                    may_register: true,
                },
            ),
        ),
        (
            s("caseload"),
            work::caseload::render(
                &at("/caseload"),
                &work::caseload::View {
                    summary: s("84 people"),
                    notices: vec![(
                        s("A caseload was handed to you (42 people): accept it or give it back"),
                        s("/caseload/handed"),
                    )],
                    hand_over: Some(s("/caseload/hand-over")),
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
                            worst: None,
                            promises: s("ride by Fri 08/21"),
                        },
                        work::caseload::Row {
                            who: who("Lee", "Sung-min", "71 M", "07/30/1955"),
                            tier: s("Medium, every 30 days"),
                            today: Some(TagView::new(Tone::Caution, "Visit today")),
                            last: s("12 days ago, reached"),
                            next: Some(later("Fri 08/28")),
                            open: s("1 open"),
                            worst: None,
                            promises: String::new(),
                        },
                        work::caseload::Row {
                            who: who("", "Sukarno", "44 M", "06/02/1982"),
                            tier: s("Not set"),
                            today: None,
                            last: s("not yet"),
                            next: None,
                            open: s("1 open"),
                            worst: None,
                            promises: String::new(),
                        },
                    ],
                },
            ),
        ),
    ]
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
            title: s("Cannot wait"),
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
        silent: Some((
            Tone::Caution,
            s("Nothing from Alder Regional since Fri 08/14 10:00 am."),
            Some(Action::open("See feeds", "/feeds")),
        )),
        empty: EmptyView::new("All done.", "Tomorrow brings 9 due calls and 2 visits to confirm."),
        back: s("tab=mine"),
        live: s("/live"),
        actions: vec![
            Action::open("They are calling", "/calling"),
            Action::open("Print huddle list", "/print/huddle").quiet(),
        ],
    }
}

fn task() -> work::task::View {
    work::task::View {
        closed: vec![LineView::new("Call after discharge", "due Fri 08/21").link("/tasks/2").note("M. Ortiz")],
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
        settled: Vec::new(),
        about: Some(work::about::AboutView {
            title: s("Words of Sun 08/16, 4:10 pm"),
            words: s(
                "Heart clinic letter of 08/16/2026. What it plans, as written:\n- Medication: furosemide: changed",
            ),
            links: vec![(s("Open the document"), s("/source/DocumentReference/1"))],
        }),
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
        words: true,
        banner: banner(),
        post: s("/patients/1/call"),
        cancel: s("/worklist"),
        warning: s("Voicemail is not allowed on the mobile number."),
        flags: vec![s("Do not call at home: ask at the visit")],
        steps: vec![s("Try another time of day"), s("Send a message the person agreed to")],
        ask_first: vec![s("Where are you right now?"), s("Is anybody with you?")],
        voicemail: s("This message is for Elena. This is Maria. Please call me back at (your number). Thank you."),
        next_time: s("5:15 pm"),
        attempt: s("Try 3 of 3. The last two were at 10:05 am and 4:40 pm; she asks for calls after 5 pm."),
        dial: vec![(s("5550142"), s("(555) 0142 mobile"))],
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
