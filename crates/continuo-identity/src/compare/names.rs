//! Names: given, family and middle together, because they trade places.

use super::letters::{Likeness, likeness};
use super::{Evidence, Field, MISSING, family, given, middle};
use crate::model::frequency::Frequencies;
use crate::normalize::name::Name;
use crate::profile::Profile;

pub(super) fn compare(a: &Profile, b: &Profile, frequencies: &Frequencies, evidence: &mut Evidence) {
    let (mut given_level, mut given_chance) = given_names(a, b, frequencies);
    let (mut family_level, mut family_chance) = families(a.family(), b.family(), frequencies);
    let is_open = |level: u8, different: u8| level == MISSING || level == different;
    if is_open(given_level, given::DIFFERENT)
        && is_open(family_level, family::DIFFERENT)
        && let Some(chance) = swapped(a, b, frequencies)
    {
        (given_level, given_chance) = (given::SWAPPED, Some(chance.0));
        (family_level, family_chance) = (family::SWAPPED, Some(chance.1));
    }
    evidence.set(Field::Given, given_level, given_chance);
    evidence.set(Field::Family, family_level, family_chance);
    // A middle name that already spoke as the given name is not heard twice.
    let (level, chance) = if given_level == given::CROSSED { (MISSING, None) } else { middles(a, b, frequencies) };
    evidence.set(Field::Middle, level, chance);
}

fn given_names(a: &Profile, b: &Profile, frequencies: &Frequencies) -> (u8, Option<f32>) {
    let (Some(x), Some(y)) = (a.given(), b.given()) else { return (MISSING, None) };
    if x.hash == y.hash {
        let chance = frequencies.given(x);
        return if x.is_initial() { (given::INITIAL, Some(chance.max(0.05))) } else { (given::EXACT, Some(chance)) };
    }
    let shared = || Some(frequencies.given(x).max(frequencies.given(y)));
    let is_listed_pair = x.is_listed && y.is_listed;
    if is_listed_pair && x.shares_group(y) {
        let level = if frequencies.are_both_own(x, y) { given::VARIANT } else { given::NICKNAME };
        return (level, shared());
    }
    let crossed = |name: &Name, others: &[Name]| {
        !name.is_initial() && others.iter().any(|other| other.hash == name.hash || other.shares_group(name))
    };
    if x.is_initial() || y.is_initial() {
        if x.initial() == y.initial() {
            return (given::INITIAL, None);
        }
    } else {
        let near = if is_joined(x, a.middle(), y) || is_joined(y, b.middle(), x) {
            Likeness::OneSlip
        } else {
            likeness(x.letters(), y.letters())
        };
        let are_both = frequencies.is_established(x) && frequencies.is_established(y);
        // Two words that nobody knows: which of them would be the slip? Twins are named alike, too. Only two that are
        // each a slip away from a name people have are two slips.
        let is_known = |name: &Name| frequencies.is_established(name);
        let is_neither = !(is_known(x) || is_known(y) || x.is_near && y.is_near);
        match near {
            Likeness::OneSlip | Likeness::Loose if is_neither => return (given::NEAR, shared()),
            Likeness::OneSlip if are_both => return (given::NEAR, shared()),
            Likeness::OneSlip => return (given::SLIP, shared()),
            // A misspelt name that is nearer to other names than to this one is as good as those.
            Likeness::Loose if are_nearer_others(x, y) || are_nearer_others(y, x) => return (given::NEAR, shared()),
            Likeness::Loose if !are_both => return (given::LOOSE, shared()),
            // A misspelt nickname: one slip from a name in the other's group.
            Likeness::None if !are_both && x.shares_group(y) => return (given::LOOSE, shared()),
            Likeness::Loose | Likeness::None => {}
        }
    }
    if crossed(x, b.middle()) || crossed(y, a.middle()) {
        return (given::CROSSED, shared());
    }
    (given::DIFFERENT, None)
}

/// Whether a misspelt name is one slip from listed names and the other, listed itself, is not of their groups.
fn are_nearer_others(misspelt: &Name, listed: &Name) -> bool {
    !misspelt.is_listed && misspelt.groups[0] != 0 && listed.is_listed && !misspelt.shares_group(listed)
}

