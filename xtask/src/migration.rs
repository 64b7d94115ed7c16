//! Writes the PostgreSQL twin of a SQLite migration. Look at what it wrote: indexes may want `include`.

use anyhow::Context;

/// Words that differ; a word is letters, digits and `_`.
const WORDS: [(&str, &str); 4] =
    [("integer", "bigint"), ("blob", "bytea"), ("real", "double precision"), ("text", "text collate \"C\"")];

pub(crate) fn run(name: &str) -> anyhow::Result<()> {
    let from = format!("migrations/sqlite/{name}.sql");
    let to = format!("migrations/postgres/{name}.sql");
    let sql = std::fs::read_to_string(&from).with_context(|| format!("cannot read {from}"))?;
    std::fs::write(&to, translate(&sql)).with_context(|| format!("cannot write {to}"))
}

fn translate(sql: &str) -> String {
    let lines = sql.lines().map(|line| if line.trim_start().starts_with("--") { line.to_owned() } else { words(line) });
    lines.map(|line| line.replace(" without rowid", "") + "\n").collect()
}

fn words(line: &str) -> String {
    let mut out = String::new();
    let mut word = String::new();
    for c in line.chars().chain(['\n']) {
        if c.is_ascii_alphanumeric() || c == '_' {
            word.push(c);
            continue;
        }
        let other = WORDS.iter().find(|(sqlite, _)| *sqlite == word);
        out.push_str(other.map_or(word.as_str(), |(_, postgres)| postgres));
        word.clear();
        out.push(c);
    }
    out.pop();
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn types_are_translated_and_names_are_not() {
        let sqlite =
            "-- integer text\ncreate table a (id integer primary key, idx_text text not null) without rowid;\n";
        let postgres =
            "-- integer text\ncreate table a (id bigint primary key, idx_text text collate \"C\" not null);\n";
        assert_eq!(super::translate(sqlite), postgres);
    }
}
