//! What a model sent back, checked: first its form, then each item against its words.
//!
//! Nothing of it is trusted: too much, too long, unknown kinds, wrong types and quotes that are not there are dropped and
//! counted with the reason; an urgency or red flag counts only with words that stand in the text.

use continuo_fhir::Json;

use super::ask::Kind;
use super::ground::{Claim, Difference, Source};
use super::redact::Hidden;
use crate::span::Span;
use crate::triage::{RedFlag, Triage, Urgency};

/// Longest answer read, in bytes.
pub const LONGEST: usize = 512 << 10;
/// Most items taken of one answer.
pub const MOST: usize = 200;
const LONGEST_STATEMENT: usize = 400;
const LONGEST_QUOTE: usize = 1000;

/// An item that stands on words of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// What it is.
    pub kind: Kind,
    /// One sentence, with the person's own names back in it. Text, never markup.
    pub statement: String,
    /// The words it rests on, in the text as received.
    pub span: Span,
    /// The text denies it.
    pub negated: bool,
    /// About somebody else.
    pub other_person: bool,
    /// What a reviewer must look at before accepting; empty when the words agree.
    pub differences: Vec<Difference>,
}

/// Why an item was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dropped {
    /// It lacks a field, or one has another type or an unknown value.
    Form,
    /// It is longer than a statement or quote may be.
    TooLong,
    /// The quote does not stand in the text.
    NoSuchWords,
    /// The same again.
    Repeated,
    /// Beyond [`MOST`].
    TooMany,
}

/// Everything that came of an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// Items, in order of their words.
    pub items: Vec<Item>,
    /// What was not taken, one entry an item.
    pub dropped: Vec<Dropped>,
    /// An urgency with the words that decide it.
    pub urgency: Option<(Urgency, Span)>,
    /// Red flags with their words.
    pub red_flags: Vec<(RedFlag, Span)>,
}

/// Why an answer as a whole was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// Longer than [`LONGEST`].
    #[error("the answer is too long")]
    TooLong,
    /// No JSON.
    #[error("the answer is no JSON")]
    NotJson,
    /// JSON of another form.
    #[error("the answer does not have the form that was asked for")]
    Form,
}

/// Checks an answer about `original`, of which the model saw `hidden`.
pub fn read(original: &str, hidden: &Hidden, answer: &str) -> Result<Reading, Broken> {
    if answer.len() > LONGEST {
        return Err(Broken::TooLong);
    }
    let json = Json::parse(unfenced(answer).as_bytes()).map_err(|_| Broken::NotJson)?;
    let Some(Json::Array(claims)) = json.get("items") else { return Err(Broken::Form) };
    let source = Source::new(&hidden.text);
    let at = |span: Span| {
        let span = hidden.original(span);
        Span::new(span.start.min(original.len()), span.end.min(original.len()))
    };
    let mut out = Reading::default();
    for (index, claim) in claims.iter().enumerate() {
        let taken = if index >= MOST { Err(Dropped::TooMany) } else { item(claim, &source, hidden) };
        let taken = taken.map(|item| Item { span: at(item.span), ..item });
        match taken {
            Ok(item) if out.items.iter().any(|known| known.kind == item.kind && known.statement == item.statement) => {
                out.dropped.push(Dropped::Repeated);
            }
            Ok(item) => out.items.push(item),
            Err(why) => out.dropped.push(why),
        }
    }
    out.items.sort_by_key(|item| (item.span, item.kind));
    let quoted = |json: &Json, field: &str| json.str_at(field).and_then(|quote| source.find(quote)).map(at);
    out.urgency = json.str_at("urgency").and_then(Urgency::from_name).zip(quoted(&json, "urgency_quote"));
    for claim in json.get("red_flags").map(Json::items).unwrap_or_default().iter().take(MOST) {
        let flag = claim.str_at("flag").and_then(RedFlag::from_name);
        match flag.zip(quoted(claim, "quote")) {
            Some(found) if !out.red_flags.iter().any(|(flag, _)| *flag == found.0) => out.red_flags.push(found),
            Some(_) => out.dropped.push(Dropped::Repeated),
            None if flag.is_some() => out.dropped.push(Dropped::NoSuchWords),
            None => out.dropped.push(Dropped::Form),
        }
    }
    out.red_flags.sort();
    Ok(out)
}

