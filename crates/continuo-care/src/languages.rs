//! Languages by the names staff call them.

/// Languages with a name: tag and English name.
pub const LANGUAGES: [(&str, &str); 14] = [
    ("en", "English"),
    ("es", "Spanish"),
    ("zh", "Chinese"),
    ("vi", "Vietnamese"),
    ("ko", "Korean"),
    ("ht", "Haitian Creole"),
    ("ar", "Arabic"),
    ("ru", "Russian"),
    ("so", "Somali"),
    ("pt", "Portuguese"),
    ("fr", "French"),
    ("tl", "Tagalog"),
    ("pl", "Polish"),
    ("hi", "Hindi"),
];

/// The English name of a language tag; the tag itself where it is not in the table.
pub fn language_name(tag: &str) -> &str {
    let base = tag.split('-').next().unwrap_or(tag);
    match LANGUAGES.iter().find(|(code, _)| *code == base) {
        Some((_, name)) => name,
        None if tag.is_empty() => "Language not asked",
        None => tag,
    }
}
