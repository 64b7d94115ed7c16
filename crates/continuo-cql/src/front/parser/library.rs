//! Declarations and statements of a library.

use super::super::Problem;
use super::super::ast::{CodeDef, Include, Library, Named, Statement};
use super::super::lexer::Token;
use super::{Parsed, Parser};

impl Parser {
    pub(super) fn library(&mut self, problems: &mut Vec<Problem>) -> Library {
        let mut library = Library::default();
        let mut context = "Unfiltered".to_owned();
        while *self.peek() != Token::End {
            let before = self.at;
            if let Err(problem) = self.declaration(&mut library, &mut context) {
                problems.push(problem);
                self.depth = 0;
                self.at = self.at.max(before + 1);
                self.skip_to_declaration();
            }
        }
        library
    }

    /// After a fault: on to the next thing that begins a declaration.
    fn skip_to_declaration(&mut self) {
        const STARTS: &[&str] = &["define", "using", "include", "codesystem", "valueset", "parameter", "context"];
        while *self.peek() != Token::End && !STARTS.iter().any(|w| self.is_word(0, w)) {
            self.at += 1;
        }
    }

    fn declaration(&mut self, library: &mut Library, context: &mut String) -> Parsed<()> {
        let at = self.place();
        if self.word("library") {
            let name = self.qualified()?;
            library.name = Some((name, self.version()?));
            return Ok(());
        }
        if self.word("using") {
            let name = self.qualified()?;
            let version = self.version()?;
            if self.word("called") {
                self.identifier("a name")?;
            }
            library.usings.push((at, name, version));
            return Ok(());
        }
        if self.word("include") {
            let path = self.qualified()?;
            let version = self.version()?;
            let plain = path.rsplit('.').next().unwrap_or(&path).to_owned();
            let alias = if self.word("called") { self.identifier("a name")? } else { plain };
            library.includes.push(Include { at, path, version, alias });
            return Ok(());
        }
        if self.word("context") {
            *context = self.qualified()?;
            return Ok(());
        }
        let private = self.word("private");
        if !private {
            self.word("public");
        }
        if self.word("codesystem") || self.is_word(0, "valueset") {
            let is_set = self.word("valueset");
            let name = self.identifier("a name")?;
            self.need_mark(":")?;
            let id = self.text("the identifier as text")?;
            let version = self.version()?;
            if is_set && self.word("codesystems") {
                self.need_mark("{")?;
                while !self.mark("}") {
                    if *self.peek() == Token::End {
                        return Err(self.expected("`}`"));
                    }
                    self.at += 1;
                }
            }
            let list = if is_set { &mut library.value_sets } else { &mut library.code_systems };
            list.push(Named { at, name, id, version });
            return Ok(());
        }
        if self.word("code") {
            let name = self.identifier("a name")?;
            self.need_mark(":")?;
            let id = self.text("the code as text")?;
            self.need_word("from")?;
            let system = self.reference()?;
            let display = self.display()?;
            library.codes.push(CodeDef { at, name, id, system, display });
            return Ok(());
        }
        if self.word("concept") {
            let name = self.identifier("a name")?;
            self.need_mark(":")?;
            self.need_mark("{")?;
            let mut codes = vec![self.reference()?];
            while self.mark(",") {
                codes.push(self.reference()?);
            }
            self.need_mark("}")?;
            library.concepts.push((at, name, codes, self.display()?));
            return Ok(());
        }
        if self.word("parameter") {
            let name = self.identifier("a name")?;
            let kind = if matches!(self.peek(), Token::Word(..)) && !self.is_word(0, "default") && self.is_type_next() {
                Some(self.type_name()?)
            } else {
                None
            };
            let default = if self.word("default") { Some(self.expression()?) } else { None };
            library.parameters.push((at, name, kind, default));
            return Ok(());
        }
        if self.word("define") {
            library.statements.push(self.statement(at, context, private)?);
            return Ok(());
        }
        Err(self.expected("a declaration such as `define` or `valueset`"))
    }

    fn is_type_next(&self) -> bool {
        const STARTS: &[&str] =
            &["define", "using", "include", "codesystem", "valueset", "parameter", "context", "code", "concept"];
        !STARTS.iter().any(|w| self.is_word(0, w))
    }

    fn statement(&mut self, at: usize, context: &str, private: bool) -> Parsed<Statement> {
        let private = private || self.word("private");
        self.word("public");
        let fluent = self.word("fluent");
        if !self.word("function") {
            let name = self.identifier("the definition's name")?;
            self.need_mark(":")?;
            let body = Some(self.expression()?);
            return Ok(Statement {
                at,
                name,
                context: context.to_owned(),
                private,
                function: None,
                returns: None,
                body,
            });
        }
        let name = self.identifier("the function's name")?;
        self.need_mark("(")?;
        let mut operands = Vec::new();
        while !self.mark(")") {
            let operand = self.identifier("an operand's name")?;
            operands.push((operand, self.type_name()?));
            if !self.mark(",") {
                self.need_mark(")")?;
                break;
            }
        }
        let returns = if self.word("returns") { Some(self.type_name()?) } else { None };
        self.need_mark(":")?;
        let body = if self.word("external") { None } else { Some(self.expression()?) };
        let function = Some((operands, fluent));
        Ok(Statement { at, name, context: context.to_owned(), private, function, returns, body })
    }

    fn qualified(&mut self) -> Parsed<String> {
        let mut name = self.identifier("a name")?;
        while self.mark(".") {
            name.push('.');
            name.push_str(&self.identifier("a name")?);
        }
        Ok(name)
    }

    fn version(&mut self) -> Parsed<Option<String>> {
        if self.word("version") { self.text("the version as text").map(Some) } else { Ok(None) }
    }

    fn display(&mut self) -> Parsed<Option<String>> {
        if self.word("display") { self.text("the display as text").map(Some) } else { Ok(None) }
    }

    /// `"Name"` or `Library."Name"`.
    pub(super) fn reference(&mut self) -> Parsed<(Option<String>, String)> {
        let first = self.identifier("a name")?;
        if self.mark(".") { Ok((Some(first), self.identifier("a name")?)) } else { Ok((None, first)) }
    }
}
