//! Which language words are in, as far as the page needs it: to say `lang="es"` beside Spanish, nothing more.

use continuo_text::token::Tokens;

const SPANISH: &[&str] = &[
    "el", "la", "los", "las", "que", "de", "me", "mi", "no", "una", "un", "para", "por", "con", "estoy", "tengo",
    "esta", "hola", "gracias", "cita", "dolor", "puedo", "necesito", "muy", "desde", "pero", "ayer", "hoy", "se", "y",
    "es", "buenos", "dias", "senora", "su", "le", "cuando", "como", "ya",
];
const ENGLISH: &[&str] = &[
    "the", "and", "is", "i", "my", "to", "of", "a", "for", "you", "it", "was", "have", "in", "on", "that", "with",
    "not", "this", "can", "are", "been", "she", "he", "please", "do", "me", "no",
];

/// Whether words read as Spanish.
pub fn looks_spanish(text: &str) -> bool {
    const MOST: usize = 400;
    let tokens = Tokens::new(text);
    let count = |list: &[&str]| (0..tokens.len().min(MOST)).filter(|at| list.contains(&tokens.norm(*at))).count();
    let (spanish, english) = (count(SPANISH), count(ENGLISH));
    let signs = text.contains(['¿', '¡', 'ñ']);
    spanish > english && (spanish >= 2 || signs) || signs && english == 0
}

#[cfg(test)]
mod tests {
    use super::looks_spanish;

    #[test]
    fn spanish_is_told_from_english() {
        assert!(looks_spanish("Hola, tengo dolor de pecho desde ayer"));
        assert!(looks_spanish("¿Ya llegó la carta para mi seguro?"));
        assert!(!looks_spanish("No, I can not come to the clinic"));
        assert!(!looks_spanish("OK"));
        assert!(!looks_spanish("La Salle clinic is on the list of places I go to"));
    }
}
