//! One message: segments, fields, repetitions, components, escapes (HL7 v2.5.1, chapter 2).

/// The characters a message separates with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Delimiters {
    field: char,
    component: char,
    repetition: char,
    escape: Option<char>,
    sub: Option<char>,
}

/// A message taken apart into segments; fields are cut when asked for.
#[derive(Debug, Clone)]
pub(super) struct Message<'a> {
    segments: Vec<Segment<'a>>,
}

/// One segment.
#[derive(Debug, Clone)]
pub(super) struct Segment<'a> {
    /// `PID`.
    pub(super) name: &'a str,
    fields: Vec<&'a str>,
    delimiters: Delimiters,
}

/// The most segments looked at: longer messages end here, and the rest is kept as received with it.
const MOST: usize = 50_000;

impl<'a> Message<'a> {
    /// Reads a message; nothing if it does not begin with an MSH that says its separators.
    pub(super) fn read(text: &'a str) -> Option<Message<'a>> {
        let delimiters = Delimiters::read(text)?;
        let lines = text.split(['\r', '\n']).map(str::trim_end).filter(|line| !line.is_empty());
        let segments = lines.take(MOST).filter_map(|line| Segment::read(line, delimiters)).collect();
        Some(Message { segments })
    }

    /// All segments in order.
    pub(super) fn segments(&self) -> &[Segment<'a>] {
        &self.segments
    }

    /// The first segment of a name.
    pub(super) fn first(&self, name: &str) -> Option<&Segment<'a>> {
        self.segments.iter().find(|segment| segment.name == name)
    }

    /// `ADT` and `A40`: MSH-9.1 and MSH-9.2.
    pub(super) fn kind(&self) -> (String, String) {
        let Some(msh) = self.first("MSH") else { return (String::new(), String::new()) };
        (msh.value(9).component(1), msh.value(9).component(2))
    }
}

impl Delimiters {
    fn read(text: &str) -> Option<Delimiters> {
        let mut after = text.strip_prefix("MSH")?.chars();
        let field = after.next().filter(|c| !c.is_alphanumeric() && !c.is_whitespace())?;
        let mut encoding = after.take_while(|c| *c != field && !matches!(c, '\r' | '\n'));
        Some(Delimiters {
            field,
            component: encoding.next().unwrap_or('^'),
            repetition: encoding.next().unwrap_or('~'),
            escape: encoding.next().or(Some('\\')),
            sub: encoding.next().or(Some('&')),
        })
    }
}

impl<'a> Segment<'a> {
    fn read(line: &'a str, delimiters: Delimiters) -> Option<Segment<'a>> {
        let name = line.get(..3)?;
        let is_name = name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
        let rest = line.get(3..)?;
        if !is_name || !(rest.is_empty() || rest.starts_with(delimiters.field)) {
            return None;
        }
        let mut fields: Vec<&str> = rest.split(delimiters.field).collect();
        if name == "MSH" {
            // MSH-1 is the separator itself: the split has one field too few before MSH-2.
            fields.insert(0, "");
        }
        Some(Segment { name, fields, delimiters })
    }

    /// The raw text of a field, from 1 as in the standard; empty when absent.
    pub(super) fn raw(&self, number: usize) -> &'a str {
        self.fields.get(number).copied().unwrap_or_default()
    }

    /// How many fields there are.
    pub(super) fn len(&self) -> usize {
        self.fields.len().saturating_sub(1)
    }

    /// The first repetition of a field.
    pub(super) fn value(&self, number: usize) -> Value<'a> {
        self.values(number).into_iter().next().unwrap_or(Value { text: "", delimiters: self.delimiters })
    }

    /// The repetitions of a field that say anything. `""` means "delete what you have", which is nothing to file.
    pub(super) fn values(&self, number: usize) -> Vec<Value<'a>> {
        let all = self.raw(number).split(self.delimiters.repetition);
        all.map(|text| Value { text, delimiters: self.delimiters }).filter(|value| !value.is_empty()).collect()
    }
}

/// One repetition of a field.
#[derive(Debug, Clone, Copy)]
pub(super) struct Value<'a> {
    text: &'a str,
    delimiters: Delimiters,
}

