//! What a site configured outside the product: one JSON file that the binary reads at its start.
//!
//! Reading is pure: the file's JSON and a way to fetch keys in, checked values or the reason against them out. Keys come
//! from files or the environment, never from this JSON, and never show themselves.

mod place;

use place::Place;
use std::collections::BTreeMap;

use continuo_fhir::Json;

use super::Purpose;

/// A key for a service. It does not print itself.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Key(String);

impl Key {
    /// A key as read.
    pub fn new(text: &str) -> Self {
        Self(text.trim().to_owned())
    }

    /// What is sent.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(..)")
    }
}

/// Where a key is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyPlace<'a> {
    /// First line of this file.
    File(&'a str),
    /// This variable of the environment.
    Variable(&'a str),
}

/// What is wrong with the configuration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{place}`: {what}")]
pub struct SettingsError {
    /// Where in the JSON.
    pub place: String,
    /// What is wrong.
    pub what: String,
}

fn wrong<T>(place: &str, what: impl Into<String>) -> Result<T, SettingsError> {
    Err(SettingsError { place: place.to_owned(), what: what.into() })
}

/// Times and budgets of one purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Hosts that may be called, lower case.
    pub hosts: Vec<String>,
    /// Seconds for one call with all its attempts.
    pub seconds: u32,
    /// Attempts after the first.
    pub retries: u32,
    /// Calls an hour, attempts counted.
    pub calls_per_hour: u32,
    /// Tokens an hour.
    pub tokens_per_hour: u64,
    /// Whether hosts other than this machine may be called without TLS.
    pub plain: bool,
}

/// How a language model is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// Chat completions with a JSON schema: OpenAI, vLLM, llama.cpp, Ollama and others.
    OpenAi,
    /// Anthropic messages.
    Anthropic,
}

/// A model at an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelSettings {
    /// How it is spoken to.
    pub dialect: Dialect,
    /// Address up to the version, without a slash at the end: `http://127.0.0.1:11434/v1`.
    pub url: String,
    /// Name of the model.
    pub model: String,
    /// Key; empty where none is needed.
    pub key: Key,
    /// Most tokens of an answer.
    pub most_tokens: u32,
}

/// Speech to text at an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpeechSettings {
    /// Address up to the version.
    pub url: String,
    /// Name of the model.
    pub model: String,
    /// Key; empty where none is needed.
    pub key: Key,
}

/// Sign-in through OpenID Connect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInSettings {
    /// Issuer, exactly as its tokens say.
    pub issuer: String,
    /// Our id there.
    pub client: String,
    /// Our secret there; empty for a public client.
    pub secret: Key,
    /// Our address to come back to, exactly as registered there.
    pub redirect: String,
    /// Words on the button.
    pub label: String,
    /// Claim that lists groups.
    pub groups_claim: String,
    /// Group to role id. A group that is not here gives nothing.
    pub roles: BTreeMap<String, String>,
    /// Whether somebody unknown with at least one role gets an account.
    pub create_accounts: bool,
    /// Values of `amr` that state a second factor.
    pub second_factor: Vec<String>,
}

/// A portal that messages come from and answers go back to, by its FHIR interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessagesSettings {
    /// Base address; answers are posted to `/Communication` below it.
    pub url: String,
    /// "Patient portal", as staff read it.
    pub name: String,
    /// What messages from there carry: beginnings of `meta.source` or of an identifier's system.
    pub sources: Vec<String>,
    /// Key, sent as a bearer token; empty where none is needed.
    pub key: Key,
}

/// How the service that tells whoever is on call is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PagingKind {
    /// JSON with `id`, `to` and `text`, for a gateway of the site's own.
    Webhook,
    /// A form with `To`, `From` and `Body`, as services for text messages take it.
    Sms,
}

/// A service that tells whoever is on call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PagingSettings {
    /// How it is spoken to.
    pub kind: PagingKind,
    /// Whole address.
    pub url: String,
    /// "Text message", as staff read it.
    pub name: String,
    /// The number that messages come from; empty for a webhook.
    pub from: String,
    /// Account at the service, which makes the key a password; empty where the key is sent as a bearer token.
    pub account: String,
    /// Key.
    pub key: Key,
}

/// Everything configured.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Services {
    /// Times and budgets.
    pub limits: BTreeMap<Purpose, Limits>,
    /// The language model.
    pub language_model: Option<ModelSettings>,
    /// Speech to text.
    pub speech: Option<SpeechSettings>,
    /// Sign-in.
    pub sign_in: Option<SignInSettings>,
    /// The portal that answers go back to.
    pub messages: Option<MessagesSettings>,
    /// What tells whoever is on call.
    pub paging: Option<PagingSettings>,
}

