//! Which expressions are remembered per patient: closed ones used twice, or inside a loop, and every definition.

use crate::program::{Expr, NO_SLOT, Program};

/// Assigns cache slots.
pub(super) fn assign(program: &mut Program, free: &[u32], uses: &[(u32, bool)]) {
    let mut next = 0;
    program.slots = program
        .exprs
        .iter()
        .enumerate()
        .map(|(at, expr)| {
            let cheap = matches!(expr, Expr::Null | Expr::Const(_) | Expr::Local(_) | Expr::Param(_));
            let (count, looped) = uses[at];
            let wanted = matches!(expr, Expr::Def(_)) || count > 1 || looped;
            if cheap || free[at] != NO_SLOT || !wanted {
                return NO_SLOT;
            }
            next += 1;
            next - 1
        })
        .collect();
    program.slot_count = next;
    program.open = free.iter().map(|slot| *slot != NO_SLOT).collect();
}
