//! The gallery: every component with made-up content, for looking at and for the markup and axe checks to walk.

mod samples;

use maud::{Markup, html};

use crate::action::{Action, button};
use crate::advice::{AdviceView, Level, advice};
use crate::banner::banner;
use crate::board::board;
use crate::dialog::{confirm, dialog};
use crate::evidence::{evidence, quote};
use crate::filter::filter_bar;
use crate::form::form;
use crate::frame::{FrameView, PageHead, page};
use crate::menu::menu;
use crate::multiple::multiples;
use crate::panel::{PanelHead, page_head, panel};
use crate::print::{SheetView, sheet};
use crate::result_line::result_line;
use crate::stat::stats;
use crate::states::{EmptyView, PagesView, empty_inside, notice, pages, section_failure, skeleton};
use crate::suggestion::suggestion;
use crate::table::table;
use crate::tabs::tabs;
use crate::tag::{Tone, due, tag};
use crate::timeline::{timeline, twin};
use crate::toast::{recent, toast};
use crate::words::Lang;
use crate::{peek, who, work_row};

/// The whole gallery as one page.
pub fn gallery(frame: &FrameView) -> Markup {
    let head = PageHead { banner: Some(banner(frame.lang, &samples::banner())), ..PageHead::titled("Gallery") };
    page(
        frame,
        &head,
        html! {
            (page_head("Gallery", "Every component with made-up people. The banner above belongs to it.", html! {
                @for (name, lang) in [("English", "en"), ("Español", "es")] { (button(&frame.csrf, &Action::open(name, format!("/dev/gallery?lang={lang}")))) }
                (button(&frame.csrf, &Action::open("Print sheet", "/dev/gallery/sheet")))
            }))
            div.stack {
                (words_and_shapes(frame))
                (work(frame))
                (machine(frame))
                (record(frame))
                (entering(frame))
                (around(frame))
                (for_patients(frame.lang))
            }
        },
    )
}

/// A print sheet, which is a page of its own.
pub fn gallery_sheet(frame: &FrameView) -> Markup {
    let view =
        SheetView { title: "Patient summary".to_owned(), who: Some(samples::ana()), about: "MRN 0041-7".to_owned() };
    page(
        frame,
        &PageHead::titled("REYES, Ana Maria: summary"),
        sheet(
            frame,
            &view,
            html! {
                section { h2 { "Next" } (table(&samples::small_table())) }
            },
        ),
    )
}

fn words_and_shapes(frame: &FrameView) -> Markup {
    let actions = [
        Action::post("Log call", "/dev").key('c').main(),
        Action::open("Assign...", "/dev").key('a'),
        Action::open("Not now", "/dev").quiet(),
    ];
    panel(
        "",
        &PanelHead::new("tags", "Tags, due labels, buttons"),
        html! {},
        html! {
            div.stack-tight {
                div.row { @for one in samples::tags() { (tag(&one)) } }
                div.row { @for one in samples::dues() { (due(&one)) } }
                div.row { @for one in &actions { (button(&frame.csrf, one)) } (menu(&frame.csrf, "Move to", "DIAZ, Rosa", &samples::menu_items())) }
                p { (who::link(&samples::ana())) }
            }
        },
    )
}

fn work(frame: &FrameView) -> Markup {
    html! {
        (tabs("Whose work", &samples::tabs()))
        (filter_bar(frame.lang, &frame.csrf, &samples::filters()))
        div.work-split {
            form.worklist method="post" action="/dev/bulk" aria-label="Worklist" {
                input type="hidden" name="csrf" value=(frame.csrf);
                (work_row::head())
                @for one in &samples::work::bands() { (one) }
                (work_row::bulk(&[work_row::BulkChoice { value: "assign".to_owned(), label: "Assign...".to_owned() }]))
            }
            (peek::peek(frame.lang, &frame.csrf, &samples::work::peek()))
        }
        (pages(frame.lang, &PagesView { shown: "1-50 of 214".to_owned(), previous: None, next: Some("?page=2".to_owned()) }))
        section aria-label="Referral board" { (board(frame.lang, &frame.csrf, "Referrals", &samples::work::board())) }
    }
}

