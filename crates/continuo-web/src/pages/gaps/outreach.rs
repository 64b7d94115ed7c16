//! Writing to several people: reading before it is made, what was made, and the list of what was made before.

use continuo_ui::action::{Action, button};
use continuo_ui::field::Choice;
use continuo_ui::frame::{FrameView, PageHead, page};
use continuo_ui::panel::{PanelHead, page_head, panel};
use continuo_ui::states::{EmptyView, empty_page, notice};
use continuo_ui::table::{Cell, ColumnHead, TableView, table};
use continuo_ui::tag::{TagView, Tone, tag};
use continuo_ui::who::{self, Who};
use continuo_ui::{Markup, html};

/// One person.
#[derive(Clone, Debug)]
pub struct Person {
    /// Who.
    pub who: Who,
    /// "English", "vi: an interpreter".
    pub language: String,
    /// What it is about, or why the person is left out.
    pub about: String,
    /// "names no care", "after 5 pm"; empty when there is nothing to note.
    pub note: String,
    /// Prepared, mailed, held back; none before it is made.
    pub state: Option<TagView>,
    /// The words; empty for those left out.
    pub words: String,
    /// Language of the words, for the reader's voice.
    pub lang: String,
}

/// The people of an outreach.
#[derive(Clone, Debug, Default)]
pub struct People {
    /// Get a letter.
    pub letters: Vec<Person>,
    /// Are called.
    pub calls: Vec<Person>,
    /// Left out, with the reason.
    pub left: Vec<Person>,
}

/// Before it is made.
#[derive(Clone, Debug)]
pub struct Preview {
    /// "HbA1c is overdue".
    pub title: String,
    /// The list it was chosen from.
    pub back: String,
    /// Where it is looked at again.
    pub again: String,
    /// Where it is made; empty when nothing would go out.
    pub send: String,
    /// `Patient.id` of those chosen.
    pub picks: Vec<String>,
    /// `letter` or `call`.
    pub prefer: String,
    /// Owners that tasks for calls may go to.
    pub owners: Vec<Choice>,
    /// Everybody chosen.
    pub people: People,
}

/// After it was made.
#[derive(Clone, Debug)]
pub struct Made {
    /// "HbA1c is overdue, Sun 11/29/2026, by M. Ortiz".
    pub lead: String,
    /// Letters to print; empty when there are none.
    pub letters_href: String,
    /// Where letters are marked as mailed; empty when none waits.
    pub mail: String,
    /// What went wrong.
    pub problem: String,
    /// Everybody.
    pub people: People,
}

/// One line of the list.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its page.
    pub href: String,
    /// "Sun 11/29/2026, 9:20 am".
    pub when: String,
    /// Title of the rule.
    pub rule: String,
    /// By whom.
    pub by: String,
    /// Letters, letters not mailed, calls, left out.
    pub counts: [usize; 4],
}

fn several(count: usize, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
}

/// The page before.
pub fn preview(frame: &FrameView, view: &Preview) -> Markup {
    let (letters, calls) = (view.people.letters.len(), view.people.calls.len());
    let what = match (letters, calls) {
        (letters, 0) => format!("Prepare {}", several(letters, "letter", "letters")),
        (0, calls) => format!("Make tasks for {}", several(calls, "call", "calls")),
        (letters, calls) => {
            format!("Prepare {} and {}", several(letters, "letter", "letters"), several(calls, "call", "calls"))
        }
    };
    let lead = "Read it before it is made. One message stands for all care that is due; each person gets it the way and in the language they asked for.";
    page(
        frame,
        &PageHead::titled(format!("{}: write to people", view.title)),
        html! {
            (page_head(&format!("Write to people: {}", view.title), lead, html! { a.button href=(view.back) { "Back to the list" } }))
            div.stack {
                form.stack-tight method="post" action=(if view.send.is_empty() { &view.again } else { &view.send }) {
                    input type="hidden" name="csrf" value=(frame.csrf);
                    @for pick in &view.picks { input type="hidden" name="pick" value=(pick); }
                    div.row {
                        div.field {
                            label for="prefer" { "Where a person allows both" }
                            select #prefer name="prefer" {
                                option value="letter" selected[view.prefer != "call"] { "A letter" }
                                option value="call" selected[view.prefer == "call"] { "A call" }
                            }
                        }
                        button.button type="submit" formaction=(view.again) { "Show again" }
                    }
                    @if !view.send.is_empty() {
                        div.row {
                            @if calls > 0 {
                                div.field {
                                    label for="call-owner" { "Calls go to" }
                                    select #call-owner name="owner" {
                                        @for choice in &view.owners { option value=(choice.value) { (choice.label) } }
                                    }
                                }
                            }
                            button.button.button-main type="submit" { (what) }
                        }
                        p.fine.muted { "Nothing leaves by itself: letters are printed, calls become tasks. The gaps wait for an answer up to 45 days, then they are listed again. It can be undone." }
                    } @else {
                        (notice(Tone::Caution, "Nothing would go out: everybody chosen is left out, for the reasons below.", html! {}))
                    }
                }
                (groups(&view.people))
            }
        },
    )
}

