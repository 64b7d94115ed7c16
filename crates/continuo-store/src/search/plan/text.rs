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
                let (low, high) = (self.text(&value), self.text(&format!("{value}\u{10ffff}")));
                self.select("idx_text", number, &format!("x.value >= {low} and x.value < {high}"))
            }
            Some("above" | "contains") => {
                let mark = self.text(&value);
                let found = if modifier == Some("above") {
                    self.contains(&mark, "x.value")
                } else {
                    self.contains("x.value", &mark)
                };
                self.select("idx_text", number, &found)
            }
            Some(other) => return Err(wrong(&pair.name, &format!("modifier `:{other}` is not supported for URIs"))),
        };
        Ok(Criterion::In(vec![select]))
    }
}
