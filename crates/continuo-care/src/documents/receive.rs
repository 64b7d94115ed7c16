//! Receiving documents: each file is kept once, as received, and waits.

use continuo_store::Rid;
use continuo_store::tables::{document_blob, document_inbox};

use super::kind;
use crate::access::Permission;
use crate::ctx::Ctx;
use crate::problem::WorkError;

/// What became of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Received {
    /// It waits under this id.
    New(String),
    /// The same bytes were received before, under this id.
    Known(String),
    /// It is no document that can be kept.
    Refused(String),
}

/// Largest document, in bytes.
pub const LARGEST: usize = 20 << 20;

/// Keeps a file in the inbox.
pub fn receive(ctx: &Ctx, source: &str, name: &str, bytes: Vec<u8>) -> Result<Received, WorkError> {
    ctx.require(Permission::Import)?;
    if bytes.len() > LARGEST {
        return Ok(Received::Refused("larger than 20 MB".to_owned()));
    }
    let Some(kind) = kind::of(&bytes) else {
        return Ok(Received::Refused("neither a PDF nor an image".to_owned()));
    };
    let name: String = name.rsplit(['/', '\\']).next().unwrap_or_default().chars().take(200).collect();
    let (source, media_type) = (source.to_owned(), kind.media_type.to_owned());
    // What somebody uploads here was not sent by anybody.
    let is_sent = ctx.actor.account == 0;
    let done = ctx.write("receive document", move |tx| {
        let (org, at, id) = (tx.org(), tx.now(), tx.new_id());
        if is_sent {
            tx.heard(&source)?;
        }
        let conn = tx.conn()?;
        if let Some(known) = document_blob::known(conn, org, &bytes)? {
            return Ok(Received::Known(known));
        }
        let blob = document_blob::DocumentBlob {
            id: id.clone(),
            at,
            patient: Rid(0),
            labels: 0,
            type_: media_type,
            name,
            bytes,
        };
        document_blob::add(conn, org, &blob)?;
        document_inbox::add(conn, org, &id, at, &source)?;
        tx.commit_id();
        tx.audit("receive document", Rid(0), &id, "");
        Ok(Received::New(id))
    })?;
    Ok(done.value)
}
