//! Where a check stands: a chain of steps on the stack, turned into text only when something is wrong.

use std::fmt;

/// A place in a resource.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    parent: Option<&'a Place<'a>>,
    name: &'a str,
    index: Option<usize>,
}

impl<'a> Place<'a> {
    /// The resource itself, below `parent` if it is contained.
    pub(crate) fn root(name: &'a str) -> Place<'a> {
        Place { parent: None, name, index: None }
    }

    /// An element here.
    pub(crate) fn step(&'a self, name: &'a str) -> Place<'a> {
        Place { parent: Some(self), name, index: None }
    }

    /// The item of a list.
    pub(crate) fn item(self, index: usize) -> Place<'a> {
        Place { index: Some(index), ..self }
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            write!(f, "{parent}.")?;
        }
        f.write_str(self.name)?;
        match self.index {
            Some(index) => write!(f, "[{index}]"),
            None => Ok(()),
        }
    }
}
