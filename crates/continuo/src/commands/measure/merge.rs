//! `continuo measure merge`: one result of the results of partial runs.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use continuo_cql::measure::merge_reports;

use super::{Outcome, writer};

/// Joins result lines, or adds reports up.
pub(super) fn merge(parts: &[PathBuf], out: &Path) -> anyhow::Result<Outcome> {
    let kinds: Vec<bool> = parts.iter().map(|path| is_report(path)).collect::<anyhow::Result<_>>()?;
    let mut out = writer(out)?;
    match (kinds.iter().all(|report| *report), kinds.iter().any(|report| *report)) {
        (true, true) => {
            let read = |path: &PathBuf| {
                std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))
            };
            let texts: Vec<String> = parts.iter().map(read).collect::<anyhow::Result<_>>()?;
            out.write_all(merge_reports(&texts).map_err(anyhow::Error::msg)?.as_bytes())?;
        }
        (_, false) if !parts.is_empty() => {
            for path in parts {
                lines(path, &mut out)?;
            }
        }
        (_, false) => bail!("nothing to merge was given"),
        _ => bail!("result lines and reports cannot be merged into one"),
    }
    out.flush()?;
    Ok(Outcome::Done)
}

/// Whether a file holds a report rather than result lines.
fn is_report(path: &Path) -> anyhow::Result<bool> {
    let file = File::open(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let mut start = Vec::new();
    file.take(4096).read_to_end(&mut start)?;
    let start = String::from_utf8_lossy(&start);
    Ok(start.contains("\"resourceType\"") && !start.trim_start().starts_with("{\"patient\""))
}

fn lines(path: &Path, out: &mut dyn Write) -> anyhow::Result<()> {
    let file = File::open(path).with_context(|| format!("{} cannot be read", path.display()))?;
    for (at, line) in BufReader::new(file).split(b'\n').enumerate() {
        let line = line?;
        if line.trim_ascii().is_empty() {
            continue;
        }
        if !line.starts_with(b"{\"patient\":") || !line.ends_with(b"}") {
            bail!("{}:{} is no result line", path.display(), at + 1);
        }
        out.write_all(&line)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}
