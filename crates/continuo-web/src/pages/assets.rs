//! The scripts, and the look-up of every file the browser asks for.

use continuo_ui::assets::{Asset, ICON, STYLES};

const JS: &str = "text/javascript; charset=utf-8";

/// ES modules, one job each; every page works without them.
pub const SCRIPTS: [Asset; 18] = [
    Asset::new("lock.js", JS, include_bytes!("../../assets/lock.js")),
    Asset::new("keys.js", JS, include_bytes!("../../assets/keys.js")),
    Asset::new("place.js", JS, include_bytes!("../../assets/place.js")),
    Asset::new("peek.js", JS, include_bytes!("../../assets/peek.js")),
    Asset::new("menus.js", JS, include_bytes!("../../assets/menus.js")),
    Asset::new("drafts.js", JS, include_bytes!("../../assets/drafts.js")),
    Asset::new("forms.js", JS, include_bytes!("../../assets/forms.js")),
    Asset::new("dates.js", JS, include_bytes!("../../assets/dates.js")),
    Asset::new("live.js", JS, include_bytes!("../../assets/live.js")),
    Asset::new("paged.js", JS, include_bytes!("../../assets/paged.js")),
    // After those who listen: the stream may speak at once.
    Asset::new("stream.js", JS, include_bytes!("../../assets/stream.js")),
    Asset::new("timeline.js", JS, include_bytes!("../../assets/timeline.js")),
    Asset::new("alike.js", JS, include_bytes!("../../assets/alike.js")),
    Asset::new("call.js", JS, include_bytes!("../../assets/call.js")),
    Asset::new("review.js", JS, include_bytes!("../../assets/review.js")),
    Asset::new("neighbors.js", JS, include_bytes!("../../assets/neighbors.js")),
    Asset::new("copy.js", JS, include_bytes!("../../assets/copy.js")),
    Asset::new("effort.js", JS, include_bytes!("../../assets/effort.js")),
];

/// Addresses of the scripts, for `FrameView::scripts`.
pub fn script_addresses() -> Vec<String> {
    SCRIPTS.iter().map(Asset::href).collect()
}

/// The file at `/assets/HASH/NAME`. A wrong hash is not found, so that what is cached for ever is never wrong.
pub fn find(hash: &str, name: &str) -> Option<&'static Asset> {
    SCRIPTS
        .iter()
        .chain(&STYLES)
        .chain([&ICON])
        .find(|asset| asset.name == name && format!("{:016x}", asset.hash) == hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_is_found_and_a_stale_one_is_not() {
        for asset in SCRIPTS.iter().chain(&STYLES).chain([&ICON]) {
            let address = asset.href();
            let mut parts = address.trim_start_matches("/assets/").split('/');
            let (hash, name) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
            assert_eq!(find(hash, name).map(|found| found.name), Some(asset.name));
            assert!(find("0000000000000000", name).is_none());
        }
    }
}
