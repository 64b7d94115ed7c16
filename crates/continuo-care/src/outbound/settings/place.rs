//! One service in the settings file: its fields read one by one, each fault named by its place.

use std::collections::BTreeMap;

use continuo_fhir::Json;

use super::super::address;
use super::{Key, KeyPlace, Keys, Limits, PagingKind, PagingSettings, SettingsError, SignInSettings, wrong};

/// Names that every service may have.
const COMMON: &[&str] =
    &["url", "key_file", "key_variable", "hosts", "seconds", "retries", "calls_per_hour", "tokens_per_hour", "plain"];

/// One service of the file.
pub(super) struct Place<'a> {
    pub(super) name: &'static str,
    pub(super) json: &'a Json,
    pub(super) keys: Keys<'a>,
}

impl<'a> Place<'a> {
    pub(super) fn at(&self, field: &str) -> String {
        format!("{}.{field}", self.name)
    }

    pub(super) fn only(&self, own: &[&str]) -> Result<(), SettingsError> {
        let known = |name: &str| COMMON.contains(&name) || own.contains(&name);
        match self.json.fields().iter().find(|(name, _)| !known(name.as_str())) {
            Some((name, _)) => wrong(&self.at(name.as_str()), "there is no such setting"),
            None => Ok(()),
        }
    }

    pub(super) fn text(&self, field: &str) -> Result<&'a str, SettingsError> {
        match self.json.get(field).and_then(Json::as_str).filter(|text| !text.trim().is_empty()) {
            Some(text) => Ok(text),
            None => wrong(&self.at(field), "this text is missing"),
        }
    }

    pub(super) fn number(&self, field: &str, usual: i64, most: i64) -> Result<i64, SettingsError> {
        match self.json.get(field) {
            None => Ok(usual),
            Some(value) => match value.as_i64().filter(|n| (0..=most).contains(n)) {
                Some(number) => Ok(number),
                None => wrong(&self.at(field), format!("write a whole number from 0 to {most}")),
            },
        }
    }

    pub(super) fn flag(&self, field: &str) -> Result<bool, SettingsError> {
        match self.json.get(field) {
            None => Ok(false),
            Some(value) => match value.as_bool() {
                Some(flag) => Ok(flag),
                None => wrong(&self.at(field), "write true or false"),
            },
        }
    }

    pub(super) fn list(&self, field: &str) -> Result<Vec<String>, SettingsError> {
        let items = self.json.get(field).map(Json::items).unwrap_or_default();
        let texts: Option<Vec<String>> = items.iter().map(|item| item.as_str().map(str::to_owned)).collect();
        match texts {
            Some(texts) => Ok(texts),
            None => wrong(&self.at(field), "write a list of texts"),
        }
    }

    /// An address; without TLS only on this machine, unless the site says `plain`.
    pub(super) fn url(&self, field: &str) -> Result<String, SettingsError> {
        let url = self.text(field)?.trim_end_matches('/');
        let Some(address) = address::read(url) else { return wrong(&self.at(field), "this is not a web address") };
        if !address.secure && !address::is_loopback(address.host) && !self.flag("plain")? {
            return wrong(&self.at(field), "use https, or write `plain: true` for a network that you trust");
        }
        Ok(url.to_owned())
    }

    pub(super) fn key(&self) -> Result<Key, SettingsError> {
        let fetched = match (self.json.str_at("key_file"), self.json.str_at("key_variable")) {
            (None, None) => return Ok(Key::default()),
            (Some(_), Some(_)) => return wrong(&self.at("key_file"), "write a file or a variable, not both"),
            (Some(file), None) => (self.keys)(KeyPlace::File(file)),
            (None, Some(name)) => (self.keys)(KeyPlace::Variable(name)),
        };
        match fetched.map(|text| Key::new(&text)) {
            Ok(key) if key.expose().bytes().all(|b| b.is_ascii_graphic()) && !key.is_empty() => Ok(key),
            Ok(_) => wrong(&self.at("key_file"), "the key is empty or holds more than one word"),
            Err(why) => wrong(&self.at("key_file"), why),
        }
    }

    pub(super) fn calls(&self, usual: i64) -> Result<u32, SettingsError> {
        Ok(self.number("calls_per_hour", usual, 1_000_000)? as u32)
    }

    pub(super) fn limits(&self, url: &str, seconds: i64) -> Result<Limits, SettingsError> {
        let own = self.text(url).ok().and_then(address::host_of).unwrap_or_default().to_lowercase();
        let more = self.list("hosts")?.into_iter().map(|host| host.to_lowercase());
        Ok(Limits {
            hosts: std::iter::once(own).chain(more).collect(),
            seconds: self.number("seconds", seconds, 3600)?.max(1) as u32,
            retries: self.number("retries", 2, 10)? as u32,
            calls_per_hour: self.calls(600)?,
            tokens_per_hour: self.number("tokens_per_hour", 2_000_000, 1_000_000_000_000)? as u64,
            plain: self.flag("plain")?,
        })
    }

    pub(super) fn paging(&self) -> Result<PagingSettings, SettingsError> {
        self.only(&["kind", "name", "from", "account"])?;
        let kind = match self.text("kind")? {
            "webhook" => PagingKind::Webhook,
            "sms" => PagingKind::Sms,
            _ => return wrong("paging.kind", "write `webhook` or `sms`"),
        };
        let usual = if kind == PagingKind::Sms { "Text message" } else { "Page" };
        Ok(PagingSettings {
            kind,
            url: self.url("url")?,
            name: self.text("name").unwrap_or(usual).to_owned(),
            from: if kind == PagingKind::Sms { self.text("from")?.to_owned() } else { String::new() },
            account: self.text("account").unwrap_or_default().to_owned(),
            key: self.key()?,
        })
    }

    pub(super) fn sign_in(&self) -> Result<SignInSettings, SettingsError> {
        self.only(&[
            "issuer",
            "client_id",
            "redirect",
            "label",
            "groups_claim",
            "roles",
            "create_accounts",
            "second_factor",
        ])?;
        let mut roles = BTreeMap::new();
        for (group, role) in self.json.get("roles").map(Json::fields).unwrap_or_default() {
            let place = format!("sign_in.roles.{}", group.as_str());
            let Some(role) = role.as_str() else { return wrong(&place, "write the id of a role") };
            if !crate::access::roles().iter().any(|known| known.id == role) {
                return wrong(&place, format!("`{role}` is not the id of a role"));
            }
            roles.insert(group.as_str().to_owned(), role.to_owned());
        }
        self.url("redirect")?;
        self.url("issuer")?;
        let second_factor = self.list("second_factor")?;
        Ok(SignInSettings {
            // Compared with the tokens byte by byte, so a slash at its end stays.
            issuer: self.text("issuer")?.to_owned(),
            client: self.text("client_id")?.to_owned(),
            secret: self.key()?,
            redirect: self.text("redirect")?.to_owned(),
            label: self.text("label").unwrap_or("Sign in with your organization").to_owned(),
            groups_claim: self.text("groups_claim").unwrap_or("groups").to_owned(),
            roles,
            create_accounts: self.flag("create_accounts")?,
            // RFC 8176 section 2: these state more than a password.
            second_factor: if second_factor.is_empty() {
                ["mfa", "otp", "hwk", "sc"].map(str::to_owned).to_vec()
            } else {
                second_factor
            },
        })
    }
}
