//! Sanity on records in the manner of the FEBRL generator: one original and one damaged copy of each person, made here.

use continuo_identity::link::{Options, link};
use continuo_identity::profile::Profile;
use continuo_identity::record::{SourceAddress, SourceRecord};

const GIVEN: &str = "james mary robert patricia john jennifer michael linda david elizabeth william barbara richard susan \
    joseph jessica thomas sarah charles karen christopher lisa daniel nancy matthew betty anthony sandra mark margaret \
    donald ashley steven kimberly andrew emily paul donna joshua michelle kenneth carol kevin amanda brian melissa";
const START: [&str; 20] = [
    "bar", "cal", "den", "fal", "gar", "hal", "ken", "lan", "mor", "nor", "par", "ros", "sal", "tar", "van", "wil",
    "yar", "zel", "ash", "ell",
];
const END: [&str; 15] = [
    "ton", "ley", "man", "berg", "sen", "wood", "field", "worth", "ham", "more", "stone", "ridge", "well", "ford", "by",
];

/// A small fixed generator (SplitMix64), so that the test is the same every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (x ^ (x >> 31)) as usize % sides
    }

    fn slip(&mut self, text: &str, letters: &str) -> String {
        let mut chars: Vec<char> = text.chars().collect();
        if chars.len() < 3 {
            return text.to_owned();
        }
        let at = 1 + self.roll(chars.len() - 2);
        let letter = letters.chars().nth(self.roll(letters.len())).expect("roll stays below the length");
        match self.roll(4) {
            0 => chars.insert(at, letter),
            1 => drop(chars.remove(at)),
            2 => chars[at] = letter,
            _ => chars.swap(at, at + 1),
        }
        chars.into_iter().collect()
    }
}

#[test]
fn febrl_like_copies_find_their_originals() {
    const PEOPLE: usize = 4000;
    let mut dice = Dice(20);
    let given: Vec<&str> = GIVEN.split_whitespace().collect();
    let mut records: Vec<[String; 8]> = Vec::new();
    for _ in 0..PEOPLE {
        let family =
            format!("{}{}{}", START[dice.roll(20)], ["", "en", "il", "or", "a"][dice.roll(5)], END[dice.roll(15)]);
        let street = format!("{} {}{} street", 1 + dice.roll(400), START[dice.roll(20)], END[dice.roll(15)]);
        records.push([
            given[dice.roll(given.len())].to_owned(),
            family,
            format!("{}-{:02}-{:02}", 1920 + dice.roll(90), 1 + dice.roll(12), 1 + dice.roll(28)),
            format!("{:09}", 100_000_000 + dice.roll(565_000_000)),
            format!("502{:07}", 2_000_000 + dice.roll(7_000_000)),
            street,
            format!("{}{}", START[dice.roll(20)], END[dice.roll(15)]),
            format!("{}", 40_000 + dice.roll(900)),
        ]);
    }
    for person in 0..PEOPLE {
        let mut copy = records[person].clone();
        for _ in 0..=dice.roll(3) {
            let field = dice.roll(8);
            let letters = if matches!(field, 0 | 1 | 5 | 6) { "abcdefghijklmnopqrstuvwxyz" } else { "0123456789" };
            copy[field] = if dice.roll(8) == 0 { String::new() } else { dice.slip(&copy[field], letters) };
        }
        records.push(copy);
    }
    let profiles: Vec<Profile> = records
        .iter()
        .map(|[given, family, birth_date, ssn, phone, line, city, zip]| {
            Profile::new(&SourceRecord {
                given,
                family,
                birth_date,
                ssn,
                phones: vec![phone],
                addresses: vec![SourceAddress { line, city, zip }],
                ..SourceRecord::default()
            })
        })
        .collect();
    let linked = link(&profiles, Options::default());
    let best = (-40..60).map(|quarter| f1(&linked.pairs, quarter as f32 / 4.0, PEOPLE)).fold(0.0, f64::max);
    assert!(best >= 0.998, "F1 {best}");
}

fn f1(pairs: &[continuo_identity::link::Pair], from: f32, people: usize) -> f64 {
    let (mut hits, mut all) = (0usize, 0usize);
    for pair in pairs.iter().filter(|pair| pair.score >= from) {
        all += 1;
        hits += usize::from(pair.a as usize + people == pair.b as usize);
    }
    2.0 * hits as f64 / (all + people) as f64
}
