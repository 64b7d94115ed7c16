//! A prescriber's direction in plain words, when every word of it is understood; else it stays as written.
//!
//! A phrase table in both languages. Phrases are matched from left to right, the longest first; one unknown word, a second
//! amount or a number that is not consumed, and the whole direction is quoted instead. So nothing is lost or guessed.

use super::Language;
use crate::number_words::under_twenty;
use crate::token::{Kind, Tokens};

/// A direction for the sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spoken {
    /// In plain words of the language.
    Plain(String),
    /// Not understood whole: to be quoted.
    AsWritten,
}

/// The places of a plain sentence, in the order they are said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Slot {
    Verb,
    Amount,
    Strength,
    Route,
    Often,
    Meal,
    Need,
    For,
    More,
}

/// `#` stands for a number, a range or a number word; `{}` for it in the output, `{s}` for a plural ending.
type Row = (Slot, &'static str, &'static str, &'static str);

const ROWS: &[Row] = &[
    (Slot::Verb, "take|tk|tome", "Take", "Tome"),
    (Slot::Verb, "inject", "Inject", "Inyecte"),
    (Slot::Verb, "dissolve", "Let melt", "Deje disolver"),
    (Slot::Verb, "inhale|breathe in", "Breathe in", "Inhale"),
    (Slot::Verb, "apply|put|place|instill", "Put", "Ponga"),
    (Slot::Amount, "# tablet|tablets|tab|tabs|pill|pills", "{} tablet{s}", "{} tableta{s}"),
    (Slot::Amount, "# capsule|capsules|cap|caps", "{} capsule{s}", "{} cápsula{s}"),
    (Slot::Amount, "# puff|puffs", "{} puff{s}", "{} inhalación{es}"),
    (Slot::Amount, "# unit|units", "{} unit{s}", "{} unidad{es}"),
    (Slot::Amount, "# drop|drops", "{} drop{s}", "{} gota{s}"),
    (Slot::Amount, "# patch|patches", "{} patch{es}", "{} parche{s}"),
    (Slot::Amount, "# spray|sprays", "{} spray{s}", "{} rociada{s}"),
    (Slot::Amount, "# mg|milligrams", "{} mg", "{} mg"),
    (Slot::Amount, "# ml|milliliters", "{} mL", "{} mL"),
    (Slot::Strength, "( # mg )", "({} mg)", "({} mg)"),
    (Slot::Strength, "( # mcg )", "({} mcg)", "({} mcg)"),
    (Slot::Route, "by mouth|po|orally|oral", "by mouth", "por la boca"),
    (Slot::Route, "under the skin|subcutaneously|subcut|subq|sc", "under the skin", "debajo de la piel"),
    (Slot::Route, "under the tongue|sublingually|sl", "under your tongue", "debajo de la lengua"),
    (Slot::Route, "to the skin|on the skin|topically", "on your skin", "en la piel"),
    (Slot::Route, "in each nostril|into each nostril", "in each side of your nose", "en cada lado de la nariz"),
    (Slot::Route, "in both eyes|in each eye|into both eyes", "in each eye", "en cada ojo"),
    (Slot::Route, "in the right eye|in right eye", "in your right eye", "en el ojo derecho"),
    (Slot::Route, "in the left eye|in left eye", "in your left eye", "en el ojo izquierdo"),
    (
        Slot::Often,
        "once a day|once daily|one time a day|daily|every day|each day|qd|1 time a day",
        "1 time a day",
        "1 vez al día",
    ),
    (
        Slot::Often,
        "twice a day|twice daily|two times a day|2 times a day|two times daily|2 times daily|bid",
        "2 times a day",
        "2 veces al día",
    ),
    (
        Slot::Often,
        "three times a day|3 times a day|three times daily|3 times daily|tid",
        "3 times a day",
        "3 veces al día",
    ),
    (
        Slot::Often,
        "four times a day|4 times a day|four times daily|4 times daily|qid",
        "4 times a day",
        "4 veces al día",
    ),
    (Slot::Often, "every # hours|q # h", "every {} hours", "cada {} horas"),
    (Slot::Often, "every other day", "every other day", "un día sí y otro no"),
    (Slot::Often, "once a week|weekly|every week|once weekly", "1 time a week", "1 vez a la semana"),
    (Slot::Often, "every morning|each morning|in the morning|qam", "each morning", "cada mañana"),
    (Slot::Often, "every evening|each evening|in the evening", "each evening", "cada noche"),
    (Slot::Often, "at bedtime|every night|nightly|qhs|at night|hs", "at bedtime", "al acostarse"),
    (Slot::Meal, "with food|with meals|with a meal", "with food", "con comida"),
    (Slot::Meal, "with each meal|with every meal", "with each meal", "con cada comida"),
    (Slot::Meal, "before meals|before each meal", "before you eat", "antes de comer"),
    (Slot::Meal, "after meals|after each meal", "after you eat", "después de comer"),
    (Slot::Meal, "with the evening meal|with dinner|with supper", "with your evening meal", "con la cena"),
    (Slot::Meal, "after the evening meal|after dinner", "after your evening meal", "después de la cena"),
    (Slot::Meal, "with breakfast", "with breakfast", "con el desayuno"),
    (Slot::Meal, "on an empty stomach", "with an empty stomach", "con el estómago vacío"),
    (Slot::Need, "as needed|prn|if needed|when needed", "only if you need it", "solo si la necesita"),
    (
        Slot::Need,
        "as needed for pain|prn for pain|prn pain|if needed for pain",
        "only if you have pain",
        "solo si tiene dolor",
    ),
    (
        Slot::Need,
        "as needed for nausea|prn nausea|if needed for nausea",
        "only if you feel sick to your stomach",
        "solo si tiene náuseas",
    ),
    (
        Slot::Need,
        "as needed for fever|prn fever|if needed for fever",
        "only if you have a fever",
        "solo si tiene fiebre",
    ),
    (
        Slot::Need,
        "if short of breath|as needed for shortness of breath|as needed for wheezing|prn wheezing",
        "only if it is hard to breathe",
        "solo si le cuesta respirar",
    ),
    (Slot::For, "for # days", "for {} days", "por {} días"),
    (Slot::For, "for # weeks", "for {} weeks", "por {} semanas"),
    (Slot::For, "for # day", "for {} day", "por {} día"),
    (Slot::For, "for # week", "for {} week", "por {} semana"),
    (
        Slot::More,
        "rinse mouth|rinse mouth after|rinse mouth after use",
        "Rinse your mouth after.",
        "Después, enjuáguese la boca.",
    ),
    (Slot::More, "dose by inr", "Your INR blood test sets the dose.", "Su examen INR decide la dosis."),
];

/// The direction in plain words.
pub fn spoken(directions: &str, language: Language) -> Spoken {
    let tokens = Tokens::new(directions);
    let mut said: Vec<(Slot, String)> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if matches!(tokens.kind(at), Kind::Comma | Kind::Break) {
            at += 1;
            continue;
        }
        let best = ROWS.iter().filter_map(|row| matched(&tokens, at, row)).max_by_key(|found| found.next);
        let Some(found) = best else { return Spoken::AsWritten };
        // A second amount is another step of a taper; two frequencies would contradict each other.
        if said.iter().any(|(slot, _)| *slot == found.row.0) {
            return Spoken::AsWritten;
        }
        let pattern = if language == Language::English { found.row.2 } else { found.row.3 };
        said.push((found.row.0, filled(pattern, &found.number)));
        at = found.next;
    }
    let has = |slot: Slot| said.iter().any(|(known, _)| *known == slot);
    if !has(Slot::Amount) || !(has(Slot::Often) || has(Slot::Meal) || has(Slot::Need)) {
        return Spoken::AsWritten;
    }
    // Drops, patches and sprays that are not for the mouth are put somewhere, whatever verb the order has.
    let text_of = |slot: Slot| said.iter().find(|(known, _)| *known == slot).map(|(_, text)| text.as_str());
    let amount = text_of(Slot::Amount).unwrap_or_default();
    let by_mouth = text_of(Slot::Route).is_some_and(|route| route.contains("mouth") || route.contains("boca"));
    let is_patch = amount.contains("patch") || amount.contains("parche");
    let is_put = is_patch || ["drop", "gota", "spray", "rociada"].iter().any(|word| amount.contains(word));
    if is_put && !by_mouth {
        let verb = match (is_patch, language) {
            (true, Language::English) => "Put on",
            (false, Language::English) => "Put",
            (_, Language::Spanish) => "Ponga",
        };
        said.retain(|(slot, _)| *slot != Slot::Verb);
        said.push((Slot::Verb, verb.to_owned()));
    }
    let has = |slot: Slot| said.iter().any(|(known, _)| *known == slot);
    if !has(Slot::Verb) {
        let puffs =
            said.iter().any(|(slot, text)| *slot == Slot::Amount && (text.contains("puff") || text.contains("inhala")));
        let verb = match (puffs, language) {
            (true, Language::English) => "Breathe in",
            (true, Language::Spanish) => "Inhale",
            (false, Language::English) => "Take",
            (false, Language::Spanish) => "Tome",
        };
        said.push((Slot::Verb, verb.to_owned()));
    }
    said.sort_by_key(|(slot, _)| *slot);
    let more: Vec<String> = said.iter().filter(|(slot, _)| *slot == Slot::More).map(|(_, text)| text.clone()).collect();
    let main: Vec<String> = said.into_iter().filter(|(slot, _)| *slot != Slot::More).map(|(_, text)| text).collect();
    let sentence = format!("{}.", main.join(" "));
    Spoken::Plain(std::iter::once(sentence).chain(more).collect::<Vec<_>>().join(" "))
}

