//! What can be told wrong from the expression alone; only asked when strict.

use super::Error;
use super::parse::Expr;
use crate::model::model;

/// Functions that ask for the place of an item in its list.
const ORDERED: [&str; 5] = ["first", "last", "tail", "skip", "take"];

/// Refuses an element that the type just asked for does not have, whatever the input is.
pub(super) fn member(base: &Expr, name: &str) -> Result<(), Error> {
    let type_ = match base {
        Expr::As(_, type_) => type_.name.as_str(),
        Expr::Call(_, function, arguments) if matches!(function.as_str(), "as" | "ofType") => {
            match arguments.as_slice() {
                [Expr::Name(name) | Expr::Member(_, name)] => name.as_str(),
                _ => return Ok(()),
            }
        }
        _ => return Ok(()),
    };
    match model().find(type_) {
        Some(id) if model().element(id, name).is_none() => {
            Err(Error::Semantic(format!("`{name}` is no element of {type_}")))
        }
        _ => Ok(()),
    }
}

/// Refuses a function that needs an order on what has none.
pub(super) fn order(base: &Expr, function: &str) -> Result<(), Error> {
    match base {
        Expr::Call(_, unordered, _) if ORDERED.contains(&function) && is_unordered(unordered) => {
            Err(Error::Semantic(format!("`{function}` needs an order, which `{unordered}` does not give")))
        }
        _ => Ok(()),
    }
}

fn is_unordered(function: &str) -> bool {
    matches!(function, "children" | "descendants")
}
