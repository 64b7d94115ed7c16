//! HTTP: turns network requests into [`Request`]s, runs the route's handler, and sends the [`Reply`].
//!
//! Handlers are plain functions that may wait for the store, so they run on blocking threads, except the quick ones.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{RawPathParams, State};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::Response;
use axum::routing::MethodFilter;

use crate::app::App;
use crate::form::Pairs;
use crate::problem::Problem;
use crate::reply::{Feed, Reply};
use crate::request::Request;
use crate::route::Route;
use crate::{gate, live, security};

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
    let request = match read(request, params, route.body_limit).await {
        Ok(request) => request,
        Err((request, problem)) => return send(&request, problem_reply(&app, &request, &problem)),
    };
    let run = move || {
        let reply =
            gate::pass(&app, &route, &request).unwrap_or_else(|problem| problem_reply(&app, &request, &problem));
        (request, reply)
    };
    let done = if route.quick { Ok(run()) } else { tokio::task::spawn_blocking(run).await };
    match done {
        Ok((request, reply)) => send(&request, reply),
        // The handler panicked: the panic hook has logged where. Other requests go on.
        Err(_) => plain(500, "Something went wrong on our side. Please try again."),
    }
}

/// Reads head and body. The error carries what was read so that it can be answered in the right form.
pub(crate) async fn read(
    request: axum::extract::Request,
    params: Vec<(String, String)>,
    body_limit: usize,
) -> Result<Request, (Request, Problem)> {
    let (parts, body) = request.into_parts();
    let raw_query = parts.uri.query().unwrap_or("").to_owned();
    let mut out = Request {
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
    let declared = out.header("content-length").and_then(|text| text.parse::<usize>().ok()).unwrap_or(0);
    let too_large = || Problem::status(413, "too-long", format!("The body is larger than {body_limit} bytes."));
    if declared > body_limit {
        return Err((out, too_large()));
    }
    match to_bytes(body, body_limit).await {
        Ok(bytes) => {
            out.body = bytes.to_vec();
            Ok(out)
        }
        Err(_) => Err((out, too_large())),
    }
}

fn send(request: &Request, reply: Reply) -> Response {
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
    for (name, value) in reply.headers {
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
    if problem.status == 401 && request.wants_page() {
        return Reply::see(if problem.place.as_deref() == Some("locked") { "/unlock" } else { "/sign-in" });
    }
    if request.wants_page() { (app.error_page)(app, request, problem) } else { crate::fhir::outcome::reply(problem) }
}

async fn nothing_here(State(app): State<Arc<App>>, request: axum::extract::Request) -> Response {
    fallback(&app, request, &Problem::not_found()).await
}

async fn wrong_method(State(app): State<Arc<App>>, request: axum::extract::Request) -> Response {
    fallback(&app, request, &Problem::status(405, "not-supported", "This address does not take that method.")).await
}

async fn fallback(app: &App, request: axum::extract::Request, problem: &Problem) -> Response {
    let request = match read(request, Vec::new(), 0).await {
        Ok(request) | Err((request, _)) => request,
    };
    let reply = problem_reply(app, &request, problem);
    send(&request, reply)
}

/// A body written on a blocking thread, a few pieces ahead of the client.
fn fed(feed: Feed) -> Body {
    let (sender, receiver) = tokio::sync::mpsc::channel(4);
    tokio::task::spawn_blocking(move || feed(&mut |bytes| sender.blocking_send(bytes.into()).is_ok()));
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
