//! Dangers said in plain, indirect and misspelled words, and harmless sentences made of the same words.
//!
//! No danger may be lost. Look-alikes that still raise the clock are counted and may only become fewer.

use continuo_text::triage::{Triage, Urgency, triage};

/// Look-alikes that are read as a danger all the same, at most: most are short messages that the second opinion raises.
const STILL_RAISED: usize = 16;

fn sentences() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    include_str!("data/sounds_alike.txt").lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
        let (kind, rest) = line.split_once('|')?;
        let (flag, text) = rest.split_once('|')?;
        Some((kind, flag, text))
    })
}

fn names(found: &Triage, flag: &str) -> bool {
    found.red_flags.iter().any(|f| f.name() == flag)
}

#[test]
fn no_danger_is_lost() {
    let lost: Vec<&str> = sentences()
        .filter(|(kind, ..)| *kind != "S")
        .filter(|(kind, flag, text)| {
            let found = triage(text, None);
            let latest = if *kind == "D" { Urgency::Emergency } else { Urgency::SameDay };
            found.urgency > latest || !names(&found, flag)
        })
        .map(|(.., text)| text)
        .collect();
    assert_eq!(lost, Vec::<&str>::new());
}

#[test]
fn look_alikes_seldom_raise_the_clock() {
    let harmless: Vec<(&str, &str)> =
        sentences().filter(|(kind, ..)| *kind == "S").map(|(_, flag, text)| (flag, text)).collect();
    assert!(harmless.len() > 150);
    let raised: Vec<&str> = harmless
        .iter()
        .filter(|(flag, text)| {
            let found = triage(text, None);
            found.urgency == Urgency::Emergency || names(&found, flag)
        })
        .map(|(_, text)| *text)
        .collect();
    assert!(raised.len() <= STILL_RAISED, "{} raised: {raised:#?}", raised.len());
}
