//! Evidence in a result line, as JSON.

use crate::elm::json::write_text;
use crate::eval::explain::{Closing, Reason, Search};
use crate::value::DateTime;

use super::definition::Group;
use super::output::{optional, separate};
use super::populations::GroupResult;

/// Appends `evidence` per population and `gap`, where they were asked for.
pub(super) fn write(out: &mut String, group: &Group, result: &GroupResult) {
    if result.evidence.is_empty() {
        return;
    }
    out.push_str(",\"evidence\":{");
    let mut first = 0;
    for (population, reason) in group.populations.iter().zip(&result.evidence) {
        let Some(reason) = reason else { continue };
        separate(first, out);
        first += 1;
        write_text(&population.id, out);
        out.push(':');
        write_reason(reason, out);
    }
    out.push('}');
    if let Some(gap) = &result.gap {
        out.push_str(",\"gap\":{\"by\":");
        moment(gap.by(), out);
        out.push_str(",\"closes\":");
        write_closing(gap, out);
        out.push('}');
    }
}

/// Appends a reason as an object.
pub fn write_reason(reason: &Reason, out: &mut String) {
    out.push_str("{\"resources\":");
    texts(&reason.resources, out);
    out.push_str(",\"absent\":");
    list(&reason.absent, out, search);
    out.push('}');
}

/// Appends what would close a gap as an object.
pub fn write_closing(closing: &Closing, out: &mut String) {
    match closing {
        Closing::Nothing => out.push_str("{}"),
        Closing::Any(ways) => {
            out.push_str("{\"any\":");
            list(ways, out, write_closing);
            out.push('}');
        }
        Closing::All(things) => {
            out.push_str("{\"all\":");
            list(things, out, write_closing);
            out.push('}');
        }
        Closing::Found(found) => {
            out.push_str("{\"find\":");
            search(found, out);
            out.push('}');
        }
        Closing::Other { definition, resources, searches } => {
            out.push_str("{\"otherValue\":");
            write_text(definition, out);
            out.push_str(",\"restsOn\":");
            texts(resources, out);
            out.push_str(",\"find\":");
            list(searches, out, search);
            out.push('}');
        }
        Closing::Fixed { definition, resources } => {
            out.push_str("{\"fixed\":");
            write_text(definition, out);
            out.push_str(",\"restsOn\":");
            texts(resources, out);
            out.push('}');
        }
    }
}

fn search(search: &Search, out: &mut String) {
    out.push_str("{\"definition\":");
    write_text(&search.definition, out);
    out.push_str(",\"type\":");
    write_text(&search.type_name, out);
    out.push_str(",\"profile\":");
    optional(search.profile.as_deref(), out);
    out.push_str(",\"name\":");
    optional(search.name.as_deref(), out);
    out.push_str(",\"valueSet\":");
    optional(search.value_set.as_deref(), out);
    out.push_str(",\"codes\":");
    list(&search.codes, out, |(system, code), out| write_text(&format!("{system}|{code}"), out));
    out.push_str(if search.not_done { ",\"notDone\":true" } else { "" });
    out.push_str(",\"from\":");
    moment(search.from, out);
    out.push_str(",\"to\":");
    moment(search.to, out);
    out.push_str(",\"considered\":");
    texts(&search.considered, out);
    out.push('}');
}

fn moment(at: Option<DateTime>, out: &mut String) {
    optional(at.map(|at| at.to_string()).as_deref(), out);
}

fn texts(list: &[String], out: &mut String) {
    self::list(list, out, |text, out| write_text(text, out));
}

fn list<T>(items: &[T], out: &mut String, write: impl Fn(&T, &mut String)) {
    out.push('[');
    for (at, item) in items.iter().enumerate() {
        separate(at, out);
        write(item, out);
    }
    out.push(']');
}
