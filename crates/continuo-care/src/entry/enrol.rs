//! Who coordinates a person, in which program and tier: what a feed or a table of caseloads says, said by hand.
//!
//! One active `EpisodeOfCare` names the coordinator and the program, a `Flag` the tier; both are what the banner, the
//! caseload and the routing of new work read. What changes is ended, never deleted.

use continuo_fhir::{Json, ResourceType};
use continuo_store::{Expect, Prepared, PutOptions, Rid};

use super::Values;
use crate::access::Permission;
use crate::assess::{person_of, settle};
use crate::build::{date, list, object, own, reference, set_text, words};
use crate::ctx::Ctx;
use crate::problem::WorkError;
use crate::work::{Done, parse, person_rid};
use crate::{shapes, staff};

const EPISODE: ResourceType = ResourceType::of("EpisodeOfCare");
const FLAG: ResourceType = ResourceType::of("Flag");

/// What stands now: the resource and its version.
type Standing = (Json, i64);

pub(super) fn enrol(ctx: &Ctx, person: &str, values: &Values) -> Done<Vec<String>> {
    ctx.require(Permission::RecordWrite)?;
    let owner = values.get("owner");
    if owner != ctx.actor.reference {
        ctx.require(Permission::WorkAssign)?;
    }
    let is_staff = |one: &staff::Owner| one.reference == owner && one.acts && owner.starts_with("Practitioner/");
    if !owner.is_empty() && !staff::owners(ctx)?.iter().any(is_staff) {
        return Err(WorkError::field("owner", "choose one of the list"));
    }
    let tier = values.get("tier");
    if !["", shapes::TIER_HIGH, shapes::TIER_MEDIUM, shapes::TIER_LOW].contains(&tier) {
        return Err(WorkError::field("tier", "choose one of the list"));
    }
    let rid = person_rid(ctx, person)?;
    let (episode, tiers) = standing(ctx, rid)?;
    if episode.is_none() && tiers.is_empty() && [owner, values.get("programme"), tier].iter().all(|one| one.is_empty())
    {
        return Err(WorkError::field("owner", "choose who coordinates"));
    }
    let mut changed = vec![episode_of(ctx, person, episode, owner, values.get("programme"))];
    changed.extend(tiers_of(ctx, person, tiers, tier));
    let context = ctx.prepare_context()?;
    let mut prepared = Vec::new();
    for (resource, version) in changed {
        let expect = version.map_or(Expect::Anything, Expect::Version);
        prepared.push((Prepared::new(resource, &context)?, expect));
    }
    let reference = person.to_owned();
    Ok(ctx.write("set coordinator", move |tx| {
        for (one, expect) in &prepared {
            tx.put(one, &PutOptions { expect: *expect, ..PutOptions::default() })?;
        }
        settle(tx, rid)?;
        Ok(vec![reference])
    })?)
}

/// The episode that the header reads, and the flags of a tier that stand.
fn standing(ctx: &Ctx, rid: Rid) -> Result<(Option<Standing>, Vec<Standing>), WorkError> {
    let (episode, flags) = ctx.read(|reader| {
        let person = reader.person_of(ctx.org, rid)?;
        let members = reader.members(ctx.org, person)?;
        let rows = reader.facts(&ctx.scope, &members)?;
        let (person, _) = person_of(&rows);
        let episode = person.of("EpisodeOfCare").iter().find(|one| one.is(&["active"])).map(|one| one.id.to_owned());
        let is_tier = |flag: &&crate::followup::person::Resource<'_>| {
            flag.is(&["active"]) && flag.has_own("category", shapes::TIER)
        };
        let tiers: Vec<String> = person.of("Flag").iter().filter(is_tier).map(|one| one.id.to_owned()).collect();
        let episode = episode.map(|id| reader.get(&ctx.scope, EPISODE, &id)).transpose()?;
        let tiers = tiers.iter().map(|id| reader.get(&ctx.scope, FLAG, id)).collect::<Result<Vec<_>, _>>()?;
        Ok((episode, tiers))
    })?;
    let read = |stored: continuo_store::Stored| Ok::<_, WorkError>((parse(stored.bytes.as_deref())?, stored.version));
    Ok((episode.map(read).transpose()?, flags.into_iter().map(read).collect::<Result<_, _>>()?))
}

fn episode_of(ctx: &Ctx, person: &str, before: Option<Standing>, owner: &str, programme: &str) -> (Json, Option<i64>) {
    let (mut episode, version) = match before {
        Some((episode, version)) => (episode, Some(version)),
        None => {
            let mut new = object([("resourceType", Json::string("EpisodeOfCare"))]);
            set_text(&mut new, "id", &ctx.ids().next().to_string());
            new.set("status", Json::string("active"));
            new.set("patient", reference(person));
            new.set("period", object([("start", date(ctx.zone.day(ctx.now())))]));
            (new, None)
        }
    };
    let named = episode.get("type").and_then(|all| all.items().first()).is_some_and(|one| {
        let coded = one.get("coding").and_then(|all| all.items().first()).and_then(|coding| coding.str_at("display"));
        one.str_at("text").or(coded) == Some(programme)
    });
    if programme.is_empty() {
        episode.remove("type");
    } else if !named {
        episode.set("type", list([words(programme)]));
    }
    if owner.is_empty() {
        episode.remove("careManager");
    } else {
        episode.set("careManager", reference(owner));
    }
    (episode, version)
}

fn tiers_of(ctx: &Ctx, person: &str, before: Vec<Standing>, tier: &str) -> Vec<(Json, Option<i64>)> {
    let code = |flag: &Json| {
        let coding = flag.at("code.coding").and_then(|all| all.items().first());
        coding.and_then(|one| one.str_at("code")).unwrap_or_default().to_owned()
    };
    let today = ctx.zone.day(ctx.now());
    let stays = before.iter().any(|(flag, _)| code(flag) == tier);
    let mut changed: Vec<(Json, Option<i64>)> = before
        .into_iter()
        .filter(|(flag, _)| code(flag) != tier)
        .map(|(mut flag, version)| {
            flag.set("status", Json::string("inactive"));
            let mut lasted = flag.get("period").cloned().unwrap_or_else(|| object([]));
            lasted.set("end", date(today));
            flag.set("period", lasted);
            (flag, Some(version))
        })
        .collect();
    if !tier.is_empty() && !stays {
        let mut flag = object([("resourceType", Json::string("Flag"))]);
        set_text(&mut flag, "id", &ctx.ids().next().to_string());
        flag.set("status", Json::string("active"));
        let mut category = own(shapes::TIER);
        set_text(&mut category, "text", "Care management tier");
        flag.set("category", list([category]));
        let mut words = own(tier);
        set_text(&mut words, "text", &format!("Tier: {}", tier.trim_start_matches("tier-")));
        flag.set("code", words);
        flag.set("subject", reference(person));
        flag.set("period", object([("start", date(today))]));
        changed.push((flag, None));
    }
    changed
}
