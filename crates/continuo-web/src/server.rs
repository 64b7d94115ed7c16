//! HTTP: turns network requests into [`Request`]s, runs the route's handler, and sends the [`Reply`].
//!
//! Handlers are plain functions that may wait for the store, so they run on blocking threads, except the quick ones.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{RawPathParams, State};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::Response;
use axum::routing::MethodFilter;

use crate::app::App;
use crate::form::Pairs;
use crate::listen::Peer;
use crate::problem::Problem;
use crate::reply::{Feed, Reply};
use crate::request::Request;
use crate::route::Route;
use crate::{cookies, gate, live, security};

/// The router of all routes of the table.
pub fn router(app: Arc<App>) -> Router {
    let mut router = Router::new();
    for route in app.routes() {
        let route = *route;
        let filter = MethodFilter::try_from(Method::from_bytes(route.method.as_bytes()).unwrap_or(Method::GET))
            .unwrap_or(MethodFilter::GET);
        let answer = move |State(app): State<Arc<App>>, params: RawPathParams, request: axum::extract::Request| {
            answer(app, route, params, request)
        };
        // Clients join addresses with one slash too many; the API takes both forms.
        if route.path.starts_with("/fhir/") && !route.path.ends_with('/') {
            router = router.route(&format!("{}/", route.path), axum::routing::on(filter, answer));
        }
        router = router.route(route.path, axum::routing::on(filter, answer));
    }
    router
        .route("/live", axum::routing::get(live::stream))
        .fallback(nothing_here)
        .method_not_allowed_fallback(wrong_method)
        .with_state(app)
}

async fn answer(app: Arc<App>, route: Route, params: RawPathParams, request: axum::extract::Request) -> Response {
    let params = params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let (mut request, mut body) = head(&app, request, params);
    let secure = app.secure_cookies;
    let done = if route.body_limit == 0 {
        // The semaphore is never closed, so a turn always comes; those that answer at once, or wait elsewhere, need none.
        let waiting = Arc::clone(&app);
        let _turn = if route.quick || route.calls_out { None } else { waiting.turns.acquire().await.ok() };
        on_thread(&route, move || {
            let reply = gate::enter(&app, &route, &request)
                .and_then(|entered| gate::pass(&app, &route, &entered, &request))
                .unwrap_or_else(|problem| problem_reply(&app, &request, &problem));
            (request, reply)
        })
        .await
    } else {
        let door = Arc::clone(&app);
        let entered = on_thread(&route, move || {
            let entered = gate::enter(&door, &route, &request);
            (request, entered)
        })
        .await;
        let Some((back, entered)) = entered else { return broken() };
        request = back;
        let entered = match entered {
            Ok(entered) => entered,
            Err(problem) => {
                // A client that is still sending would see a broken connection instead of the answer. What was sent into
                // a locked session is kept on the lock page; where it is too long to keep, only the lock is shown.
                let whole = read_body(&mut request, &mut body, MOST_KEPT).await.is_ok();
                if !whole {
                    throw_away(&request, &mut body, DISCARDED).await;
                }
                if !whole || !keeps(&request, &problem) {
                    request.body.clear();
                }
                return send(secure, &request, problem_reply(&app, &request, &problem));
            }
        };
        if let Err(problem) = read_body(&mut request, &mut body, route.body_limit).await {
            if problem.status == 413 {
                throw_away(&request, &mut body, THROWN_AWAY).await;
            }
            return send(secure, &request, problem_reply(&app, &request, &problem));
        }
        on_thread(&route, move || {
            let reply = gate::pass(&app, &route, &entered, &request)
                .unwrap_or_else(|problem| problem_reply(&app, &request, &problem));
            (request, reply)
        })
        .await
    };
    match done {
        Some((request, reply)) => send(secure, &request, reply),
        None => broken(),
    }
}

/// The longest form that a lock keeps.
const MOST_KEPT: usize = 64 << 10;

/// Whether a form was sent by our own page (the door saw to that) into a session that is locked.
fn keeps(request: &Request, problem: &Problem) -> bool {
    let form = request
        .header("content-type")
        .is_some_and(|type_| type_.to_ascii_lowercase().starts_with("application/x-www-form-urlencoded"));
    is_locked(problem) && request.method == "POST" && request.wants_page() && form
}

