//! Endpoints over HTTP: the one file that knows the crate which speaks their wire shapes.
//!
//! It asks once and says what happened. It repeats nothing, follows no redirect (the material would
//! go where nobody allowed it), reads no environment, and lets no word of an endpoint's error pages
//! through: they may repeat what was sent.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use consort_kernel::time::Timestamp;
use genai::adapter::AdapterKind;
use genai::chat::{ChatMessage, ChatOptions, ChatRequest, ChatResponse, ChatResponseFormat};
use genai::resolver::{AuthData, Endpoint as Address};
use genai::{Client, ModelIden, ServiceTarget};
use reqwest::header::HeaderMap;
use tokio::runtime::Runtime;

use super::SetUp;
use crate::model::endpoint::{Answer, Endpoint, Limits, Prompt, RetryAfter, Trouble, Turn};
use crate::model::settings::{Kind, Settings, Usage};

/// How long making a connection may take: an endpoint that is there answers within it.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// The status with which some endpoints say that they are overloaded.
const OVERLOADED: u16 = 529;
/// What is said of an answer that is none.
const UNREAD: &str = "the endpoint answered with what cannot be read";

/// An endpoint over HTTP.
pub struct Provider {
    client: Client,
    target: ServiceTarget,
}

impl Provider {
    /// An endpoint as it is configured. Nothing is sent yet.
    pub fn new(settings: &Settings) -> Result<Self, SetUp> {
        let failed = |error: &dyn std::fmt::Display| SetUp(error.to_string());
        // Whoever came first set the same; the outcome is the same either way.
        rustls::crypto::CryptoProvider::install_default(rustls::crypto::ring::default_provider())
            .ok();
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .no_gzip()
            .connect_timeout(CONNECT_TIMEOUT)
            // Connections belong to the runtime of one call.
            .pool_max_idle_per_host(0)
            .build()
            .map_err(|error| failed(&error))?;
        let mut url = settings.url.clone();
        if !url.ends_with('/') {
            url.push('/');
        }
        let key = settings.key.as_ref().map_or("", |key| key.expose());
        let client = Client::builder().with_reqwest(http).build();
        Ok(Self {
            client: client.map_err(|error| failed(&error))?,
            target: ServiceTarget {
                endpoint: Address::from_owned(url),
                auth: AuthData::from_single(key),
                model: ModelIden::new(adapter(settings.kind), settings.model.clone()),
            },
        })
    }

    fn ask(&self, runtime: &Runtime, prompt: &Prompt, limits: Limits) -> Result<Answer, Trouble> {
        let request = request(prompt);
        let mut options = ChatOptions::default().with_max_tokens(limits.answer_tokens_max);
        if prompt.object {
            options = options.with_response_format(ChatResponseFormat::JsonMode);
        }
        let target = self.target.clone();
        let asked = async {
            let call = self.client.exec_chat(target, request, Some(&options));
            tokio::time::timeout(limits.timeout, call).await
        };
        match runtime.block_on(asked) {
            Ok(Ok(response)) => answer(&response),
            Ok(Err(error)) => Err(trouble(&error)),
            Err(_) => Err(Trouble::Unknown(format!(
                "the endpoint gave no answer within {} seconds",
                limits.timeout.as_secs()
            ))),
        }
    }
}

impl Endpoint for Provider {
    fn answer(&self, prompt: &Prompt, limits: Limits) -> Result<Answer, Trouble> {
        // A runtime of its own: when it ends, so does every connection that this call made.
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .enable_time()
            .build();
        let Ok(runtime) = runtime else {
            let note = "this machine has no room for another connection".to_owned();
            return Err(Trouble::Unsent(note));
        };
        // What an endpoint sends may be anything; no defect in reading it ends a worker.
        let asked = catch_unwind(AssertUnwindSafe(|| self.ask(&runtime, prompt, limits)));
        asked.unwrap_or_else(|_| Err(Trouble::Unknown("the answer broke its reader".to_owned())))
    }
}

