//! Trying CQL out: the text with its faults at their place, and each definition's value for chosen people.

use continuo_ui::field::{Field, Input, field};
use continuo_ui::frame::{FrameView, PageHead, page};
use continuo_ui::panel::{PanelHead, page_head, panel};
use continuo_ui::states::notice;
use continuo_ui::table::{Cell, TableView, table};
use continuo_ui::tag::Tone;
use continuo_ui::who::{self, Who};
use continuo_ui::{Markup, html};

/// Something wrong.
#[derive(Clone, Debug)]
pub struct Fault {
    /// "line 4, column 11", with the library where it is an included one.
    pub place: String,
    /// What is wrong.
    pub text: String,
    /// What may help.
    pub hint: String,
    /// The line it stands on.
    pub source: String,
    /// Column from 1, to point at.
    pub column: usize,
}

/// Somebody who can be chosen.
#[derive(Clone, Debug)]
pub struct Choice {
    /// `Patient.id`.
    pub id: String,
    /// Who.
    pub who: Who,
    /// Is chosen.
    pub chosen: bool,
}

/// One definition's value.
#[derive(Clone, Debug)]
pub struct Valued {
    /// The definition.
    pub name: String,
    /// Its value, or why it has none.
    pub value: String,
    /// It has none.
    pub failed: bool,
    /// What it rests on: words and address.
    pub evidence: Vec<(String, String)>,
    /// What was looked for and not found.
    pub absent: Vec<String>,
}

/// One person's values.
#[derive(Clone, Debug)]
pub struct Tried {
    /// Who.
    pub who: Who,
    /// Values in the order of the text.
    pub values: Vec<Valued>,
}

/// The page.
#[derive(Clone, Debug, Default)]
pub struct View {
    /// The text.
    pub text: String,
    /// Faults by place; none after a good check.
    pub faults: Vec<Fault>,
    /// "12 definitions, no faults".
    pub verdict: String,
    /// What else is wrong: nobody chosen, too long.
    pub problem: String,
    /// The reader may run it on people.
    pub may_run: bool,
    /// What people were looked for by.
    pub asked: String,
    /// People found or chosen.
    pub people: Vec<Choice>,
    /// First and last day of the measurement period.
    pub period: (String, String),
    /// Values.
    pub tried: Vec<Tried>,
}

const LEAD: &str = "Paste a library, see its faults at their place, run it on people you may see. Nothing is written.";

/// The page.
pub fn render(frame: &FrameView, view: &View) -> Markup {
    let error = !view.problem.is_empty() || !view.faults.is_empty();
    page(
        frame,
        &PageHead { error, ..PageHead::titled("Try CQL") },
        html! {
            (page_head("Try CQL", LEAD, html! { a.button href="/measures" { "Measures" } }))
            @if !view.problem.is_empty() { (notice(Tone::Critical, &view.problem, html! {})) }
            @if !view.verdict.is_empty() { (notice(if view.faults.is_empty() { Tone::Done } else { Tone::Caution }, &view.verdict, html! {})) }
            div.stack {
                @if !view.faults.is_empty() { (faults(view)) }
                (form(frame, view))
                @for (at, one) in view.tried.iter().enumerate() { (tried(at, one)) }
            }
        },
    )
}

fn faults(view: &View) -> Markup {
    panel(
        "",
        &PanelHead::new("faults", format!("Faults ({})", view.faults.len())),
        html! {},
        html! {
            ol.stack-tight { @for fault in &view.faults { li {
                p { strong { (fault.place) } ": " (fault.text) @if !fault.hint.is_empty() { " " span.muted { "(" (fault.hint) ")" } } }
                @if !fault.source.is_empty() { pre { code { (fault.source) "\n" (" ".repeat(fault.column.saturating_sub(1))) "^" } } }
            } } }
        },
    )
}

fn form(frame: &FrameView, view: &View) -> Markup {
    let text = Field::new("cql", "CQL", Input::Area(18))
        .hint("FHIR 4.0.1; loaded libraries can be included; \"Measurement Period\" and AsOf are given")
        .value(&view.text);
    html! {
        form.form.form-wide method="post" action="/cql" novalidate {
            input type="hidden" name="csrf" value=(frame.csrf);
            (field(frame.lang, &text))
            div.row {
                (field(frame.lang, &Field::text("first", "First day").value(&view.period.0)))
                (field(frame.lang, &Field::text("last", "Last day").value(&view.period.1)))
            }
            // The first button is what Enter presses: it only checks.
            div.row { button.button type="submit" name="do" value="check" { "Check" } }
            @if view.may_run {
                div.row {
                    (field(frame.lang, &Field::text("q", "Find people").hint("Name, birth date or record number").value(&view.asked).optional()))
                    button.button type="submit" name="do" value="find" { "Find" }
                }
                @if !view.people.is_empty() {
                    fieldset.field {
                        legend { "Run on" }
                        div.choices { @for (at, one) in view.people.iter().enumerate() {
                            @let id = format!("person-{at}");
                            label.choice for=(id) { input id=(id) type="checkbox" name="patient" value=(one.id) checked[one.chosen]; span { (who::line(&one.who)) } }
                        } }
                    }
                }
                div.form-end { button.button.button-main type="submit" name="do" value="run" { "Run" } }
            } @else { p.muted { "Your role does not open records: the text can be checked, not run on people." } }
        }
    }
}

fn tried(at: usize, view: &Tried) -> Markup {
    let rows = view.values.iter().map(|one| {
        vec![
            Cell::text(&one.name),
            Cell::of(html! { @if one.failed { em { "no value: " } } code { (one.value) } }),
            Cell::of(html! {
                @for (at, (words, href)) in one.evidence.iter().enumerate() { @if at > 0 { ", " } @if href.is_empty() { (words) } @else { a href=(href) { (words) } } }
                @for words in &one.absent { div.fine { "not found: " (words) } }
            }),
        ]
    });
    panel(
        "",
        &PanelHead::new(&format!("tried-{at}"), view.who.named_and_born()),
        html! {},
        table(&TableView::new(
            &format!("Values: {}", view.who.named_and_born()),
            &["Definition", "Value", "Rests on"],
            rows.collect(),
        )),
    )
}
