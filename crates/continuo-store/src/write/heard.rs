//! That a source was heard: written at most once a minute, so that a busy feed costs nothing.

use super::tx::WriteTx;
use crate::error::Result;
use crate::ids::Micros;
use crate::tables::feed;

const MINUTE: Micros = 60_000_000;

impl WriteTx<'_> {
    /// Notes in this commit that a source sent something, whether or not that was new.
    pub fn heard(&mut self, source: &str) -> Result<()> {
        let org = self.context.org;
        if !self.state.is_first_in(org, source, self.now.div_euclid(MINUTE)) {
            return Ok(());
        }
        feed::heard(self.conn, org, source, self.now)
    }
}
