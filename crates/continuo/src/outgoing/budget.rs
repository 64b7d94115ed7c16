//! What a purpose may spend in any sixty minutes: calls and tokens, counted before a call leaves.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use continuo_care::outbound::OutboundError;

const HOUR: Duration = Duration::from_secs(3600);

/// What was spent in the last hour. Kept in the process: a restart begins a new hour.
#[derive(Debug, Default)]
pub(super) struct Budget {
    spent: VecDeque<(Instant, u64)>,
}

impl Budget {
    /// Spends one call and the most tokens it may cost, or says which budget is used up.
    pub(super) fn spend(&mut self, now: Instant, tokens: u64, calls: u32, most: u64) -> Result<(), OutboundError> {
        while self.spent.front().is_some_and(|(at, _)| now.saturating_duration_since(*at) >= HOUR) {
            self.spent.pop_front();
        }
        if self.spent.len() >= calls as usize {
            return Err(OutboundError::Budget("calls"));
        }
        let so_far: u64 = self.spent.iter().map(|(_, tokens)| *tokens).sum();
        if so_far.saturating_add(tokens) > most {
            return Err(OutboundError::Budget("tokens"));
        }
        self.spent.push_back((now, tokens));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_later_there_is_a_budget_again() {
        let start = Instant::now();
        let mut budget = Budget::default();
        assert_eq!(budget.spend(start, 60, 2, 100), Ok(()));
        assert_eq!(budget.spend(start, 60, 2, 100), Err(OutboundError::Budget("tokens")));
        assert_eq!(budget.spend(start, 40, 2, 100), Ok(()));
        assert_eq!(budget.spend(start, 0, 2, 100), Err(OutboundError::Budget("calls")));
        assert_eq!(budget.spend(start + HOUR, 60, 2, 100), Ok(()));
    }
}
