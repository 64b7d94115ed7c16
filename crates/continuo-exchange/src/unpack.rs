//! Unpacking: gzip, bzip2, xz and tar, one inside the other, with limits that stop decompression bombs.

use std::io::{self, BufRead, BufReader, Read};
use std::ops::ControlFlow;

use crate::formats::{self, Format, FormatId};

/// What an input may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one document (a bundle, a table) in memory.
    pub document: usize,
    /// Bytes of one line of NDJSON.
    pub line: usize,
    /// Bytes that one input may unpack to, all members together.
    pub unpacked: u64,
    /// Members of an archive.
    pub members: u64,
    /// How many layers of packing: `x.tar.gz` has two.
    pub layers: u8,
    /// Lines or rows handed over at a time.
    pub batch: usize,
    /// Bytes of lines handed over at a time: long lines wait for one another no more than short ones.
    pub batch_bytes: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            document: 256 << 20,
            line: 64 << 20,
            unpacked: 64 << 30,
            members: 2_000_000,
            layers: 4,
            batch: 1000,
            batch_bytes: 16 << 20,
        }
    }
}

/// One unpacked file, and what it looks like.
pub(crate) struct Member<'m> {
    pub(crate) path: String,
    pub(crate) format: Option<&'static Format>,
    pub(crate) reader: &'m mut dyn BufRead,
    /// Why nothing of it can be read; the others of its archive can.
    pub(crate) failed: Option<UnpackError>,
}

/// What goes wrong below the level of a document.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UnpackError {
    #[error("cannot be read: {0}")]
    Read(#[from] io::Error),
    #[error("is packed in more than {0} layers")]
    Layers(u8),
    #[error("holds more than {0} files")]
    Members(u64),
}

/// Counts what comes out of all layers of one input and stops at the limit.
struct Budget<'b> {
    left: &'b mut u64,
    inner: Box<dyn Read + 'b>,
}

impl Read for Budget<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if *self.left == 0 && !buffer.is_empty() {
            let mut probe = [0u8; 1];
            if self.inner.read(&mut probe)? == 0 {
                return Ok(0);
            }
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, "unpacks to more than the limit allows"));
        }
        let most = usize::try_from(*self.left).unwrap_or(usize::MAX).min(buffer.len());
        let read = self.inner.read(buffer.get_mut(..most).unwrap_or_default())?;
        *self.left -= read as u64;
        Ok(read)
    }
}

/// The state that layers share.
pub(crate) struct Counters {
    left: u64,
    members: u64,
}

impl Counters {
    pub(crate) fn new(limits: &Limits) -> Counters {
        Counters { left: limits.unpacked, members: 0 }
    }
}

/// What takes the members.
pub(crate) type Visit<'v> = dyn FnMut(Member<'_>) -> ControlFlow<()> + 'v;

/// Peels the packing off an input and shows each file inside.
///
/// An error ends this input; members shown before stay shown.
pub(crate) fn unpack(
    path: &str,
    input: &mut dyn Read,
    limits: &Limits,
    counters: &mut Counters,
    layer: u8,
    visit: &mut Visit<'_>,
) -> Result<ControlFlow<()>, UnpackError> {
    let mut reader = BufReader::with_capacity(1 << 16, input);
    let head = fill(&mut reader)?;
    let format = formats::detect(path, &head);
    let Some(packed) = format.filter(|format| is_packing(format.id)) else {
        return Ok(visit(Member { path: path.to_owned(), format, reader: &mut reader, failed: None }));
    };
    if layer >= limits.layers {
        return Err(UnpackError::Layers(limits.layers));
    }
    if packed.id == FormatId::Tar {
        return untar(path, &mut reader, limits, counters, layer, visit);
    }
    let inner: Box<dyn Read + '_> = match packed.id {
        FormatId::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(&mut reader)),
        FormatId::Bzip2 => Box::new(bzip2::bufread::MultiBzDecoder::new(&mut reader)),
        _ => Box::new(lzma_rust2::XzReader::new(&mut reader, true)),
    };
    let mut left = counters.left;
    let mut budget = Budget { left: &mut left, inner };
    // The layers below count on their own budget, which starts from what is left here.
    let mut below = Counters { left: counters.left, members: counters.members };
    let result = unpack(&inner_name(path, packed), &mut budget, limits, &mut below, layer + 1, visit);
    drop(budget);
    counters.left = left.min(below.left);
    counters.members = below.members;
    result
}

fn untar(
    path: &str,
    reader: &mut dyn Read,
    limits: &Limits,
    counters: &mut Counters,
    layer: u8,
    visit: &mut Visit<'_>,
) -> Result<ControlFlow<()>, UnpackError> {
    let mut archive = tar::Archive::new(reader);
    for member in archive.entries()? {
        let mut member = member?;
        if !member.header().entry_type().is_file() {
            continue;
        }
        counters.members += 1;
        if counters.members > limits.members {
            return Err(UnpackError::Members(limits.members));
        }
        let name = String::from_utf8_lossy(&member.path_bytes()).into_owned();
        let inside = format!("{path}!{name}");
        let flow = match unpack(&inside, &mut member, limits, counters, layer + 1, visit) {
            Ok(flow) => flow,
            Err(error @ UnpackError::Members(_)) => return Err(error),
            // It costs itself. If the archive around it cannot be read on, its next member says so.
            Err(error) => visit(Member { path: inside, format: None, reader: &mut io::empty(), failed: Some(error) }),
        };
        if flow.is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
    Ok(ControlFlow::Continue(()))
}

fn is_packing(id: FormatId) -> bool {
    matches!(id, FormatId::Gzip | FormatId::Bzip2 | FormatId::Xz | FormatId::Tar)
}

/// The name without the ending of its packing: `a.json.bz2` holds `a.json`, `a.tgz` holds `a.tar`.
fn inner_name(path: &str, packed: &Format) -> String {
    let lower = path.to_ascii_lowercase();
    if [".tgz", ".txz"].iter().any(|short| lower.ends_with(short)) {
        return format!("{}.tar", path.get(..path.len() - 4).unwrap_or(path));
    }
    let shortest = packed.endings.iter().filter(|ending| lower.ends_with(*ending)).map(|ending| ending.len()).min();
    path.get(..path.len() - shortest.unwrap_or(0)).unwrap_or(path).to_owned()
}

/// The first bytes without consuming them; a `BufReader` may need several reads to see 512.
fn fill(reader: &mut BufReader<&mut dyn Read>) -> io::Result<Vec<u8>> {
    let head = reader.fill_buf()?;
    Ok(head.get(..head.len().min(1024)).unwrap_or_default().to_vec())
}
