//! What can go wrong while evaluating one patient. One patient's fault never stops the run.

/// Why an expression has no value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// An operator met something it cannot work on.
    #[error("{0}")]
    Runtime(String),
    /// A definition rests on itself.
    #[error("definition `{0}` rests on itself")]
    Cycle(String),
    /// More steps than one patient may take.
    #[error("evaluation took more steps than allowed for one patient")]
    Budget,
    /// Nested deeper than the evaluator follows.
    #[error("expressions are nested too deeply to evaluate")]
    Depth,
}
