//! Every page drawn from made-up values and walked: one `h1`, headings in order, labels, unique ids, landmarks.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod samples;

use continuo_ui::frame::Theme;
use continuo_ui::markup_check::document;

#[test]
fn every_page_is_sound() {
    for theme in [Theme::Light, Theme::Dark] {
        for (name, markup) in samples::pages(theme) {
            assert_eq!(document(&markup.into_string()), Vec::<String>::new(), "page {name}");
        }
    }
}

#[test]
fn a_patient_s_page_names_the_patient_first_in_its_title() {
    for (name, markup) in samples::pages(Theme::System) {
        let html = markup.into_string();
        if html.contains("class=\"banner") {
            assert!(
                html.contains("<title>REYES, Ana Maria") || html.contains("<title>Error: REYES, Ana Maria"),
                "page {name}"
            );
        }
    }
}

#[test]
fn an_error_stands_in_the_title_the_summary_and_at_the_field() {
    let (_, markup) =
        samples::pages(Theme::System).into_iter().find(|(name, _)| name == "log-call-error").expect("listed above");
    let html = markup.into_string();
    assert!(html.contains("<title>Error: "));
    assert_eq!(html.matches("Choose how the call ended").count(), 2);
    assert!(html.contains("href=\"#f-outcome\"") && html.contains("id=\"f-outcome\""));
}

#[test]
fn no_personal_search_term_can_stand_in_an_address() {
    for (name, markup) in samples::pages(Theme::System) {
        let html = markup.into_string();
        for form in html.split("<form").skip(1) {
            let form = form.split("</form>").next().unwrap_or("");
            if form.contains("name=\"q\"") || form.contains("name=\"digits\"") {
                assert!(form.contains("method=\"post\""), "page {name} searches by address");
            }
        }
    }
}
