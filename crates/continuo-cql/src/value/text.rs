//! Text that is borrowed where it can be and shared where it was built.

use std::fmt;
use std::ops::Deref;
use std::rc::Rc;

/// Borrowed or shared text.
#[derive(Clone)]
pub enum Text<'a> {
    /// From the program or the record.
    Borrowed(&'a str),
    /// Built while evaluating.
    Shared(Rc<str>),
}

impl Text<'_> {
    /// A shared copy.
    pub fn owned(text: &str) -> Self {
        Text::Shared(Rc::from(text))
    }
}

impl Deref for Text<'_> {
    type Target = str;
    fn deref(&self) -> &str {
        match self {
            Text::Borrowed(s) => s,
            Text::Shared(s) => s,
        }
    }
}

impl PartialEq for Text<'_> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

impl fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &**self)
    }
}
