//! A shift: many coordinators at once, each doing one thing every few seconds: the list, a chart, a comment on a task.
//! Every user has a session of their own; a third of what they do is a durable change.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use clap::Args;
use continuo_care::worklist::{Filter, Tab, worklist};
use continuo_care::{Ctx, accounts};

use super::http::Client;
use super::load::first_line;
use super::server::Server;
use super::stats::{Figure, Times, peak_memory};

#[derive(Debug, Args)]
pub(super) struct ShiftArgs {
    /// A database made before; by default a new clinic.
    #[arg(long)]
    db: Option<String>,
    /// Made-up people of a new clinic.
    #[arg(long, default_value_t = 2000)]
    patients: u32,
    /// Coordinators at once.
    #[arg(long, default_value_t = 1000)]
    users: usize,
    /// Seconds between two things that one of them does.
    #[arg(long, default_value_t = 10)]
    pause: u64,
    /// Seconds in all.
    #[arg(long, default_value_t = 30)]
    seconds: u64,
}

/// What one of them works with.
#[derive(Clone)]
struct Desk {
    headers: String,
    csrf: String,
    today: String,
    charts: Vec<String>,
    tasks: Vec<String>,
}

/// What one of them does: every third action is a durable change, a comment, a call or a result in turn. All three run the
/// rules over the person in their commit, as finishing a task does.
const ACTIONS: [&str; 5] = ["worklist", "chart", "comment on a task", "log a call", "add a result"];

type Measured = ([Times; ACTIONS.len()], u64);

pub(super) fn run(args: &ShiftArgs) -> anyhow::Result<Vec<Figure>> {
    let server = Server::start(args.db.as_deref(), args.patients)?;
    let desks = desks(&server, args.users)?;
    let (span, pause) = (Duration::from_secs(args.seconds), Duration::from_secs(args.pause.max(1)));
    let started = Instant::now();
    let results: Vec<anyhow::Result<Measured>> = std::thread::scope(|threads| {
        let running: Vec<_> = desks
            .iter()
            .enumerate()
            .map(|(number, desk)| {
                // They do not all press at the same moment.
                let first = pause.mul_f64(number as f64 / desks.len().max(1) as f64);
                threads.spawn(move || work(&server.address, desk, number, started, first, pause, span))
            })
            .collect();
        running.into_iter().map(|one| one.join().unwrap_or_else(|_| anyhow::bail!("a user stopped"))).collect()
    });
    let (mut times, mut failed) = (Times::default(), 0);
    let mut by_action: [Times; ACTIONS.len()] = Default::default();
    for result in results {
        let (one, errors) = result?;
        for (sum, one) in by_action.iter_mut().zip(one) {
            times.merge(one.clone());
            sum.merge(one);
        }
        failed += errors;
    }
    let done = times.count() as f64;
    let each = ACTIONS.iter().zip(&mut by_action).map(|(name, times)| {
        Figure::new(format!("p99 of: {name}"), times.percentile(0.99), "ms", if times.count() > 0 { "100" } else { "" })
    });
    let each: Vec<Figure> = each.collect();
    let mut figures = vec![
        Figure::new(
            format!("{} coordinators, one action in {} s, p50", args.users, args.pause),
            times.percentile(0.5),
            "ms",
            "",
        ),
        Figure::new("p99", times.percentile(0.99), "ms", "500 with 100,000 people (L3)"),
        Figure::new("actions", done, "", ""),
        Figure::new("errors", failed as f64, "", "0"),
        Figure::new("peak memory, users included", peak_memory(), "MiB", ""),
    ];
    figures.extend(each);
    Ok(figures)
}

/// One session a user, shared among the accounts that have work.
fn desks(server: &Server, users: usize) -> anyhow::Result<Vec<Desk>> {
    let found = accounts::one_click(&server.care)?;
    let mut work: BTreeMap<i64, (Vec<String>, Vec<String>)> = BTreeMap::new();
    let mut out = Vec::with_capacity(users);
    let able: Vec<_> = found.iter().filter(|a| matches!(a.roles.as_str(), "care-coordinator" | "nurse")).collect();
    ensure!(!able.is_empty(), "the clinic has no coordinators");
    for account in able.iter().cycle().take(users) {
        let secret = accounts::sign_in_one_click(&server.care, account.org, account.id)?;
        let accounts::Standing::Open(ctx) = accounts::standing(&server.care, secret.expose())? else {
            anyhow::bail!("a coordinator is not signed in");
        };
        let (charts, tasks) = match work.entry(account.id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(work_of(&ctx)?),
        }
        .clone();
        out.push(Desk {
            headers: format!(
                "Cookie: continuo={}\r\nAccept: text/html\r\nOrigin: http://{}\r\n",
                secret.expose(),
                server.address
            ),
            csrf: ctx.session_key.clone(),
            today: ctx.zone.day(ctx.now()).to_string(),
            charts,
            tasks,
        });
    }
    Ok(out)
}

/// People on somebody's list, and tasks there that may be commented on.
fn work_of(ctx: &Ctx) -> anyhow::Result<(Vec<String>, Vec<String>)> {
    let list = worklist(ctx, Tab::Mine, &Filter::default())?;
    let charts = list.rows.iter().map(|row| row.person.id.clone()).collect();
    let items = list.rows.iter().flat_map(|row| row.items.iter());
    let tasks = items.filter(|item| !item.suggestion && !item.sensitive).map(|item| item.id.clone()).collect();
    Ok((charts, tasks))
}

fn work(
    address: &std::net::SocketAddr,
    desk: &Desk,
    number: usize,
    started: Instant,
    first: Duration,
    pause: Duration,
    span: Duration,
) -> anyhow::Result<Measured> {
    let mut times: [Times; ACTIONS.len()] = Default::default();
    let (mut errors, mut turn) = (0, number);
    let mut due = first;
    while due < span {
        wait(due.saturating_sub(started.elapsed()));
        // As a browser after a pause: a new connection.
        let asked = Instant::now();
        let mut client = Client::new(*address, &desk.headers)?;
        let chart = desk.charts.get(turn % desk.charts.len().max(1));
        let task = desk.tasks.get(turn % desk.tasks.len().max(1));
        let mut post = |path: String, fields: String| {
            let body = format!("csrf={}&{fields}", desk.csrf);
            client.post(&path, "application/x-www-form-urlencoded", body.as_bytes())
        };
        let (action, answer) = match (turn % 3, turn / 3 % 3, chart, task) {
            (2, 0, _, Some(task)) => (2, post(format!("/tasks/{task}/comment"), "comment=looked+at".to_owned())),
            (2, 1, Some(chart), _) => (3, post(format!("/patients/{chart}/call"), "outcome=no-answer".to_owned())),
            (2, 2, Some(chart), _) => {
                let fields = format!("what=weight&value=80&unit=kg&date={}", desk.today);
                (4, post(format!("/patients/{chart}/add/result"), fields))
            }
            (1, _, Some(chart), _) => (1, client.get(&format!("/patients/{chart}"))),
            _ => (0, client.get("/worklist")),
        };
        let answer = answer.context("an action was not answered")?;
        if let Some(times) = times.get_mut(action) {
            times.add(asked.elapsed());
        }
        if !matches!(answer.status, 200 | 303) {
            errors += 1;
            tracing::warn!(status = answer.status, body = first_line(&answer.body), "an action failed");
        }
        turn += 1;
        due += pause;
    }
    Ok((times, errors))
}

#[expect(clippy::disallowed_methods, reason = "users pause; nothing else here sleeps")]
fn wait(time: Duration) {
    std::thread::sleep(time);
}
