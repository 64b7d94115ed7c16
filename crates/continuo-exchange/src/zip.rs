//! Zip archives, as far as downloads of measures and value sets need them: stored and deflated entries, within limits.
//!
//! The central directory decides (APPNOTE 4.3.12); what it says of sizes is not believed: inflating stops at the limits,
//! so that a small file cannot become a large one. Encrypted entries and ZIP64 are refused by name.

use std::io::Read;

/// How much is taken.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Entries read.
    pub entries: usize,
    /// Bytes of one entry.
    pub one: usize,
    /// Bytes of all together.
    pub all: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { entries: 20_000, one: 128 << 20, all: 512 << 20 }
    }
}

/// An entry that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its path in the archive, as written there. Never a place to write to.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// Whether bytes begin as a zip archive does.
pub fn is_zip(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06")
}

/// Problems said of one archive, at most: one archive can have as many as it has entries.
const MOST_PROBLEMS: usize = 100;

/// What an archive gave.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// The entries read.
    pub entries: Vec<Entry>,
    /// What could not be read and why, entry by entry.
    pub problems: Vec<String>,
    /// Bytes of `Limits::all` that are left for archives inside this one.
    pub left: usize,
}

impl Contents {
    fn problem(&mut self, why: String) {
        match self.problems.len() {
            ..MOST_PROBLEMS => self.problems.push(why),
            MOST_PROBLEMS => self.problems.push("more problems of this archive are not listed".to_owned()),
            _ => {}
        }
    }
}

/// Reads the entries whose names are wanted; what could not be read is said, entry by entry.
pub fn entries(bytes: &[u8], limits: Limits, wanted: impl Fn(&str) -> bool) -> Contents {
    let mut out = Contents { left: limits.all, ..Contents::default() };
    let directory = match directory(bytes) {
        Ok(directory) => directory,
        Err(why) => {
            out.problem(why.to_owned());
            return out;
        }
    };
    for (count, entry) in directory.iter().enumerate() {
        if count >= limits.entries {
            out.problem(format!("the archive has more than {} entries: the rest is left out", limits.entries));
            break;
        }
        if entry.name.ends_with('/') || !wanted(&entry.name) {
            continue;
        }
        if out.left == 0 {
            out.problem("all that may be unpacked at once is unpacked: the rest is left out".to_owned());
            break;
        }
        let (cost, content) = content(bytes, entry, limits.one.min(out.left));
        // An entry that is refused counts too: many entries may name one stream, and each would be unpacked in vain.
        out.left = out.left.saturating_sub(cost);
        match content {
            Ok(bytes) => out.entries.push(Entry { name: entry.name.clone(), bytes }),
            Err(why) => out.problem(format!("{}: {why}", entry.name)),
        }
    }
    out
}

struct Place {
    name: String,
    encrypted: bool,
    method: u16,
    crc: u32,
    packed: usize,
    at: usize,
}

const CENTRAL: u32 = 0x0201_4b50;
const LOCAL: u32 = 0x0403_4b50;
const END: &[u8] = b"PK\x05\x06";
/// The end record and the longest comment after it.
const TAIL: usize = 22 + 0xffff;

