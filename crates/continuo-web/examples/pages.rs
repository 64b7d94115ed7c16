//! Writes every page as a file to look at: `cargo run -p continuo-web --example pages -- DIR`.

use std::path::{Path, PathBuf};

use continuo_ui::assets::STYLES;
use continuo_ui::frame::Theme;
use continuo_web::pages::assets::SCRIPTS;

#[path = "../tests/pages/samples.rs"]
mod samples;

fn main() -> std::io::Result<()> {
    let dir = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| "target/pages".to_owned()));
    for asset in STYLES.iter().chain(&SCRIPTS) {
        write(&dir.join(asset.href().trim_start_matches('/')), asset.bytes)?;
    }
    for theme in [Theme::Light, Theme::Dark] {
        for (name, markup) in samples::pages(theme) {
            let html = markup.into_string().replace("\"/assets/", "\"assets/");
            write(&dir.join(format!("{name}-{}.html", theme.word())), html.as_bytes())?;
        }
    }
    Ok(())
}

fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent)?;
    }
    std::fs::write(path, bytes)
}
