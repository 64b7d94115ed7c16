//! The server under test: in this process, on a free port of the loopback address, on a made-up clinic.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;

use anyhow::Context;
use continuo_care::Care;
use continuo_store::StartCheck;
use continuo_web::Front;

use crate::commands::demo;
use crate::{open, serving};

/// Servers of this run so far.
static STARTED: AtomicU32 = AtomicU32::new(0);

/// A running server with a token for its API.
pub(super) struct Server {
    pub(super) address: SocketAddr,
    pub(super) care: Arc<Care>,
    pub(super) token: String,
    file: Option<PathBuf>,
}

impl Server {
    /// Starts on `db`, or on a new file with so many made-up people (0: an empty clinic).
    pub(super) fn start(db: Option<&str>, patients: u32) -> anyhow::Result<Self> {
        // A server before this one may hold its file until its threads have ended.
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        let file = std::env::temp_dir().join(format!("continuo-bench-{}-{number}.db", std::process::id()));
        let url = db.map_or_else(|| format!("sqlite:{}", file.display()), str::to_owned);
        let care = open::care(&url, StartCheck::Head)?;
        demo::make_if_new(&care, 1, patients)?;
        let token = demo::token(&care)?;
        let (sender, receiver) = mpsc::channel();
        let serving_care = Arc::clone(&care);
        std::thread::Builder::new().name("bench-server".to_owned()).spawn(move || {
            let address = SocketAddr::from(([127, 0, 0, 1], 0));
            let told = sender.clone();
            let ended = serving::serve(serving_care, address, Front::default(), move |address| {
                // The bench waits for this; if it is gone nobody needs the server.
                let _ = told.send(Ok(address));
            });
            if let Err(error) = ended {
                let _ = sender.send(Err(error));
            }
        })?;
        let address = receiver.recv().context("the server under test did not start")??;
        Ok(Self { address, care, token, file: db.is_none().then_some(file) })
    }

    /// The header that signs a program in.
    pub(super) fn bearer(&self) -> String {
        format!("Authorization: Bearer {}\r\nAccept: application/fhir+json\r\n", self.token)
    }

    /// Bytes of the database on disk; 0 for one that is not a file of ours.
    pub(super) fn bytes_on_disk(&self) -> u64 {
        let Some(file) = &self.file else { return 0 };
        ["", "-wal"]
            .iter()
            .filter_map(|suffix| std::fs::metadata(format!("{}{suffix}", file.display())).ok())
            .map(|meta| meta.len())
            .sum()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(file) = &self.file {
            for suffix in ["", "-wal", "-shm", "-lock"] {
                // Left behind only if the folder for temporary files refuses.
                let _ = std::fs::remove_file(format!("{}{suffix}", file.display()));
            }
        }
    }
}
