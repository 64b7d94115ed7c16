//! Which expressions are remembered per patient: closed ones used twice, or inside a loop. Definitions always are.

use crate::program::{Expr, NO_SLOT, Program};

/// Assigns cache slots.
pub(super) fn assign(program: &mut Program, free: &[u32], uses: &[(u32, bool)]) {
    let mut next = 0;
    program.slots = program
        .exprs
        .iter()
        .enumerate()
        .map(|(at, expr)| {
            let cheap = matches!(expr, Expr::Null | Expr::Const(_) | Expr::Local(_) | Expr::Param(_) | Expr::Def(_));
            let (count, looped) = uses[at];
            let wanted = count > 1 || looped;
            if cheap || free[at] != NO_SLOT || !wanted {
                return NO_SLOT;
            }
            next += 1;
            next - 1
        })
        .collect();
    program.slot_count = next;
    program.once = vec![false; program.definitions.len()];
    for (expr, (count, looped)) in program.exprs.iter().zip(uses) {
        if let Expr::Def(id) = expr {
            program.once[*id as usize] = *count == 1 && !looped;
        }
    }
    program.open = free.iter().map(|slot| *slot != NO_SLOT).collect();
}
