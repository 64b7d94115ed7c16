//! After an action: back to where the reader was, with a toast that says what was done, to whom, and undoes it.
//!
//! Only the commit's number travels, in a cookie that ends by itself after fifteen seconds; the words are read again.

use continuo_care::actions::{self, Action};
use continuo_care::{Ctx, StoreError};
use continuo_ui::toast::ToastView;

use super::person;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::request::Request;

const COOKIE: &str = "done";

/// Back to a page, with the toast of a commit; without one where nothing was changed.
pub fn see(path: &str, commit: Option<i64>) -> Reply {
    let Some(commit) = commit else { return Reply::see(path) };
    Reply::see(path).header("set-cookie", format!("{COOKIE}={commit}; Path=/; Max-Age=15; HttpOnly; SameSite=Strict"))
}

/// Back to a page, with the toast of what the actor did a moment ago.
pub fn said(ctx: &Ctx, path: &str) -> Result<Reply, Problem> {
    Ok(see(path, actions::newest(ctx)?.map(|commit| commit.0)))
}

/// The toast of what was just done, if something was.
pub fn toast(ctx: &Ctx, request: &Request) -> Result<Option<ToastView>, StoreError> {
    let Some(commit) = request.cookie(COOKIE).and_then(|text| text.parse::<i64>().ok()) else { return Ok(None) };
    let Ok(Some(action)) = actions::describe(ctx, commit) else { return Ok(None) };
    let undo = (!action.undone && !action.is_undo && !action.lasting).then(|| commit.to_string());
    Ok(Some(ToastView { text: sentence(ctx, &action), undo, back: request.here() }))
}

/// "Call logged: REYES, Ana Maria 02/12/1960".
pub fn sentence(ctx: &Ctx, action: &Action) -> String {
    let what = if action.undid.is_empty() {
        words(&action.what)
    } else {
        format!("Undone ({})", lower(&words(&action.undid)))
    };
    let today = person::today(ctx);
    match action.people.as_slice() {
        [] => what,
        [one] => format!("{what}: {}", person::who(one, today).named_and_born()),
        [one, rest @ ..] => format!("{what}: {} and {} more", person::who(one, today).named_and_born(), rest.len()),
    }
}

/// The first letter small, inside a sentence; what is all capitals stays.
fn lower(text: &str) -> String {
    let mut letters = text.chars();
    match (letters.next(), letters.as_str()) {
        (Some(first), rest) if rest.starts_with(char::is_uppercase) => format!("{first}{rest}"),
        (Some(first), rest) => first.to_lowercase().chain(rest.chars()).collect(),
        (None, _) => String::new(),
    }
}

