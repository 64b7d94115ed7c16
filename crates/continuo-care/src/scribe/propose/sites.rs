//! Where a complaint is: "her ankles have been swelling" is a swelling of the ankles, and so it is written.

use super::heard::Turn;

/// Complaints that say nothing without their place.
const PLACED: &[&str] = &[
    "swelling",
    "swollen",
    "edema",
    "pain",
    "hurts",
    "ache",
    "aching",
    "rash",
    "numbness",
    "numb",
    "tingling",
    "weakness",
    "stiffness",
    "itching",
    "redness",
    "bruising",
    "cramps",
    "cramping",
    "sore",
    "dolor",
    "duele",
    "hinchazon",
    "hinchado",
    "hinchados",
    "hinchada",
    "hinchadas",
];
/// Places, in the words people use.
const SITES: &[&str] = &[
    "ankle",
    "ankles",
    "foot",
    "feet",
    "leg",
    "legs",
    "calf",
    "calves",
    "knee",
    "knees",
    "hip",
    "hips",
    "thigh",
    "thighs",
    "toe",
    "toes",
    "hand",
    "hands",
    "finger",
    "fingers",
    "wrist",
    "wrists",
    "elbow",
    "elbows",
    "arm",
    "arms",
    "shoulder",
    "shoulders",
    "neck",
    "back",
    "face",
    "eye",
    "eyes",
    "lip",
    "lips",
    "tongue",
    "throat",
    "ear",
    "ears",
    "jaw",
    "head",
    "belly",
    "abdomen",
    "stomach",
    "groin",
    "breast",
    "breasts",
    "heel",
    "heels",
    "pies",
    "pie",
    "tobillo",
    "tobillos",
    "pierna",
    "piernas",
    "rodilla",
    "rodillas",
    "mano",
    "manos",
    "cara",
    "espalda",
    "brazo",
    "brazos",
    "cuello",
    "hombro",
    "ojos",
    "ojo",
];
/// Places that a complaint names itself and that nobody adds to another: a pain of the chest has its place.
const INSIDE: &[&str] = &["chest", "pecho", "abdominal", "stomach", "estomago", "barriga", "muscle", "joint"];
const SIDES: &[&str] = &["left", "right", "both", "bilateral", "izquierdo", "izquierda", "derecho", "derecha"];
/// Words between a complaint and its place.
const FAR: usize = 5;

/// Tokens of the place of a complaint at `from..to`, with its side, inside the same sentence.
pub(super) fn of(turn: &Turn<'_>, from: usize, to: usize) -> Option<(usize, usize)> {
    let named = |at: usize| SITES.contains(&turn.tokens.norm(at)) || INSIDE.contains(&turn.tokens.norm(at));
    let names_one = (from..to).any(named);
    if names_one || !(from..to).any(|at| PLACED.contains(&turn.tokens.norm(at))) {
        return None;
    }
    let sentence = turn.sentence_of(from)?;
    // Another complaint between takes the place for itself.
    let free = |low: usize, high: usize| {
        !turn.entities_in(low, high).any(|entity| entity.from != from)
            && !(low..high).any(|at| matches!(turn.tokens.norm(at), "," | ";"))
    };
    let before = (sentence.from.max(from.saturating_sub(FAR))..from).rev();
    let after = to..sentence.to.min(to + FAR);
    let site = before
        .filter(|at| free(*at, from))
        .chain(after.filter(|at| free(to, *at)))
        .find(|at| SITES.contains(&turn.tokens.norm(*at)))?;
    let low = (sentence.from.max(site.saturating_sub(2))..site).find(|at| SIDES.contains(&turn.tokens.norm(*at)));
    Some((low.unwrap_or(site), site + 1))
}
