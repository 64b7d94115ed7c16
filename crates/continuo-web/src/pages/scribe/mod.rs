//! From words to the record: new words, the review beside its transcript, the note, and the text for the EHR.

pub mod copy;
pub mod list;
pub mod new_words;
pub mod note;
pub mod review;
pub mod tell;

mod serve;

pub(super) use serve::routes;