/// A commit's name as something done.
fn words(name: &str) -> String {
    const WORDS: &[(&str, &str)] = &[
        ("register person", "Registered"),
        ("change how to reach", "How to reach changed"),
        ("correct entry", "Put right"),
        ("set coordinator", "Coordinator and tier saved"),
        ("make accounts", "Person added"),
        ("close account", "Account closed"),
        ("open account", "Account opened again"),
        ("record death", "Death recorded"),
        ("take back a death", "Death taken back"),
        ("start task", "Task started"),
        ("complete task", "Task done"),
        ("cancel task", "Task ended"),
        ("comment on task", "Comment saved"),
        ("hand over task", "Task handed over"),
        ("accept task", "Task accepted"),
        ("decline task", "Task given back"),
        ("snooze task", "Snoozed"),
        ("wait for somebody", "Waiting"),
        ("wake task", "Woken"),
        ("move due time", "Due time moved"),
        ("tick checklist", "Step changed"),
        ("make task", "Task added"),
        ("log call", "Call logged"),
        ("write note", "Note saved"),
        ("accept suggestion", "Suggestion accepted"),
        ("accept suggestion with changes", "Suggestion accepted with changes"),
        ("dismiss suggestion", "Suggestion dismissed"),
        ("assign suggestion", "Suggestion assigned"),
        ("file document", "Document filed"),
        ("close document", "Document closed"),
        ("file mended input", "Mended and filed"),
        ("put input aside", "Put aside"),
        ("enter absence", "Absence entered"),
        ("end absence", "Absence ended"),
        ("link records", "Linked as one person"),
        ("keep records apart", "Kept apart for good"),
        ("decide later about records", "Put off for a week"),
        ("unlink records", "Unlinked"),
        ("take in words", "Taken in, to review"),
        ("tell physician", "Physician told"),
        ("accept proposal", "Accepted"),
        ("accept proposal with changes", "Accepted with changes"),
        ("reject proposal", "Rejected"),
        ("mark not asked", "Marked not asked"),
        ("keep note", "Note kept"),
        ("finish review", "Review finished"),
        ("file note as document", "Filed as a document"),
        ("enter message", "Message saved"),
        ("move message down", "Moved down"),
        ("prepare reply", "Reply kept, to be written or read on a call"),
        ("set message limits", "Limits saved"),
        ("write to people", "Prepared"),
        ("mark letters as mailed", "Marked as mailed"),
        ("set days and hours", "Days and hours saved"),
        ("raise message", "Message raised"),
        ("send reply", "Reply leaves within a minute"),
        ("return hand-over", "Hand-over given back"),
        ("set care gap aside", "Care gap set aside"),
        ("take up care gap", "Care gap taken up"),
        ("look into a silent feed", "Looking into the silent feed"),
        ("give a silent feed back", "Given back"),
        ("close a silent feed", "Closed: nobody needs to look into it"),
        ("set how a source is watched", "Feed settings saved"),
        ("receive document", "Document added"),
        ("take in a recording", "Recording taken in"),
        ("change password", "Password changed"),
        ("end other sessions", "Other sessions ended"),
        ("set second factor", "Second factor set up"),
        ("save view", "View saved"),
        ("set clinic phone", "Number saved"),
        ("set note format", "Format saved"),
        ("set rule", "Rule saved"),
        ("switch rule", "Rule saved"),
        ("switch rules", "Rules saved"),
        ("set measure", "Measure saved"),
        ("load measures", "Measures loaded"),
        ("review opening", "Marked reviewed"),
        ("review emergency access", "Marked reviewed"),
        ("end emergency access", "Emergency access ended"),
        ("confirm API token", "Token confirmed"),
        ("withdraw API token", "Token withdrawn"),
        ("acknowledge page", "You have it: begin now"),
        ("set where on call is told", "Saved where you are told"),
        ("test page", "Test asked for"),
        ("reset password", "New first password made"),
        ("change account", "Account changed"),
        ("unlock account", "Account unlocked"),
        ("remove second factor", "Second factor removed"),
        ("end sessions", "Signed out everywhere"),
        ("link account to the provider", "Linked to the provider"),
        ("take the provider's link away", "Link to the provider taken away"),
        ("remove on-call shift", "On-call shift removed"),
        ("remove on-call cover", "On-call cover removed"),
        ("set on-call minutes", "Minutes to answer saved"),
        ("confirm consent", "Consent confirmed"),
        ("emergency access", "Emergency access opened"),
        ("export registry", "List exported"),
        ("open document", "Document opened to read"),
        ("review a filed document", "Document given to review"),
        ("give up reading", "Reading given up"),
        ("ask a language model about messages", "Saved whether a model reads messages"),
        ("make API token", "Token made"),
        ("undo", "Undone"),
    ];
    if let Some((_, done)) = WORDS.iter().find(|(known, _)| *known == name) {
        return (*done).to_owned();
    }
    let (what, done) = match name.strip_prefix("add ") {
        Some(what) => (what, " added"),
        None => (name, ""),
    };
    crate::problem::capital(&format!("{what}{done}")).trim_end_matches('.').to_owned()
}