fn short(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

fn long(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

fn directory(bytes: &[u8]) -> Result<Vec<Place>, &'static str> {
    const BROKEN: &str = "this zip archive is broken: its directory cannot be read";
    let from = bytes.len().saturating_sub(TAIL);
    let tail = bytes.get(from..).unwrap_or_default();
    let end = tail.windows(END.len()).rposition(|window| window == END).map(|at| from + at).ok_or(BROKEN)?;
    let count = short(bytes, end + 10).ok_or(BROKEN)?;
    let start = long(bytes, end + 16).ok_or(BROKEN)?;
    if start == u32::MAX || count == u16::MAX {
        return Err("this zip archive is in the form for very large ones (ZIP64), which is not read");
    }
    let mut at = start as usize;
    let mut places = Vec::new();
    for _ in 0..count {
        if long(bytes, at) != Some(CENTRAL) {
            return Err(BROKEN);
        }
        let part = |offset: usize| short(bytes, at + offset).map(usize::from).ok_or(BROKEN);
        let (name, extra, comment) = (part(28)?, part(30)?, part(32)?);
        let text = bytes.get(at + 46..at + 46 + name).ok_or(BROKEN)?;
        places.push(Place {
            name: String::from_utf8_lossy(text).into_owned(),
            encrypted: short(bytes, at + 8).ok_or(BROKEN)? & 1 == 1,
            method: short(bytes, at + 10).ok_or(BROKEN)?,
            crc: long(bytes, at + 16).ok_or(BROKEN)?,
            packed: long(bytes, at + 20).ok_or(BROKEN)? as usize,
            at: long(bytes, at + 42).ok_or(BROKEN)? as usize,
        });
        at += 46 + name + extra + comment;
    }
    Ok(places)
}

/// The packed bytes of an entry.
fn packed<'a>(bytes: &'a [u8], place: &Place) -> Result<&'a [u8], String> {
    if place.encrypted {
        return Err("this entry is encrypted".to_owned());
    }
    let found = || {
        if long(bytes, place.at) != Some(LOCAL) {
            return None;
        }
        let name = short(bytes, place.at + 26)?;
        let extra = short(bytes, place.at + 28)?;
        let start = place.at + 30 + usize::from(name) + usize::from(extra);
        bytes.get(start..start.checked_add(place.packed)?)
    };
    found().ok_or_else(broken)
}

/// An entry's content, and the bytes unpacked for it even if it is refused.
fn content(bytes: &[u8], place: &Place, most: usize) -> (usize, Result<Vec<u8>, String>) {
    let packed = match packed(bytes, place) {
        Ok(packed) => packed,
        Err(why) => return (0, Err(why)),
    };
    let content = match place.method {
        0 if packed.len() <= most => packed.to_vec(),
        0 => return (0, Err(too_large(most))),
        8 => {
            let mut content = Vec::new();
            let reader = flate2::read::DeflateDecoder::new(packed);
            let read = reader.take(most as u64 + 1).read_to_end(&mut content);
            if read.is_err() {
                return (content.len(), Err(broken()));
            }
            if content.len() > most {
                return (content.len(), Err(too_large(most)));
            }
            content
        }
        _ => return (0, Err("this entry is packed in a way that is not read".to_owned())),
    };
    let mut crc = flate2::Crc::new();
    crc.update(&content);
    let cost = content.len();
    (cost, if crc.sum() == place.crc { Ok(content) } else { Err(broken()) })
}

fn broken() -> String {
    "this entry is broken".to_owned()
}

