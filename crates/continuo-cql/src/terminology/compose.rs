//! Value sets by definition: codes listed, whole code systems, filters over loaded code systems, other value sets.
//!
//! Source: FHIR R4 ValueSet, "Value Set Compose". What cannot be made from what is loaded is refused with its reason; a
//! value set silently too small would be worse than one that is missing.

use std::collections::{BTreeMap, BTreeSet};

use super::Terminology;
use crate::elm::Tree;

/// Value sets that import each other are followed as deep as this.
const MAX_DEPTH: usize = 32;

/// A code system loaded with its content.
#[derive(Debug, Default)]
pub struct CodeSystem {
    /// Whether all its codes are here (`content: complete`).
    pub is_complete: bool,
    /// Code numbers in order.
    codes: BTreeSet<u32>,
    /// Parents of each code.
    parents: BTreeMap<u32, Vec<u32>>,
    /// Properties: code number, property, value as text.
    properties: Vec<(u32, String, String)>,
}

impl CodeSystem {
    /// Whether it holds a code.
    pub fn has(&self, code: u32) -> bool {
        self.codes.contains(&code)
    }

    /// Whether a code is another or stands below it.
    pub fn is_a(&self, code: u32, above: u32) -> bool {
        let mut seen = BTreeSet::new();
        let mut next = vec![code];
        while let Some(at) = next.pop() {
            if at == above {
                return true;
            }
            if seen.insert(at) {
                next.extend(self.parents.get(&at).into_iter().flatten());
            }
        }
        false
    }
}

