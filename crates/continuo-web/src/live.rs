//! Live pages: tells open browsers that the record has moved on (server-sent events, HTML Living Standard 9.2).
//!
//! The event says only that something changed; the page asks for its own counts, under its own rights.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::response::Response;
use continuo_care::accounts::{self, Standing};
use tokio::sync::mpsc;

use crate::app::App;
use crate::gate::COOKIE;
use crate::server;

/// How often the newest change number is looked up. One look-up for all browsers; it also sees other processes' work.
const LOOK: Duration = Duration::from_millis(150);
/// A comment is sent this often so that proxies keep the connection.
const KEEP: Duration = Duration::from_secs(20);

/// Watches the change numbers until the server stops.
pub async fn watch(app: Arc<App>) {
    let mut tick = tokio::time::interval(LOOK);
    loop {
        tick.tick().await;
        let care = Arc::clone(&app.care);
        let newest = tokio::task::spawn_blocking(move || continuo_care::newest_change(&care)).await;
        if let Ok(Ok(newest)) = newest {
            app.announce(newest);
        }
    }
}

/// The stream of one browser.
pub(crate) async fn stream(State(app): State<Arc<App>>, request: axum::extract::Request) -> Response {
    let (request, _) = server::head(request, Vec::new());
    let care = Arc::clone(&app.care);
    let cookie = request.cookie(COOKIE).unwrap_or("").to_owned();
    let standing = tokio::task::spawn_blocking(move || accounts::standing(&care, &cookie)).await;
    if !matches!(standing, Ok(Ok(Standing::Open(_)))) {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = axum::http::StatusCode::UNAUTHORIZED;
        return response;
    }
    let (sender, receiver) = mpsc::channel::<Bytes>(4);
    tokio::spawn(feed(app, sender));
    let mut response = Response::new(Body::new(server::channel_body(receiver)));
    let headers = response.headers_mut();
    headers.insert("content-type", axum::http::HeaderValue::from_static("text/event-stream"));
    headers.insert("cache-control", axum::http::HeaderValue::from_static("no-store"));
    response
}

async fn feed(app: Arc<App>, sender: mpsc::Sender<Bytes>) {
    let mut changes = app.changes();
    loop {
        let text = match tokio::time::timeout(KEEP, changes.changed()).await {
            Ok(Ok(())) => format!("event: change\ndata: {}\n\n", *changes.borrow_and_update()),
            Ok(Err(_)) => return,
            Err(_) => ":\n\n".to_owned(),
        };
        if sender.send(Bytes::from(text)).await.is_err() {
            return;
        }
    }
}