fn is_locked(problem: &Problem) -> bool {
    problem.status == 401 && problem.place.as_deref() == Some("locked")
}

/// Runs `work` where it may wait, unless the route is quick; `None` when it panicked.
async fn on_thread<T: Send + 'static>(route: &Route, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    if route.quick { Some(work()) } else { tokio::task::spawn_blocking(work).await.ok() }
}

/// The handler panicked: the panic hook has logged where. Other requests go on.
fn broken() -> Response {
    plain(500, "Something went wrong on our side. Please try again.")
}

/// The head of a request; its body has not been read.
pub(crate) fn head(app: &App, request: axum::extract::Request, params: Vec<(String, String)>) -> (Request, Body) {
    let (parts, body) = request.into_parts();
    let raw_query = parts.uri.query().unwrap_or("").to_owned();
    let mut request = Request {
        peer: parts.extensions.get::<Peer>().map(|peer| peer.0),
        method: parts.method.as_str().to_owned(),
        path: parts.uri.path().to_owned(),
        params,
        query: Pairs::parse(raw_query.as_bytes()),
        raw_query,
        headers: parts
            .headers
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect(),
        body: Vec::new(),
    };
    app.front.hear(&mut request);
    if app.secure_cookies {
        cookies::heard(&mut request.headers);
    }
    (request, body)
}

/// Time every body may take, and the rate at which a long one must come: a slow sender is cut off, a large Bundle over
/// a slow line is not.
const BODY_GRACE: Duration = Duration::from_secs(20);
const BODY_BYTES_A_MILLISECOND: u64 = 16;

/// Bodies up to this are taken, and thrown away, from those who may not send one; a longer one is not waited for.
const DISCARDED: u64 = 1 << 20;

/// Reads the body into the request, within its limit and its time.
async fn read_body(request: &mut Request, body: &mut Body, limit: usize) -> Result<(), Problem> {
    let too_large = || Problem::status(413, "too-long", format!("The body is larger than {limit} bytes."));
    let declared = request.header("content-length").and_then(|text| text.parse::<usize>().ok()).unwrap_or(0);
    if declared > limit {
        return Err(too_large());
    }
    let mut bytes = Vec::with_capacity(declared);
    let started = tokio::time::Instant::now();
    loop {
        let allowed = BODY_GRACE + Duration::from_millis(bytes.len() as u64 / BODY_BYTES_A_MILLISECOND);
        let next = std::future::poll_fn(|cx| http_body::Body::poll_frame(std::pin::Pin::new(&mut *body), cx));
        let Ok(frame) = tokio::time::timeout_at(started + allowed, next).await else {
            return Err(Problem::status(408, "timeout", "The body came too slowly. Please send it again."));
        };
        let Some(frame) = frame else { break };
        let frame = frame.map_err(|error| {
            Problem::bad_request("The body was cut off. Please send it again.").because(error.to_string())
        })?;
        let Some(data) = frame.data_ref() else { continue };
        if bytes.len() + data.len() > limit {
            return Err(too_large());
        }
        bytes.extend_from_slice(data);
    }
    request.body = bytes;
    Ok(())
}

/// The most that is taken of a body that is too long.
const THROWN_AWAY: u64 = 256 << 20;

/// Takes the rest of a body that is too long and keeps nothing of it: a client that sends everything before it reads
/// would see a broken connection instead of the answer. One that asks first (`Expect: 100-continue`) need not send.
async fn throw_away(request: &Request, body: &mut Body, most: u64) {
    let (mut taken, started) = (0_u64, tokio::time::Instant::now());
    while request.header("expect").is_none() && taken < most {
        let allowed = BODY_GRACE + Duration::from_millis(taken / BODY_BYTES_A_MILLISECOND);
        let next = std::future::poll_fn(|cx| http_body::Body::poll_frame(std::pin::Pin::new(&mut *body), cx));
        match tokio::time::timeout_at(started + allowed, next).await {
            Ok(Some(Ok(frame))) => taken += frame.data_ref().map_or(0, |data| data.len() as u64),
            _ => return,
        }
    }
}

