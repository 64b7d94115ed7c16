//! The lines of an export's files, written while they are read.

use std::collections::BTreeSet;

use continuo_care::record::{self, HistoryRange, RecordError};
use continuo_care::{Ctx, Query, Stored, Total};
use continuo_fhir::{Instant, Json};

use super::super::shape::Shape;
use super::job::Job;
use crate::reply::Feed;

/// Rows read at once.
const PAGE: i64 = 500;

/// The resources that any of these searches finds, each once.
pub(super) fn resources(ctx: Ctx, queries: Vec<Query>, shape: Option<Shape>) -> Feed {
    Box::new(move |send| {
        // Only several searches can find the same resource.
        let mut seen = (queries.len() > 1).then(BTreeSet::new);
        for mut query in queries {
            query.count = PAGE;
            query.total = Total::None;
            loop {
                // A failure ends the file early, which the client sees as a broken transfer, not as a short file.
                let page = match record::search(&ctx, &query) {
                    Ok(page) => page,
                    Err(error) => {
                        tracing::error!(%error, "an export stopped");
                        return;
                    }
                };
                let mut lines = Vec::new();
                for stored in page.matches {
                    if seen.as_mut().is_some_and(|seen| !seen.insert(stored.rid)) {
                        continue;
                    }
                    let bytes = stored.bytes.as_deref().unwrap_or_default();
                    let part = shape.as_ref().and_then(|shape| shape.of(bytes));
                    lines.extend_from_slice(part.as_deref().unwrap_or(bytes));
                    lines.push(b'\n');
                }
                if !lines.is_empty() && !send(lines) {
                    return;
                }
                match page.next {
                    Some(next) => query.after = Some(next),
                    None => break,
                }
            }
        }
    })
}

/// One transaction Bundle a line, whose entries delete what is gone.
pub(super) fn deleted(ctx: Ctx, job: Job) -> Feed {
    Box::new(move |send| {
        let outcome = each_deleted(&ctx, &job, &mut |stored| {
            let entries = stored.iter().map(|one| {
                let request = Json::object([
                    ("method", Json::from("DELETE")),
                    ("url", Json::from(format!("{}/{}", one.type_, one.id))),
                ]);
                Json::object([("request", request)])
            });
            let bundle = Json::object([
                ("resourceType", Json::from("Bundle")),
                ("type", Json::from("transaction")),
                ("entry", Json::array(entries)),
            ]);
            let mut line = bundle.to_bytes();
            line.push(b'\n');
            send(line)
        });
        if let Err(error) = outcome {
            tracing::error!(%error, "an export stopped");
        }
    })
}

/// Whether anything that the export is of was deleted.
pub(super) fn any_deleted(ctx: &Ctx, job: &Job) -> Result<bool, RecordError> {
    let mut any = false;
    each_deleted(ctx, job, &mut |_| {
        any = true;
        false
    })?;
    Ok(any)
}

fn each_deleted(ctx: &Ctx, job: &Job, each: &mut dyn FnMut(&[Stored]) -> bool) -> Result<(), RecordError> {
    let types = job.types();
    let since = job.since.map_or(i64::MIN, Instant::micros);
    let mut range = HistoryRange { since, ..HistoryRange::all() };
    loop {
        let (mut gone, next) = record::deleted(ctx, &range, job.at.micros(), PAGE)?;
        gone.retain(|stored| types.contains(&stored.type_) && (job.is_of_all() || stored.patient.0 != 0));
        if !gone.is_empty() && !each(&gone) {
            return Ok(());
        }
        match next {
            Some(next) => range.before = next,
            None => return Ok(()),
        }
    }
}
