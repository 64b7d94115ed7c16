//! Letters as their writers make them, and files made to break the reader.

use std::fmt::Write as _;

use super::*;

/// A file of one page with a simple font, as plain as a file can be: the reader needs no table of places.
fn one_page(content: &str) -> Vec<u8> {
    file(&[
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 /Resources << /Font << /F1 4 0 R >> >> >>",
        "<< /Type /Page /Parent 2 0 R /Contents 5 0 R >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        &format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()),
    ])
}

fn file(objects: &[&str]) -> Vec<u8> {
    let mut out = String::from("%PDF-1.4\n");
    for (at, object) in objects.iter().enumerate() {
        let _ = write!(out, "{} 0 obj\n{object}\nendobj\n", at + 1);
    }
    out.push_str("trailer\n<< /Root 1 0 R >>\n%%EOF\n");
    out.into_bytes()
}

fn words(bytes: &[u8]) -> String {
    read(bytes, Limits::default()).whole()
}

#[test]
fn lines_stand_in_reading_order_whatever_the_order_of_drawing() {
    let pdf = one_page(
        "BT /F1 11 Tf 72 700 Td (second) Tj ET BT /F1 11 Tf 72 720 Td (first \\(and \\163o on\\)) Tj ET \
         BT /F1 11 Tf 1 0 0 1 200 700 Tm <63656c6c> Tj ET",
    );
    assert_eq!(words(&pdf), "first (and so on)\nsecond   cell\n");
}

#[test]
fn a_sentence_broken_by_the_margin_is_one_line_and_items_stay_apart() {
    let pdf = one_page(
        "BT /F1 10 Tf 12 TL 72 700 Td (We stopped her lisinopril because of the) Tj T* (cough and started losartan.) Tj T* \
         (- Weigh yourself each morning, the same) Tj T* (- Call us if you gain 3 pounds in 1 day) Tj T* (Plan: see me again) Tj ET",
    );
    assert_eq!(
        words(&pdf),
        "We stopped her lisinopril because of the cough and started losartan.\n- Weigh yourself each morning, the same\n\
         - Call us if you gain 3 pounds in 1 day\nPlan: see me again\n"
    );
}

#[test]
fn small_gaps_are_letters_of_one_word_and_wider_ones_spaces() {
    let pdf = one_page("BT /F1 10 Tf 72 700 Td [(furo) -20 (semide) -400 (80) -300 (mg)] TJ ET");
    assert_eq!(words(&pdf), "furosemide 80 mg\n");
}

#[test]
fn a_font_that_says_what_its_codes_mean_is_believed_and_one_that_does_not_leaves_a_mark() {
    let map = "1 begincodespacerange <0000> <ffff> endcodespacerange 1 beginbfchar <0005> <00e9> endbfchar \
               1 beginbfrange <0010> <0019> <0061> endbfrange";
    let with = |more: &str| {
        file(&[
            "<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Kids [3 0 R] >>",
            "<< /Type /Page /Resources << /Font << /F1 4 0 R >> >> /Contents 5 0 R >>",
            &format!("<< /Type /Font /Subtype /Type0 /Encoding /Identity-H {more} >>"),
            "<< >>\nstream\nBT /F1 10 Tf 72 700 Td <001000110005> Tj ET\nendstream",
            &format!("<< >>\nstream\n{map}\nendstream"),
        ])
    };
    assert_eq!(words(&with("/ToUnicode 6 0 R")), "abé\n");
    assert_eq!(words(&with("")), "\u{fffd}\u{fffd}\u{fffd}\n");
}

#[test]
fn names_of_glyphs_stand_for_their_letters() {
    let pdf = file(&[
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] >>",
        "<< /Type /Page /Resources << /Font << /F1 4 0 R >> >> /Contents 5 0 R >>",
        "<< /Type /Font /Subtype /Type1 /Encoding << /Differences [1 /fi /eacute /uni0041 /bullet /a.sc] >> >>",
        "<< /Length 7 0 R >>\nstream\nBT /F1 10 Tf 72 700 Td (\\001\\002\\003\\004\\005\\222) Tj ET\nendstream",
    ]);
    assert_eq!(words(&pdf), "fiéA•a\u{fffd}\n");
}

