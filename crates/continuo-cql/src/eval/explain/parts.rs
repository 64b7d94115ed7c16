//! The parts of an expression, for whoever walks the program without evaluating it.

use crate::program::{Expr, ExprId, Program};

/// Calls `take` with every expression that an expression computes from, in order.
pub(crate) fn each(program: &Program, id: ExprId, take: &mut dyn FnMut(ExprId)) {
    match &program.exprs[id as usize] {
        Expr::Null
        | Expr::Const(_)
        | Expr::Local(_)
        | Expr::Def(_)
        | Expr::Param(_)
        | Expr::MinValue(_)
        | Expr::MaxValue(_)
        | Expr::Now
        | Expr::Today
        | Expr::TimeOfDay => {}
        Expr::Retrieve(_, codes) => codes.iter().for_each(|id| take(*id)),
        Expr::Query(at) => {
            let query = &program.queries[*at as usize];
            query.sources.iter().for_each(|(_, id)| take(*id));
            query.lets.iter().for_each(|(_, id)| take(*id));
            for (_, _, source, condition) in &query.relations {
                take(*source);
                take(*condition);
            }
            query.condition.iter().for_each(|id| take(*id));
            query.result.iter().for_each(|(id, _)| take(*id));
            if let Some((_, starting, body, _)) = &query.aggregate {
                take(*starting);
                take(*body);
            }
            query.sort.iter().for_each(|at| program.sorts[*at as usize].keys.iter().for_each(|(id, _)| take(*id)));
        }
        Expr::Call(_, parts)
        | Expr::Coalesce(parts)
        | Expr::List(parts)
        | Expr::Tuple(_, parts)
        | Expr::External(_, parts)
        | Expr::Concatenate(parts)
        | Expr::DateTime(parts)
        | Expr::Date(parts)
        | Expr::Time(parts)
        | Expr::Message(parts) => parts.iter().for_each(|id| take(*id)),
        Expr::Property(a, _)
        | Expr::Is(a, _)
        | Expr::As(a, _, _)
        | Expr::Convert(a, _, _)
        | Expr::Helper(_, a)
        | Expr::Op1(_, a)
        | Expr::Unary(_, a)
        | Expr::Aggregate(_, a) => take(*a),
        Expr::Sort(a, at) => {
            take(*a);
            program.sorts[*at as usize].keys.iter().for_each(|(id, _)| take(*id));
        }
        Expr::And(a, b)
        | Expr::Or(a, b)
        | Expr::Xor(a, b)
        | Expr::Implies(a, b)
        | Expr::Op2(_, a, b, _)
        | Expr::Arithmetic(_, a, b)
        | Expr::Relation(_, a, b, _)
        | Expr::InValueSet(a, b, _)
        | Expr::InCodeSystem(a, b, _)
        | Expr::Repeat(_, a, b)
        | Expr::ForEach(_, a, b, _) => [a, b].into_iter().for_each(|id| take(*id)),
        Expr::If(a, b, c)
        | Expr::Fold(_, a, b, c)
        | Expr::Substring(a, b, c)
        | Expr::ReplaceMatches(a, b, c)
        | Expr::Slice(a, b, c) => {
            for id in [a, b, c] {
                take(*id);
            }
        }
        Expr::Interval(a, b, c, d, _) => [a, b, c, d].into_iter().for_each(|id| take(*id)),
        Expr::TypeSwitch(_, arms, otherwise) => {
            arms.iter().for_each(|(_, id)| take(*id));
            take(*otherwise);
        }
        Expr::Case(comparand, items, otherwise) => {
            if let Some(comparand) = comparand {
                take(*comparand);
            }
            for (when, then) in items {
                take(*when);
                take(*then);
            }
            take(*otherwise);
        }
    }
}

/// Whether an expression depends on a name bound around it (a query's row or a function's operand).
pub(crate) fn is_open(program: &Program, id: ExprId) -> bool {
    program.open[id as usize]
}