impl Value<'_> {
    pub(super) fn is_empty(&self) -> bool {
        let nothing =
            |c: char| c == self.delimiters.component || Some(c) == self.delimiters.sub || c.is_whitespace() || c == '"';
        self.text.chars().all(nothing)
    }

    /// The whole, unescaped.
    #[cfg(test)]
    pub(super) fn whole(&self) -> String {
        unescape(self.text.trim(), self.delimiters)
    }

    /// A component from 1, its first subcomponent where it has several, unescaped.
    pub(super) fn component(&self, number: usize) -> String {
        self.sub(number, 1)
    }

    /// A subcomponent of a component, both from 1.
    pub(super) fn sub(&self, component: usize, number: usize) -> String {
        let part = self.text.split(self.delimiters.component).nth(component.saturating_sub(1)).unwrap_or_default();
        let part = match self.delimiters.sub {
            Some(sub) => part.split(sub).nth(number.saturating_sub(1)).unwrap_or_default(),
            None if number == 1 => part,
            None => "",
        };
        let part = part.trim();
        if part == "\"\"" { String::new() } else { unescape(part, self.delimiters) }
    }
}

/// Escapes of section 2.7: `\F\ \S\ \T\ \R\ \E\`, `\.br\`, `\Xhh..\`. What is not known stays as written.
fn unescape(text: &str, delimiters: Delimiters) -> String {
    let Some(escape) = delimiters.escape.filter(|escape| text.contains(*escape)) else { return text.to_owned() };
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(escape) {
        out.push_str(before);
        let Some((code, next)) = after.split_once(escape).filter(|(code, _)| code.len() <= 64) else {
            out.push(escape);
            rest = after;
            continue;
        };
        match code {
            "F" => out.push(delimiters.field),
            "S" => out.push(delimiters.component),
            "R" => out.push(delimiters.repetition),
            "E" => out.push(escape),
            "T" => out.extend(delimiters.sub),
            "H" | "N" => {}
            ".br" => out.push('\n'),
            hex if hex.starts_with('X') && bytes_of(hex).is_some() => {
                out.push_str(&super::split::text(&bytes_of(hex).unwrap_or_default()));
            }
            _ => {
                out.push(escape);
                out.push_str(code);
                out.push(escape);
            }
        }
        rest = next;
    }
    out.push_str(rest);
    out
}

fn bytes_of(hex: &str) -> Option<Vec<u8>> {
    let digits = hex.strip_prefix('X').filter(|digits| !digits.is_empty() && digits.len() % 2 == 0)?;
    let digits: Option<Vec<u8>> = digits.chars().map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok())).collect();
    Some(digits?.chunks_exact(2).map(|pair| pair.iter().fold(0, |sum, digit| (sum << 4) | digit)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_separators_are_those_the_message_says() {
        let message = Message::read("MSH#*!?%#APP\rPID#1##7*x%y!8").unwrap();
        let pid = message.first("PID").unwrap();
        assert_eq!(pid.values(3).iter().map(|value| value.component(1)).collect::<Vec<_>>(), ["7", "8"]);
        assert_eq!(pid.value(3).sub(2, 2), "y");
        assert_eq!(message.first("MSH").unwrap().value(3).whole(), "APP");
    }

    #[test]
    fn escapes_become_what_they_stand_for() {
        let message =
            Message::read("MSH|^~\\&|x\rPID|1||a\\F\\b\\S\\c\\T\\d\\R\\e\\E\\f|\\X41C3A9\\|\\Zodd\\|lone\\").unwrap();
        let pid = message.first("PID").unwrap();
        assert_eq!(pid.value(3).whole(), "a|b^c&d~e\\f");
        assert_eq!(pid.value(4).whole(), "Aé");
        assert_eq!(pid.value(5).whole(), "\\Zodd\\");
        assert_eq!(pid.value(6).whole(), "lone\\");
    }

    #[test]
    fn what_is_no_message_is_none_and_odd_lines_are_left() {
        assert!(Message::read("PID|1").is_none());
        assert!(Message::read("MSH").is_none());
        let message = Message::read("MSH|^~\\&\rthis is no segment\rPID").unwrap();
        assert_eq!(message.segments().iter().map(|s| s.name).collect::<Vec<_>>(), ["MSH", "PID"]);
    }
}
