//! E-mail addresses.

use super::name::hash64;

/// An address by hash: the whole, and the letters before the at sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Email {
    pub whole: u64,
    /// `robert.smith2` and `robert.smith7` share it: a likeness, not an identity.
    pub stem: u64,
}

/// `None` for what is no address or stands for none.
pub fn read(text: &str) -> Option<Email> {
    if text.len() > 254 {
        return None;
    }
    let lower = text.trim().to_lowercase();
    let lower = lower.strip_prefix("mailto:").unwrap_or(&lower);
    let (local, domain) = lower.rsplit_once('@')?;
    let local = local.split('+').next().unwrap_or_default();
    if local.is_empty() || !domain.contains('.') || is_placeholder(local) {
        return None;
    }
    let mut local = local.to_owned();
    if matches!(domain, "gmail.com" | "googlemail.com") {
        local.retain(|c| c != '.');
    }
    let stem: String = local.chars().filter(|c| c.is_alphabetic()).collect();
    Some(Email {
        whole: hash64(format!("{local}@{domain}").as_bytes()),
        stem: hash64(format!("{stem}@{domain}").as_bytes()),
    })
}

fn is_placeholder(local: &str) -> bool {
    matches!(
        local,
        "none"
            | "na"
            | "n/a"
            | "noemail"
            | "no"
            | "unknown"
            | "test"
            | "declined"
            | "refused"
            | "donotreply"
            | "noreply"
            | "no-email"
    )
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn one_address_is_one() {
        assert_eq!(read("Jane.Doe+clinic@Gmail.com"), read("janedoe@gmail.com"));
        assert_ne!(read("jane1@example.org"), read("jane2@example.org"));
        assert_eq!(read("jane1@example.org").map(|e| e.stem), read("jane2@example.org").map(|e| e.stem));
        for text in ["", "none@example.org", "jane", "@", "a@b"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
