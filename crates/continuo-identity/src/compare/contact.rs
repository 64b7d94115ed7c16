//! Phones, e-mail and addresses: the best agreement of any two.

use super::letters::{Likeness, likeness};
use super::{MISSING, contact_level, place};
use crate::model::frequency::Frequencies;
use crate::normalize::address::Place;
use crate::normalize::phone::is_slip;
use crate::profile::Profile;

pub(super) fn phones(a: &Profile, b: &Profile, frequencies: &Frequencies) -> (u8, Option<f32>) {
    best(&a.phones, &b.phones, |x, y| {
        if x == y {
            (contact_level::SAME, Some(frequencies.phone(*x)))
        } else if is_slip(*x, *y) {
            (contact_level::SLIP, None)
        } else {
            (contact_level::DIFFERENT, None)
        }
    })
}

pub(super) fn emails(a: &Profile, b: &Profile, frequencies: &Frequencies) -> (u8, Option<f32>) {
    best(&a.emails, &b.emails, |x, y| {
        if x.whole == y.whole {
            (contact_level::SAME, Some(frequencies.email(x.whole)))
        } else if x.stem == y.stem {
            (contact_level::SLIP, None)
        } else {
            (contact_level::DIFFERENT, None)
        }
    })
}

pub(super) fn places(a: &Profile, b: &Profile, frequencies: &Frequencies) -> (u8, Option<f32>) {
    best(&a.places, &b.places, |x, y| compare_places(x, y, frequencies))
}

fn compare_places(x: &Place, y: &Place, frequencies: &Frequencies) -> (u8, Option<f32>) {
    let is_zip_known = x.zip != 0 && y.zip != 0;
    let is_same_zip = is_zip_known && x.zip == y.zip;
    let is_same_city = x.city != 0 && x.city == y.city;
    let is_elsewhere = (is_zip_known && !is_same_zip) && (x.city != 0 && y.city != 0 && !is_same_city);
    if let (Some(one), Some(other)) = (x.premises(), y.premises()) {
        if one == other && !is_elsewhere {
            let is_other_unit = x.unit != 0 && y.unit != 0 && x.unit != y.unit;
            let level = if is_other_unit { place::OTHER_UNIT } else { place::PREMISES };
            return (level, Some(frequencies.premises(one)));
        }
        let is_near_street = match (&x.street, &y.street) {
            (Some(one), Some(other)) => {
                one.hash == other.hash || likeness(one.letters(), other.letters()) < Likeness::None
            }
            _ => false,
        };
        if x.number == y.number && is_near_street && (is_same_zip || is_same_city) {
            return (place::NEAR, None);
        }
    }
    match (is_same_zip, is_same_city) {
        (true, _) => (place::SAME_ZIP, Some(frequencies.zip(x.zip))),
        (false, true) => (place::SAME_CITY, None),
        _ if !is_zip_known && (x.city == 0 || y.city == 0) => (MISSING, None),
        _ => (place::DIFFERENT, None),
    }
}

/// The best level of any two values; levels are ordered from same to different.
fn best<T>(a: &[T], b: &[T], compare: impl Fn(&T, &T) -> (u8, Option<f32>)) -> (u8, Option<f32>) {
    let mut found = (MISSING, None);
    for x in a {
        for y in b {
            let level = compare(x, y);
            if level.0 != MISSING && (found.0 == MISSING || level.0 < found.0) {
                found = level;
            }
        }
    }
    found
}