impl Terminology {
    /// Adds a FHIR CodeSystem with its concepts, for value sets that name it and for subsumption.
    pub fn add_code_system(&mut self, tree: &Tree<'_>) -> Result<(), String> {
        let url = tree.text("url").ok_or("code system without url")?.to_owned();
        let mut system = CodeSystem { is_complete: tree.text("content") == Some("complete"), ..CodeSystem::default() };
        // Concepts nest; a list of what is still to do keeps the stack flat.
        let mut next: Vec<(&Tree<'_>, Option<u32>)> = tree.items("concept").iter().map(|c| (c, None)).collect();
        while let Some((concept, above)) = next.pop() {
            let Some(code) = concept.text("code") else { continue };
            let number = self.intern(&url, code);
            system.codes.insert(number);
            system.parents.entry(number).or_default().extend(above);
            for property in concept.items("property") {
                let Some(name) = property.text("code") else { continue };
                let coding = property.get("valueCoding").and_then(|c| c.text("code"));
                let flag = property.flag("valueBoolean").map(|b| b.to_string());
                let text = property.text("valueCode").or_else(|| property.text("valueString")).or(coding);
                let Some(value) = text.map(str::to_owned).or(flag) else { continue };
                if name == "parent" {
                    let parent = self.intern(&url, &value);
                    system.parents.entry(number).or_default().push(parent);
                } else {
                    system.properties.push((number, name.to_owned(), value));
                }
            }
            next.extend(concept.items("concept").iter().map(|c| (c, Some(number))));
        }
        self.code_systems.insert(url, system);
        Ok(())
    }

    /// Adds value sets together, in whatever order: one may import another. Answers what could not be used, and why.
    pub fn add_value_sets(&mut self, trees: &[&Tree<'_>]) -> Vec<String> {
        let mut problems = Vec::new();
        let mut waiting = Vec::new();
        for tree in trees {
            if is_expanded(tree) || tree.get("compose").is_none() {
                problems.extend(self.add_value_set(tree).err());
            } else {
                waiting.push(*tree);
            }
        }
        // Each round settles those that import only what is there; a circle or a gap is left over.
        loop {
            let mut left = Vec::new();
            let before = waiting.len();
            for tree in waiting {
                let imports = imports(tree);
                let is_known = |url: &&str| self.set_index(url).is_some();
                if imports.iter().all(is_known) {
                    problems.extend(self.add_value_set(tree).err());
                } else {
                    left.push(tree);
                }
            }
            waiting = left;
            if waiting.is_empty() || waiting.len() == before {
                break;
            }
        }
        for tree in waiting {
            let missing: Vec<&str> = imports(tree).into_iter().filter(|url| self.set_index(url).is_none()).collect();
            let url = tree.text("url").unwrap_or_default();
            problems.push(format!("value set `{url}` needs value set `{}`, which is not loaded", missing.join("`, `")));
        }
        problems
    }

    /// The codes of a definition; nothing here changes the terminology but the numbers of new codes.
    pub(super) fn composed(&mut self, tree: &Tree<'_>, url: &str) -> Result<BTreeSet<u32>, String> {
        let compose = tree.get("compose").ok_or_else(|| format!("value set `{url}` has no expansion"))?;
        let mut codes = BTreeSet::new();
        for include in compose.items("include") {
            codes.extend(self.part(include, url)?);
        }
        for exclude in compose.items("exclude") {
            for code in self.part(exclude, url)? {
                codes.remove(&code);
            }
        }
        Ok(codes)
    }

    /// One `include` or `exclude`: what its system gives, within all the value sets it names.
    fn part(&mut self, part: &Tree<'_>, url: &str) -> Result<BTreeSet<u32>, String> {
        let mut codes = match part.text("system") {
            Some(system) => Some(self.of_system(part, system, url)?),
            None => None,
        };
        for set in part.items("valueSet").iter().filter_map(Tree::as_text) {
            let Some(index) = self.set_index(set) else {
                return Err(format!("value set `{url}` needs value set `{set}`, which is not loaded"));
            };
            let members: BTreeSet<u32> = (0..self.codes.len() as u32)
                .filter(|code| self.sets.get(index).is_some_and(|s| s.has(*code)))
                .collect();
            codes = Some(match codes {
                Some(codes) => codes.intersection(&members).copied().collect(),
                None => members,
            });
        }
        codes.ok_or_else(|| format!("value set `{url}` has a part with neither system nor value set"))
    }

    fn of_system(&mut self, part: &Tree<'_>, system: &str, url: &str) -> Result<BTreeSet<u32>, String> {
        let concepts = part.items("concept");
        if !concepts.is_empty() {
            return Ok(concepts.iter().filter_map(|c| c.text("code")).map(|code| self.intern(system, code)).collect());
        }
        let Some(known) = self.code_systems.get(system).filter(|known| known.is_complete) else {
            let why = if part.items("filter").is_empty() { "all of" } else { "a filter over" };
            return Err(format!(
                "value set `{url}` asks for {why} code system `{system}`, which is not loaded: expand it"
            ));
        };
        let mut codes = known.codes.clone();
        for filter in part.items("filter") {
            let text = |key: &str| filter.text(key).unwrap_or_default();
            let (property, op, value) = (text("property"), text("op"), text("value"));
            let wanted = self.find(system, value);
            let below = |code: &u32| wanted.is_some_and(|above| known.is_a(*code, above));
            let holds = |code: &u32, test: &dyn Fn(&str) -> bool| {
                known.properties.iter().any(|(of, name, value)| of == code && name == property && test(value))
            };
            match (property, op) {
                ("concept" | "code", "is-a") => codes.retain(below),
                ("concept" | "code", "descendent-of") => codes.retain(|code| below(code) && Some(*code) != wanted),
                ("concept" | "code", "is-not-a") => codes.retain(|code| !below(code)),
                ("concept" | "code", "=") => codes.retain(|code| Some(*code) == wanted),
                (_, "=") => codes.retain(|code| holds(code, &|found| found == value)),
                (_, "in") => codes.retain(|code| holds(code, &|found| value.split(',').any(|v| v.trim() == found))),
                (_, "not-in") => {
                    codes.retain(|code| !holds(code, &|found| value.split(',').any(|v| v.trim() == found)));
                }
                (_, "exists") => codes.retain(|code| holds(code, &|_| true) == (value == "true")),
                _ => {
                    return Err(format!(
                        "value set `{url}` has the filter `{property} {op}`, which is not known: expand it"
                    ));
                }
            }
        }
        Ok(codes)
    }
}

/// Whether an expansion with codes is there.
fn is_expanded(tree: &Tree<'_>) -> bool {
    fn holds(node: &Tree<'_>, depth: usize) -> bool {
        depth < MAX_DEPTH && node.items("contains").iter().any(|c| c.text("code").is_some() || holds(c, depth + 1))
    }
    tree.get("expansion").is_some_and(|expansion| holds(expansion, 0) || expansion.literal("total") == Some("0"))
}

/// The value sets a definition names.
fn imports<'t>(tree: &'t Tree<'_>) -> Vec<&'t str> {
    let Some(compose) = tree.get("compose") else { return Vec::new() };
    let parts = compose.items("include").iter().chain(compose.items("exclude"));
    parts.flat_map(|part| part.items("valueSet")).filter_map(Tree::as_text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SYSTEM: &str = r#"{"resourceType":"CodeSystem","url":"http://s","content":"complete","concept":[
        {"code":"a","concept":[{"code":"b","property":[{"code":"kind","valueCode":"x"}]},{"code":"c"}]},
        {"code":"d","property":[{"code":"parent","valueCode":"c"}]},{"code":"e"}]}"#;

    fn codes(compose: &str, others: &[&str]) -> Result<Vec<String>, String> {
        let mut terms = Terminology::default();
        terms.add_code_system(&Tree::parse(SYSTEM).unwrap()).unwrap();
        let set = format!(r#"{{"resourceType":"ValueSet","url":"urn:v","compose":{compose}}}"#);
        let texts: Vec<&str> = std::iter::once(set.as_str()).chain(others.iter().copied()).collect();
        let trees: Vec<Tree<'_>> = texts.iter().map(|t| Tree::parse(t).unwrap()).collect();
        let problems = terms.add_value_sets(&trees.iter().collect::<Vec<_>>());
        match problems.first() {
            Some(problem) => Err(problem.clone()),
            None => {
                let index = terms.set_index("urn:v").unwrap();
                let mut found: Vec<String> = terms.members(index).iter().map(|(_, code)| (*code).to_owned()).collect();
                found.sort();
                Ok(found)
            }
        }
    }

    #[test]
    fn a_definition_gives_its_codes() {
        let of = |compose: &str| codes(compose, &[]).unwrap().join(" ");
        assert_eq!(of(r#"{"include":[{"system":"http://s"}]}"#), "a b c d e");
        assert_eq!(of(r#"{"include":[{"system":"http://other","concept":[{"code":"z"}]}]}"#), "z");
        let filter = |op: &str, value: &str| {
            of(&format!(
                r#"{{"include":[{{"system":"http://s","filter":[{{"property":"concept","op":"{op}","value":"{value}"}}]}}]}}"#
            ))
        };
        assert_eq!(filter("is-a", "c"), "c d");
        assert_eq!(filter("descendent-of", "a"), "b c d");
        assert_eq!(filter("is-not-a", "a"), "e");
        let kind = r#"{"include":[{"system":"http://s","filter":[{"property":"kind","op":"=","value":"x"}]}],
            "exclude":[{"system":"http://s","concept":[{"code":"e"}]}]}"#;
        assert_eq!(of(kind), "b");
    }

    #[test]
    fn a_definition_may_import_others_in_any_order() {
        let inner = r#"{"resourceType":"ValueSet","url":"urn:w","expansion":{"contains":[{"system":"http://s","code":"a"},{"system":"http://t","code":"q"}]}}"#;
        assert_eq!(codes(r#"{"include":[{"valueSet":["urn:w"]}]}"#, &[inner]).unwrap(), ["a", "q"]);
        assert_eq!(codes(r#"{"include":[{"system":"http://s","valueSet":["urn:w"]}]}"#, &[inner]).unwrap(), ["a"]);
        let middle = r#"{"resourceType":"ValueSet","url":"urn:m","compose":{"include":[{"valueSet":["urn:w"]}]}}"#;
        assert_eq!(codes(r#"{"include":[{"valueSet":["urn:m"]}]}"#, &[middle, inner]).unwrap(), ["a", "q"]);
    }

    #[test]
    fn what_cannot_be_made_is_refused_with_its_reason() {
        let said = |compose: &str, others: &[&str]| codes(compose, others).unwrap_err();
        assert!(said(r#"{"include":[{"system":"http://none"}]}"#, &[]).contains("`http://none`, which is not loaded"));
        assert!(said(r#"{"include":[{"valueSet":["urn:gone"]}]}"#, &[]).contains("`urn:gone`, which is not loaded"));
        let circle = r#"{"resourceType":"ValueSet","url":"urn:m","compose":{"include":[{"valueSet":["urn:v"]}]}}"#;
        assert!(said(r#"{"include":[{"valueSet":["urn:m"]}]}"#, &[circle]).contains("`urn:m`"));
    }
}