/// Fetches a key, or says why not.
pub type Keys<'a> = &'a dyn Fn(KeyPlace<'_>) -> Result<String, String>;

impl Services {
    /// Checks a configuration. Unknown names are refused, so that a misspelt limit does not silently not hold.
    pub fn read(json: &Json, keys: Keys<'_>) -> Result<Self, SettingsError> {
        let mut services = Self::default();
        for (name, part) in json.fields() {
            match name.as_str() {
                "language_model" => {
                    let place = Place { name: "language_model", json: part, keys };
                    place.only(&["kind", "model", "most_tokens"])?;
                    let dialect = match place.text("kind")? {
                        "openai" => Dialect::OpenAi,
                        "anthropic" => Dialect::Anthropic,
                        _ => return wrong("language_model.kind", "write `openai` or `anthropic`"),
                    };
                    services.language_model = Some(ModelSettings {
                        dialect,
                        url: place.url("url")?,
                        model: place.text("model")?.to_owned(),
                        key: place.key()?,
                        most_tokens: place.number("most_tokens", 4096, 32_768)? as u32,
                    });
                    services.limits.insert(Purpose::LanguageModel, place.limits("url", 60)?);
                }
                "speech" => {
                    let place = Place { name: "speech", json: part, keys };
                    place.only(&["model"])?;
                    services.speech = Some(SpeechSettings {
                        url: place.url("url")?,
                        model: place.text("model")?.to_owned(),
                        key: place.key()?,
                    });
                    services.limits.insert(Purpose::Speech, place.limits("url", 300)?);
                }
                "sign_in" => {
                    let place = Place { name: "sign_in", json: part, keys };
                    services.sign_in = Some(place.sign_in()?);
                    services.limits.insert(
                        Purpose::SignIn,
                        Limits { calls_per_hour: place.calls(SIGN_INS)?, ..place.limits("issuer", 10)? },
                    );
                }
                "messages" => {
                    let place = Place { name: "messages", json: part, keys };
                    place.only(&["name", "sources"])?;
                    let sources = place.list("sources")?;
                    if sources.iter().all(|source| source.trim().len() < 3) {
                        return wrong("messages.sources", "say how messages from there are known");
                    }
                    services.messages = Some(MessagesSettings {
                        url: place.url("url")?,
                        name: place.text("name")?.to_owned(),
                        sources: sources.into_iter().filter(|source| source.trim().len() >= 3).collect(),
                        key: place.key()?,
                    });
                    services.limits.insert(Purpose::Messages, place.limits("url", 30)?);
                }
                "paging" => {
                    let place = Place { name: "paging", json: part, keys };
                    services.paging = Some(place.paging()?);
                    services.limits.insert(Purpose::Paging, place.limits("url", 20)?);
                }
                other => {
                    return wrong(
                        other,
                        "this is not a service; write language_model, speech, sign_in, messages or paging",
                    );
                }
            }
        }
        Ok(services)
    }
}

/// Calls an hour to the provider, four for each sign-in: a hospital's morning, and strangers who press the button must
/// not keep it shut. What one address may try is held elsewhere.
const SIGN_INS: i64 = 20_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn services(text: &str) -> Result<Services, String> {
        let keys = |place: KeyPlace<'_>| match place {
            KeyPlace::File("/keys/llm") => Ok("sk-1\n".to_owned()),
            KeyPlace::File(_) => Err("the file cannot be read".to_owned()),
            KeyPlace::Variable(_) => Ok("two words".to_owned()),
        };
        let json = Json::parse(text.as_bytes()).map_err(|e| e.to_string())?;
        Services::read(&json, &keys).map_err(|e| e.to_string())
    }

    #[test]
    fn a_model_is_configured() {
        let got = services(
            r#"{"language_model":{"kind":"openai","url":"http://127.0.0.1:11434/v1/","model":"m","key_file":"/keys/llm",
                "hosts":["B.example"],"calls_per_hour":3}}"#,
        )
        .expect("this is right");
        let model = got.language_model.expect("it is there");
        assert_eq!((model.url.as_str(), model.key.expose()), ("http://127.0.0.1:11434/v1", "sk-1"));
        assert_eq!(format!("{:?}", model.key), "Key(..)");
        let limits = &got.limits[&Purpose::LanguageModel];
        assert_eq!(limits.hosts, ["127.0.0.1", "b.example"]);
        assert_eq!((limits.calls_per_hour, limits.retries), (3, 2));
        assert_eq!(services("{}"), Ok(Services::default()));
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (text, place) in [
            (r#"{"llm":{}}"#, "`llm`"),
            (r#"{"language_model":{"kind":"x"}}"#, "language_model.kind"),
            (r#"{"language_model":{"kind":"openai","url":"http://models.example/v1","model":"m"}}"#, "use https"),
            (r#"{"language_model":{"kind":"openai","url":"https://a@b/v1","model":"m"}}"#, "not a web address"),
            (r#"{"language_model":{"kind":"openai","url":"https://a/v1"}}"#, "language_model.model"),
            (r#"{"language_model":{"kind":"openai","url":"https://a/v1","model":"m","retrys":1}}"#, "no such setting"),
            (r#"{"language_model":{"kind":"openai","url":"https://a/v1","model":"m","retries":-1}}"#, "0 to 10"),
            (r#"{"speech":{"url":"https://a/v1","model":"m","key_file":"/none"}}"#, "cannot be read"),
            (r#"{"messages":{"url":"https://a/fhir","name":"Portal"}}"#, "messages.sources"),
            (r#"{"paging":{"kind":"sms","url":"https://a/messages"}}"#, "paging.from"),
            (r#"{"paging":{"kind":"fax","url":"https://a/messages"}}"#, "paging.kind"),
            (
                r#"{"messages":{"url":"http://portal.example/fhir","name":"Portal","sources":["https://portal"]}}"#,
                "use https",
            ),
            (r#"{"speech":{"url":"https://a/v1","model":"m","key_variable":"K"}}"#, "more than one word"),
            (
                r#"{"sign_in":{"issuer":"https://i","client_id":"c","redirect":"https://us/back","roles":{"g":"king"}}}"#,
                "`king` is not the id of a role",
            ),
        ] {
            let said = services(text).expect_err(text);
            assert!(said.contains(place), "{text}: {said}");
        }
    }
}
