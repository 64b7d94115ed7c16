//! The gallery walked by the markup check, in both languages and themes; the tokens' contrast measured.

use continuo_ui::frame::{Density, FrameView, NavItem, SignedIn, Theme};
use continuo_ui::gallery::{gallery, gallery_sheet};
use continuo_ui::markup_check::document;
use continuo_ui::words::Lang;

fn frame(lang: Lang, theme: Theme) -> FrameView {
    FrameView {
        lang,
        theme,
        density: Density::Default,
        keys: true,
        site: "Northside Clinic".to_owned(),
        user: Some(SignedIn {
            key: "Practitioner/1".into(),
            name: "Maria Ortiz".to_owned(),
            role: "care coordinator".to_owned(),
            away: String::new(),
            ..SignedIn::default()
        }),
        nav: vec![NavItem { count: Some(6), ..NavItem::new("Worklist", "/worklist") }],
        path: "/worklist".to_owned(),
        csrf: "token".to_owned(),
        ..FrameView::default()
    }
}

#[test]
fn the_gallery_is_sound_in_both_languages_and_all_themes() {
    for lang in [Lang::En, Lang::Es] {
        for theme in [Theme::System, Theme::Light, Theme::Dark] {
            let frame = frame(lang, theme);
            assert_eq!(document(&gallery(&frame).into_string()), Vec::<String>::new());
            assert_eq!(document(&gallery_sheet(&frame).into_string()), Vec::<String>::new());
        }
    }
}

#[test]
fn the_check_sees_what_is_wrong() {
    let bad = r##"<html><body><a href="#main">x</a><main><h1>a</h1><h3>b</h3><p id="x"></p><p id="x" style="a"></p><input type="text" name="q"><form method="post"></form></main></body></html>"##;
    let problems = document(bad).join("; ");
    for part in [
        "no language",
        "no title",
        "<h3> follows <h1>",
        "`x` stands twice",
        "inline style",
        "has no label",
        "without csrf",
    ] {
        assert!(problems.contains(part), "{part} not found in: {problems}");
    }
}

#[test]
fn the_reader_s_choice_stands_on_the_root() {
    let dark = gallery(&frame(Lang::Es, Theme::Dark)).into_string();
    assert!(dark.contains(r#"lang="es" data-theme="dark""#));
    let system = gallery(&frame(Lang::En, Theme::System)).into_string();
    assert!(!system.contains("data-theme"));
}

/// Text and edges against every ground they may stand on (WCAG 2: text 4.5, edges of controls 3).
#[test]
fn tokens_keep_their_contrast_in_both_themes() {
    let css = include_str!("../assets/tokens.css");
    let grounds = ["surface", "page", "sunken"];
    for theme in 0..2 {
        for ground in grounds {
            for text in ["text", "text-muted", "link", "link-hover"] {
                assert_ratio(css, theme, text, ground, 4.5);
            }
            assert_ratio(css, theme, "edge", ground, 3.0);
        }
        for status in ["critical", "caution", "active", "done", "waiting", "suggested"] {
            assert_ratio(css, theme, status, &format!("{status}-ground"), 4.5);
            assert_ratio(css, theme, status, "surface", 4.5);
            assert_ratio(css, theme, status, "selected", 4.5);
        }
        for text in ["text", "text-muted", "link"] {
            assert_ratio(css, theme, text, "selected", 4.5);
        }
        for ground in ["surface", "band"] {
            assert_ratio(css, theme, "chart-1", ground, 3.0);
        }
        assert_ratio(css, theme, "on-accent", "link", 4.5);
    }
}

fn assert_ratio(css: &str, theme: usize, front: &str, back: &str, want: f64) {
    let (a, b) = (luminance(color(css, theme, front)), luminance(color(css, theme, back)));
    let ratio = (a.max(b) + 0.05) / (a.min(b) + 0.05);
    assert!(ratio >= want, "--{front} on --{back}, theme {theme}: {ratio:.2}, want {want}");
}

fn color(css: &str, theme: usize, name: &str) -> u32 {
    let line = css
        .lines()
        .find(|line| line.trim_start().starts_with(&format!("--{name}:")))
        .unwrap_or_else(|| panic!("no token {name}"));
    let hex = line.split('#').nth(theme + 1).expect("a color for each theme");
    u32::from_str_radix(&hex[..6], 16).expect("six hexadecimal digits")
}

fn luminance(rgb: u32) -> f64 {
    let part = |shift: u32| {
        let value = f64::from((rgb >> shift) & 0xff) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * part(16) + 0.7152 * part(8) + 0.0722 * part(0)
}
