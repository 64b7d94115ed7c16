//! Days as people say them.

use super::*;

/// A Wednesday.
const VISIT: &str = "2026-08-19";

#[track_caller]
fn check(text: &str, toward: Toward, expect: &str) {
    let tokens = Tokens::new(text);
    let found = find(&tokens, 0, tokens.len(), Date::parse(VISIT).unwrap(), toward);
    assert_eq!(found.map(|day| day.date.to_string()).unwrap_or_default(), expect, "{text}");
}

#[test]
fn days_are_resolved_against_the_visit() {
    check("I stopped it Saturday", Toward::Past, "2026-08-15");
    check("I'll call you Friday", Toward::Future, "2026-08-21");
    check("see you back in two weeks", Toward::Future, "2026-09-02");
    check("three days ago", Toward::Past, "2026-08-16");
    check("next week", Toward::Future, "2026-08-26");
    check("on 8/27 please", Toward::Future, "2026-08-27");
    check("since August 2nd", Toward::Past, "2026-08-02");
    check("se la mando el viernes", Toward::Future, "2026-08-21");
    check("desde hace dos semanas", Toward::Past, "2026-08-05");
    check("a couple of days", Toward::Future, "2026-08-21");
}

#[test]
fn how_long_is_not_since_when() {
    check("for three days", Toward::Past, "");
    check("nothing of the kind", Toward::Future, "");
    check("13/45", Toward::Future, "");
}

#[test]
fn days_are_counted_from_other_days() {
    check("a week from Friday", Toward::Future, "2026-08-28");
    check("two weeks from today", Toward::Future, "2026-09-02");
    check("the day after tomorrow", Toward::Future, "2026-08-21");
    check("pasado ma\u{f1}ana le hablo", Toward::Future, "2026-08-21");
    check("since the day before yesterday", Toward::Past, "2026-08-17");
    check("desde antier", Toward::Past, "2026-08-17");
    check("it began last night", Toward::Past, "2026-08-18");
    check("hace como tres d\u{ed}as", Toward::Past, "2026-08-16");
    check("next Tuesday", Toward::Future, "2026-08-25");
    check("next Friday", Toward::Future, "2026-08-28");
    check("this Friday", Toward::Future, "2026-08-21");
    check("over the weekend", Toward::Past, "2026-08-15");
    check("by the end of the week", Toward::Future, "2026-08-21");
    check("a fin de mes", Toward::Future, "2026-08-31");
    check("within 48 hours", Toward::Future, "2026-08-21");
}

#[test]
fn days_of_the_calendar_are_read_as_they_are_said() {
    check("Thursday, the twenty-seventh", Toward::Future, "2026-08-27");
    check("August twenty-seventh at ten", Toward::Future, "2026-08-27");
    check("the 3rd of September", Toward::Future, "2026-09-03");
    check("el dos de septiembre", Toward::Future, "2026-09-02");
    check("by the thirty-first", Toward::Future, "2026-08-31");
    check("by the first", Toward::Future, "2026-09-01");
    check("el 15", Toward::Future, "2026-09-15");
    check("since the 15th", Toward::Past, "2026-08-15");
    check("on 9/2/26", Toward::Future, "2026-09-02");
    check("10/12/2025", Toward::Past, "2025-10-12");
}

#[test]
fn a_number_that_counts_something_else_is_no_day() {
    check("the first time it happened", Toward::Future, "");
    check("on the second floor", Toward::Future, "");
    check("take it for ten days", Toward::Future, "");
    check("every two weeks", Toward::Future, "");
    check("since June", Toward::Past, "");
    check("por la ma\u{f1}ana", Toward::Future, "");
}
