//! Text and URIs.

use super::Planner;
use crate::conn::Dialect;
use crate::error::Result;
use crate::index::{Flavor, clip};
use crate::search::criterion::{Criterion, Select};
use crate::search::query::{Pair, wrong};
use crate::search::value::unescape;
use continuo_fhir::ResourceType;
use continuo_fhir::search::Param;
use continuo_fhir::text::{fold, phonetic};

impl Planner<'_> {
    pub(super) fn string(
        &mut self,
        type_: ResourceType,
        param: &'static Param,
        modifier: Option<&str>,
        value: &str,
        pair: &Pair,
    ) -> Result<Criterion> {
        let value = unescape(value);
        let plain = self.param_number(type_, param, Flavor::Plain)?;
        let select = match modifier {
            _ if param.code == "phonetic" => {
                let mark = self.text(&phonetic(&value));
                self.select("idx_text", plain, &format!("x.value = {mark}"))
            }
            None => {
                let folded = clip(&fold(&value));
                let (low, high) = (self.text(&folded), self.text(&format!("{folded}\u{10ffff}")));
                self.select("idx_text", plain, &format!("x.value >= {low} and x.value < {high}"))
            }
            Some("exact") => {
                let exact = self.param_number(type_, param, Flavor::Exact)?;
                let mark = self.text(&clip(&value));
                self.select("idx_text", exact, &format!("x.value = {mark}"))
            }
            Some("contains" | "text") => {
                let mark = self.text(&clip(&fold(&value)));
                let found = self.contains("x.value", &mark);
                self.select("idx_text", plain, &found)
            }
            Some(other) => return Err(wrong(&pair.name, &format!("modifier `:{other}` is not supported for text"))),
        };
        Ok(Criterion::In(vec![select]))
    }

    pub(super) fn contains(&self, column: &str, mark: &str) -> String {
        match self.conn.dialect() {
            Dialect::Sqlite => format!("instr({column}, {mark}) > 0"),
            Dialect::Postgres => format!("strpos({column}, {mark}) > 0"),
        }
    }

    pub(super) fn uri(
        &mut self,
        type_: ResourceType,
        param: &'static Param,
        modifier: Option<&str>,
        value: &str,
        pair: &Pair,
    ) -> Result<Criterion> {
        let value = clip(&unescape(value));
        let number = self.param_number(type_, param, Flavor::Plain)?;
        let select = match modifier {
            None | Some("not") => {
                let mark = self.text(&value);
                let select = self.select("idx_text", number, &format!("x.value = {mark}"));
                Select { probes: true, once: true, ..select }
            }
            Some("below") => {
                let mut any = vec![format!("x.value = {}", self.text(&value))];
                for sign in borders(&value) {
                    let start = if value.ends_with(*sign) { value.to_string() } else { format!("{value}{sign}") };
                    let (low, high) = (self.text(&start), self.text(&format!("{start}\u{10ffff}")));
                    any.push(format!("(x.value >= {low} and x.value < {high})"));
                }
                self.select("idx_text", number, &format!("({})", any.join(" or ")))
            }
            Some("above") => {
                let marks: Vec<String> = above(&value).into_iter().map(|start| self.text(start)).collect();
                self.select("idx_text", number, &format!("x.value in ({})", marks.join(", ")))
            }
            Some("contains") => {
                let mark = self.text(&value);
                let found = self.contains("x.value", &mark);
                self.select("idx_text", number, &found)
            }
            Some(other) => return Err(wrong(&pair.name, &format!("modifier `:{other}` is not supported for URIs"))),
        };
        Ok(Criterion::In(vec![select]))
    }
}

/// What parts the steps of a URI: a URN's are parted otherwise than an address's.
fn borders(uri: &str) -> &'static [char] {
    if uri.starts_with("urn:") { &[':', '.', '/'] } else { &['/', '|', '#', '?'] }
}

/// A URI and what stands above it: its beginnings up to each border, with and without it.
fn above(uri: &str) -> Vec<&str> {
    let mut out: Vec<&str> = uri
        .match_indices(borders(uri))
        .flat_map(|(at, sign)| [uri.get(..at), uri.get(..at + sign.len())])
        .flatten()
        .filter(|start| !start.is_empty())
        .collect();
    out.push(uri);
    out.dedup();
    out
}

#[cfg(test)]
mod tests {
    use super::above;

    #[test]
    fn an_address_is_below_its_beginnings() {
        let all = above("http://a.org/fhir/ValueSet/1");
        assert!(all.contains(&"http://a.org/fhir") && all.contains(&"http://a.org/fhir/"));
        assert!(!all.contains(&"http://a.org/fh"));
        assert!(above("urn:oid:1.2.3").contains(&"urn:oid:1.2"));
    }
}
