//! Writes the gallery as files to look at: `cargo run -p continuo-ui --example gallery -- DIR`.

use std::path::PathBuf;

use continuo_ui::assets::STYLES;
use continuo_ui::frame::{FrameView, NavItem, SignedIn, Theme};
use continuo_ui::gallery::{gallery, gallery_sheet};
use continuo_ui::words::Lang;

fn main() -> std::io::Result<()> {
    let dir = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| "target/gallery".to_owned()));
    for style in &STYLES {
        let path = dir.join(style.href().trim_start_matches('/'));
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(path, style.bytes)?;
    }
    for (lang, theme) in [(Lang::En, Theme::Light), (Lang::En, Theme::Dark), (Lang::Es, Theme::Light)] {
        let frame = FrameView {
            lang,
            theme,
            keys: true,
            site: "Northside Clinic".to_owned(),
            user: Some(SignedIn {
                key: "Practitioner/1".into(),
                name: "Maria Ortiz".to_owned(),
                role: "care coordinator".to_owned(),
                away: String::new(),
                ..SignedIn::default()
            }),
            nav: vec![
                NavItem { count: Some(32), ..NavItem::new("Worklist", "/worklist") },
                NavItem::new("My caseload", "/caseload"),
                NavItem::new("Patients", "/patients"),
            ],
            path: "/worklist".to_owned(),
            csrf: "token".to_owned(),
            printed: "Mon 08/17/2026 8:05 am by M. Ortiz".to_owned(),
            ..FrameView::default()
        };
        let name = format!("{}-{}", lang.tag(), theme.word());
        let relative = |html: String| html.replace("\"/assets/", "\"assets/");
        std::fs::write(dir.join(format!("gallery-{name}.html")), relative(gallery(&frame).into_string()))?;
        std::fs::write(dir.join(format!("sheet-{name}.html")), relative(gallery_sheet(&frame).into_string()))?;
    }
    Ok(())
}
