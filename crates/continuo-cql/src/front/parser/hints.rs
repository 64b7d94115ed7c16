//! What may help where the grammar is not kept: habits of other languages, forgotten parts, quotes of the wrong kind.

use super::super::lexer::Token;

/// A hint for what was expected and what stands there instead.
pub(super) fn of_syntax(what: &str, before: Option<&Token>, found: &Token, next: &Token) -> Option<String> {
    let mark = |token: &Token, mark: &str| matches!(token, Token::Mark(m) if *m == mark);
    let after = |wanted: &str| before.is_some_and(|token| mark(token, wanted));
    let hint = match found {
        Token::Mark("=") if after("=") => "equality is a single `=`",
        Token::Mark(">") if after("<") => "not equal is `!=`",
        Token::Mark("&") if after("&") => "write `and`",
        Token::Mark("|") if after("|") => "write `or`",
        Token::Mark("=") if what == "`:`" => "a definition is written `define Name: expression`",
        Token::Mark(":") if mark(next, "=") => "a definition is written `define Name: expression`",
        Token::Mark("-") if mark(next, ">") => "searches in another person's record are not supported",
        Token::Text(_) if what.contains("name") && !what.contains("text") => {
            "names stand in double quotes, text in single quotes"
        }
        Token::Word(_, true) if what.contains("as text") => "text stands in single quotes, names in double quotes",
        Token::Word(word, false) if what.contains("name") || what.contains("alias") => {
            return super::RESERVED
                .contains(&word.as_str())
                .then(|| format!("`{word}` is a word of the language; put it in double quotes to use it as a name"));
        }
        _ => match what {
            "`else`" => "every `if` and `case` has an `else`; write `else null` where there is nothing to say",
            "`end`" => "a `case` ends with `end`",
            "`such that`" => "`with` and `without` are followed by `such that` and a condition",
            "`then`" => "a condition is followed by `then`",
            "`)`" => "a `(` before this place is not closed",
            "`]`" => "a `[` before this place is not closed",
            "`}`" => "a `{` before this place is not closed",
            _ => return None,
        },
    };
    Some(hint.to_owned())
}

/// A hint for a character that CQL has no use for.
pub(in super::super) fn of_character(character: char) -> Option<&'static str> {
    Some(match character {
        '\u{201c}' | '\u{201d}' | '\u{ab}' | '\u{bb}' => "use straight double quotes (\") around names",
        '\u{2018}' | '\u{2019}' => "use straight single quotes (') around text",
        '!' => "write `not`",
        '\u{2264}' => "write `<=`",
        '\u{2265}' => "write `>=`",
        '\u{2260}' => "write `!=`",
        '\u{2013}' | '\u{2014}' | '\u{2212}' => "use a plain minus sign (-)",
        '#' => "a comment begins with `//`",
        _ => return None,
    })
}
