//! Reports of partial runs added up: counts, strata, observed values and supplemental data; scores are made anew.

use std::borrow::Cow;

use crate::elm::Tree;

use super::report::{AGGREGATE, ELEMENT, OBSERVED, REFERENCE, RESULT, quantity, references, result, text};
use super::score::{self, Counted, line, of_line};

/// Adds the counts of reports that partial runs wrote into the first one.
pub fn merge_reports(texts: &[String]) -> Result<String, String> {
    let mut merged: Option<Tree<'static>> = None;
    for text in texts {
        let tree = read(text)?;
        merged = Some(match merged {
            None => tree,
            Some(first) => add(first, &tree),
        });
    }
    let mut merged = merged.ok_or("no reports were given")?;
    rescore(&mut merged);
    let mut out = String::new();
    merged.write(&mut out);
    out.push('\n');
    Ok(out)
}

/// The tree of a report; the quick reader of measures leaves out contained resources and texts, which reports need.
fn read(text: &str) -> Result<Tree<'static>, String> {
    let json = continuo_fhir::Json::parse(text.as_bytes()).map_err(|error| error.to_string())?;
    Ok(of_json(&json))
}

fn of_json(json: &continuo_fhir::Json) -> Tree<'static> {
    use continuo_fhir::Json;
    match json {
        Json::Null => Tree::Null,
        Json::Bool(b) => Tree::Bool(*b),
        Json::Number(n) => Tree::Number(Cow::Owned(n.to_string())),
        Json::String(s) => Tree::Text(Cow::Owned(s.to_string())),
        Json::Array(items) => Tree::List(items.iter().map(of_json).collect()),
        Json::Object(fields) => {
            Tree::Object(fields.iter().map(|(key, value)| (Cow::Owned(key.to_string()), of_json(value))).collect())
        }
    }
}

/// A population of a report as it is scored.
fn counted<'t>(population: &'t Tree<'_>) -> Counted<'t> {
    let said = |url: &str| {
        let found = population.items("extension").iter().find(|e| e.text("url") == Some(url));
        found.and_then(|e| e.text("valueString"))
    };
    let code = population.get("code").and_then(|c| c.items("coding").first()).and_then(|c| c.text("code"));
    Counted {
        id: population.text("id").or_else(|| said(ELEMENT)).unwrap_or_default(),
        code: code.unwrap_or_default(),
        count: population.literal("count").and_then(|n| n.parse().ok()).unwrap_or(0),
        method: said(AGGREGATE),
        reference: said(REFERENCE),
        observed: said(OBSERVED).map(of_line).unwrap_or_default(),
    }
}

/// Gives every group and stratum its score anew from the counts it has now.
fn rescore(tree: &mut Tree<'static>) {
    match tree {
        Tree::List(items) => items.iter_mut().for_each(rescore),
        Tree::Object(fields) => {
            for (_, value) in fields.iter_mut() {
                rescore(value);
            }
            let observations = |fields: &[(Cow<'static, str>, Tree<'static>)]| {
                fields.iter().find(|(key, _)| key == "contained").map(|(_, list)| references(list_of(list)))
            };
            if let Some(all) = observations(fields)
                && let Some((_, known)) = fields.iter_mut().find(|(key, _)| key == "extension")
            {
                *known = all;
            }
            let Some(place) = fields.iter().position(|(key, _)| key == "population") else { return };
            if let Tree::List(populations) = &mut fields[place].1 {
                populations.iter_mut().for_each(put_together);
            }
            let score = score::score(&list_of(&fields[place].1).iter().map(counted).collect::<Vec<_>>());
            fields.retain(|(key, _)| key != "measureScore");
            if let Some(score) = score {
                fields.insert(place + 1, (Cow::Borrowed("measureScore"), quantity(score)));
            }
        }
        _ => {}
    }
}

fn list_of<'t>(tree: &'t Tree<'static>) -> &'t [Tree<'static>] {
    match tree {
        Tree::List(items) => items,
        _ => &[],
    }
}

/// Says anew what the observations of a population come to.
fn put_together(population: &mut Tree<'static>) {
    let Some(value) = score::aggregate(&counted(population)) else { return };
    let Tree::Object(fields) = population else { return };
    let Some((_, Tree::List(extensions))) = fields.iter_mut().find(|(key, _)| key == "extension") else { return };
    extensions.retain(|e| e.text("url") != Some(RESULT));
    let place = extensions.iter().position(|e| e.text("url") == Some(OBSERVED)).unwrap_or(extensions.len());
    extensions.insert(place, result(value));
}