const fn adapter(kind: Kind) -> AdapterKind {
    match kind {
        Kind::OpenAi => AdapterKind::OpenAI,
        Kind::OpenAiResponses => AdapterKind::OpenAIResp,
        Kind::Anthropic => AdapterKind::Anthropic,
        Kind::Gemini => AdapterKind::Gemini,
        Kind::Ollama => AdapterKind::Ollama,
    }
}

fn request(prompt: &Prompt) -> ChatRequest {
    let turns = prompt.turns.iter().map(|turn| match turn {
        Turn::Ours(text) => ChatMessage::user(text.as_str()),
        Turn::Models(text) => ChatMessage::assistant(text.as_str()),
    });
    ChatRequest::new(turns.collect()).with_system(prompt.instructions.as_str())
}

fn answer(response: &ChatResponse) -> Result<Answer, Trouble> {
    let usage = &response.usage;
    let tokens = |count: Option<i32>| count.and_then(|count| u64::try_from(count).ok());
    let cached = usage
        .prompt_tokens_details
        .as_ref()
        .and_then(|details| tokens(details.cached_tokens))
        .unwrap_or(0);
    let usage = match (tokens(usage.prompt_tokens), tokens(usage.completion_tokens)) {
        (Some(input), Some(output)) => Some(Usage {
            input,
            cached,
            output,
        }),
        (None, _) | (_, None) => None,
    };
    let text = response.content.texts().concat();
    if text.is_empty() && usage.is_none() {
        return Err(Trouble::Unknown(UNREAD.to_owned()));
    }
    Ok(Answer {
        text,
        usage,
        cut_short: response
            .stop_reason
            .as_ref()
            .is_some_and(genai::chat::StopReason::is_max_tokens),
    })
}

/// What a failed call means. Only a status or a connection that was never made tells for sure that
/// nothing was used.
fn trouble(error: &genai::Error) -> Trouble {
    if let Some(status) = error.status() {
        let status = status.as_u16();
        return match status {
            429 | 503 | OVERLOADED => Trouble::Wait {
                status,
                retry: error.headers().and_then(retry_after),
            },
            300..500 => Trouble::Refused(status),
            _ => Trouble::Unknown(format!("the endpoint failed (status {status})")),
        };
    }
    match error {
        genai::Error::WebModelCall { webc_error, .. } => match webc_error {
            genai::webc::Error::Reqwest(error) if error.is_connect() || error.is_builder() => {
                Trouble::Unsent("the endpoint cannot be reached".to_owned())
            }
            genai::webc::Error::Reqwest(_) => {
                Trouble::Unknown("the connection broke off before the answer was whole".to_owned())
            }
            _ => Trouble::Unknown(UNREAD.to_owned()),
        },
        _ => Trouble::Unknown(UNREAD.to_owned()),
    }
}

/// When an endpoint says that it wants to be asked again: seconds, milliseconds, or a date.
fn retry_after(headers: &HeaderMap) -> Option<RetryAfter> {
    let text = |name| headers.get(name)?.to_str().ok().map(str::trim);
    if let Some(millis) = text("retry-after-ms").and_then(|text| text.parse().ok()) {
        return Some(RetryAfter::Millis(millis));
    }
    let text = text("retry-after")?;
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(RetryAfter::Millis(seconds.saturating_mul(1_000)));
    }
    let moment = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
    Some(RetryAfter::At(Timestamp::from_millis(
        moment.as_millisecond(),
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_that_is_asked_for_is_read_in_every_form() {
        for (name, text, wait_ms) in [
            ("retry-after", "20", Some(20_000)),
            ("retry-after", " 0 ", Some(0)),
            ("retry-after-ms", "1500", Some(1_500)),
            ("retry-after", "Thu, 01 Jan 1970 00:01:00 GMT", Some(60_000)),
            ("retry-after", "99999999999999999999", None),
            ("retry-after", "soon", None),
            ("retry-after", "-5", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(name, text.parse().unwrap());
            let wait = retry_after(&headers).map(|it| it.wait_ms(Timestamp::from_millis(0)));
            assert_eq!(wait, wait_ms, "{name}: {text}");
        }
    }
}
