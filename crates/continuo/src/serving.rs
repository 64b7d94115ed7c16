//! Runs the web server until the process is asked to stop.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context;
use continuo_care::Care;
use continuo_web::{App, Front};

/// Serves on `listen` until Ctrl-C or a termination signal. `ready` is told the address in use.
pub(crate) fn serve(
    care: Arc<Care>,
    listen: SocketAddr,
    front: Front,
    ready: impl FnOnce(SocketAddr),
) -> anyhow::Result<()> {
    let threads = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads)
        .enable_all()
        .build()
        .context("the network threads could not start")?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(listen)
            .await
            .with_context(|| format!("address {listen} cannot be used; choose another with --port"))?;
        let address = listener.local_addr().context("the listening address is not known")?;
        crate::assessing::start(&care).context("the assessing thread could not start")?;
        crate::reading::start(&care).context("the thread for language models could not start")?;
        crate::paging::start(&care).context("the thread that tells whoever is on call could not start")?;
        let secure = front.is_secure() || !address.ip().is_loopback();
        let app = App::behind(care, secure, front.clone());
        read_ahead(&app).context("the thread that reads ahead could not start")?;
        tokio::spawn(continuo_web::live::watch(Arc::clone(&app)));
        ready(address);
        continuo_web::listen::serve(listener, continuo_web::router(app), &front, asked_to_stop()).await;
        Ok(())
    })
}

/// Brings what lists stand on into memory, while the first users sign in. Nobody waits for it and nothing rests on it.
fn read_ahead(app: &Arc<App>) -> std::io::Result<()> {
    let ahead = app.care.store.read_ahead();
    let app = Arc::downgrade(app);
    let go_on = move || app.upgrade().is_some_and(|app| !app.is_crowded());
    std::thread::Builder::new().name("read-ahead".to_owned()).spawn(move || match ahead.run(go_on) {
        Ok(rows) => tracing::debug!(rows, "read ahead"),
        Err(error) => tracing::warn!(%error, "lists could not be read ahead"),
    })?;
    Ok(())
}

async fn asked_to_stop() {
    let interrupt = async {
        // Without a handler for the signal the process simply ends, which the store survives.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending::<()>().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}
