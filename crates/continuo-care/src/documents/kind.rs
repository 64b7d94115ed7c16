//! What a received file is, by its first bytes. A name or a sender's media type is a claim; only these kinds are kept as
//! documents, because only these are shown in a browser without running anything.

/// A kind of file that can wait in the inbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileKind {
    /// Media type it is served as.
    pub media_type: &'static str,
    /// What people read.
    pub word: &'static str,
    /// File ending it is saved under.
    pub ending: &'static str,
    /// A browser draws it inside a page.
    pub drawn: bool,
}

const PDF: FileKind = FileKind { media_type: "application/pdf", word: "PDF", ending: "pdf", drawn: false };
const PNG: FileKind = FileKind { media_type: "image/png", word: "Image", ending: "png", drawn: true };
const JPEG: FileKind = FileKind { media_type: "image/jpeg", word: "Photo", ending: "jpg", drawn: true };
const GIF: FileKind = FileKind { media_type: "image/gif", word: "Image", ending: "gif", drawn: true };
const WEBP: FileKind = FileKind { media_type: "image/webp", word: "Image", ending: "webp", drawn: true };
const TIFF: FileKind = FileKind { media_type: "image/tiff", word: "Fax image (TIFF)", ending: "tiff", drawn: false };

const ALL: [FileKind; 6] = [PDF, PNG, JPEG, GIF, WEBP, TIFF];

/// The kind of a file; nothing when it is none that can be kept.
pub fn of(bytes: &[u8]) -> Option<FileKind> {
    // A PDF may have a little before its header (ISO 32000-1 annex H, implementation note 13: within 1,024 bytes).
    let head = bytes.get(..1024.min(bytes.len())).unwrap_or_default();
    if head.windows(5).any(|window| window == b"%PDF-") {
        return Some(PDF);
    }
    let starts = |signs: &[u8]| bytes.starts_with(signs);
    match () {
        () if starts(b"\x89PNG\r\n\x1a\n") => Some(PNG),
        () if starts(b"\xff\xd8\xff") => Some(JPEG),
        () if starts(b"GIF87a") || starts(b"GIF89a") => Some(GIF),
        () if starts(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") => Some(WEBP),
        () if starts(b"II*\0") || starts(b"MM\0*") => Some(TIFF),
        () => None,
    }
}

/// The kind kept under a media type.
pub fn named(media_type: &str) -> Option<FileKind> {
    ALL.into_iter().find(|kind| kind.media_type == media_type)
}

/// Whether a file name ends like a document; its bytes decide in the end.
pub fn looks_like_document(name: &str) -> bool {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    matches!(ending.as_str(), "pdf" | "png" | "jpg" | "jpeg" | "gif" | "webp" | "tif" | "tiff")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bytes_decide() {
        assert_eq!(of(b"%PDF-1.7\n"), Some(PDF));
        assert_eq!(of(b"junk from the fax\n%PDF-1.4"), Some(PDF));
        assert_eq!(of(b"\xff\xd8\xff\xe0"), Some(JPEG));
        assert_eq!(of(b"II*\0\x08"), Some(TIFF));
        assert_eq!(of(b"RIFF\0\0\0\0WEBPVP8 "), Some(WEBP));
    }

    #[test]
    fn what_a_browser_would_run_is_no_document() {
        assert_eq!(of(b"<svg xmlns='http://www.w3.org/2000/svg'><script>"), None);
        assert_eq!(of(b"<!doctype html>"), None);
        assert_eq!(of(b"MZ\x90\0"), None);
        assert_eq!(of(b""), None);
    }

    #[test]
    fn names_only_hint() {
        assert!(looks_like_document("a/Scan 0007.TIF") && looks_like_document("x.pdf"));
        assert!(!looks_like_document("bundle.json") && !looks_like_document("pdf"));
    }
}
