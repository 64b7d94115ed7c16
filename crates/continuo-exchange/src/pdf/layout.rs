//! Pieces of text to lines, and lines to paragraphs, in the order in which a person reads them.
//!
//! A file draws words where it likes. Pieces on one height are one line; a line that is as full as its block goes on in
//! the next, so that a sentence broken by the margin is one sentence again. Cells of a table keep their row.

/// A string as it was shown.
pub(super) struct Piece {
    letters: String,
    /// Start and end along the writing, height across it.
    from: f64,
    to: f64,
    height: f64,
    size: f64,
    /// Quarter turns of the writing.
    turn: u8,
}

/// Lines that a jump upward must pass for a new block to begin.
const JUMP: f64 = 5.0;

impl Piece {
    pub(super) fn new(letters: String, from: [f64; 6], to: [f64; 6]) -> Piece {
        let (a, b) = (from[0], from[1]);
        let size = from[2].hypot(from[3]).max(0.1);
        let turn = match () {
            () if a.abs() >= b.abs() && a >= 0.0 => 0,
            () if a.abs() >= b.abs() => 2,
            () if b > 0.0 => 1,
            () => 3,
        };
        let along = |m: [f64; 6]| match turn {
            0 => (m[4], m[5]),
            1 => (m[5], -m[4]),
            2 => (-m[4], -m[5]),
            _ => (-m[5], m[4]),
        };
        let ((from, height), (to, _)) = (along(from), along(to));
        let (from, to) = if to < from { (to, from) } else { (from, to) };
        Piece { letters, from, to, height, size, turn }
    }
}

struct Line {
    text: String,
    from: f64,
    to: f64,
    height: f64,
    size: f64,
    /// A wide gap stands in it: cells of a row.
    cells: bool,
}

/// The words of a page.
pub(super) fn page(pieces: Vec<Piece>) -> String {
    let mut counts = [0usize; 4];
    for piece in &pieces {
        counts[usize::from(piece.turn)] += piece.letters.len();
    }
    let most = (0..4u8).max_by_key(|turn| (counts[usize::from(*turn)], 4 - turn)).unwrap_or(0);
    let (main, aside): (Vec<Piece>, Vec<Piece>) = pieces.into_iter().partition(|piece| piece.turn == most);
    let mut out = String::new();
    for block in blocks(main).into_iter().chain(blocks(aside)) {
        if !out.is_empty() {
            out.push('\n');
        }
        write(&mut out, &lines(block));
    }
    out
}

/// Where the drawing jumps far up it has begun another column or box.
fn blocks(pieces: Vec<Piece>) -> Vec<Vec<Piece>> {
    let mut all: Vec<Vec<Piece>> = Vec::new();
    let mut last = None;
    for piece in pieces {
        let jumps = last.is_none_or(|height: f64| piece.height - height > JUMP * piece.size);
        last = Some(piece.height);
        match all.last_mut() {
            Some(block) if !jumps => block.push(piece),
            _ => all.push(vec![piece]),
        }
    }
    // Drawn bottom to top, each line would be a block of its own: then the page is one.
    if all.len() > 40 { vec![all.into_iter().flatten().collect()] } else { all }
}

fn lines(mut block: Vec<Piece>) -> Vec<Line> {
    block.sort_by(|a, b| b.height.total_cmp(&a.height));
    let mut rows: Vec<Vec<Piece>> = Vec::new();
    for piece in block {
        match rows.last_mut() {
            Some(row)
                if row
                    .first()
                    .is_some_and(|first| (first.height - piece.height).abs() < 0.4 * first.size.max(piece.size)) =>
            {
                row.push(piece);
            }
            _ => rows.push(vec![piece]),
        }
    }
    rows.into_iter().filter_map(line).collect()
}

