//! The pages of a file and the operators that show text (sections 7.7.3, 9.4). Everything else of a page is passed over.

use continuo_fhir::letters::head;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::Text;
use super::file::File;
use super::font::Font;
use super::layout::{self, Piece};
use super::object::{Dict, Lexer, Object};

/// Nesting of the page tree and of forms drawn inside forms.
const DEEPEST: usize = 24;
/// Operands kept for one operator.
const OPERANDS: usize = 64;
/// Saved states.
const STATES: usize = 256;

/// A place and direction: `[a b c d e f]`.
type Matrix = [f64; 6];
const PLAIN: Matrix = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];

fn times(m: Matrix, n: Matrix) -> Matrix {
    [
        m[0] * n[0] + m[1] * n[2],
        m[0] * n[1] + m[1] * n[3],
        m[2] * n[0] + m[3] * n[2],
        m[2] * n[1] + m[3] * n[3],
        m[4] * n[0] + m[5] * n[2] + n[4],
        m[4] * n[1] + m[5] * n[3] + n[5],
    ]
}

/// All pages.
pub(super) fn all(file: &mut File<'_>) -> Text {
    let mut pages = Vec::new();
    let catalog = file.root.map(|root| file.object(root));
    if let Some(Object::Dict(catalog)) = catalog
        && let Some(Object::Ref(tree)) = catalog.get("Pages")
    {
        collect(file, *tree, &Dict::new(), 0, &mut BTreeSet::new(), &mut pages);
    }
    if pages.is_empty() {
        // A broken tree: every page that is there, by number.
        for number in file.numbers() {
            if let Object::Dict(dict) = file.object(number)
                && dict.get("Type").and_then(Object::name) == Some("Page")
                && pages.len() < file.left.pages
            {
                let resources = file.dict(&dict, "Resources");
                pages.push((dict, resources));
            }
        }
    }
    let mut text = Text::default();
    let mut fonts = BTreeMap::new();
    for (page, resources) in pages {
        if file.left.text == 0 || file.left.steps == 0 {
            break;
        }
        let mut content = Vec::new();
        let parts = match page.get("Contents") {
            Some(Object::Ref(number)) => match file.object(*number) {
                Object::Array(all) => all,
                _ => vec![Object::Ref(*number)],
            },
            Some(Object::Array(all)) => all.clone(),
            _ => Vec::new(),
        };
        for part in parts {
            if let Object::Ref(number) = part
                && let Some((_, bytes)) = file.stream(number)
            {
                content.extend(bytes);
                content.push(b'\n');
            }
        }
        let mut run = Run { file, fonts: &mut fonts, pieces: Vec::new(), open: Vec::new() };
        run.content(&content, &resources, PLAIN);
        let mut words = layout::page(run.pieces);
        if words.len() > file.left.text {
            words.truncate(head(&words, file.left.text).len());
            file.left.text = 0;
        }
        file.left.text = file.left.text.saturating_sub(words.len());
        text.pages.push(words);
        file.left.pages = file.left.pages.saturating_sub(1);
    }
    text
}

/// The pages below a node, with the resources that they inherit.
fn collect(
    file: &File<'_>,
    number: u32,
    inherited: &Dict,
    depth: usize,
    seen: &mut BTreeSet<u32>,
    pages: &mut Vec<(Dict, Dict)>,
) {
    if depth > DEEPEST || pages.len() > file.left.pages || !seen.insert(number) {
        return;
    }
    let Object::Dict(dict) = file.object(number) else { return };
    let own = file.dict(&dict, "Resources");
    let resources = if own.is_empty() { inherited.clone() } else { own };
    match file.entry(&dict, "Kids") {
        Object::Array(kids) => {
            for kid in kids {
                if let Object::Ref(kid) = kid {
                    collect(file, kid, &resources, depth + 1, seen, pages);
                }
            }
        }
        _ if pages.len() < file.left.pages => pages.push((dict, resources)),
        _ => {}
    }
}

/// What the text operators change.
#[derive(Clone)]
struct State {
    place: Matrix,
    font: Option<Rc<Font>>,
    size: f64,
    between: f64,
    words: f64,
    stretch: f64,
    leading: f64,
    rise: f64,
}

struct Run<'f, 'b> {
    file: &'f mut File<'b>,
    fonts: &'f mut BTreeMap<u32, Rc<Font>>,
    pieces: Vec<Piece>,
    /// The forms that are being drawn: none is drawn inside itself.
    open: Vec<u32>,
}

impl Run<'_, '_> {
    fn step(&mut self) -> bool {
        self.file.left.steps = self.file.left.steps.saturating_sub(1);
        self.file.left.steps > 0
    }