/// "De Andre" against "Deandre": the first two words together are the other's one.
fn is_joined(first: &Name, rest: &[Name], whole: &Name) -> bool {
    rest.first().is_some_and(|second| {
        let (first, second, whole) = (first.letters(), second.letters(), whole.letters());
        whole.len() == first.len() + second.len() && whole.starts_with(first) && whole.ends_with(second)
    })
}

fn families(a: &[Name], b: &[Name], frequencies: &Frequencies) -> (u8, Option<f32>) {
    if a.is_empty() || b.is_empty() {
        return (MISSING, None);
    }
    let rarest = |names: &[Name]| names.iter().map(|name| frequencies.family(name)).fold(1.0, f32::min);
    if a.len() == b.len() && a.iter().zip(b).all(|(x, y)| x.hash == y.hash) {
        return (family::EXACT, Some(rarest(a)));
    }
    let mut shared: Option<f32> = None;
    let mut best = Likeness::None;
    let mut best_chance: f32 = 0.0;
    for x in a {
        for y in b {
            let chance = frequencies.family(x).max(frequencies.family(y));
            if x.hash == y.hash {
                shared = Some(shared.map_or(chance, |known| known.min(chance)));
                continue;
            }
            let near = likeness(x.letters(), y.letters());
            if near < best {
                (best, best_chance) = (near, chance);
            }
        }
    }
    if let Some(chance) = shared {
        return (family::PART, Some(chance * 2.0));
    }
    match best {
        Likeness::OneSlip => (family::SLIP, Some(best_chance * 2.0)),
        Likeness::Loose => (family::NEAR, Some(best_chance * 3.0)),
        Likeness::None if a.iter().any(|x| b.iter().any(|y| x.sound == y.sound && x.initial() == y.initial())) => {
            (family::NEAR, Some(0.02))
        }
        Likeness::None => (family::DIFFERENT, None),
    }
}

/// Given name of one as family name of the other, both ways, a slip allowed in one of them.
fn swapped(a: &Profile, b: &Profile, frequencies: &Frequencies) -> Option<(f32, f32)> {
    let one_way = |given: Option<&Name>, family: &[Name]| -> Option<bool> {
        let given = given?;
        if given.is_initial() {
            return None;
        }
        if family.iter().any(|name| name.hash == given.hash || name.shares_group(given)) {
            return Some(true);
        }
        family.iter().any(|name| likeness(name.letters(), given.letters()) == Likeness::OneSlip).then_some(false)
    };
    let first = one_way(a.given(), b.family());
    let second = one_way(b.given(), a.family());
    let is_swapped = match (first, second) {
        (Some(x), Some(y)) => x || y,
        // A single name, filed as given here and as family there.
        (Some(exact), None) => exact && a.family().is_empty() && b.given().is_none(),
        (None, Some(exact)) => exact && b.family().is_empty() && a.given().is_none(),
        (None, None) => false,
    };
    let chance = |name: Option<&Name>| name.map_or(0.01, |name| frequencies.given(name).max(frequencies.family(name)));
    is_swapped.then(|| (chance(a.given()), chance(b.given())))
}

fn middles(a: &Profile, b: &Profile, frequencies: &Frequencies) -> (u8, Option<f32>) {
    let (a, b) = (a.middle(), b.middle());
    if a.is_empty() || b.is_empty() {
        return (MISSING, None);
    }
    let mut best = middle::DIFFERENT;
    let mut chance = None;
    for x in a {
        for y in b {
            let level = if x.hash == y.hash && !x.is_initial() {
                middle::EXACT
            } else if (x.is_initial() || y.is_initial()) && x.initial() == y.initial() {
                middle::INITIAL
            } else if !x.is_initial()
                && !y.is_initial()
                && (x.shares_group(y) || likeness(x.letters(), y.letters()) == Likeness::OneSlip)
            {
                middle::NEAR
            } else {
                middle::DIFFERENT
            };
            if level < best {
                best = level;
                chance = (level == middle::EXACT || level == middle::NEAR)
                    .then(|| frequencies.given(x).max(frequencies.given(y)));
            }
        }
    }
    (best, chance)
}
