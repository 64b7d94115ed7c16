//! Live pages: tells open browsers that the record has moved on, and whoever is on call that danger waits (server-sent
//! events, HTML Living Standard 9.2).
//!
//! A change says only that something changed; the page asks for its own counts, under its own rights. What somebody is
//! told of danger is drawn for them, under their rights of that moment, and nothing of it keeps their session awake.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::response::Response;
use continuo_care::accounts::{self, Standing};
use continuo_care::oncall::paging;
use continuo_care::{StoreError, setup};
use tokio::sync::mpsc;

use crate::app::{App, Told};
use crate::gate::COOKIE;
use crate::pages::paged;
use crate::server;

/// How often the newest change number is looked up. One look-up for all browsers; it also sees other processes' work.
const LOOK: Duration = Duration::from_millis(150);
/// Who is told of danger is worked out after a change, at most every so many looks.
const AT_MOST: u32 = 4;
/// It changes with the minutes, and when somebody has it, which is no change of a resource: a second.
const AT_LEAST: u32 = 7;
/// A comment is sent this often so that proxies keep the connection.
const KEEP: Duration = Duration::from_secs(20);

/// Watches the change numbers, and who is told of danger, until the server stops.
pub async fn watch(app: Arc<App>) {
    let mut tick = tokio::time::interval(LOOK);
    // The first look works it out.
    let (mut seen, mut looks) = (-1, AT_LEAST);
    loop {
        tick.tick().await;
        let care = Arc::clone(&app.care);
        let newest = tokio::task::spawn_blocking(move || continuo_care::newest_change(&care)).await;
        let Ok(Ok(newest)) = newest else { continue };
        app.announce(newest);
        looks += 1;
        if looks >= AT_LEAST || (newest != seen && looks >= AT_MOST) {
            let at_work = Arc::clone(&app);
            match tokio::task::spawn_blocking(move || told(&at_work)).await {
                Ok(Ok(told)) => app.tell(told),
                Ok(Err(error)) => tracing::warn!(%error, "who is told of danger could not be worked out"),
                Err(_) => {}
            }
            (seen, looks) = (newest, 0);
        }
    }
}

/// Who is told of danger now, in all organizations.
fn told(app: &App) -> Result<Told, StoreError> {
    let mut all = std::collections::BTreeSet::new();
    for org in setup::organizations(&app.care)? {
        let ctx = setup::machine(&app.care, org, "live")?;
        all.extend(paging::told_now(&ctx)?.into_iter().map(|who| (org.0, who)));
    }
    Ok(Arc::new(all))
}

/// The stream of one browser.
pub(crate) async fn stream(State(app): State<Arc<App>>, request: axum::extract::Request) -> Response {
    let (request, _) = server::head(&app, request, Vec::new());
    let care = Arc::clone(&app.care);
    let cookie = request.cookie(COOKIE).unwrap_or("").to_owned();
    let presented = cookie.clone();
    let standing = tokio::task::spawn_blocking(move || accounts::standing_unasked(&care, &presented)).await;
    let Ok(Ok(Standing::Open(ctx))) = standing else {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = axum::http::StatusCode::UNAUTHORIZED;
        return response;
    };
    // A page that shows danger hears first what is told now: it may be over since it was drawn.
    let shown = request.query.get("shown").map(|_| String::new());
    let reader = Reader { cookie, key: (ctx.org.0, ctx.actor.reference.clone()) };
    let (sender, receiver) = mpsc::channel::<Bytes>(4);
    tokio::spawn(feed(app, reader, shown, sender));
    let mut response = Response::new(Body::new(server::channel_body(receiver)));
    let headers = response.headers_mut();
    headers.insert("content-type", axum::http::HeaderValue::from_static("text/event-stream"));
    headers.insert("cache-control", axum::http::HeaderValue::from_static("no-store"));
    response
}

/// Whose browser it is.
struct Reader {
    cookie: String,
    key: (i64, String),
}

/// `shown` is what the page says now: nothing where it says nothing, an empty text where that is not known.
async fn feed(app: Arc<App>, reader: Reader, mut shown: Option<String>, sender: mpsc::Sender<Bytes>) {
    let mut changes = app.changes();
    let mut told = app.told();
    loop {
        // Only for those who are told something, or were: they are few, and what they are told is drawn every second.
        let is_told = told.borrow_and_update().contains(&reader.key);
        if is_told || shown.is_some() {
            let Some(text) = line(&app, &reader).await else { return };
            if shown.as_ref() != Some(&text) && sender.send(Bytes::from(text.clone())).await.is_err() {
                return;
            }
            shown = is_told.then_some(text);
        }
        let text = tokio::select! {
            changed = changes.changed() => match changed {
                Ok(()) => format!("event: change\ndata: {}\n\n", *changes.borrow_and_update()),
                Err(_) => return,
            },
            changed = told.changed() => match changed {
                Ok(()) => continue,
                Err(_) => return,
            },
            () = tokio::time::sleep(KEEP) => ":\n\n".to_owned(),
        };
        if sender.send(Bytes::from(text)).await.is_err() {
            return;
        }
    }
}

/// The event with what the reader is told; nothing when their session has ended, and then the stream ends, too.
async fn line(app: &Arc<App>, reader: &Reader) -> Option<String> {
    let _turn = app.turns.acquire().await.ok();
    let (care, cookie) = (Arc::clone(&app.care), reader.cookie.clone());
    let drawn = tokio::task::spawn_blocking(move || match accounts::standing_unasked(&care, &cookie)? {
        Standing::Open(ctx) => paged::event(&ctx).map(Some),
        // Whoever stands before a locked page learns that something waits, and nothing of whom.
        Standing::Locked(_) => Ok(Some(paged::locked())),
        Standing::Nobody => Ok::<_, StoreError>(None),
    });
    match drawn.await {
        Ok(Ok(Some(html))) => Some(format!("event: paged\ndata: {html}\n\n")),
        Ok(Err(error)) => {
            tracing::warn!(%error, "what somebody on call is told could not be drawn");
            Some(":\n\n".to_owned())
        }
        Ok(Ok(None)) | Err(_) => None,
    }
}
