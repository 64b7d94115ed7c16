//! The text layer of a PDF, as far as letters and reports need it: words in reading order, nothing drawn, nothing run.
//!
//! A file is taken for hostile: its own tables of places and lengths are not believed, everything that can be repeated
//! or nested is counted against [`Limits`], and what is odd costs its own piece only. No scripts, links, forms or
//! attachments are looked at. An encrypted file and one that holds only pictures say so and give no text.
//!
//! Read in this order: `object` (values), `file` (objects by number), `filter` (packed streams), `encoding`, `cmap` and
//! `font` (codes to letters), `page` (the page tree and its operators), `layout` (pieces to lines and paragraphs).
//! ISO 32000-1 is meant where a section is named.

mod cmap;
mod encoding;
mod file;
mod filter;
mod font;
mod layout;
mod object;
mod page;

use file::File;

/// What one file may cost. Counts, not clocks: the same bytes give the same text everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Pages read.
    pub pages: usize,
    /// Bytes that all streams together may unpack to.
    pub unpacked: usize,
    /// Operators run on all pages.
    pub steps: usize,
    /// Bytes of text.
    pub text: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { pages: 500, unpacked: 64 << 20, steps: 2_000_000, text: 2 << 20 }
    }
}

/// What a PDF says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    /// The words of each page read, in order; empty for a page of pictures.
    pub pages: Vec<String>,
    /// What a reader must know, in sentences.
    pub notices: Vec<String>,
}

impl Text {
    /// All pages in one text, a blank line between two.
    pub fn whole(&self) -> String {
        let written: Vec<&str> =
            self.pages.iter().map(|page| page.trim_end()).filter(|page| !page.is_empty()).collect();
        let mut all = written.join("\n\n");
        if !all.is_empty() {
            all.push('\n');
        }
        all
    }
}

/// Whether bytes begin as a PDF does: its sign may stand a little behind other bytes (annex H, note 13).
pub fn is_pdf(bytes: &[u8]) -> bool {
    bytes.get(..1024.min(bytes.len())).unwrap_or_default().windows(5).any(|window| window == b"%PDF-")
}

/// Reads the text layer.
pub fn read(bytes: &[u8], limits: Limits) -> Text {
    let mut file = File::open(bytes, limits);
    if file.encrypted {
        return Text { pages: Vec::new(), notices: vec!["This PDF is locked: its words cannot be read.".to_owned()] };
    }
    let mut text = page::all(&mut file);
    let silent = text.pages.iter().filter(|page| page.trim().is_empty()).count();
    if text.pages.is_empty() {
        text.notices.push("No page could be found in this PDF.".to_owned());
    } else if silent == text.pages.len() {
        text.notices.push("This PDF holds pictures of pages and no text.".to_owned());
    } else if silent > 0 {
        let pages: Vec<String> = text
            .pages
            .iter()
            .enumerate()
            .filter(|(_, page)| page.trim().is_empty())
            .map(|(at, _)| (at + 1).to_string())
            .take(20)
            .collect();
        text.notices.push(format!("No text was found on page {}: look there for pictures.", pages.join(", ")));
    }
    if file.spent() {
        text.notices.push("This PDF is larger than what is read here: the rest of it was left unread.".to_owned());
    }
    text
}

#[cfg(test)]
mod tests;