/// What makes an item the same in two reports: a stratum's value, a resource's or population's id, an extension's url.
fn same(a: &Tree<'_>, b: &Tree<'_>) -> Option<bool> {
    let measure = |entry: &Tree<'_>| entry.get("resource").and_then(|r| r.text("measure")).map(str::to_owned);
    if let (Some(a), Some(b)) = (measure(a), measure(b)) {
        return Some(a == b);
    }
    for key in ["value", "id", "url"] {
        if let Some(mark) = b.get(key) {
            return Some(a.get(key) == Some(mark));
        }
    }
    None
}

/// Sums counts at like places; items are matched by what makes them the same, else by their place.
fn add(first: Tree<'static>, second: &Tree<'_>) -> Tree<'static> {
    match (first, second) {
        (Tree::Object(mut fields), other) => {
            let observed = other.text("url") == Some(OBSERVED);
            for (key, value) in &mut fields {
                let Some(more) = other.get(key) else { continue };
                let mine = std::mem::replace(value, Tree::Null);
                *value = match (&**key, &mine, more) {
                    ("count" | "valueInteger", Tree::Number(a), Tree::Number(b)) => {
                        let number = |t: &str| t.parse::<u64>().unwrap_or(0);
                        Tree::Number(Cow::Owned((number(a) + number(b)).to_string()))
                    }
                    ("valueString", Tree::Text(a), Tree::Text(b)) if observed => {
                        let mut all = of_line(a);
                        for (value, times) in of_line(b) {
                            *all.entry(value).or_default() += times;
                        }
                        text(&line(&all))
                    }
                    _ => add(mine, more),
                };
            }
            // What only the other has, such as the strata of a stratifier that was empty here.
            if let Tree::Object(others) = other {
                for (key, value) in others {
                    if !fields.iter().any(|(known, _)| known == key) {
                        fields.push((Cow::Owned(key.to_string()), owned(value)));
                    }
                }
            }
            Tree::Object(fields)
        }
        (Tree::List(mut items), Tree::List(others)) => {
            for (at, other) in others.iter().enumerate() {
                let place = match items.iter().position(|item| same(item, other) == Some(true)) {
                    Some(place) => Some(place),
                    None if other.get("value").or(other.get("id")).or(other.get("url")).is_none() => Some(at),
                    None => None,
                };
                match place.filter(|p| *p < items.len()) {
                    Some(place) => {
                        let mine = std::mem::replace(&mut items[place], Tree::Null);
                        items[place] = add(mine, other);
                    }
                    None => items.push(owned(other)),
                }
            }
            Tree::List(items)
        }
        (other, _) => other,
    }
}

fn owned(tree: &Tree<'_>) -> Tree<'static> {
    match tree {
        Tree::Null => Tree::Null,
        Tree::Bool(b) => Tree::Bool(*b),
        Tree::Number(n) => Tree::Number(Cow::Owned(n.to_string())),
        Tree::Text(t) => Tree::Text(Cow::Owned(t.to_string())),
        Tree::List(items) => Tree::List(items.iter().map(owned).collect()),
        Tree::Object(fields) => {
            Tree::Object(fields.iter().map(|(k, v)| (Cow::Owned(k.to_string()), owned(v))).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::merge_reports;

    #[test]
    fn counts_of_partial_runs_add_up() {
        let report = |n: u64, stratum: &str| {
            format!(
                r#"{{"entry":[{{"resource":{{"group":[{{"population":[{{"id":"n","count":{n}}}],"stratifier":[{{"stratum":[{{"value":"{stratum}","count":{n}}}]}}]}}]}}}}]}}"#
            )
        };
        let merged = merge_reports(&[report(2, "a"), report(3, "b"), report(4, "a")]).unwrap();
        assert!(merged.contains(r#""id":"n","count":9"#), "{merged}");
        assert!(merged.contains(r#"{"value":"a","count":6},{"value":"b","count":3}"#), "{merged}");
    }

    #[test]
    fn a_merged_report_has_the_score_of_all() {
        let report = |numerator: u64, denominator: u64, score: &str| {
            let population = |code: &str, n: u64| {
                format!(r#"{{"id":"{code}","code":{{"coding":[{{"code":"{code}"}}]}},"count":{n}}}"#)
            };
            format!(
                r#"{{"entry":[{{"resource":{{"group":[{{"id":"g","population":[{},{}],"measureScore":{{"value":{score}}}}}]}}}}]}}"#,
                population("numerator", numerator),
                population("denominator", denominator)
            )
        };
        let merged = merge_reports(&[report(1, 2, "0.500000"), report(1, 6, "0.166667")]).unwrap();
        assert!(merged.contains(r#""measureScore":{"value":0.250000}"#), "{merged}");
    }
}
