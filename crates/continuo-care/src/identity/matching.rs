//! Asking who somebody is, without writing: the `$match` operation and the warning while a person is registered.

use std::collections::BTreeMap;

use continuo_fhir::Json;
use continuo_identity::decide::{Band, Thresholds, judge, match_grade, match_score};
use continuo_store::tables::person_header::{self, PersonHeader};
use continuo_store::{Rid, Stored};

use super::body::{self, Body};
use super::known::{candidates, profile_of, seen_profiles, weights};
use crate::access::Permission;
use crate::chart::PATIENT;
use crate::ctx::Ctx;
use crate::problem::WorkError;
use crate::record::audit;

/// Somebody who may be meant.
#[derive(Clone, Debug)]
pub struct Match {
    /// The record that fits best, as this reader may see it.
    pub stored: Stored,
    /// The person's header, where the reader sees it.
    pub header: Option<PersonHeader>,
    /// `certain`, `probable`, `possible`.
    pub grade: &'static str,
    /// From 0 to 1.
    pub score: f64,
    /// Why.
    pub summary: String,
    /// Reasons for and against, strongest first.
    pub reasons: Vec<body::Reason>,
}

/// The people a Patient may be, likeliest first, one record each; only those in the reader's scope.
pub fn find(ctx: &Ctx, patient: &Json, most: usize) -> Result<Vec<Match>, WorkError> {
    ctx.require(Permission::PersonRead)?;
    let profile = profile_of(patient);
    if profile.is_empty() {
        return Ok(Vec::new());
    }
    let weights = weights(ctx)?;
    let found = ctx.read(|reader| {
        let near = candidates(reader, ctx.org, &profile, Rid(0))?;
        let mut alike = Vec::new();
        for (rid, other) in seen_profiles(reader, &ctx.scope, &near)? {
            let verdict = judge(&weights.model, Thresholds::default(), &profile, &other);
            if verdict.band != Band::No {
                alike.push((rid, body::of(&weights.model, &profile, &other, &verdict), verdict));
            }
        }
        alike.sort_by(|a, b| (b.2.band, b.2.bits).partial_cmp(&(a.2.band, a.2.bits)).unwrap_or(a.0.cmp(&b.0)));
        let rids: Vec<Rid> = alike.iter().map(|(rid, ..)| *rid).collect();
        let persons = reader.persons_of(ctx.org, &rids)?;
        let mut best: BTreeMap<Rid, usize> = BTreeMap::new();
        let mut found: Vec<Match> = Vec::new();
        for ((rid, body, verdict), person) in alike.into_iter().zip(persons) {
            if best.contains_key(&person) || found.len() >= most {
                continue;
            }
            let Some((type_, id)) = reader.reference(rid)? else { continue };
            let Some(stored) = reader.find(&ctx.scope, type_, &id)?.filter(|stored| stored.bytes.is_some()) else {
                continue;
            };
            best.insert(person, found.len());
            let header = person_header::of_patients(reader.conn(), &ctx.scope, &[person])?.into_iter().next();
            let Body { summary, reasons, .. } = body;
            found.push(Match {
                stored,
                header,
                grade: match_grade(&verdict),
                score: match_score(&verdict, Thresholds::default()),
                summary,
                reasons,
            });
        }
        Ok(found)
    })?;
    audit(ctx, "match", Rid(0), PATIENT.as_str()).map_err(|error| WorkError::Not(error.to_string()))?;
    Ok(found)
}