/// One item, its span in the hidden text.
fn item(claim: &Json, source: &Source<'_>, hidden: &Hidden) -> Result<Item, Dropped> {
    let kind = claim.str_at("kind").and_then(Kind::from_name).ok_or(Dropped::Form)?;
    let statement = clean(claim.str_at("statement").ok_or(Dropped::Form)?);
    let quote = claim.str_at("quote").ok_or(Dropped::Form)?;
    let flag = |name: &str| claim.get(name).and_then(Json::as_bool).ok_or(Dropped::Form);
    let (negated, other_person) = (flag("negated")?, flag("other_person")?);
    if statement.is_empty() {
        return Err(Dropped::Form);
    }
    if statement.len() > LONGEST_STATEMENT || quote.len() > LONGEST_QUOTE {
        return Err(Dropped::TooLong);
    }
    let span = source.find(quote).ok_or(Dropped::NoSuchWords)?;
    let unmarked = hidden.unmarked(&statement);
    let differences = source.differences(&Claim { kind, statement: &unmarked, negated, other_person }, span);
    Ok(Item { kind, statement: hidden.restore(&statement), span, negated, other_person, differences })
}

/// One line of visible text: control characters and those that turn the reading direction are left out.
fn clean(text: &str) -> String {
    let visible = |c: char| !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    let kept: String = text.chars().filter(|c| visible(*c)).map(|c| if c.is_control() { ' ' } else { c }).collect();
    kept.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Some models wrap their JSON into a fence.
fn unfenced(answer: &str) -> &str {
    let answer = answer.trim();
    let Some(inner) = answer.strip_prefix("```") else { return answer };
    let inner = inner.strip_prefix("json").unwrap_or(inner);
    inner.strip_suffix("```").unwrap_or(inner).trim()
}

/// Raises the built-in triage by what the answer adds; nothing is lowered or removed. Says whether anything was raised.
pub fn raise(found: &mut Triage, reading: &Reading) -> bool {
    let mut raised = false;
    for (flag, span) in &reading.red_flags {
        if !found.red_flags.contains(flag) {
            found.red_flags.push(*flag);
            found.because.push(*span);
            raised = true;
        }
    }
    if let Some((urgency, span)) = reading.urgency
        && urgency < found.urgency
    {
        found.urgency = urgency;
        found.because.push(span);
        raised = true;
    }
    // A red flag that stands is at least a matter of today, whatever urgency came with it.
    if raised && !found.red_flags.is_empty() && found.urgency > Urgency::SameDay {
        found.urgency = Urgency::SameDay;
    }
    found.red_flags.sort_by_key(|flag| flag.name());
    found.because.sort();
    found.because.dedup();
    raised
}

#[cfg(test)]
mod tests {
    use super::super::redact::Identity;
    use super::*;
    use crate::triage::triage;

    const TEXT: &str = "Doctor: hi Mrs. Reyes\nPatient: I stopped the water pill Saturday.\nPatient: no chest pain.";

    fn reading(answer: &str) -> Result<Reading, Broken> {
        let identity = Identity { names: vec!["Ana Reyes".into()], ..Identity::default() };
        read(TEXT, &Hidden::new(TEXT, &identity), answer)
    }

    fn item(statement: &str, quote: &str) -> String {
        let text = |t: &str| String::from_utf8(Json::string(t).to_bytes()).expect("JSON is text");
        format!(
            r#"{{"kind":"medicine","statement":{},"quote":{},"negated":false,"other_person":false}}"#,
            text(statement),
            text(quote)
        )
    }

    fn one(statement: &str, quote: &str) -> Reading {
        reading(&format!(r#"{{"items":[{}]}}"#, item(statement, quote))).expect("the form is right")
    }

    #[test]
    fn an_item_stands_on_words_of_the_original() {
        let got = one("[NAME_1] stopped the water pill", "I stopped the water pill Saturday");
        assert_eq!(got.items[0].statement, "Reyes stopped the water pill");
        assert_eq!(got.items[0].span.of(TEXT), "I stopped the water pill Saturday");
        assert_eq!(got.items[0].differences, []);
        assert!(got.dropped.is_empty());
    }

    #[test]
    fn what_has_no_words_is_dropped() {
        assert_eq!(one("Takes warfarin 5 mg", "I take warfarin five milligrams").dropped, [Dropped::NoSuchWords]);
        assert_eq!(one("", "I stopped the water pill").dropped, [Dropped::Form]);
        assert_eq!(one(&"x".repeat(500), "I stopped the water pill").dropped, [Dropped::TooLong]);
        let many = format!(r#"{{"items":[{}]}}"#, vec![item("a stop", "I stopped the water pill"); 300].join(","));
        let got = reading(&many).expect("the form is right");
        assert_eq!((got.items.len(), got.dropped.len()), (1, 299));
    }

    #[test]
    fn an_answer_of_another_form_is_refused() {
        for (answer, why) in [
            ("", Broken::NotJson),
            ("I cannot help with that.", Broken::NotJson),
            (r#"{"items":[}"#, Broken::NotJson),
            (r#"{"items":{}}"#, Broken::Form),
            (r#"{"items":"all"}"#, Broken::Form),
            ("[]", Broken::Form),
            ("null", Broken::Form),
            (r#"{"items":[],"items":[]}"#, Broken::NotJson),
        ] {
            assert_eq!(reading(answer), Err(why), "{answer}");
        }
        assert_eq!(reading(&format!("[{}", "[".repeat(600_000))), Err(Broken::TooLong));
        assert_eq!(reading(&"[".repeat(10_000)), Err(Broken::NotJson));
        assert_eq!(reading("```json\n{\"items\":[]}\n```"), Ok(Reading::default()));
    }

    #[test]
    fn a_statement_is_one_line_of_visible_text() {
        let got = one("stopped\u{202e} the\n\n<b>water</b>\u{0} pill", "I stopped the water pill");
        assert_eq!(got.items[0].statement, "stopped the <b>water</b> pill");
    }

    #[test]
    fn urgency_only_rises_and_only_with_words() {
        let text = "I have crushing chest pain and sweat";
        let hidden = Hidden::new(text, &Identity::default());
        let mut found = triage(text, None);
        let before = found.clone();
        let calm = r#"{"items":[],"urgency":"admin","urgency_quote":"and sweat","red_flags":[]}"#;
        assert!(!raise(&mut found, &read(text, &hidden, calm).expect("form")));
        assert_eq!(found, before, "never lowered");

        let text = "my bill is wrong and i feel odd";
        let hidden = Hidden::new(text, &Identity::default());
        let mut found = triage(text, None);
        let before = found.clone();
        for invented in [
            r#"{"items":[],"urgency":"emergency","urgency_quote":"he is dying"}"#,
            r#"{"items":[],"urgency":"emergency"}"#,
            r#"{"items":[],"urgency":"very","urgency_quote":"i feel odd"}"#,
            r#"{"items":[],"red_flags":[{"flag":"chest_pain","quote":"chest pain"}]}"#,
            r#"{"items":[],"red_flags":[{"flag":"boredom","quote":"i feel odd"}]}"#,
        ] {
            assert!(!raise(&mut found, &read(text, &hidden, invented).expect("form")), "{invented}");
        }
        assert_eq!(found, before);
        let real = r#"{"items":[],"urgency":"routine","urgency_quote":"my bill is wrong",
            "red_flags":[{"flag":"stroke_signs","quote":"i feel odd"}]}"#;
        assert!(raise(&mut found, &read(text, &hidden, real).expect("form")));
        assert!(found.urgency <= Urgency::SameDay && found.red_flags.contains(&RedFlag::StrokeSigns));
    }
}
