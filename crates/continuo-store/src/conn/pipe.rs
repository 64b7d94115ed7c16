//! A PostgreSQL connection that need not wait for each answer.
//!
//! What nobody waits for is sent without looking for its answer; the server works it off in order, and the next answer that
//! somebody waits for brings theirs with it. A statement that fails shows at that wait. On one machine a question and its
//! answer take some 60 us, most of it two processes waking each other; between two houses a hundred times that.

use crate::error::{Error, Result};
use futures_core::Stream;
use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use tokio::runtime::Runtime;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{AsyncMessage, Client, Config, Row, RowStream, Socket};

/// Statements on their way, at most: what they bring is held until they are answered.
const MOST_SENT: usize = 64;
/// Statements that wait in this process before they are handed to the network, so that the server begins with them.
const PUSHED_AFTER: usize = 8;
/// Rows taken over at once, as far as they are here.
const ROWS: usize = 64;

type PgResult<T> = std::result::Result<T, tokio_postgres::Error>;
type Drive = dyn FnMut(&mut Context<'_>) -> Poll<Option<PgResult<AsyncMessage>>> + Send;
type Answer = Pin<Box<dyn Future<Output = PgResult<u64>> + Send>>;

/// See the module.
pub(crate) struct Pipe {
    runtime: Runtime,
    client: Arc<Client>,
    drive: Box<Drive>,
    sent: VecDeque<(String, Answer)>,
    /// How many of `sent` may still lie in this process.
    unpushed: usize,
    /// The first statement that failed since somebody waited.
    failed: Option<Error>,
}

impl Pipe {
    /// Connects.
    pub(crate) fn connect<T>(config: &Config, tls: T) -> Result<Self>
    where
        T: MakeTlsConnect<Socket>,
        T::Stream: Send + 'static,
    {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Error::Invalid(format!("no connection can be driven: {error}")))?;
        let (client, mut connection) = runtime.block_on(config.connect(tls))?;
        Ok(Self {
            runtime,
            client: Arc::new(client),
            drive: Box::new(move |cx| connection.poll_message(cx)),
            sent: VecDeque::new(),
            unpushed: 0,
            failed: None,
        })
    }

    /// The side of the connection that makes requests.
    pub(super) fn client(&self) -> Arc<Client> {
        Arc::clone(&self.client)
    }

    /// Sends a statement whose answer nobody waits for; `sql` names it if it fails.
    pub(super) fn send(
        &mut self,
        sql: &str,
        answer: impl Future<Output = PgResult<u64>> + Send + 'static,
    ) -> Result<()> {
        let mut answer: Answer = Box::pin(answer);
        // The first look at it writes the request into the queue of the connection.
        match answer.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(Ok(_)) => {}
            Poll::Ready(Err(error)) => self.failed = self.failed.take().or_else(|| Some(named(sql, error))),
            Poll::Pending => self.sent.push_back((sql.to_owned(), answer)),
        }
        self.unpushed += 1;
        if self.sent.len() >= MOST_SENT {
            return self.wait_for_all();
        }
        if self.unpushed >= PUSHED_AFTER { self.push() } else { Ok(()) }
    }

    /// Hands what was sent to the network and waits for nothing.
    pub(super) fn push(&mut self) -> Result<()> {
        self.unpushed = 0;
        let Self { runtime, drive, sent, failed, .. } = self;
        Ok(runtime.block_on(poll_fn(|cx| {
            let driven = driven(drive, cx);
            answered(sent, failed, cx);
            Poll::Ready(driven)
        }))?)
    }

    /// Waits for an answer, and for those of everything sent before.
    pub(super) fn wait<T>(&mut self, sql: &str, answer: impl Future<Output = PgResult<T>>) -> Result<T> {
        self.unpushed = 0;
        let Self { runtime, drive, sent, failed, .. } = self;
        let mut answer = pin!(answer);
        let mut is_new = true;
        let done = runtime.block_on(poll_fn(|cx| {
            if std::mem::take(&mut is_new)
                && let Poll::Ready(done) = answer.as_mut().poll(cx)
            {
                return Poll::Ready(done);
            }
            if let Err(error) = driven(drive, cx) {
                return Poll::Ready(Err(error));
            }
            answered(sent, failed, cx);
            answer.as_mut().poll(cx)
        }));
        match (self.failed.take(), done) {
            (Some(first), _) => Err(first),
            (None, done) => done.map_err(|error| named(sql, error)),
        }
    }

    /// Waits until everything sent is answered.
    pub(super) fn wait_for_all(&mut self) -> Result<()> {
        self.unpushed = 0;
        let Self { runtime, drive, sent, failed, .. } = self;
        let driven = runtime.block_on(poll_fn(|cx| {
            loop {
                answered(sent, failed, cx);
                if sent.is_empty() {
                    return Poll::Ready(Ok(()));
                }
                if let Err(error) = driven(drive, cx) {
                    return Poll::Ready(Err(error));
                }
                let left = sent.len();
                answered(sent, failed, cx);
                if sent.len() == left {
                    return Poll::Pending;
                }
            }
        }));
        match self.failed.take() {
            Some(first) => Err(first),
            None => Ok(driven?),
        }
    }

    /// Whether something sent was not answered yet, or failed.
    pub(super) fn is_waited_for(&self) -> bool {
        !self.sent.is_empty() || self.failed.is_some()
    }

    /// The next rows of an answer, and whether they are the last.
    pub(super) fn rows(&mut self, sql: &str, stream: &mut Pin<Box<RowStream>>) -> Result<(Vec<Row>, bool)> {
        let mut rows = Vec::new();
        let is_end = self.wait(
            sql,
            poll_fn(|cx| {
                while rows.len() < ROWS {
                    match stream.as_mut().poll_next(cx) {
                        Poll::Ready(Some(row)) => rows.push(row?),
                        Poll::Ready(None) => return Poll::Ready(Ok(true)),
                        Poll::Pending if rows.is_empty() => return Poll::Pending,
                        Poll::Pending => break,
                    }
                }
                Poll::Ready(Ok(false))
            }),
        )?;
        Ok((rows, is_end))
    }
}

/// Reads and writes what is there to read and write.
fn driven(drive: &mut Box<Drive>, cx: &mut Context<'_>) -> PgResult<()> {
    loop {
        match drive(cx) {
            Poll::Ready(Some(Ok(AsyncMessage::Notice(notice)))) => {
                tracing::debug!(notice = notice.message(), "the database says");
            }
            Poll::Ready(Some(Ok(_))) => {}
            Poll::Pending => return Ok(()),
            // The connection has ended. It goes here, and who still waits hears it from their own answer.
            Poll::Ready(end) => {
                *drive = Box::new(|_| Poll::Ready(None));
                return end.map_or(Ok(()), |end| end.map(|_| ()));
            }
        }
    }
}

/// Takes the answers that have come, in the order of their statements.
fn answered(sent: &mut VecDeque<(String, Answer)>, failed: &mut Option<Error>, cx: &mut Context<'_>) {
    while let Some((sql, answer)) = sent.front_mut() {
        match answer.as_mut().poll(cx) {
            Poll::Pending => return,
            Poll::Ready(Ok(_)) => {}
            Poll::Ready(Err(error)) => {
                failed.get_or_insert_with(|| named(sql, error));
            }
        }
        sent.pop_front();
    }
}

pub(super) fn named(sql: &str, error: tokio_postgres::Error) -> Error {
    match Error::from(error) {
        Error::Sql { cause, .. } => Error::sql(sql, cause),
        other => other,
    }
}
