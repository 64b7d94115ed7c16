//! The after-visit sheet of one visit, in the person's language unless another is asked for.

use continuo_care::Ctx;
use continuo_care::access::Permission;
use continuo_care::after_visit::{self, Help, Language, Part};
use continuo_ui::advice::{AdviceView, Level};
use continuo_ui::words::Lang;

use crate::app::App;
use crate::form::encode;
use crate::pages::print::after_visit::{Line, View, render};
use crate::pages::{frame, person, proof, when};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::request::Request;
use crate::route::{Gate, Route};

pub(super) const ROUTES: &[Route] =
    &[Route::get("/patients/{id}/after-visit", Gate::May(Permission::RecordRead), show)];

const PARTS: [Part; 5] = [Part::Visit, Part::Changes, Part::Keep, Part::Do, Part::Next];

fn show(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let id = request.param("id");
    let wanted = request.query.get("visit").unwrap_or("");
    let asked = match request.query.get("lang") {
        Some("es") => Some(Language::Spanish),
        Some("en") => Some(Language::English),
        _ => None,
    };
    let mut made = after_visit::load(ctx, id, wanted, asked.unwrap_or(Language::English))?;
    let theirs = if made.header.language.starts_with("es") { Language::Spanish } else { Language::English };
    let language = asked.unwrap_or(theirs);
    if asked.is_none() && language == Language::Spanish {
        made = after_visit::load(ctx, id, wanted, language)?;
    }
    let (lang, other, other_words) = match language {
        Language::English => (Lang::En, "es", "Español"),
        Language::Spanish => (Lang::Es, "en", "English"),
    };
    let at = |lang: &str, visit: &str| format!("/patients/{id}/after-visit?lang={lang}&visit={}", encode(visit));
    let lines = |part: Part| -> Vec<Line> {
        let of_part = made.sheet.lines.iter().filter(|line| line.part == part);
        let sources =
            |line: &after_visit::Line| line.references.iter().map(|reference| proof::source_href(reference)).collect();
        of_part.map(|line| Line { text: line.text.clone(), sources: sources(line), quotes: line.quotes }).collect()
    };
    let help = made.sheet.help.iter().map(|(help, text)| AdviceView {
        level: match help {
            Help::Emergency => Level::Emergency,
            Help::Today => Level::Today,
            Help::Call => Level::CallUs,
        },
        when: text.clone(),
        phone: if *help == Help::Emergency { String::new() } else { made.phone.clone() },
    });
    let view = View {
        who: person::who(&made.header, person::today(ctx)),
        language: lang,
        printed: if lang == Lang::Es { printed(ctx) } else { String::new() },
        other: (at(other, &made.visit), other_words.to_owned()),
        visits: made
            .choices
            .iter()
            .map(|(visit, day, what)| {
                (at(lang.tag(), visit), format!("{}: {what}", when::day(day.date())), *visit == made.visit)
            })
            .collect(),
        parts: PARTS.iter().map(|part| (part.heading(language), lines(*part))).collect(),
        help: help.collect(),
        notes: notes(&made, language),
    };
    Ok(Reply::page(render(&frame::of(ctx, request)?, &view)))
}

/// "el 20 de agosto de 2026, por Maria Ortiz".
fn printed(ctx: &Ctx) -> String {
    format!("el {}, por {}", when::in_letter(person::today(ctx), "es"), ctx.actor.name)
}

fn notes(made: &after_visit::AfterVisit, language: Language) -> Vec<String> {
    let mut notes = Vec::new();
    if made.visit.is_empty() {
        notes.push("No visit is recorded: the sheet shows what was written in the last 7 days.".to_owned());
    }
    if made.phone.is_empty() {
        notes.push(
            "The clinic's phone number is not set: write it beside “Call us” before you hand this out.".to_owned(),
        );
    }
    if made.is_adolescent {
        notes.push("A parent may read this sheet. Take out what is private before you hand it out.".to_owned());
    }
    if made.sheet.lines.iter().any(|line| matches!(line.part, after_visit::Part::Changes | after_visit::Part::Keep)) {
        notes.push("Whether the medicines go together was not checked here: read the list once as a whole.".to_owned());
    }
    let quoted = made.sheet.lines.iter().filter(|line| line.quotes).count();
    if quoted > 0 && language == Language::Spanish {
        notes.push(format!(
            "{quoted} lines hold words that could not be put into Spanish: go through them with an interpreter."
        ));
    }
    if language == Language::Spanish {
        notes.push("The Spanish words wait for review by a person who speaks it.".to_owned());
    }
    notes
}
