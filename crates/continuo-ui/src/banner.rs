//! The identity banner: who this page is about, in a fixed place and order, above everything.
//!
//! Order (interface.md, section 3): family name, given names, age and sex, birth date, record number, language,
//! allergies, code status. Nothing here ever says a bare "none" (safety.md, 17 and 18).

use maud::{Markup, html};

use crate::shape;
use crate::tag::Tone;
use crate::who::Who;
use crate::words::Lang;

/// What is known of allergies.
#[derive(Clone, Debug)]
pub enum AllergyView {
    /// "Not asked".
    NotAsked(String),
    /// "No known allergies (nurse, 06/02/2026)".
    NoneKnown(String),
    /// The gravest first, with how many more there are.
    Listed(String, usize),
}

/// The banner's content.
#[derive(Clone, Debug)]
pub struct BannerView {
    /// Name, age and sex, birth date.
    pub who: Who,
    /// "Annie, she/her", or empty.
    pub name_to_use: String,
    /// Record number.
    pub record_number: String,
    /// "Spanish, interpreter".
    pub language: String,
    /// Allergies.
    pub allergies: AllergyView,
    /// "Not recorded", "Full treatment", "DNR, form of 03/02/2026".
    pub code_status: String,
    /// Further facts in order, label and text: owner, primary care, contact person, how to reach.
    pub more: Vec<(String, String)>,
    /// The one banner message of this patient: deceased, unsafe contact, look-alike name.
    pub alert: Option<(Tone, String)>,
    /// Died: grey, and the alert says when and from which source.
    pub died: bool,
}

/// The banner.
pub fn banner(lang: Lang, view: &BannerView) -> Markup {
    let words = lang.words();
    let below = match lang {
        Lang::En => "Owner and contact",
        Lang::Es => "Responsable y contacto",
    };
    html! {
        section.banner.banner-dead[view.died] aria-label=(words.patient) {
            div.banner-line {
                p.banner-name {
                    (view.who.name())
                    @if !view.name_to_use.is_empty() { " " span.use { "“" (view.name_to_use) "”" } }
                }
                p.banner-who { (view.who.age_sex) " \u{a0}" (view.who.born) }
                p.num { span.muted { (words.record_number) } " " (view.record_number) }
                p { (view.language) }
                (allergies(lang, &view.allergies))
                p { span.muted { (words.code_status) ": " } (view.code_status) }
                @if let Some((tone, text)) = &view.alert {
                    p class={ "banner-allergy banner-alert " (tone.class()) } { (shape::of(*tone)) (text) }
                }
            }
            @if !view.more.is_empty() {
                p.banner-line.banner-more {
                    @for (label, text) in &view.more { span { (label) " " strong { (text) } } }
                }
            }
        }
        @if !view.more.is_empty() {
            section.banner-below aria-label=(below) {
                @for (label, text) in &view.more { span { (label) " " strong { (text) } } }
            }
        }
    }
}

fn allergies(lang: Lang, view: &AllergyView) -> Markup {
    let label = lang.words().allergies;
    match view {
        AllergyView::NotAsked(text) | AllergyView::NoneKnown(text) => html! {
            p.banner-allergy.tone-waiting { span.muted { (label) ":" } " " (text) }
        },
        AllergyView::Listed(first, more) => html! {
            p.banner-allergy.tone-critical {
                (shape::of(Tone::Critical)) span.visually-hidden { (label) ": " } (first)
                @if *more > 0 { " +" (more) }
            }
        },
    }
}
