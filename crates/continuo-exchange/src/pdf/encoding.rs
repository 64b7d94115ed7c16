//! Codes of simple fonts to letters (annex D), and the names of glyphs in Latin writing.

/// Windows' 0x80 to 0x9f.
const WINDOWS: &str = "€\u{fffd}‚ƒ„…†‡ˆ‰Š‹Œ\u{fffd}Ž\u{fffd}\u{fffd}‘’“”•–—˜™š›œ\u{fffd}žŸ";
/// The Macintosh's 0x80 to 0xff.
const MAC: &str = "ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü†°¢£§•¶ß®©™´¨≠ÆØ∞±≤≥¥µ∂∑∏π∫ªºΩæø¿¡¬√ƒ≈∆«»…\u{a0}ÀÃÕŒœ–—“”‘’÷◊ÿŸ⁄€‹›ﬁﬂ‡·‚„‰ÂÊÁËÈÍÎÏÌÓÔ\u{fffd}ÒÚÛÙıˆ˜¯˘˙˚¸˝˛ˇ";
/// Adobe's own 0xa1 to 0xfb.
const STANDARD: &str = "¡¢£⁄¥ƒ§¤'“«‹›ﬁﬂ\u{fffd}–†‡·\u{fffd}¶•‚„”»…‰\u{fffd}¿\u{fffd}`´ˆ˜¯˘˙¨\u{fffd}˚¸\u{fffd}˝˛ˇ—\
\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\
Æ\u{fffd}ª\u{fffd}\u{fffd}\u{fffd}\u{fffd}ŁØŒº\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}æ\u{fffd}\u{fffd}\u{fffd}ı\u{fffd}\u{fffd}łøœß";

/// A table of codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Base {
    Windows,
    Mac,
    Standard,
}

/// The letter of a code.
pub(super) fn letter(base: Base, code: u8) -> Option<char> {
    let of = |table: &str, from: u8| table.chars().nth(usize::from(code - from)).filter(|c| *c != '\u{fffd}');
    match (base, code) {
        (_, 0x20..=0x7e) => Some(char::from(code)),
        (Base::Windows, 0x80..=0x9f) => of(WINDOWS, 0x80),
        (Base::Windows, 0xa0..) => Some(char::from(code)),
        (Base::Mac, 0x80..) => of(MAC, 0x80),
        (Base::Standard, 0xa1..) => of(STANDARD, 0xa1),
        _ => None,
    }
}

/// Names of 0x20 to 0x7e that are not the letter itself.
const ASCII: &str = "space exclam quotedbl numbersign dollar percent ampersand quotesingle parenleft parenright asterisk \
plus comma hyphen period slash zero one two three four five six seven eight nine colon semicolon less equal greater \
question at A B C D E F G H I J K L M N O P Q R S T U V W X Y Z bracketleft backslash bracketright asciicircum \
underscore grave a b c d e f g h i j k l m n o p q r s t u v w x y z braceleft bar braceright asciitilde";
/// Names of 0xa0 to 0xff.
const LATIN: &str = "nbspace exclamdown cent sterling currency yen brokenbar section dieresis copyright ordfeminine \
guillemotleft logicalnot softhyphen registered macron degree plusminus twosuperior threesuperior acute mu paragraph \
periodcentered cedilla onesuperior ordmasculine guillemotright onequarter onehalf threequarters questiondown Agrave \
Aacute Acircumflex Atilde Adieresis Aring AE Ccedilla Egrave Eacute Ecircumflex Edieresis Igrave Iacute Icircumflex \
Idieresis Eth Ntilde Ograve Oacute Ocircumflex Otilde Odieresis multiply Oslash Ugrave Uacute Ucircumflex Udieresis \
Yacute Thorn germandbls agrave aacute acircumflex atilde adieresis aring ae ccedilla egrave eacute ecircumflex \
edieresis igrave iacute icircumflex idieresis eth ntilde ograve oacute ocircumflex otilde odieresis divide oslash \
ugrave uacute ucircumflex udieresis yacute thorn ydieresis";
const MORE: &[(&str, &str)] = &[
    ("quoteleft", "‘"),
    ("quoteright", "’"),
    ("quotedblleft", "“"),
    ("quotedblright", "”"),
    ("quotesinglbase", "‚"),
    ("quotedblbase", "„"),
    ("endash", "–"),
    ("emdash", "—"),
    ("minus", "−"),
    ("bullet", "•"),
    ("ellipsis", "…"),
    ("fi", "fi"),
    ("fl", "fl"),
    ("ff", "ff"),
    ("ffi", "ffi"),
    ("ffl", "ffl"),
    ("Euro", "€"),
    ("trademark", "™"),
    ("dagger", "†"),
    ("daggerdbl", "‡"),
    ("lessequal", "≤"),
    ("greaterequal", "≥"),
    ("notequal", "≠"),
    ("approxequal", "≈"),
    ("arrowright", "→"),
    ("arrowup", "↑"),
    ("arrowdown", "↓"),
    ("fraction", "⁄"),
    ("perthousand", "‰"),
    ("OE", "Œ"),
    ("oe", "œ"),
    ("Scaron", "Š"),
    ("scaron", "š"),
    ("Zcaron", "Ž"),
    ("zcaron", "ž"),
    ("Ydieresis", "Ÿ"),
    ("florin", "ƒ"),
    ("dotlessi", "ı"),
    ("Lslash", "Ł"),
    ("lslash", "ł"),
    ("sfthyphen", ""),
    ("nonbreakingspace", " "),
    ("guilsinglleft", "‹"),
    ("guilsinglright", "›"),
    ("circumflex", "ˆ"),
    ("tilde", "˜"),
    ("checkmark", "✓"),
    ("mu1", "µ"),
    ("Omega", "Ω"),
    ("Delta", "∆"),
    ("alpha", "α"),
    ("beta", "β"),
];

/// The letters of a glyph's name; nothing for a name that says nothing (`g17`).
pub(super) fn named(name: &str) -> Option<String> {
    // "a.sc" is a small-capital a, "f_i" two letters in one.
    let name = name.split_once('.').map_or(name, |(name, _)| name);
    if name.is_empty() {
        return None;
    }
    if name.contains('_') {
        return name.split('_').map(named).collect::<Option<Vec<_>>>().map(|all| all.concat());
    }
    let place = |names: &str, from: u32| {
        let at = names.split_ascii_whitespace().position(|one| one == name)?;
        char::from_u32(from + at as u32).map(String::from)
    };
    place(ASCII, 0x20).or_else(|| place(LATIN, 0xa0)).or_else(|| {
        if let Some((_, letters)) = MORE.iter().find(|(one, _)| *one == name) {
            return Some((*letters).to_owned());
        }
        let digits = name.strip_prefix("uni").or_else(|| name.strip_prefix('u'))?;
        let digits = digits.get(..digits.len().min(if name.starts_with("uni") { 4 } else { 6 }))?;
        let code = (digits.len() >= 4).then(|| u32::from_str_radix(digits, 16).ok()).flatten()?;
        char::from_u32(code).map(String::from)
    })
}