fn send(secure: bool, request: &Request, reply: Reply) -> Response {
    // HEAD says the length of what GET would send (RFC 9110, 8.6); of a stream nobody knows it.
    let length = (request.method == "HEAD"
        && reply.feed.is_none()
        && reply.status >= 200
        && ![204, 304].contains(&reply.status))
    .then_some(reply.body.len());
    let body = match reply.feed {
        _ if request.method == "HEAD" => Body::empty(),
        Some(feed) => fed(feed),
        None => Body::from(reply.body),
    };
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    for (name, value) in security::HEADERS {
        headers.insert(*name, HeaderValue::from_static(value));
    }
    headers.insert("cache-control", HeaderValue::from_static("no-store"));
    if let Some(length) = length {
        headers.insert("content-length", HeaderValue::from(length));
    }
    for (name, value) in reply.headers {
        let value = if secure && name == "set-cookie" { cookies::sent(&value) } else { value };
        if let Ok(value) = HeaderValue::from_str(&value) {
            if name == "set-cookie" {
                headers.append(name, value);
            } else {
                headers.insert(name, value);
            }
        }
    }
    response
}

/// A problem as the caller can read it: a page for people, an OperationOutcome for programs.
pub(crate) fn problem_reply(app: &App, request: &Request, problem: &Problem) -> Reply {
    if problem.status >= 500 {
        tracing::error!(status = problem.status, cause = %problem.cause, "request failed");
    } else {
        tracing::debug!(status = problem.status, cause = %problem.cause, "request refused");
    }
    if problem.place.as_deref() == Some(gate::FIRST_PASSWORD) && request.wants_page() {
        return Reply::see("/account");
    }
    if problem.status == 401 && request.wants_page() {
        if !is_locked(problem) {
            return Reply::see("/sign-in");
        }
        if request.body.is_empty() {
            let back = if request.method == "GET" { request.own_address() } else { "/".to_owned() };
            return Reply::see(&format!("/unlock?back={}", crate::form::encode(&back)));
        }
    }
    if request.wants_page() { (app.error_page)(app, request, problem) } else { crate::fhir::outcome::reply(problem) }
}

async fn nothing_here(State(app): State<Arc<App>>, request: axum::extract::Request) -> Response {
    fallback(&app, request, &Problem::not_found())
}

async fn wrong_method(State(app): State<Arc<App>>, request: axum::extract::Request) -> Response {
    fallback(&app, request, &Problem::status(405, "not-supported", "This address does not take that method."))
}

fn fallback(app: &App, request: axum::extract::Request, problem: &Problem) -> Response {
    let (request, _) = head(app, request, Vec::new());
    let reply = problem_reply(app, &request, problem);
    send(app.secure_cookies, &request, reply)
}

/// How long a client may take to read the next piece: one that reads nothing must not hold a thread for good.
const READ_GRACE: Duration = Duration::from_secs(30);

/// A body written on a blocking thread, a few pieces ahead of the client.
fn fed(feed: Feed) -> Body {
    let (sender, receiver) = tokio::sync::mpsc::channel(4);
    let runtime = tokio::runtime::Handle::current();
    tokio::task::spawn_blocking(move || {
        feed(&mut |bytes| {
            let sent = tokio::time::timeout(READ_GRACE, sender.send(bytes.into()));
            matches!(runtime.block_on(sent), Ok(Ok(())))
        });
    });
    Body::new(channel_body(receiver))
}

/// A body fed by a channel; it ends when the channel does.
pub(crate) fn channel_body(receiver: tokio::sync::mpsc::Receiver<axum::body::Bytes>) -> ChannelBody {
    ChannelBody(receiver)
}

/// See [`channel_body`].
pub(crate) struct ChannelBody(tokio::sync::mpsc::Receiver<axum::body::Bytes>);

impl http_body::Body for ChannelBody {
    type Data = axum::body::Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<http_body::Frame<Self::Data>, Self::Error>>> {
        self.0.poll_recv(cx).map(|bytes| bytes.map(|bytes| Ok(http_body::Frame::data(bytes))))
    }
}

fn plain(status: u16, text: &str) -> Response {
    let mut response = Response::new(Body::from(text.to_owned()));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response
}
