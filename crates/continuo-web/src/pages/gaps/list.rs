//! The people of one rule in one state: each row one press to a task, several at once where that is safe.

use continuo_ui::action::{Action, button};
use continuo_ui::field::Choice;
use continuo_ui::filter::{FilterBarView, filter_bar};
use continuo_ui::frame::{FrameView, PageHead, page};
use continuo_ui::panel::page_head;
use continuo_ui::states::{EmptyView, PagesView, empty_page, notice, pages};
use continuo_ui::table::{Cell, ColumnHead, TableView, list_table};
use continuo_ui::tabs::{TabView, tabs};
use continuo_ui::tag::{DueView, Tone, due};
use continuo_ui::who::{self, Who};
use continuo_ui::{Markup, html};

/// One person.
#[derive(Clone, Debug)]
pub struct Row {
    /// Person id.
    pub id: String,
    /// Who.
    pub who: Who,
    /// When it was or is due.
    pub due: Option<DueView>,
    /// Why; "Private item" where it must not stand in a row.
    pub why: String,
    /// Who coordinates.
    pub owner: String,
    /// How to reach, or that it is unsafe.
    pub reach: String,
}

/// The page.
#[derive(Clone, Debug)]
pub struct View {
    /// "HbA1c is overdue".
    pub title: String,
    /// What the rule says.
    pub says: String,
    /// The rule's page.
    pub rule_href: String,
    /// States with their counts.
    pub tabs: Vec<TabView>,
    /// Program, team, practitioner, coordinator.
    pub filters: FilterBarView,
    /// What was left out of a bulk action, or what went wrong.
    pub notice: Option<(Tone, String)>,
    /// "Order an HbA1c"; empty where nothing is to be done.
    pub action: String,
    /// Where tasks are made; empty without the permission or where the state asks for nothing.
    pub take: String,
    /// Where people are written to; empty where the rule has no words for patients.
    pub outreach: String,
    /// The same list with everybody shown selected.
    pub select_all: String,
    /// Everybody shown is selected.
    pub all: bool,
    /// Owners a task may go to.
    pub owners: Vec<Choice>,
    /// A sensitive rule has no list; this sentence stands instead.
    pub closed: String,
    /// People.
    pub rows: Vec<Row>,
    /// Where the list is cut.
    pub pages: Option<PagesView>,
}

/// The page.
pub fn render(frame: &FrameView, view: &View) -> Markup {
    let rule = html! { a.button href=(view.rule_href) { "About this rule" } };
    page(
        frame,
        &PageHead::titled(format!("{}: care gap", view.title)),
        html! {
            (page_head(&view.title, &view.says, rule))
            @if let Some((tone, text)) = &view.notice { (notice(*tone, text, html! {})) }
            (tabs("Where people stand", &view.tabs))
            (filter_bar(frame.lang, &frame.csrf, &view.filters))
            @if !view.closed.is_empty() {
                div.panel { (empty_page(&frame.csrf, &EmptyView::new("No names here.", view.closed.as_str()))) }
            } @else if view.rows.is_empty() {
                div.panel { (empty_page(&frame.csrf, &EmptyView::new("Nobody here.", "The other tabs count who is due, in work or could not be assessed."))) }
            } @else if view.take.is_empty() {
                (list_table(&people(frame, view)))
            } @else {
                (selectable(frame, view))
            }
            @if let Some(cut) = &view.pages { (pages(frame.lang, cut)) }
            p.fine.muted { (super::NOT_HERE) }
        },
    )
}

fn selectable(frame: &FrameView, view: &View) -> Markup {
    html! {
        form.stack-tight id="take" method="post" action=(view.take) {
            input type="hidden" name="csrf" value=(frame.csrf);
            div.row {
                div.field {
                    label for="take-owner" { "Task goes to" }
                    select #take-owner name="owner" {
                        @for choice in &view.owners { option value=(choice.value) { (choice.label) } }
                    }
                }
                button.button.button-main type="submit" { "Make tasks for those selected" }
                @if !view.outreach.is_empty() {
                    button.button type="submit" formaction=(view.outreach) { "Write to those selected..." }
                }
                a.button.button-quiet href=(view.select_all) { (if view.all { "Select nobody" } else { "Select everybody shown" }) }
            }
            p.fine.muted { "Each task says: " (view.action) ". People whom it is unsafe to contact are left out of several at once; open their chart." }
        }
        (list_table(&people(frame, view)))
    }
}

fn people(frame: &FrameView, view: &View) -> TableView {
    let mut labels = vec!["Patient", "Due", "Why", "Coordinator", "Reach"];
    if !view.take.is_empty() {
        labels.push("Do");
    }
    TableView {
        caption: format!("{}: people, longest overdue first", view.title),
        columns: labels
            .into_iter()
            .map(|label| ColumnHead { label: label.to_owned(), ..ColumnHead::default() })
            .collect(),
        rows: view.rows.iter().map(|row| cells(frame, view, row)).collect(),
    }
}

fn cells(frame: &FrameView, view: &View, row: &Row) -> Vec<Cell> {
    let about = row.who.named_and_born();
    let name = html! { span.row.row-one {
        @if !view.take.is_empty() {
            span { input form="take" type="checkbox" name="pick" value=(row.id) checked[view.all] aria-label={ "Select " (about) }; }
        }
        span { (who::link(&row.who)) }
    } };
    let when = html! { @if let Some(when) = &row.due { (due(when)) } @else { span.muted { "no date" } } };
    let mut cells =
        vec![Cell::of(name), Cell::of(when), Cell::text(&row.why), Cell::text(&row.owner), Cell::text(&row.reach)];
    if !view.take.is_empty() {
        let take = Action::post("Make a task", &view.take).with("pick", &row.id).about(about);
        cells.push(Cell::of(button(&frame.csrf, &take)));
    }
    cells
}
