//! Packed streams (section 7.4): what unpacks counts against the limits, what is a picture is left packed.

use std::io::Read;

use super::file::File;
use super::object::{Dict, Object, nibble};

/// Filters of one stream that are run.
const MOST: usize = 4;

/// The unpacked bytes; as much as could be read where the stream is damaged, nothing where it is a picture.
pub(super) fn unpack(file: &mut File<'_>, dict: &Dict, raw: &[u8]) -> Vec<u8> {
    let list = |value: Object| match value {
        Object::Array(all) => all,
        Object::Null => Vec::new(),
        one => vec![one],
    };
    let filters = list(file.entry(dict, if dict.contains_key("Filter") { "Filter" } else { "F" }));
    let settings = list(file.entry(dict, if dict.contains_key("DecodeParms") { "DecodeParms" } else { "DP" }));
    // What is not packed is held as well.
    if raw.len() > file.left.unpacked {
        file.left.unpacked = 0;
        return Vec::new();
    }
    file.left.unpacked -= raw.len();
    let mut bytes = raw.to_vec();
    for (number, filter) in filters.iter().take(MOST).enumerate() {
        let filter = file.follow(filter);
        let room = file.left.unpacked;
        bytes = match filter.name().unwrap_or_default() {
            "FlateDecode" | "Fl" => inflate(&bytes, room),
            "LZWDecode" | "LZW" => lzw(&bytes, room),
            "ASCIIHexDecode" | "AHx" => hex(&bytes),
            "ASCII85Decode" | "A85" => ascii85(&bytes),
            "RunLengthDecode" | "RL" => run_length(&bytes, room),
            _ => Vec::new(),
        };
        file.left.unpacked = file.left.unpacked.saturating_sub(bytes.len());
        if let Some(Object::Dict(setting)) = settings.get(number).map(|one| file.follow(one)) {
            let number = |name: &str, other: usize| file.entry(&setting, name).count().unwrap_or(other);
            if number("Predictor", 1) >= 10 {
                bytes = predicted(&bytes, number("Colors", 1), number("BitsPerComponent", 8), number("Columns", 1));
            }
        }
    }
    bytes
}

fn inflate(bytes: &[u8], room: usize) -> Vec<u8> {
    let mut out = Vec::new();
    // A damaged stream gives what came before the damage.
    let _ = flate2::read::ZlibDecoder::new(bytes).take(room as u64).read_to_end(&mut out);
    if out.is_empty() && bytes.len() > 2 {
        let _ = flate2::read::DeflateDecoder::new(bytes).take(room as u64).read_to_end(&mut out);
    }
    out
}

fn hex(bytes: &[u8]) -> Vec<u8> {
    let digits: Vec<u8> =
        bytes.iter().take_while(|byte| **byte != b'>').filter(|byte| byte.is_ascii_hexdigit()).copied().collect();
    digits.chunks(2).map(|pair| nibble(pair[0]) << 4 | pair.get(1).map_or(0, |low| nibble(*low))).collect()
}

fn ascii85(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut group: Vec<u32> = Vec::with_capacity(5);
    for byte in bytes.iter().skip(if bytes.starts_with(b"<~") { 2 } else { 0 }) {
        match byte {
            b'~' => break,
            b'z' if group.is_empty() => out.extend([0; 4]),
            b'!'..=b'u' => group.push(u32::from(byte - b'!')),
            _ => {}
        }
        if group.len() == 5 {
            out.extend(word(&group).to_be_bytes());
            group.clear();
        }
    }
    if group.len() > 1 {
        let kept = group.len() - 1;
        group.resize(5, 84);
        out.extend(word(&group).to_be_bytes().iter().take(kept));
    }
    out
}

fn word(group: &[u32]) -> u32 {
    group.iter().fold(0u32, |all, digit| all.wrapping_mul(85).wrapping_add(*digit))
}

