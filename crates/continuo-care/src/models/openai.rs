//! Chat completions with a JSON schema, as OpenAI, vLLM, llama.cpp and Ollama speak them: values to a call, an answer to
//! values.

use continuo_fhir::Json;
use continuo_text::model::{Ask, ModelError, Reply};

use crate::build::{list, object};
use crate::outbound::settings::ModelSettings;
use crate::outbound::{Answer, Call, Purpose, address};

/// OpenAI's own service names the limit differently and refuses a temperature for its reasoning models.
const OWN_SERVICE: &str = "api.openai.com";

/// The call that asks.
pub(super) fn call(settings: &ModelSettings, ask: &Ask, largest: usize, tokens: u64) -> Call {
    let message = |role: &str, text: &str| object([("role", Json::string(role)), ("content", Json::string(text))]);
    let form = object([("name", Json::string(ask.form)), ("strict", Json::Bool(true)), ("schema", ask.schema.clone())]);
    let mut body = object([
        ("model", Json::string(&*settings.model)),
        ("messages", list([message("system", ask.instructions), message("user", &ask.content)])),
        ("response_format", object([("type", Json::string("json_schema")), ("json_schema", form)])),
    ]);
    let most = Json::integer(i64::from(settings.most_tokens));
    if address::host_of(&settings.url) == Some(OWN_SERVICE) {
        body.set("max_completion_tokens", most);
    } else {
        body.set("max_tokens", most);
        body.set("temperature", Json::integer(0));
    }
    let mut headers = vec![("content-type", "application/json".to_owned())];
    if !settings.key.is_empty() {
        headers.push(("authorization", format!("Bearer {}", settings.key.expose())));
    }
    Call {
        purpose: Purpose::LanguageModel,
        url: format!("{}/chat/completions", settings.url),
        headers,
        body: Some(body.to_bytes()),
        largest,
        tokens,
        repeatable: true,
    }
}

/// What the service answered.
pub(super) fn reply(answer: &Answer) -> Result<Reply, ModelError> {
    let json = Json::parse(&answer.body).map_err(|_| ModelError::Form)?;
    let choice = json.at("choices.0").ok_or(ModelError::Form)?;
    if choice.str_at("finish_reason").is_some_and(|why| why != "stop") || choice.str_at("message.refusal").is_some() {
        return Err(ModelError::Unfinished);
    }
    let tokens = |path: &str| json.at(path).and_then(Json::as_i64).map_or(0, |n| n.max(0) as u64);
    Ok(Reply {
        text: choice.str_at("message.content").ok_or(ModelError::Form)?.to_owned(),
        model: json.str_at("model").unwrap_or_default().chars().take(200).collect(),
        tokens_in: tokens("usage.prompt_tokens"),
        tokens_out: tokens("usage.completion_tokens"),
        attempts: answer.attempts,
    })
}
