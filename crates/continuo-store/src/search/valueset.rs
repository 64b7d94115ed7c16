//! `:in`: the codes of a value set that is held here, by its URL or id. Listed codes and whole systems; no filters.

use super::query::wrong;
use super::value::Token;
use crate::body;
use crate::conn::{Conn, Param};
use crate::error::Result;
use crate::scope::Scope;
use continuo_fhir::Json;

/// The numbers of a value set's codes.
pub(super) fn members(conn: &mut Conn, scope: &Scope, name: &str, parameter: &str) -> Result<Vec<i64>> {
    let id = name.strip_prefix("ValueSet/").unwrap_or("");
    let found = conn.query_opt(
        "select r.id, r.body from resource r
         where r.org = ?1 and r.type = (select n.id from name n where n.name = 'ValueSet') and r.body is not null
         and (r.id = ?2 or r.rid in (select x.rid from idx_text x where x.org = ?1
             and x.param = (select n.id from name n where n.name = 'ValueSet.url') and x.value = ?3))
         order by r.rid desc limit 1",
        &[scope.org.param(), Param::Text(id), Param::Text(name)],
        |row| Ok((row.text(0)?, row.blob(1)?)),
    )?;
    let (id, bytes) = found.ok_or_else(|| wrong(parameter, &format!("value set `{name}` is not here")))?;
    let json = body::decode("ValueSet", &id, &bytes)?;
    let tokens =
        tokens(&json).ok_or_else(|| wrong(parameter, &format!("value set `{name}` is not a list of codes")))?;
    let mut numbers = Vec::new();
    for token in &tokens {
        numbers.extend(numbers_of(conn, token)?);
    }
    numbers.sort_unstable();
    numbers.dedup();
    Ok(numbers)
}

fn numbers_of(conn: &mut Conn, token: &Token) -> Result<Vec<i64>> {
    let (sql, system, code) = match token {
        Token::Both(system, code) => ("select id from code where system = ?1 and code = ?2", system, code.as_str()),
        Token::System(system) | Token::Code(system) => {
            ("select id from code where system = ?1 and code <> ?2 order by id", system, "")
        }
    };
    conn.query(sql, &[Param::Text(system), Param::Text(code)], |row| row.int(0))
}

/// The expansion if there is one, else the listed codes; nothing when a filter or an exclusion would be needed.
fn tokens(json: &Json) -> Option<Vec<Token>> {
    let text = |node: &Json, field: &str| node.str_at(field).unwrap_or("").to_owned();
    if let Some(list) = json.at("expansion.contains") {
        return Some(list.items().iter().map(|c| Token::Both(text(c, "system"), text(c, "code"))).collect());
    }
    if json.at("compose.exclude").is_some() {
        return None;
    }
    let mut out = Vec::new();
    for include in json.at("compose.include")?.items() {
        let system = text(include, "system");
        if include.get("filter").is_some() || include.get("valueSet").is_some() {
            return None;
        }
        match include.get("concept") {
            Some(list) => {
                out.extend(list.items().iter().map(|c| Token::Both(system.clone(), text(c, "code"))));
            }
            None => out.push(Token::System(system)),
        }
    }
    Some(out)
}
