//! Views of a list that somebody keeps under a name: the filters in the address, nothing personal.

use continuo_store::tables::saved_view;

use crate::ctx::Ctx;
use crate::problem::WorkError;

/// The reader's views: name and query.
pub fn views(ctx: &Ctx) -> Result<Vec<(String, String)>, WorkError> {
    Ok(ctx.read(|r| saved_view::of_actor(r.conn(), ctx.org, &ctx.actor.reference))?)
}

/// Keeps a view under a name, replacing the one there.
pub fn save(ctx: &Ctx, name: &str, query: &str) -> Result<(), WorkError> {
    let name = name.trim().to_owned();
    if name.is_empty() || name.chars().count() > 60 || query.len() > 500 {
        return Err(WorkError::field("name", "give the view a short name"));
    }
    let (org, who, query) = (ctx.org, ctx.actor.reference.clone(), query.to_owned());
    ctx.write("save view", move |tx| saved_view::put(tx.conn()?, org, &who, &name, &query))?;
    Ok(())
}
