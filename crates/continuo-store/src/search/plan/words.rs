//! `_text` and `_content`: the words of the narrative, and of the whole resource.

use super::{Holds, MOST_WORDS as MOST_OF_SEARCH, Planner, too_much};
use crate::conn::{Dialect, Param as Sql};
use crate::error::Result;
use crate::index::{Flavor, alias, clinical_code, is_identifying, words_of};
use crate::scope::int_list;
use crate::search::criterion::{Criterion, Select};
use crate::search::query::{Pair, wrong};
use crate::search::value::unescape;
use continuo_fhir::ResourceType;
use continuo_fhir::search::{self, Param, ParamKind};
use std::rc::Rc;

/// Words of one value, at most.
const MOST_WORDS: usize = 16;

/// Whether a parameter's codes have rows of their own.
fn is_coded(type_: ResourceType, param: &Param) -> bool {
    param.kind == ParamKind::Token && !is_identifying(param.code) && alias(type_, param.code).is_none()
}

impl Planner<'_> {
    /// Every word of the value must begin a word of the resource; with `:exact` it must be one.
    pub(super) fn words(
        &mut self,
        type_: ResourceType,
        param: &'static Param,
        modifier: Option<&str>,
        value: &str,
        pair: &Pair,
    ) -> Result<Criterion> {
        let whole = match modifier {
            None => false,
            Some("exact") => true,
            Some(other) => return Err(wrong(&pair.name, &format!("modifier `:{other}` is not supported for words"))),
        };
        let words: Vec<String> = words_of(&unescape(value)).collect();
        if words.is_empty() {
            return Err(wrong(&pair.name, "holds no word of two letters or more"));
        }
        if words.len() > MOST_WORDS {
            return Err(wrong(&pair.name, "holds too many words"));
        }
        let mut all = Vec::new();
        for word in &words {
            all.push(self.word(type_, param, word, whole, &pair.name)?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Criterion::All(all) })
    }

    fn word(
        &mut self,
        type_: ResourceType,
        param: &'static Param,
        word: &str,
        whole: bool,
        parameter: &str,
    ) -> Result<Criterion> {
        self.spend(1, parameter)?;
        let mut selects = Vec::new();
        for code in if param.code == "_content" { &["_content", "_text"][..] } else { &["_text"][..] } {
            let Some(param) = search::param(type_, code) else { continue };
            let number = self.param_number(type_, param, Flavor::Plain)?;
            let low = self.text(word);
            let condition = if whole {
                format!("x.value = {low}")
            } else {
                format!("x.value >= {low} and x.value < {}", self.text(&format!("{word}\u{10ffff}")))
            };
            selects.push(self.select("idx_text", number, &condition));
        }
        if param.code == "_content" {
            let codes = self.codes_with_word(word, if whole { Holds::Whole } else { Holds::Begins }, parameter)?;
            if !codes.is_empty() {
                let mut numbers = Vec::new();
                for param in search::params(type_).iter().filter(|param| is_coded(type_, param)) {
                    numbers.push(self.param_number(type_, param, Flavor::Plain)?);
                }
                let list = self.list(&codes);
                selects.push(Select::new(format!(
                    "select x.rid from idx_token x where x.org = ?{} and x.param in ({}) and x.value in ({list})",
                    self.org,
                    int_list(&numbers)
                )));
                if clinical_code(type_.as_str()).is_some() {
                    let type_number = self.type_number(type_)?;
                    selects.push(Select::new(format!(
                        "select x.rid from idx_code x where x.org = ?{} and x.type = {type_number} and x.code in ({list})",
                        self.org
                    )));
                }
            }
        }
        Ok(Criterion::In(selects))
    }

    /// The numbers of codes seen with this word, and of words without a code: the dictionary is read once for a word.
    pub(super) fn codes_with_word(&mut self, word: &str, how: Holds, parameter: &str) -> Result<Rc<Vec<i64>>> {
        let key = (word.to_owned(), how);
        if let Some(known) = self.words.get(&key).cloned() {
            self.spend_on_numbers(known.len(), parameter)?;
            return Ok(known);
        }
        if self.words.len() >= MOST_OF_SEARCH {
            return Err(too_much(parameter));
        }
        let position = match self.conn.dialect() {
            Dialect::Sqlite => "instr(c.code, ?2) > 0",
            Dialect::Postgres => "strpos(c.code, ?2) > 0",
        };
        let sql = format!(
            "select w.code, c.code from code c join code_words w on w.words = c.id where c.system = ?1 and {position}
             union all select c.id, c.code from code c where c.system = ?1 and {position}"
        );
        let rows = self
            .conn
            .query(&sql, &[Sql::Text(crate::codes::WORDS), Sql::Text(word)], |row| Ok((row.int(0)?, row.text(1)?)))?;
        let holds = |text: &str| match how {
            Holds::Begins => words_of(text).any(|w| w.starts_with(word)),
            Holds::Whole => words_of(text).any(|w| w == word),
            // The database has looked.
            Holds::Inside => true,
        };
        let mut out: Vec<i64> = rows.into_iter().filter(|(_, words)| holds(words)).map(|(code, _)| code).collect();
        out.sort_unstable();
        out.dedup();
        self.spend_on_numbers(out.len(), parameter)?;
        let out = Rc::new(out);
        self.words.insert(key, Rc::clone(&out));
        Ok(out)
    }
}
