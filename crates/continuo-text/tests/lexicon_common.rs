//! Common clinical words are known, in English as clinicians and patients say them and in Spanish as patients do.

use continuo_text::entities;
use continuo_text::lexicon::Kind;
use continuo_text::token::Tokens;

/// Whether the whole phrase is one term of the lexicon.
fn is_known(phrase: &str) -> bool {
    let tokens = Tokens::new(phrase);
    entities::of_kinds(&tokens, |_| true).iter().any(|e| e.from == 0 && e.to == tokens.len())
}

#[test]
fn three_hundred_common_words_are_known() {
    let list = include_str!("data/common-words.txt");
    let words: Vec<&str> =
        list.lines().filter(|l| !l.starts_with('#')).flat_map(|l| l.split(';')).map(str::trim).collect();
    let unknown: Vec<&&str> = words.iter().filter(|w| !is_known(w)).collect();
    assert!(words.len() >= 300, "{}", words.len());
    assert!(unknown.len() * 100 <= words.len() * 2, "{} of {}: {unknown:?}", unknown.len(), words.len());
}

#[test]
fn spanish_names_lead_to_the_same_concepts() {
    for (said, concept) in [
        ("Tengo dolor de pecho y falta de aire", "chest pain"),
        ("Me duele la cabeza desde ayer", "headache"),
        ("Mi mamá tiene presión alta", "hypertension"),
        ("Tomo metformina dos veces al día", "metformin"),
        ("Me arde al orinar", "difficulty urinating"),
    ] {
        let tokens = Tokens::new(said);
        assert!(entities::find(&tokens).iter().any(|e| e.term.concept == concept), "{said}");
    }
}

#[test]
fn sites_services_and_procedures_are_asked_for_by_kind() {
    let tokens = Tokens::new("left knee replacement, then physical therapy; see cardiology");
    let kinds = |kind| entities::of_kinds(&tokens, |k| k == kind).len();
    assert_eq!((kinds(Kind::Procedure), kinds(Kind::Service)), (1, 2));
    assert!(kinds(Kind::Site) >= 1);
    assert!(entities::find(&tokens).iter().all(|e| e.term.kind != Kind::Site));
}
