//! The terms of clinical talk: medicines, tests, imaging, problems, symptoms, each with its concept and, where a file at
//! hand states it, a code (`knowledge/lexicon/*.csv`).

use std::sync::LazyLock;

use crate::pattern::Patterns;
use crate::token::Tokens;

/// What a term names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A medicine by name or brand.
    Medicine,
    /// A class of medicines ("antibiotic").
    MedicineClass,
    /// A laboratory test.
    Lab,
    /// Imaging and other studies.
    Imaging,
    /// A diagnosis.
    Problem,
    /// A symptom.
    Symptom,
    /// What people are allergic to beside medicines.
    Allergen,
    /// A procedure or treatment done to somebody.
    Procedure,
    /// A specialty, service or profession to see.
    Service,
    /// A part of the body, or its side.
    Site,
}

impl Kind {
    /// The name in data files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Medicine => "medicine",
            Self::MedicineClass => "medicine_class",
            Self::Lab => "lab",
            Self::Imaging => "imaging",
            Self::Problem => "problem",
            Self::Symptom => "symptom",
            Self::Allergen => "allergen",
            Self::Procedure => "procedure",
            Self::Service => "service",
            Self::Site => "site",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        [
            Self::Medicine,
            Self::MedicineClass,
            Self::Lab,
            Self::Imaging,
            Self::Problem,
            Self::Symptom,
            Self::Allergen,
            Self::Procedure,
            Self::Service,
            Self::Site,
        ]
        .into_iter()
        .find(|k| k.name() == name)
    }
}

/// One term.
#[derive(Clone, Debug)]
pub struct Term {
    /// As people say it.
    pub term: &'static str,
    /// What it stands for.
    pub concept: &'static str,
    /// What it names.
    pub kind: Kind,
    /// Spanish: a reader may need the concept beside it.
    pub spanish: bool,
    /// Code and system, where a file states them.
    pub code: Option<(&'static str, &'static str)>,
    /// The file that states the code.
    pub source: &'static str,
}

/// All terms, and the matcher over them (tag = index).
pub struct Lexicon {
    /// Every row, in file order.
    pub terms: Vec<Term>,
    /// Finds them in tokens.
    pub patterns: Patterns,
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let files = [
        include_str!("../../../knowledge/lexicon/medicines.csv"),
        include_str!("../../../knowledge/lexicon/tests.csv"),
        include_str!("../../../knowledge/lexicon/problems.csv"),
        include_str!("../../../knowledge/lexicon/medicines-more.csv"),
        include_str!("../../../knowledge/lexicon/tests-more.csv"),
        include_str!("../../../knowledge/lexicon/problems-more.csv"),
        include_str!("../../../knowledge/lexicon/allergens.csv"),
        include_str!("../../../knowledge/lexicon/procedures.csv"),
        include_str!("../../../knowledge/lexicon/services.csv"),
        include_str!("../../../knowledge/lexicon/sites.csv"),
    ];
    let mut out = Lexicon { terms: Vec::new(), patterns: Patterns::new() };
    let lines = files.iter().flat_map(|file| file.lines().skip(1));
    let spanish = include_str!("../../../knowledge/lexicon/spanish.csv").lines().skip(1);
    for (line, spanish) in lines.map(|line| (line, false)).chain(spanish.map(|line| (line, true))) {
        let mut cells = line.split(',');
        let (Some(term), Some(concept), Some(kind)) =
            (cells.next(), cells.next(), cells.next().and_then(Kind::from_name))
        else {
            continue;
        };
        let code = cells.next().filter(|c| !c.is_empty()).zip(cells.next());
        let source = cells.next().unwrap_or("");
        let tokens = Tokens::new(term);
        let words: Vec<&str> = (0..tokens.len()).map(|i| tokens.norm(i)).filter(|w| !w.is_empty()).collect();
        out.patterns.add(&words.join(" "), out.terms.len() as u32);
        out.terms.push(Term { term, concept, kind, spanish, code, source });
    }
    out
});

/// The one copy.
pub fn lexicon() -> &'static Lexicon {
    &LEXICON
}

impl Lexicon {
    /// The code of a concept.
    pub fn code(&self, concept: &str) -> Option<(&'static str, &'static str)> {
        self.terms.iter().find(|t| t.concept == concept && t.code.is_some()).and_then(|t| t.code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_ships_only_with_the_file_that_states_it() {
        for term in &lexicon().terms {
            assert_eq!(term.code.is_some(), !term.source.is_empty(), "{}", term.term);
            if let Some((_, system)) = term.code {
                assert!(system.starts_with("http"), "{}", term.term);
                assert!(!system.contains("snomed") && !system.contains("cpt"), "{}", term.term);
            }
        }
        assert!(lexicon().terms.len() > 1000);
    }
}