#[test]
fn text_of_forms_and_rotated_pages_is_read() {
    let pdf = file(&[
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] >>",
        "<< /Type /Page /Resources << /Font << /F1 4 0 R >> /XObject << /X 6 0 R >> >> /Contents 5 0 R >>",
        "<< /Type /Font /Subtype /TrueType /Encoding /WinAnsiEncoding >>",
        "<< >>\nstream\nq 0 1 -1 0 500 0 cm /X Do Q\nendstream",
        "<< /Subtype /Form >>\nstream\nBT /F1 10 Tf 72 300 Td (up) Tj 0 -20 Td (down) Tj ET /X Do\nendstream",
    ]);
    assert!(words(&pdf).starts_with("up\n"), "{}", words(&pdf));
    assert!(words(&pdf).contains("down"));
}

#[test]
fn pictures_locks_and_nothing_say_so() {
    let said = |bytes: &[u8]| read(bytes, Limits::default()).notices.join(" ");
    assert!(said(&one_page("q 100 0 0 100 0 0 cm /Im1 Do Q")).contains("pictures of pages"));
    assert!(said(b"%PDF-1.4 nothing").contains("No page"));
    let locked = String::from_utf8(one_page("")).unwrap().replace("/Root 1 0 R", "/Root 1 0 R /Encrypt 9 0 R");
    assert!(said(locked.as_bytes()).contains("locked"));
}

#[test]
fn a_file_that_unpacks_without_end_or_names_itself_stops_at_its_limits() {
    use std::io::Write as _;
    let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(&vec![b' '; 8 << 20]).unwrap();
    let bomb = packer.finish().unwrap();
    let mut pdf = file(&[
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [2 0 R 3 0 R 3 0 R] >>",
        "<< /Type /Page /Contents [4 0 R 4 0 R 4 0 R 4 0 R] >>",
    ]);
    pdf.extend(format!("4 0 obj << /Filter /FlateDecode /Length {} >> stream\n", bomb.len()).into_bytes());
    pdf.extend(&bomb);
    pdf.extend(b"\nendstream endobj");
    let limits = Limits { unpacked: 1 << 20, ..Limits::default() };
    let text = read(&pdf, limits);
    assert!(text.notices.iter().any(|notice| notice.contains("left unread")), "{:?}", text.notices);

    let deep = format!("{} 0", "[".repeat(100_000));
    assert!(!read(&file(&["<< /Type /Catalog /Pages 2 0 R >>", &deep]), Limits::default()).notices.is_empty());
    let circle = file(&["1 0 R", "2 0 R", "<< /Length 3 0 R >> stream\n"]);
    assert!(!read(&circle, Limits::default()).notices.is_empty());
}

/// Bytes changed, cut and doubled at places of a fixed walk: whatever comes of it, it comes.
#[test]
fn damaged_files_never_panic() {
    let whole = one_page(
        "BT /F1 11 Tf 14 TL 72 700 Td [(Stop) -300 (taking)] TJ T* (ibuprofen) ' 1 2 (now) \" ET \
         BI /W 1 /H 1 ID \u{1}\u{2} EI q Q cm Do /F1 Tf",
    );
    let mut seed = 7u32;
    let mut next = |most: usize| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) as usize % most.max(1)
    };
    for _ in 0..600 {
        let mut bytes = whole.clone();
        for _ in 0..=next(6) {
            let at = next(bytes.len());
            match next(4) {
                0 => bytes[at] = next(256) as u8,
                1 => bytes.truncate(at.max(1)),
                2 => {
                    let piece: Vec<u8> = bytes.iter().skip(at).take(next(40)).copied().collect();
                    let to = next(bytes.len());
                    bytes.splice(to..to, piece);
                }
                _ => bytes[at] = b"()<>[]/%0 \n"[next(11)],
            }
        }
        let _ = read(&bytes, Limits { steps: 20_000, unpacked: 1 << 20, ..Limits::default() });
    }
}