fn machine(frame: &FrameView) -> Markup {
    panel(
        "",
        &PanelHead::new("machine", "Suggestions and evidence").about("3 of 7"),
        html! {},
        html! {
            div.review-list { @for one in &samples::machine::suggestions() { (suggestion(frame.lang, &frame.csrf, one)) } }
            div.row { (evidence(frame.lang, &samples::machine::evidence("evidence-alone"))) }
            (quote(&samples::machine::quote()))
        },
    )
}

fn record(frame: &FrameView) -> Markup {
    html! {
        (panel("", &PanelHead::new("results", "Results, last 12 months"), html! {}, html! { ul.results { @for one in &samples::record::results() { (result_line(one)) } } }))
        (panel("", &PanelHead::new("multiples", "Small multiples"), html! {}, multiples(&samples::record::multiples())))
        section.stack-tight aria-labelledby="timeline-title" { h2 #timeline-title { "Timeline" } (timeline(frame.lang, &samples::record::timeline())) (twin(&samples::record::timeline())) }
        section.stack-tight aria-labelledby="numbers-title" { h2 #numbers-title { "Numbers" } (stats(&samples::record::stats())) (table(&samples::small_table())) }
    }
}

fn entering(frame: &FrameView) -> Markup {
    html! {
        (panel("", &PanelHead::new("form", "Add an appointment"), html! {}, form(frame.lang, &frame.csrf, &samples::entering::form())))
        div.row { (dialog(frame.lang, "snooze-dialog", "Snooze", "Snooze...", "/dev/snooze", html! { p { "The same form as on its own page." } })) }
        (confirm(frame.lang, &frame.csrf, &samples::entering::confirm()))
    }
}

fn around(frame: &FrameView) -> Markup {
    let nothing = EmptyView {
        action: Some(Action::open("Add referral", "/dev")),
        ..EmptyView::new("No referrals.", "Add one, or accept one from Review.")
    };
    html! {
        (panel("", &PanelHead::new("empty", "Referrals"), html! {}, empty_inside(&frame.csrf, &nothing)))
        (section_failure(frame.lang, "failed", "Medicines", "The pharmacy list did not answer. The rest of the page is complete.", "/dev"))
        (notice(Tone::Critical, "Jose REYES 02/21/1960 is open in another tab and looks alike. Check the birth date.", html! {}))
        (panel("", &PanelHead::new("recent", "Recent actions"), html! {}, html! { (recent(frame.lang, &frame.csrf, "/dev/gallery", &samples::entering::recents())) (skeleton("Loading")) }))
        (toast(frame.lang, &frame.csrf, &samples::entering::toast()))
    }
}

fn for_patients(lang: Lang) -> Markup {
    let say = |en: &str, es: &str| if lang == Lang::Es { es.to_owned() } else { en.to_owned() };
    let views = [
        AdviceView {
            level: Level::CallUs,
            phone: "555-0142".to_owned(),
            when: say(
                "If you gain 3 pounds in 1 day or 5 pounds in 1 week.",
                "Si sube 3 libras de peso en 1 día o 5 libras en 1 semana.",
            ),
        },
        AdviceView {
            level: Level::Emergency,
            phone: String::new(),
            when: say("If you cannot breathe or have chest pain.", "Si no puede respirar o le duele el pecho."),
        },
        AdviceView {
            level: Level::Today,
            phone: "555-0142".to_owned(),
            when: say("If your ankles swell and you feel weak.", "Si se le hinchan los tobillos y se siente débil."),
        },
    ];
    html! { section.stack-tight data-audience="patient" aria-labelledby="advice-title" { h2 #advice-title { (say("When to get help", "Cuándo buscar ayuda")) } div { (advice(lang, &views)) } } }
}
