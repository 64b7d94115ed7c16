//! A font as far as reading needs it: what its codes mean and how wide they are.

use std::collections::BTreeMap;

use super::cmap::CMap;
use super::encoding::{self, Base};
use super::file::File;
use super::object::{Dict, Object};

/// Widths kept of one font.
const MOST: usize = 70_000;

/// A font.
pub(super) struct Font {
    /// Codes of two bytes.
    wide: bool,
    /// The font's own table of meanings.
    meanings: Option<CMap>,
    base: Base,
    /// Codes named otherwise than in the base table.
    named: BTreeMap<u8, Option<String>>,
    widths: BTreeMap<u32, f64>,
    /// Width of what has none, in thousandths of the size.
    usual: f64,
    /// All letters are equally wide.
    fixed: bool,
}

/// One code as it was shown.
pub(super) struct Glyph {
    /// The letters; U+FFFD where the font does not say.
    pub(super) letters: String,
    /// Width in units of the size.
    pub(super) width: f64,
    /// A single byte 32: word spacing is added.
    pub(super) blank: bool,
}

impl Font {
    pub(super) fn read(file: &mut File<'_>, dict: &Dict) -> Font {
        let kind = file.entry(dict, "Subtype");
        let wide = kind.name() == Some("Type0");
        let fixed = file.entry(dict, "BaseFont").name().is_some_and(|name| name.contains("Courier"));
        let meanings = match dict.get("ToUnicode") {
            Some(Object::Ref(number)) => file.stream(*number).map(|(_, bytes)| CMap::read(&bytes)),
            _ => None,
        };
        let mut font = Font {
            wide,
            meanings,
            base: Base::Standard,
            named: BTreeMap::new(),
            widths: BTreeMap::new(),
            usual: match (wide, fixed) {
                (true, _) => 1000.0,
                (false, true) => 600.0,
                (false, false) => 500.0,
            },
            fixed,
        };
        if wide {
            font.wide_widths(file, dict);
        } else {
            font.simple(file, dict, kind.name() == Some("Type3"));
        }
        font
    }

    fn simple(&mut self, file: &File<'_>, dict: &Dict, drawn: bool) {
        let table = |name: &str| match name {
            "WinAnsiEncoding" => Some(Base::Windows),
            "MacRomanEncoding" => Some(Base::Mac),
            "StandardEncoding" => Some(Base::Standard),
            _ => None,
        };
        let true_type = file.entry(dict, "Subtype").name() == Some("TrueType");
        self.base = if true_type { Base::Windows } else { Base::Standard };
        match file.entry(dict, "Encoding") {
            Object::Name(name) => self.base = table(&name).unwrap_or(self.base),
            Object::Dict(encoding) => {
                let base = file.entry(&encoding, "BaseEncoding");
                self.base = base.name().and_then(table).unwrap_or(self.base);
                if let Object::Array(all) = file.entry(&encoding, "Differences") {
                    let mut code = 0usize;
                    for one in &all {
                        match one {
                            Object::Number(_) => code = one.count().unwrap_or(0),
                            Object::Name(name) => {
                                if let Ok(byte) = u8::try_from(code) {
                                    self.named.insert(byte, encoding::named(name));
                                }
                                code = code.saturating_add(1);
                            }
                            _ => {}
                        }
                    }
                }
            }
            _ => {}
        }
        // A drawn font measures in its own units (section 9.6.5).
        let mut scale = 1.0;
        if drawn && let Object::Array(matrix) = file.entry(dict, "FontMatrix") {
            scale = matrix.first().and_then(Object::number).unwrap_or(0.001).abs() * 1000.0;
        }
        let first = file.entry(dict, "FirstChar").count().unwrap_or(0);
        if let Object::Array(all) = file.entry(dict, "Widths") {
            for (at, one) in all.iter().enumerate().take(256) {
                if let Some(width) = file.follow(one).number() {
                    self.widths.insert((first + at) as u32, width * scale);
                }
            }
        }
    }

    /// Widths of a font of many letters (section 9.7.4.3).
    fn wide_widths(&mut self, file: &File<'_>, dict: &Dict) {
        let Object::Array(below) = file.entry(dict, "DescendantFonts") else { return };
        let Some(Object::Dict(below)) = below.first().map(|one| file.follow(one)) else { return };
        self.usual = file.entry(&below, "DW").number().unwrap_or(1000.0);
        let Object::Array(all) = file.entry(&below, "W") else { return };
        let (mut at, mut room) = (0, MOST);
        while let Some(from) = all.get(at).and_then(Object::count) {
            match all.get(at + 1).map(|one| file.follow(one)) {
                Some(Object::Array(widths)) => {
                    for (far, width) in widths.iter().enumerate() {
                        self.width(from + far, width);
                    }
                    at += 2;
                }
                Some(to) => {
                    // Ranges may overlap without end.
                    let to = to.count().unwrap_or(0).min(from.saturating_add(room));
                    room = room.saturating_sub(to.saturating_sub(from));
                    if let Some(width) = all.get(at + 2) {
                        (from..=to).for_each(|code| self.width(code, width));
                    }
                    at += 3;
                }
                None => return,
            }
        }
    }

    fn width(&mut self, code: usize, width: &Object) {
        if self.widths.len() < MOST
            && let Some(width) = width.number()
            && let Ok(code) = u32::try_from(code)
        {
            self.widths.insert(code, width);
        }
    }

    /// What a string shows.
    pub(super) fn glyphs(&self, bytes: &[u8]) -> Vec<Glyph> {
        let length = match (self.wide, self.meanings.as_ref().and_then(|map| map.length)) {
            (true, Some(length @ 1..=4)) => length,
            (true, _) => 2,
            (false, _) => 1,
        };
        bytes
            .chunks(length)
            .map(|piece| {
                let code = piece.iter().fold(0u32, |all, byte| all << 8 | u32::from(*byte));
                Glyph {
                    letters: self.letters(code),
                    width: self.widths.get(&code).copied().unwrap_or_else(|| self.about(code)) / 1000.0,
                    blank: length == 1 && code == 32,
                }
            })
            .collect()
    }

    /// The fonts every reader has come without widths: about as wide as letters of a book face are.
    fn about(&self, code: u32) -> f64 {
        if self.wide || self.fixed || !self.widths.is_empty() {
            return self.usual;
        }
        match u8::try_from(code).map_or(' ', char::from) {
            'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '!' | '|' | ' ' | 'I' | 't' | 'f' | '(' | ')' | '/' => {
                275.0
            }
            'r' | '-' => 340.0,
            'm' | 'w' | 'M' | 'W' | '%' => 800.0,
            'A'..='Z' => 670.0,
            'c' | 'k' | 's' | 'v' | 'x' | 'y' | 'z' => 490.0,
            _ => 545.0,
        }
    }

    fn letters(&self, code: u32) -> String {
        let told = self.meanings.as_ref().and_then(|map| map.letters(code)).filter(|letters| !letters.is_empty());
        if let Some(told) = told {
            return told;
        }
        if self.wide {
            return "\u{fffd}".to_owned();
        }
        let Ok(byte) = u8::try_from(code) else { return String::new() };
        match self.named.get(&byte) {
            Some(Some(letters)) => letters.clone(),
            _ => match encoding::letter(self.base, byte) {
                Some(letter) => letter.to_string(),
                None if byte < 0x20 => String::new(),
                None => "\u{fffd}".to_owned(),
            },
        }
    }
}
