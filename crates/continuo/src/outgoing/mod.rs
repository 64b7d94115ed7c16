//! The one door out (`Outbound`): allowed hosts, budgets, waiting and trying again around one small HTTP client.
//!
//! A call goes only to a host that the site's configuration names for its purpose, never follows a redirect, takes at
//! most its time with all attempts together, and is counted before it is sent. Logs name purpose, host, status and
//! duration, never headers, bodies or paths.

mod budget;
mod configure;
mod retry;
#[cfg(test)]
mod tests;
mod wire;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use continuo_care::outbound::settings::Limits;
use continuo_care::outbound::{Answer, Call, Outbound, OutboundError, Purpose, address};

use budget::Budget;
pub(crate) use configure::outside;
use retry::Pauses;
use wire::{Sent, Wire};

/// Largest body that leaves: an hour of compressed speech.
const LARGEST_SENT: usize = 64 << 20;

/// The door of a site that configured services.
pub(crate) struct Door {
    limits: BTreeMap<Purpose, Limits>,
    budgets: Mutex<BTreeMap<Purpose, Budget>>,
    pauses: Pauses,
    wire: Wire,
}

impl Door {
    /// A door with these limits.
    pub(crate) fn new(limits: BTreeMap<Purpose, Limits>) -> Self {
        Self { limits, budgets: Mutex::default(), pauses: Pauses::default(), wire: Wire::new() }
    }

    fn spend(&self, purpose: Purpose, limits: &Limits, tokens: u64, now: Instant) -> Result<(), OutboundError> {
        let mut budgets = self.budgets.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        budgets.entry(purpose).or_default().spend(now, tokens, limits.calls_per_hour, limits.tokens_per_hour)
    }
}

impl Outbound for Door {
    fn send(&self, call: &Call) -> Result<Answer, OutboundError> {
        let name = call.purpose.name();
        let limits = self.limits.get(&call.purpose).ok_or(OutboundError::NotConfigured(name))?;
        let host = allowed(limits, &call.url)?;
        if call.body.as_ref().is_some_and(|body| body.len() > LARGEST_SENT) {
            return Err(OutboundError::TooLarge("request"));
        }
        let started = Instant::now();
        let deadline = started + Duration::from_secs(u64::from(limits.seconds));
        let most = if call.repeatable { limits.retries + 1 } else { 1 };
        let mut attempt = 0;
        loop {
            attempt += 1;
            let now = Instant::now();
            self.spend(call.purpose, limits, call.tokens, now)?;
            let left = deadline.saturating_duration_since(now);
            if left.is_zero() {
                return Err(OutboundError::TimedOut);
            }
            let (error, asked) = match self.wire.send(call, left) {
                Sent::Answer(body) => {
                    let duration_ms = started.elapsed().as_millis() as u64;
                    tracing::info!(service = name, host, attempts = attempt, duration_ms, "called a service");
                    return Ok(Answer { body, attempts: attempt });
                }
                Sent::Failed { error, again } => (error, again),
            };
            let left = deadline.saturating_duration_since(Instant::now());
            let pause = match asked {
                Some(pause) if attempt < most => self.pauses.next(attempt, pause).filter(|pause| *pause < left),
                _ => None,
            };
            let Some(pause) = pause else {
                tracing::warn!(service = name, host, attempts = attempt, %error, "a service failed");
                return Err(error);
            };
            std::thread::sleep(pause);
        }
    }
}

/// The host of an address, if the site allowed it and it is reached safely.
fn allowed<'a>(limits: &Limits, url: &'a str) -> Result<&'a str, OutboundError> {
    let refused = || OutboundError::HostNotAllowed(address::host_of(url).unwrap_or("?").to_owned());
    let address = address::read(url).ok_or_else(refused)?;
    let safe = address.secure || limits.plain || address::is_loopback(address.host);
    let named = limits.hosts.contains(&address.host.to_lowercase());
    if safe && named { Ok(address.host) } else { Err(refused()) }
}