    fn content(&mut self, bytes: &[u8], resources: &Dict, place: Matrix) {
        let (fonts, forms) = (self.file.dict(resources, "Font"), self.file.dict(resources, "XObject"));
        let mut known: BTreeMap<String, Option<Rc<Font>>> = BTreeMap::new();
        let mut state =
            State { place, font: None, size: 0.0, between: 0.0, words: 0.0, stretch: 1.0, leading: 0.0, rise: 0.0 };
        let mut saved: Vec<State> = Vec::new();
        let (mut line, mut text) = (PLAIN, PLAIN);
        let mut lexer = Lexer::new(bytes, 0);
        let mut operands: Vec<Object> = Vec::new();
        while let Some(value) = lexer.value() {
            let Object::Word(word) = value else {
                if operands.len() < OPERANDS {
                    operands.push(value);
                }
                continue;
            };
            if !self.step() {
                return;
            }
            let number = |at: usize| operands.get(at).and_then(Object::number).unwrap_or(0.0);
            let six = || [number(0), number(1), number(2), number(3), number(4), number(5)];
            let moved = |line: Matrix, x: f64, y: f64| times([1.0, 0.0, 0.0, 1.0, x, y], line);
            match word.as_slice() {
                b"q" if saved.len() < STATES => saved.push(state.clone()),
                b"Q" => state = saved.pop().unwrap_or(state),
                b"cm" => state.place = times(six(), state.place),
                b"BT" => (line, text) = (PLAIN, PLAIN),
                b"Tc" => state.between = number(0),
                b"Tw" => state.words = number(0),
                b"Tz" => state.stretch = number(0) / 100.0,
                b"TL" => state.leading = number(0),
                b"Ts" => state.rise = number(0),
                b"Tf" => {
                    state.size = number(1);
                    if let Some(name) = operands.first().and_then(Object::name) {
                        if !known.contains_key(name) {
                            let font = self.font(&fonts, name);
                            known.insert(name.to_owned(), font);
                        }
                        state.font = known.get(name).cloned().flatten();
                    }
                }
                b"Tm" => (line, text) = (six(), six()),
                b"Td" | b"TD" => {
                    if word.as_slice() == b"TD" {
                        state.leading = -number(1);
                    }
                    line = moved(line, number(0), number(1));
                    text = line;
                }
                b"T*" | b"'" | b"\"" => {
                    line = moved(line, 0.0, -state.leading);
                    text = line;
                    if word.as_slice() == b"\"" {
                        (state.words, state.between) = (number(0), number(1));
                    }
                    if let Some(Object::Bytes(bytes)) = operands.last() {
                        self.show(&state, &mut text, bytes);
                    }
                }
                b"Tj" => {
                    if let Some(Object::Bytes(bytes)) = operands.last() {
                        self.show(&state, &mut text, bytes);
                    }
                }
                b"TJ" => {
                    if let Some(Object::Array(all)) = operands.last() {
                        for one in all {
                            match one {
                                Object::Bytes(bytes) => self.show(&state, &mut text, bytes),
                                Object::Number(back) => {
                                    text = moved(text, -back / 1000.0 * state.size * state.stretch, 0.0);
                                }
                                _ => {}
                            }
                        }
                    }
                }
                b"Do" => {
                    if let Some(name) = operands.first().and_then(Object::name) {
                        self.form((resources, &forms), name, state.place);
                    }
                }
                b"ID" => {
                    let rest = bytes.get(lexer.at..).unwrap_or_default();
                    let end = rest
                        .windows(4)
                        .position(|w| w[0].is_ascii_whitespace() && &w[1..3] == b"EI" && w[3].is_ascii_whitespace());
                    lexer.at = end.map_or(bytes.len(), |end| lexer.at + end + 3);
                }
                _ => {}
            }
            operands.clear();
        }
    }

    fn font(&mut self, fonts: &Dict, name: &str) -> Option<Rc<Font>> {
        let (number, dict) = match fonts.get(name)? {
            Object::Ref(number) => (Some(*number), self.file.object(*number)),
            other => (None, other.clone()),
        };
        if let Some(known) = number.and_then(|number| self.fonts.get(&number)) {
            return Some(Rc::clone(known));
        }
        let Object::Dict(dict) = dict else { return None };
        let font = Rc::new(Font::read(self.file, &dict));
        if let Some(number) = number {
            self.fonts.insert(number, Rc::clone(&font));
        }
        Some(font)
    }

    fn form(&mut self, (resources, forms): (&Dict, &Dict), name: &str, place: Matrix) {
        let Some(Object::Ref(number)) = forms.get(name).cloned() else { return };
        if self.open.len() >= DEEPEST || self.open.contains(&number) {
            return;
        }
        let Object::Dict(dict) = self.file.object(number) else { return };
        if dict.get("Subtype").and_then(Object::name) != Some("Form") {
            return;
        }
        let Some((dict, bytes)) = self.file.stream(number) else { return };
        let own = self.file.dict(&dict, "Resources");
        let mut matrix = PLAIN;
        if let Object::Array(all) = self.file.entry(&dict, "Matrix") {
            for (slot, one) in matrix.iter_mut().zip(&all) {
                *slot = one.number().unwrap_or(0.0);
            }
        }
        let resources = if own.is_empty() { resources } else { &own };
        self.open.push(number);
        self.content(&bytes, resources, times(matrix, place));
        self.open.pop();
    }

    fn show(&mut self, state: &State, text: &mut Matrix, bytes: &[u8]) {
        let Some(font) = &state.font else { return };
        let start = [state.size * state.stretch, 0.0, 0.0, state.size, 0.0, state.rise];
        let from = times(start, times(*text, state.place));
        let mut letters = String::new();
        let mut far = 0.0;
        for glyph in font.glyphs(bytes) {
            if !self.step() {
                return;
            }
            letters.push_str(&glyph.letters);
            let words = if glyph.blank { state.words } else { 0.0 };
            far += (glyph.width * state.size + state.between + words) * state.stretch;
        }
        *text = times([1.0, 0.0, 0.0, 1.0, far, 0.0], *text);
        let to = times(start, times(*text, state.place));
        if !letters.is_empty() && from.iter().chain(&to).all(|number| number.is_finite() && number.abs() < 1e7) {
            self.pieces.push(Piece::new(letters, from, to));
        }
    }
}
