//! Site policy: which rules may open tasks directly, in the name of a person. One rule is switched in `settings`.

use continuo_store::tables::rule_setting;

use super::site;
use crate::access::Permission;
use crate::ctx::Ctx;
use crate::work::Done;

/// Lets every clock-driven rule open tasks, in the name of a person: how a clinic starts that wants it so.
pub fn open_tasks_directly(ctx: &Ctx, by: &str, reason: &str) -> Done<()> {
    ctx.require(Permission::AdminPolicy)?;
    let settings = site::open_tasks_directly(by, reason, ctx.now().micros());
    Ok(ctx.write("switch rules", move |tx| {
        tx.commit_id();
        let org = tx.org();
        for setting in &settings {
            rule_setting::add(tx.conn()?, org, setting)?;
        }
        Ok(())
    })?)
}
