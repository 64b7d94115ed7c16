//! Queries and retrieves.

use super::super::ast::{Aggregate, Ast, Node, Query, Relation, Retrieve};
use super::super::lexer::Token;
use super::{Parsed, Parser};

impl Parser {
    /// A term, or a query when an alias follows what can be a source.
    pub(super) fn query_or_term(&mut self) -> Parsed {
        let at = self.place();
        if self.is_word(0, "from") {
            self.at += 1;
            return self.query(at);
        }
        // `year from X` begins with a name that is none.
        let named =
            self.is_identifier(0) || matches!(self.peek(), Token::Word(w, false) if super::SOFT.contains(&&**w));
        let is_name = named && !self.is_word(1, "from") && !self.is_word(1, "of");
        if !matches!(self.peek(), Token::Mark("(" | "[" | "{")) && !is_name {
            return self.term();
        }
        let source = self.source()?;
        if self.is_alias() {
            return self.query_from(at, source);
        }
        // No query: what was read is the beginning of a term. Reading it again would double at every parenthesis.
        self.term_from(source)
    }

    /// Whether an alias is next: a name that the grammar does not use after an expression.
    fn is_alias(&self) -> bool {
        self.is_identifier(0) && !matches!(self.ahead(1), Token::Mark("("))
            || self.is_identifier(0) && matches!(self.peek(), Token::Word(_, true))
    }

    fn query(&mut self, at: usize) -> Parsed {
        let source = self.source()?;
        self.query_from(at, source)
    }

    fn source(&mut self) -> Parsed {
        let primary = self.primary()?;
        self.postfix(primary)
    }

    fn query_from(&mut self, at: usize, source: Node) -> Parsed {
        let mut query = Query {
            sources: vec![(source, self.identifier("an alias")?)],
            lets: Vec::new(),
            relations: Vec::new(),
            condition: None,
            result: None,
            aggregate: None,
            sort: Vec::new(),
        };
        while self.is_mark(0, ",") && self.more_sources() {
            self.at += 1;
            let source = self.source()?;
            query.sources.push((source, self.identifier("an alias")?));
        }
        if self.word("let") {
            loop {
                let name = self.identifier("a name")?;
                self.need_mark(":")?;
                query.lets.push((name, self.expression()?));
                if !(self.is_mark(0, ",") && self.is_mark(2, ":")) {
                    break;
                }
                self.at += 1;
            }
        }
        while self.is_word(0, "with") || self.is_word(0, "without") {
            let with = self.word("with");
            if !with {
                self.at += 1;
            }
            let source = self.source()?;
            let alias = self.identifier("an alias")?;
            if !self.words(&["such", "that"]) {
                return Err(self.expected("`such that`"));
            }
            query.relations.push(Relation { with, source, alias, such_that: self.expression()? });
        }
        if self.word("where") {
            query.condition = Some(self.expression()?);
        }
        if self.word("return") {
            let all = self.word("all");
            let distinct = !all;
            self.word("distinct");
            query.result = Some((self.expression()?, distinct));
        } else if self.word("aggregate") {
            let distinct = self.word("distinct");
            if !distinct {
                self.word("all");
            }
            let name = self.identifier("a name")?;
            let starting = if self.word("starting") { Some(self.term()?) } else { None };
            self.need_mark(":")?;
            query.aggregate = Some(Aggregate { distinct, name, starting, body: self.expression()? });
        }
        if self.word("sort") {
            self.sort(&mut query)?;
        }
        Ok(Node { at, kind: Ast::Query(Box::new(query)) })
    }

    /// After a comma: another source with its alias, rather than the next argument or item.
    fn more_sources(&mut self) -> bool {
        let (start, depth) = (self.at, self.depth);
        self.at += 1;
        let can_be = matches!(self.peek(), Token::Mark("(" | "[" | "{")) || self.is_identifier(0);
        let found = can_be && self.source().is_ok() && self.is_alias();
        self.at = start;
        self.depth = depth;
        found
    }

    fn sort(&mut self, query: &mut Query) -> Parsed<()> {
        if !self.word("by") {
            let descends = self.direction().ok_or_else(|| self.expected("`by`, `asc` or `desc`"))?;
            query.sort.push((None, descends));
            return Ok(());
        }
        loop {
            let key = self.term()?;
            let descends = self.direction().unwrap_or(false);
            query.sort.push((Some(key), descends));
            if !self.mark(",") {
                return Ok(());
            }
        }
    }

    fn direction(&mut self) -> Option<bool> {
        if self.word("asc") || self.word("ascending") {
            Some(false)
        } else if self.word("desc") || self.word("descending") {
            Some(true)
        } else {
            None
        }
    }

    pub(super) fn retrieve(&mut self) -> Parsed {
        let at = self.place();
        self.need_mark("[")?;
        let mut retrieve =
            Retrieve { model: None, type_name: String::new(), code_path: None, comparator: None, codes: None };
        let context = self.identifier("a type")?;
        retrieve.type_name = context;
        if self.mark(".") {
            retrieve.model = Some(std::mem::replace(&mut retrieve.type_name, self.identifier("a type")?));
        }
        if self.mark(":") {
            let start = self.at;
            // `[Type: path in codes]`: a path is followed by a comparator.
            if let Token::Word(path, _) = self.peek().clone() {
                let mut by = 1;
                let mut full = path;
                while self.is_mark(by, ".") {
                    if let Token::Word(next, _) = self.ahead(by + 1) {
                        full = format!("{full}.{next}");
                    }
                    by += 2;
                }
                let comparator = match self.ahead(by) {
                    Token::Word(w, false) if w == "in" => Some("in"),
                    Token::Mark(m @ ("~" | "=")) => Some(*m),
                    _ => None,
                };
                if let Some(comparator) = comparator {
                    retrieve.code_path = Some(full);
                    retrieve.comparator = Some(comparator.to_owned());
                    self.at = start + by + 1;
                }
            }
            retrieve.codes = Some(self.expression()?);
        }
        self.need_mark("]")?;
        Ok(Node { at, kind: Ast::Retrieve(Box::new(retrieve)) })
    }
}