fn groups(people: &People) -> Markup {
    html! {
        @if !people.letters.is_empty() { (group("letters", "Letters", "Says", &people.letters)) }
        @if !people.calls.is_empty() { (group("calls", "Calls", "About", &people.calls)) }
        @if !people.left.is_empty() { (group("left", "Left out", "Why", &people.left)) }
    }
}

fn group(id: &str, title: &str, column: &str, people: &[Person]) -> Markup {
    let with_words = people.iter().any(|one| !one.words.is_empty());
    let with_state = people.iter().any(|one| one.state.is_some());
    let mut columns = vec!["Patient"];
    if with_words {
        columns.push("Language");
    }
    columns.push(column);
    if with_words {
        columns.push("Words");
    }
    if with_state {
        columns.push("State");
    }
    let rows = people.iter().map(|one| {
        let mut cells = vec![Cell::of(who::link(&one.who))];
        if with_words {
            cells.push(Cell::text(&one.language));
        }
        cells.push(Cell::of(html! { (one.about) @if !one.note.is_empty() { " " span.muted { (one.note) } } }));
        if with_words {
            cells.push(Cell::of(html! {
                details { summary { "Read" span.visually-hidden { " the words for " (one.who.named_and_born()) } } pre.words lang=(one.lang) { (one.words) } }
            }));
        }
        if with_state {
            cells.push(Cell::of(html! { @if let Some(state) = &one.state { (tag(state)) } }));
        }
        cells
    });
    let rows = rows.collect();
    panel(
        "",
        &PanelHead::new(id, format!("{title} ({})", people.len())),
        html! {},
        table(&TableView::new(&format!("{title}: people"), &columns, rows)),
    )
}

/// The page after.
pub fn made(frame: &FrameView, view: &Made) -> Markup {
    let actions = html! {
        @if !view.letters_href.is_empty() { a.button.button-main href=(view.letters_href) { "Print the letters" } }
        @if !view.mail.is_empty() { (button(&frame.csrf, &Action::post("Mark as mailed", &view.mail))) }
        a.button href="/outreach" { "All outreach" }
    };
    page(
        frame,
        &PageHead::titled("Outreach"),
        html! {
            (page_head("Outreach", &view.lead, actions))
            @if !view.problem.is_empty() { (notice(Tone::Caution, &view.problem, html! {})) }
            div.stack {
                (groups(&view.people))
                p.fine.muted { "Only people whose record you may open are listed." }
            }
        },
    )
}

/// What was made before.
pub fn all(frame: &FrameView, lines: &[Line]) -> Markup {
    let number = |label: &str| ColumnHead { label: label.to_owned(), number: true, ..ColumnHead::default() };
    let word = |label: &str| ColumnHead { label: label.to_owned(), ..ColumnHead::default() };
    let rows = lines.iter().map(|line| {
        let mut cells = vec![Cell::link(&line.when, &line.href), Cell::text(&line.rule), Cell::text(&line.by)];
        cells.extend(line.counts.iter().map(|count| Cell::number(count.to_string())));
        cells
    });
    let rows = rows.collect();
    page(
        frame,
        &PageHead::titled("Outreach"),
        html! {
            (page_head("Outreach", "Letters and calls to several people because care is due, newest first.", html! { a.button href="/care-gaps" { "Care gaps" } }))
            @if lines.is_empty() {
                div.panel { (empty_page(&frame.csrf, &EmptyView::new("No letters or calls yet.", "Choose people on the list of a care gap, and write to them from there."))) }
            } @else {
                (table(&TableView {
                    caption: "Outreach, newest first".to_owned(),
                    columns: vec![word("When"), word("Care gap"), word("By"), number("Letters"), number("Not mailed yet"), number("Calls"), number("Left out")],
                    rows,
                }))
            }
        },
    )
}