fn too_large(most: usize) -> String {
    format!("this entry is larger than the {} MB that may still be taken", most >> 20)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    /// An archive as other programs write it.
    fn archive(files: &[(&str, &[u8], u16)]) -> Vec<u8> {
        let (mut out, mut central) = (Vec::new(), Vec::new());
        for (name, content, method) in files {
            let packed = if *method == 8 {
                let mut deflate = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
                deflate.write_all(content).unwrap();
                deflate.finish().unwrap()
            } else {
                content.to_vec()
            };
            let mut crc = flate2::Crc::new();
            crc.update(content);
            let at = out.len() as u32;
            let mut shared = Vec::new();
            shared.extend(20u16.to_le_bytes());
            shared.extend(0u16.to_le_bytes());
            shared.extend(method.to_le_bytes());
            shared.extend(0u32.to_le_bytes());
            shared.extend(crc.sum().to_le_bytes());
            shared.extend((packed.len() as u32).to_le_bytes());
            shared.extend((content.len() as u32).to_le_bytes());
            shared.extend((name.len() as u16).to_le_bytes());
            shared.extend(0u16.to_le_bytes());
            out.extend(LOCAL.to_le_bytes());
            out.extend(&shared);
            out.extend(name.as_bytes());
            out.extend(&packed);
            central.extend(CENTRAL.to_le_bytes());
            central.extend(20u16.to_le_bytes());
            central.extend(&shared);
            central.extend([0; 10]);
            central.extend(at.to_le_bytes());
            central.extend(name.as_bytes());
        }
        let start = out.len() as u32;
        out.extend(&central);
        out.extend(END);
        out.extend([0; 4]);
        out.extend((files.len() as u16).to_le_bytes());
        out.extend((files.len() as u16).to_le_bytes());
        out.extend((central.len() as u32).to_le_bytes());
        out.extend(start.to_le_bytes());
        out.extend(0u16.to_le_bytes());
        out
    }

    fn all(bytes: &[u8], limits: Limits) -> (Vec<String>, Vec<String>) {
        let Contents { entries, problems, .. } = entries(bytes, limits, |_| true);
        (entries.into_iter().map(|one| format!("{}:{}", one.name, one.bytes.len())).collect(), problems)
    }

    #[test]
    fn stored_and_deflated_entries_are_read_and_folders_passed_over() {
        let bytes = archive(&[("a/", b"", 0), ("a/x.json", b"{}", 0), ("a/y.json", &[b'y'; 5_000], 8)]);
        assert!(is_zip(&bytes));
        assert_eq!(all(&bytes, Limits::default()), (vec!["a/x.json:2".into(), "a/y.json:5000".into()], vec![]));
    }

    #[test]
    fn a_small_file_cannot_become_a_large_one() {
        let bytes = archive(&[("bomb", &vec![0; 3 << 20], 8), ("small", b"x", 8)]);
        assert!(bytes.len() < 10_000);
        let limits = Limits { one: 1 << 20, ..Limits::default() };
        let (read, problems) = all(&bytes, limits);
        assert_eq!(read, ["small:1"]);
        assert!(problems[0].contains("larger than the 1 MB"), "{problems:?}");
        let (read, problems) = all(&bytes, Limits { entries: 1, ..Limits::default() });
        assert_eq!((read.len(), problems.len()), (1, 1));
    }

    #[test]
    fn what_is_refused_counts_as_unpacked() {
        let bomb = vec![0; 1 << 20];
        let mut files: Vec<(&str, &[u8], u16)> = vec![("bomb", &bomb, 8); 10];
        files.push(("small", b"x", 8));
        let bytes = archive(&files);
        // Each attempt costs the limit of one and the byte that shows it is too large.
        let limits = Limits { one: 1_000, all: 3 * 1_001, ..Limits::default() };
        let out = entries(&bytes, limits, |_| true);
        assert_eq!((out.entries.len(), out.left, out.problems.len()), (0, 0, 4), "{:?}", out.problems);
        assert!(out.problems[3].contains("the rest is left out"), "{:?}", out.problems);
        // A wrong sum is found only after everything was unpacked.
        let mut wrong = archive(&[("x", &[b'x'; 500], 8)]);
        let at = wrong.windows(4).rposition(|four| four == CENTRAL.to_le_bytes()).unwrap() + 16;
        wrong[at] ^= 0xff;
        let out = entries(&wrong, limits, |_| true);
        assert_eq!((out.entries.len(), out.left, out.problems.len()), (0, limits.all - 500, 1));
    }

    #[test]
    fn an_archive_has_at_most_a_hundred_problems() {
        let bytes = archive(&vec![("odd", &b"x"[..], 99); 300]);
        let (read, problems) = all(&bytes, Limits::default());
        assert_eq!((read.len(), problems.len()), (0, MOST_PROBLEMS + 1));
        assert!(problems[MOST_PROBLEMS].contains("not listed"), "{problems:?}");
    }

    #[test]
    fn a_broken_archive_is_said_and_never_panics() {
        let whole = archive(&[("x", b"hello", 8), ("y", b"there", 0)]);
        for cut in 0..whole.len() {
            let _ = all(&whole[..cut], Limits::default());
        }
        for at in 0..whole.len() {
            let mut changed = whole.clone();
            changed[at] ^= 0xff;
            let _ = all(&changed, Limits::default());
        }
        assert_eq!(all(b"PK\x03\x04", Limits::default()).1.len(), 1);
    }
}
