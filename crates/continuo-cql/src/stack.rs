//! A thread with a stack deep enough for deeply nested expressions.

use std::cell::Cell;

/// Stack of the thread: room for [`DEEP`] levels of evaluation. Only pages that are used cost memory.
const SIZE: usize = 512 << 20;

/// Evaluation depth that fits the deep stack.
pub const DEEP: u32 = 20_000;

thread_local! {
    /// Whether this thread was made here.
    static IS_DEEP: Cell<bool> = const { Cell::new(false) };
}

/// Runs `work` on a thread of its own with a deep stack and gives its result; on such a thread already it just runs, so
/// that many small pieces of work share one thread.
///
/// # Panics
/// Passes on a panic of `work`.
pub fn deep_stack<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    if IS_DEEP.get() {
        return work();
    }
    let work = || {
        IS_DEEP.set(true);
        work()
    };
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(SIZE).spawn_scoped(scope, work);
        match thread.map(std::thread::ScopedJoinHandle::join) {
            Ok(Ok(result)) => result,
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            Err(error) => panic!("a thread for evaluation could not be started: {error}"),
        }
    })
}
