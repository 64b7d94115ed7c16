//! Transcript or letter: paste, type or upload a transcript or a document of a person.

use continuo_ui::banner::{BannerView, banner};
use continuo_ui::field::field;
use continuo_ui::form::{FormView, end, error_summary};
use continuo_ui::frame::{FrameView, PageHead, page};
use continuo_ui::panel::page_head;
use continuo_ui::{Markup, html};

/// Files offered for choosing.
const ACCEPT: &str = ".txt,.vtt,.srt,.json,.pdf,text/*,application/json,application/pdf";
/// The same with recordings.
const ACCEPT_SOUND: &str =
    ".txt,.vtt,.srt,.json,.pdf,text/*,application/json,application/pdf,audio/*,.mp3,.m4a,.wav,.ogg,.webm,.flac";

/// The page.
#[derive(Clone, Debug)]
pub struct View {
    /// Whose.
    pub banner: BannerView,
    /// Kind, title, day, from, text.
    pub form: FormView,
    /// "Of the call Wed 08/19 2:00 pm"; empty where the words stand alone.
    pub of: String,
    /// What is wrong with the file.
    pub file_error: String,
    /// A speech service is configured, so that recordings can be taken.
    pub recordings: bool,
}

/// The page.
pub fn render(frame: &FrameView, view: &View) -> Markup {
    let mut form = view.form.clone();
    if !view.file_error.is_empty() {
        form.problems.push(view.file_error.clone());
    }
    let head = PageHead {
        title: format!("{}: new from words", view.banner.who.name()),
        error: form.has_errors(),
        banner: Some(banner(frame.lang, &view.banner)),
    };
    page(
        frame,
        &head,
        html! {
            (page_head("Transcript or letter", "Kept as received. What is proposed from it waits for you; nothing enters the record by itself.", html! {}))
            @if !view.of.is_empty() { p.lead { (view.of) } }
            (error_summary(frame.lang, &form))
            form.form method="post" action=(form.action) enctype="multipart/form-data" data-draft=(form.action) novalidate {
                input type="hidden" name="csrf" value=(frame.csrf);
                @for (name, value) in &form.hidden { input type="hidden" name=(name) value=(value); }
                @for one in &form.fields { (field(frame.lang, one)) }
                div.field {
                    label for="f-file" { "Or a file" }
                    p.hint #h-file {
                        "Text, a PDF with its text, WebVTT, SRT or JSON of a recorder, up to 20 MB. "
                        @if view.recordings { "A recording (mp3, m4a, wav, ogg, webm, flac; up to 25 MB) is sent to the configured speech service; its review comes when the service has answered. " }
                        @else { "Recordings cannot be turned into text here: no speech service is configured. " }
                        "Pictures and scans are kept and can be opened, but not read here."
                    }
                    input #f-file type="file" name="file" aria-describedby="h-file" accept=(if view.recordings { ACCEPT_SOUND } else { ACCEPT });
                }
                (end(frame.lang, &form))
            }
        },
    )
}
