//! A board: columns of cards with a next press each. No dragging: every card has a "Move to" menu.

use maud::{Markup, html};

use crate::action::{Action, buttons};
use crate::menu::{MenuItem, menu};
use crate::tag::{DueView, due};
use crate::who::{self, Who};
use crate::words::Lang;

/// One card.
#[derive(Clone, Debug)]
pub struct CardView {
    /// Unique on the page.
    pub id: String,
    /// Whose.
    pub who: Who,
    /// "Cardiology, urgent".
    pub what: String,
    /// Days in this column against what is expected.
    pub waiting: DueView,
    /// "last contact 08/12, left a message".
    pub contact: String,
    /// The next press.
    pub next: Vec<Action>,
    /// Where it can go.
    pub moves: Vec<MenuItem>,
}

/// One column.
#[derive(Clone, Debug)]
pub struct ColumnView {
    /// "Sent".
    pub title: String,
    /// Exact number, also when not all are shown.
    pub count: u64,
    /// Those that need someone now.
    pub stuck: bool,
    /// Cards shown.
    pub cards: Vec<CardView>,
    /// Words for an empty column.
    pub empty: String,
}

/// The board.
pub fn board(lang: Lang, csrf: &str, label: &str, columns: &[ColumnView]) -> Markup {
    html! {
        div.board role="group" aria-label=(label) tabindex="0" {
            @for column in columns {
                section.board-column.board-stuck[column.stuck && column.count > 0] {
                    h2 { (column.title) " " span.count.count-loud[column.stuck && column.count > 0] { (column.count) } }
                    @for card in &column.cards { (board_card(lang, csrf, card)) }
                    @if column.cards.is_empty() { p.fine.muted { (column.empty) } }
                }
            }
        }
    }
}

fn board_card(lang: Lang, csrf: &str, card: &CardView) -> Markup {
    html! {
        article.board-card id={ "card-" (card.id) } {
            h3 { (who::link(&card.who)) }
            p { (card.what) }
            p { (due(&card.waiting)) }
            @if !card.contact.is_empty() { p.fine.muted { (card.contact) } }
            div.row { (buttons(csrf, &card.next)) (menu(csrf, lang.words().move_to, &card.who.named_and_born(), &card.moves)) }
        }
    }
}
