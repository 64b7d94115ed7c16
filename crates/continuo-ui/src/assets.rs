//! Files the browser loads, addressed by their content.
//!
//! The address carries a hash of the bytes, so a file can be kept by the browser for ever and a new build is seen
//! at once. The web crate adds its scripts with the same type.

/// One file: name, media type, bytes and the hash in its address.
#[derive(Clone, Copy, Debug)]
pub struct Asset {
    /// File name, the last part of the address.
    pub name: &'static str,
    /// Media type with charset.
    pub media_type: &'static str,
    /// The content.
    pub bytes: &'static [u8],
    /// FNV-1a of the content.
    pub hash: u64,
}

impl Asset {
    /// An asset with the hash of its bytes, computed while compiling.
    pub const fn new(name: &'static str, media_type: &'static str, bytes: &'static [u8]) -> Asset {
        Asset { name, media_type, bytes, hash: fnv1a(bytes) }
    }

    /// Where the browser asks for it: `/assets/HASH/NAME`.
    pub fn href(&self) -> String {
        format!("/assets/{:016x}/{}", self.hash, self.name)
    }
}

const fn fnv1a(bytes: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut i = 0;
    while i < bytes.len() {
        hash ^= bytes[i] as u64;
        hash = hash.wrapping_mul(0x0000_0100_0000_01b3);
        i += 1;
    }
    hash
}

const CSS: &str = "text/css; charset=utf-8";

/// The style sheets, in the order they are linked.
pub const STYLES: [Asset; 8] = [
    Asset::new("tokens.css", CSS, include_bytes!("../assets/tokens.css")),
    Asset::new("base.css", CSS, include_bytes!("../assets/base.css")),
    Asset::new("frame.css", CSS, include_bytes!("../assets/frame.css")),
    Asset::new("controls.css", CSS, include_bytes!("../assets/controls.css")),
    Asset::new("work.css", CSS, include_bytes!("../assets/work.css")),
    Asset::new("record.css", CSS, include_bytes!("../assets/record.css")),
    Asset::new("review.css", CSS, include_bytes!("../assets/review.css")),
    Asset::new("print.css", CSS, include_bytes!("../assets/print.css")),
];

/// The mark in the tab of the browser.
pub const ICON: Asset = Asset::new("mark.svg", "image/svg+xml", include_bytes!("../assets/mark.svg"));
