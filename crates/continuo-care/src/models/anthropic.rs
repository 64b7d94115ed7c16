//! Anthropic messages: the answer's form is a tool that the model must use.

use continuo_fhir::Json;
use continuo_text::model::{Ask, ModelError, Reply};

use crate::build::{list, object};
use crate::outbound::settings::ModelSettings;
use crate::outbound::{Answer, Call, Purpose};

/// Version of the interface.
const VERSION: &str = "2023-06-01";

/// The call that asks.
pub(super) fn call(settings: &ModelSettings, ask: &Ask, largest: usize, tokens: u64) -> Call {
    let tool = object([
        ("name", Json::string(ask.form)),
        ("description", Json::string("Write down what the text says.")),
        ("input_schema", ask.schema.clone()),
    ]);
    let body = object([
        ("model", Json::string(&*settings.model)),
        ("max_tokens", Json::integer(i64::from(settings.most_tokens))),
        ("temperature", Json::integer(0)),
        ("system", Json::string(ask.instructions)),
        ("messages", list([object([("role", Json::string("user")), ("content", Json::string(&*ask.content))])])),
        ("tools", list([tool])),
        ("tool_choice", object([("type", Json::string("tool")), ("name", Json::string(ask.form))])),
    ]);
    let mut headers = vec![("content-type", "application/json".to_owned()), ("anthropic-version", VERSION.to_owned())];
    if !settings.key.is_empty() {
        headers.push(("x-api-key", settings.key.expose().to_owned()));
    }
    Call {
        purpose: Purpose::LanguageModel,
        url: format!("{}/messages", settings.url),
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
    if !matches!(json.str_at("stop_reason"), Some("tool_use" | "end_turn" | "stop_sequence")) {
        return Err(if json.get("content").is_some() { ModelError::Unfinished } else { ModelError::Form });
    }
    let parts = json.get("content").map(Json::items).unwrap_or_default();
    let used = parts.iter().find(|part| part.str_at("type") == Some("tool_use")).and_then(|part| part.get("input"));
    let text = used.map(|input| String::from_utf8_lossy(&input.to_bytes()).into_owned());
    let tokens = |path: &str| json.at(path).and_then(Json::as_i64).map_or(0, |n| n.max(0) as u64);
    Ok(Reply {
        text: text.ok_or(ModelError::Unfinished)?,
        model: json.str_at("model").unwrap_or_default().chars().take(200).collect(),
        tokens_in: tokens("usage.input_tokens"),
        tokens_out: tokens("usage.output_tokens"),
        attempts: answer.attempts,
    })
}