fn run_length(bytes: &[u8], room: usize) -> Vec<u8> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(length) = bytes.get(at).copied().filter(|length| *length != 128) {
        if out.len() >= room {
            break;
        }
        if length < 128 {
            let end = at + 2 + usize::from(length);
            out.extend(bytes.get(at + 1..end.min(bytes.len())).unwrap_or_default());
            at = end;
        } else {
            out.extend(std::iter::repeat_n(bytes.get(at + 1).copied().unwrap_or(0), 257 - usize::from(length)));
            at += 2;
        }
    }
    out
}

fn lzw(bytes: &[u8], room: usize) -> Vec<u8> {
    const CLEAR: usize = 256;
    const END: usize = 257;
    let mut out: Vec<u8> = Vec::new();
    // Each entry is a piece of what came out already.
    let mut table: Vec<(usize, usize)> = Vec::new();
    let mut last: Option<(usize, usize)> = None;
    let (mut width, mut bits, mut held) = (9u32, 0u32, 0u32);
    for byte in bytes {
        held = held << 8 | u32::from(*byte);
        bits += 8;
        if bits < width {
            continue;
        }
        bits -= width;
        let code = (held >> bits) as usize & ((1 << width) - 1);
        held &= (1 << bits) - 1;
        let from = out.len();
        match code {
            CLEAR => {
                table.clear();
                (width, last) = (9, None);
                continue;
            }
            END => break,
            literal if literal < 256 => out.push(literal as u8),
            code => match table.get(code - 258).copied() {
                Some((start, length)) => copy(&mut out, start, length),
                None => {
                    let Some((start, length)) = last else { break };
                    copy(&mut out, start, length);
                    let first = out.get(start).copied().unwrap_or(0);
                    out.push(first);
                }
            },
        }
        if let Some((start, length)) = last.filter(|_| table.len() < 4096 - 258) {
            table.push((start, length + 1));
        }
        last = Some((from, out.len() - from));
        // One early, as the filter's default is (EarlyChange 1).
        width = match table.len() + 258 + 1 {
            ..512 => 9,
            512..1024 => 10,
            1024..2048 => 11,
            _ => 12,
        };
        if out.len() >= room {
            break;
        }
    }
    out.truncate(room);
    out
}

fn copy(out: &mut Vec<u8>, start: usize, length: usize) {
    for at in start..start + length {
        let byte = out.get(at).copied().unwrap_or(0);
        out.push(byte);
    }
}

/// Undoes the PNG predictors (section 7.4.4.4).
fn predicted(bytes: &[u8], colors: usize, bits: usize, columns: usize) -> Vec<u8> {
    let step = (colors.clamp(1, 32) * bits.clamp(1, 32)).div_ceil(8);
    let row = (colors.clamp(1, 32) * bits.clamp(1, 32) * columns.clamp(1, 1 << 20)).div_ceil(8);
    let mut out: Vec<u8> = Vec::with_capacity(bytes.len());
    let mut before = vec![0u8; row];
    for line in bytes.chunks(row + 1) {
        let Some((kind, line)) = line.split_first() else { continue };
        let mut current = vec![0u8; row];
        for (at, byte) in line.iter().enumerate() {
            let left = at.checked_sub(step).map_or(0, |at| current[at]);
            let up = before[at];
            let corner = at.checked_sub(step).map_or(0, |at| before[at]);
            let guess = match kind {
                1 => left,
                2 => up,
                3 => u8::midpoint(left, up),
                4 => paeth(left, up, corner),
                _ => 0,
            };
            current[at] = byte.wrapping_add(guess);
        }
        out.extend(current.get(..line.len()).unwrap_or_default());
        before = current;
    }
    out
}

fn paeth(left: u8, up: u8, corner: u8) -> u8 {
    let (a, b, c) = (i32::from(left), i32::from(up), i32::from(corner));
    let guess = a + b - c;
    let (to_a, to_b, to_c) = ((guess - a).abs(), (guess - b).abs(), (guess - c).abs());
    if to_a <= to_b && to_a <= to_c {
        left
    } else if to_b <= to_c {
        up
    } else {
        corner
    }
}