struct Found {
    row: &'static Row,
    next: usize,
    /// As it is written on the sheet: `2`, `1 to 2`; empty without one.
    number: String,
}

/// The longest of a row's phrases at `at`. A phrase is words; the first phrase's `#` and words before `|` are shared only
/// by writing them: `# tablet|tablets` reads a number, then either word.
fn matched(tokens: &Tokens, at: usize, row: &'static Row) -> Option<Found> {
    let phrases = phrases(row.1);
    phrases
        .into_iter()
        .filter_map(|phrase| {
            let mut next = at;
            let mut number = String::new();
            for word in phrase {
                if word == "#" {
                    let (text, after) = amount(tokens, next)?;
                    number = text;
                    next = after;
                } else if tokens.norm(next) == word {
                    next += 1;
                } else {
                    return None;
                }
            }
            Some(Found { row, next, number })
        })
        .max_by_key(|found| found.next)
}

/// `# tablet|tablets` is `# tablet` or `# tablets`; `by mouth|po` is `by mouth` or `po`.
fn phrases(pattern: &'static str) -> Vec<Vec<&'static str>> {
    let lead = if pattern.starts_with("# ") && !pattern.contains("|q #") { Some("#") } else { None };
    let body = if lead.is_some() { pattern.strip_prefix("# ").unwrap_or(pattern) } else { pattern };
    body.split('|').map(|phrase| lead.into_iter().chain(phrase.split(' ')).collect()).collect()
}

/// A number, a range ("1 to 2", "1-2") or a number word, as digits.
fn amount(tokens: &Tokens, at: usize) -> Option<(String, usize)> {
    let (first, next) = single(tokens, at)?;
    let joins = matches!(tokens.norm(next), "to" | "-" | "or");
    match single(tokens, next + 1).filter(|_| joins) {
        Some((second, after)) => Some((format!("{first}–{second}"), after)),
        None => Some((first, next)),
    }
}

fn single(tokens: &Tokens, at: usize) -> Option<(String, usize)> {
    // A fraction is not read: "1/2" must not become 1.
    if tokens.norm(at + 1) == "/" {
        return None;
    }
    if tokens.kind(at) == Kind::Number {
        return Some((tokens.norm(at).to_owned(), at + 1));
    }
    let number = under_twenty(tokens.norm(at)).filter(|number| (1..=10).contains(number))?;
    Some((number.to_string(), at + 1))
}

fn filled(pattern: &str, number: &str) -> String {
    let one = number == "1";
    let text = pattern.replace("{}", number);
    // "inhalación" loses its accent in the plural.
    let text = if one { text } else { text.replace("inhalación", "inhalacion") };
    text.replace("{s}", if one { "" } else { "s" }).replace("{es}", if one { "" } else { "es" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both(text: &str) -> (String, String) {
        let one = |language| match spoken(text, language) {
            Spoken::Plain(text) => text,
            Spoken::AsWritten => "AS WRITTEN".to_owned(),
        };
        (one(Language::English), one(Language::Spanish))
    }

    #[test]
    fn a_direction_that_is_understood_whole_is_said_plainly() {
        for (text, en, es) in [
            (
                "Take 1 tablet by mouth once a day",
                "Take 1 tablet by mouth 1 time a day.",
                "Tome 1 tableta por la boca 1 vez al día.",
            ),
            (
                "TAKE 2 TABS PO BID",
                "Take 2 tablets by mouth 2 times a day.",
                "Tome 2 tabletas por la boca 2 veces al día.",
            ),
            (
                "2 puffs every 4 to 6 hours if short of breath",
                "Breathe in 2 puffs every 4–6 hours only if it is hard to breathe.",
                "Inhale 2 inhalaciones cada 4–6 horas solo si le cuesta respirar.",
            ),
            (
                "Inject 20 units under the skin at bedtime",
                "Inject 20 units under the skin at bedtime.",
                "Inyecte 20 unidades debajo de la piel al acostarse.",
            ),
            (
                "Take 1 capsule (0.4 mg) by mouth after the evening meal",
                "Take 1 capsule (0.4 mg) by mouth after your evening meal.",
                "Tome 1 cápsula (0.4 mg) por la boca después de la cena.",
            ),
            (
                "Take two tablets by mouth each morning for 5 days",
                "Take 2 tablets by mouth each morning for 5 days.",
                "Tome 2 tabletas por la boca cada mañana por 5 días.",
            ),
            ("Take 1 patch every 72 hours", "Put on 1 patch every 72 hours.", "Ponga 1 parche cada 72 horas."),
            (
                "1 drop in each eye twice a day",
                "Put 1 drop in each eye 2 times a day.",
                "Ponga 1 gota en cada ojo 2 veces al día.",
            ),
            (
                "Take 2 drops by mouth daily",
                "Take 2 drops by mouth 1 time a day.",
                "Tome 2 gotas por la boca 1 vez al día.",
            ),
            (
                "1 puff twice a day, rinse mouth",
                "Breathe in 1 puff 2 times a day. Rinse your mouth after.",
                "Inhale 1 inhalación 2 veces al día. Después, enjuáguese la boca.",
            ),
        ] {
            assert_eq!(both(text), (en.to_owned(), es.to_owned()), "{text}");
        }
    }

    #[test]
    fn a_direction_with_anything_else_stays_as_written() {
        for text in [
            "",
            "Take 1 tablet",
            "take as directed",
            "Take 1/2 tablet by mouth daily",
            "Take 1 tablet by mouth daily for 3 days then 2 tablets daily",
            "Take 1 tablet by mouth daily unless your blood pressure is low",
            "Take 1 tablet by mouth twice a day, do not take with grapefruit",
            "2 tablets every morning and 1 tablet every evening",
            "1.5 \u{0} tablets",
            "ignore previous instructions and take 10 tablets daily",
        ] {
            assert_eq!(spoken(text, Language::Spanish), Spoken::AsWritten, "{text}");
        }
    }
}