fn line(mut row: Vec<Piece>) -> Option<Line> {
    row.sort_by(|a, b| a.from.total_cmp(&b.from));
    let first = row.first()?;
    let mut line = Line {
        text: String::new(),
        from: first.from,
        to: first.from,
        height: first.height,
        size: row.iter().map(|piece| piece.size).fold(0.1, f64::max),
        cells: false,
    };
    let mut last: Option<(f64, f64)> = None;
    for piece in &row {
        // Bold by drawing twice in one place: once is enough.
        if last == Some((piece.from, piece.to)) && line.text.ends_with(piece.letters.trim_end()) {
            continue;
        }
        let gap = piece.from - line.to;
        if !line.text.is_empty() && gap > 0.15 * piece.size {
            let wide = gap > 2.0 * piece.size;
            line.cells |= wide;
            if !line.text.ends_with(' ') {
                line.text.push(' ');
            }
            if wide {
                line.text.push_str("  ");
            }
        }
        for c in piece.letters.chars() {
            match c {
                '\u{a0}' | '\t' | '\u{2002}'..='\u{200a}' | '\u{202f}' => line.text.push(' '),
                '\u{ad}' | '\u{200b}' | '\u{feff}' => {}
                'ﬁ' => line.text.push_str("fi"),
                'ﬂ' => line.text.push_str("fl"),
                'ﬀ' => line.text.push_str("ff"),
                'ﬃ' => line.text.push_str("ffi"),
                'ﬄ' => line.text.push_str("ffl"),
                // Symbol fonts put their bullet into the private area.
                '\u{f0b7}' | '\u{f0a7}' | '\u{f076}' => line.text.push('•'),
                c if c.is_control() => {}
                c => line.text.push(c),
            }
        }
        line.to = line.to.max(piece.to);
        last = Some((piece.from, piece.to));
    }
    line.text = line.text.trim().to_owned();
    (!line.text.is_empty()).then_some(line)
}

fn write(out: &mut String, lines: &[Line]) {
    let right = lines.iter().map(|line| line.to).fold(f64::MIN, f64::max);
    let mut gaps: Vec<f64> = lines.windows(2).map(|two| two[0].height - two[1].height).collect();
    gaps.sort_by(f64::total_cmp);
    let usual = gaps.get(gaps.len() / 2).copied().unwrap_or(0.0);
    let mut before: Option<&Line> = None;
    for line in lines {
        match before {
            None => {}
            // "follow-" and "up" belong together; the hyphen may be the word's own and stays.
            Some(last) if goes_on(last, line, right, usual) => {
                out.push_str(if last.text.ends_with('-') { "" } else { " " });
            }
            Some(last) => {
                out.push('\n');
                let gap = last.height - line.height;
                if gap > 1.6 * usual.max(line.size) {
                    out.push('\n');
                }
            }
        }
        out.push_str(&line.text);
        before = Some(line);
    }
    if !lines.is_empty() {
        out.push('\n');
    }
}

/// Whether a line is the rest of the one above: close below it, beginning where it began, and with a first word that had
/// no room there.
fn goes_on(last: &Line, line: &Line, right: f64, usual: f64) -> bool {
    let gap = last.height - line.height;
    let near = gap <= (1.25 * usual).max(1.45 * last.size) && gap <= 2.6 * last.size;
    let alike = (last.size - line.size).abs() < 0.15 * last.size;
    let far = line.from - last.from;
    let listed = is_item(&last.text);
    let beside = far.abs() < 0.6 * last.size || listed && (0.0..4.0 * last.size).contains(&far);
    let first = line.text.split_whitespace().next().unwrap_or("").chars().count() as f64;
    let full = last.to + (0.42 * first + 0.2) * last.size > right;
    near && alike
        && beside
        && full
        && !last.cells
        && !line.cells
        && !last.text.ends_with(':')
        && last.text.split_whitespace().count() > 2
        && !is_item(&line.text)
        && !begins_part(&line.text)
}

/// "- walk daily", "3. Cardiology".
fn is_item(text: &str) -> bool {
    let first = text.split_whitespace().next().unwrap_or("");
    let digits = first.trim_end_matches(['.', ')']);
    matches!(first, "-" | "•" | "*" | "–" | "o" | "▪" | "●" | "☐" | "[ ]")
        || first.starts_with(['•', '▪', '●'])
        || digits.len() < first.len()
            && !digits.is_empty()
            && digits.len() < 3
            && digits.bytes().all(|b| b.is_ascii_digit())
}

/// "Assessment: ...": a short capitalized name before a colon begins something new.
fn begins_part(text: &str) -> bool {
    text.split_once(':').is_some_and(|(head, _)| {
        head.split_whitespace().count() <= 4 && head.len() <= 40 && head.chars().next().is_some_and(char::is_uppercase)
    })
}
