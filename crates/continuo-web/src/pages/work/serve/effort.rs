//! How many presses and seconds a piece of work took, as the page counted them; nothing without script.

use continuo_care::{Ctx, work};

use crate::form::Pairs;

/// Counts a finished piece of work. A count that cannot be kept never stops the work.
pub(super) fn count(ctx: &Ctx, kind: &str, form: &Pairs) {
    let number = |name: &str| form.text(name).and_then(|text| text.parse::<i64>().ok()).filter(|one| *one > 0);
    let (Some(presses), Some(millis)) = (number("presses"), number("millis")) else { return };
    if let Err(error) = work::count_presses(ctx, kind, presses, millis) {
        tracing::warn!(error = %error, "presses of a piece of work could not be counted");
    }
}
