//! Deliveries over HTTP: TLS by rustls, no redirects, the certificates of the web or those named.
//!
//! Not here: the contract itself (crate `delivery`).
//!
//! Invariants:
//! 1. What an intake answers never becomes more than a line of plain text, and never more than
//!    [`ANSWER_BYTES_MAX`] bytes (`deliver::http::tests::an_answer_is_cut_to_a_plain_line`).
//! 2. Without TLS a delivery goes only to this machine
//!    (`deliver::http::tests::without_tls_only_this_machine`).
//! 3. An attempt takes no longer than it may
//!    (`deliver::http::tests::an_intake_that_never_answers_is_given_up_in_time`).
//! 4. Only what may mend itself is tried again
//!    (`deliver::http::tests::only_what_may_mend_itself_is_tried_again`).

use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::Value;
use tidegauge_delivery::{
    Delivery, Head, Line, PlanColumns, RECEIPT_LABEL, Receipt, RowFault, content_digest, digest_of,
    headers, signature,
};
use ureq::tls::{Certificate, ClientCert, PemItem, PrivateKey, RootCerts, TlsConfig, parse_pem};

use super::{Answer, Deliver, Signer};
use crate::error::{BUSY, Error, REFUSED, SYSTEM};
use crate::settings::Settings;

/// Bytes of an answer at most.
const ANSWER_BYTES_MAX: u64 = 1024 * 1024;
/// Characters of an answer that are shown.
const SHOWN_MAX: usize = 300;
/// Longest pause that an intake can ask for.
const PAUSE_MAX: Duration = Duration::from_secs(3600);
/// Where an intake describes its plan.
const PLAN_PATH: &str = "/intake/v1/plan";
const CONNECT_SECONDS_MAX: u64 = 10;
/// Seconds for a delivery and its answer.
const CALL_SECONDS_MAX: u64 = 300;
/// Seconds for the beginning of an answer.
const ANSWER_SECONDS_MAX: u64 = 120;
/// Seconds for the description of a plan.
const PLAN_SECONDS_MAX: u64 = 20;
/// Seconds that an attempt has where no time is left.
const CALL_SECONDS_MIN: u64 = 5;

/// An intake.
pub struct Http {
    agent: ureq::Agent,
    base: String,
    signer: Signer,
    store_key: Option<[u8; 32]>,
    /// The time for the next delivery.
    allowed: Duration,
}

/// The client for an intake: its certificates as the settings say.
pub fn web_client(settings: &Settings) -> Result<ureq::Agent, Error> {
    let mut tls = TlsConfig::builder();
    if let Some(file) = &settings.plan.ca {
        let certificates = certificates(&settings.path(file))?;
        tls = tls.root_certs(RootCerts::Specific(Arc::new(certificates)));
    }
    if let (Some(file), Some(key)) = (&settings.plan.certificate, &settings.plan.certificate_key) {
        let chain = certificates(&settings.path(file))?;
        tls = tls.client_cert(Some(ClientCert::new_with_certs(
            &chain,
            private_key(&settings.path(key))?,
        )));
    }
    Ok(client(tls.build()))
}

/// The client for an intake with the certificates of the web.
pub fn plain_client() -> ureq::Agent {
    client(TlsConfig::builder().build())
}

fn client(tls: TlsConfig) -> ureq::Agent {
    ureq::Agent::config_builder()
        .tls_config(tls)
        .timeout_connect(Some(Duration::from_secs(CONNECT_SECONDS_MAX)))
        .timeout_global(Some(Duration::from_secs(CALL_SECONDS_MAX)))
        .timeout_recv_response(Some(Duration::from_secs(ANSWER_SECONDS_MAX)))
        .max_redirects(0)
        .http_status_as_error(false)
        .user_agent(concat!("tidegauge-agent/", env!("CARGO_PKG_VERSION")))
        .build()
        .new_agent()
}

fn bad_pem(path: &Path, what: &str) -> Error {
    let rule = format_args!("has no {what} in PEM form; give one");
    Error::input("certificate", path.display(), "file", rule)
}

fn certificates(path: &Path) -> Result<Vec<Certificate<'static>>, Error> {
    let bytes = fs::read(path).map_err(Error::system(path, "read"))?;
    let found: Vec<Certificate<'static>> = parse_pem(&bytes)
        .filter_map(|item| match item {
            Ok(PemItem::Certificate(certificate)) => Some(certificate),
            _ => None,
        })
        .collect();
    if found.is_empty() { Err(bad_pem(path, "certificate")) } else { Ok(found) }
}

fn private_key(path: &Path) -> Result<PrivateKey<'static>, Error> {
    crate::secret::check_mode(path)?;
    let bytes = zeroize::Zeroizing::new(fs::read(path).map_err(Error::system(path, "read"))?);
    PrivateKey::from_pem(&bytes).map_err(|_| bad_pem(path, "private key"))
}

/// Where the address of an intake was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressFrom {
    /// `plan.intake` of the settings.
    Settings,
    /// `--plan` of the command line.
    CommandLine,
}

impl AddressFrom {
    /// What to correct.
    fn name(self) -> &'static str {
        match self {
            AddressFrom::Settings => "plan.intake",
            AddressFrom::CommandLine => "--plan",
        }
    }
}

/// The address of an intake, checked: TLS, or this machine. One of the plan that it serves means
/// the intake.
pub fn intake_address(intake: &str, from: AddressFrom) -> Result<String, Error> {
    let (place, field) = match from {
        AddressFrom::Settings => ("plan", "intake"),
        AddressFrom::CommandLine => ("init", "--plan"),
    };
    let bad = |rule: &str| Err(Error::input("bad-value", place, field, rule));
    let base = intake.trim_end_matches('/');
    let base = base.strip_suffix(PLAN_PATH).unwrap_or(base).trim_end_matches('/');
    let rule = "is no address; write for instance https://stats.example.org";
    if !is_well_formed(base) {
        return bad(rule);
    }
    if base.starts_with("https://") {
        return Ok(base.to_owned());
    }
    let Some(rest) = base.strip_prefix("http://") else {
        return bad(rule);
    };
    let host = rest.split('/').next().unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    match name == "localhost" || name == "[::1]" || name.starts_with("127.") {
        true => Ok(base.to_owned()),
        false => bad("only this machine is reached without TLS; write https://"),
    }
}

fn unreachable(error: &ureq::Error) -> String {
    // The text of this error has addresses and reasons of the network, nothing that was sent.
    plain(&error.to_string())
}

/// A text of somebody else as a line that can be shown.
fn plain(text: &str) -> String {
    let printable = |c: char| if c.is_ascii_graphic() { c } else { ' ' };
    let text: String = text.chars().take(SHOWN_MAX).map(printable).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether an address has a host and, if it names a port, a number: the client would take another
/// port for the usual one.
fn is_well_formed(address: &str) -> bool {
    let Ok(uri) = address.parse::<ureq::http::Uri>() else { return false };
    let Some(authority) = uri.authority() else { return false };
    let after_host = authority.as_str().strip_prefix(authority.host()).unwrap_or_default();
    !authority.host().is_empty() && (after_host.is_empty() || authority.port_u16().is_some())
}

/// Asks an intake what the store takes.
///
/// Errors: an intake that is away, which may mend itself, with the exit code [`BUSY`]; a wrong
/// address, certificate or answer with another one.
pub fn fetch_columns(
    agent: &ureq::Agent,
    intake: &str,
    from: AddressFrom,
) -> Result<PlanColumns, Error> {
    let address = format!("{}{PLAN_PATH}", intake_address(intake, from)?);
    let setting = from.name();
    let failed = |exit: u8, why: String| Error::new(exit, "intake", &address, "plan", why);
    let broken = |error: ureq::Error| match is_away(&error) {
        true => {
            let why = unreachable(&error);
            failed(BUSY, format!("{why}; check `{setting}` and the network"))
        }
        false => {
            let why = unreachable(&error);
            failed(SYSTEM, format!("{why}; check `{setting}` and, for certificates, `plan.ca`"))
        }
    };
    let time = Some(Duration::from_secs(PLAN_SECONDS_MAX));
    let request = agent.get(&address).config().timeout_global(time).build();
    let mut answer = request.call().map_err(broken)?;
    let status = answer.status().as_u16();
    if status != 200 {
        let exit = if is_for_now(status) { BUSY } else { SYSTEM };
        return Err(failed(exit, format!("answers with status {status}; check `{setting}`")));
    }
    let body = answer.body_mut().with_config().limit(16 * ANSWER_BYTES_MAX).read_to_vec();
    let body = body.map_err(broken)?;
    serde_json::from_slice(&body)
        .map_err(|_| failed(SYSTEM, format!("is not the description of a plan; check `{setting}`")))
}

/// Refuses a source that the plan does not have; `place` and `field` are where it is given.
pub fn known_source(
    columns: &PlanColumns,
    source: &str,
    (place, field): (&str, &str),
) -> Result<(), Error> {
    // Intakes of earlier versions do not say which there are.
    if columns.sources.is_empty() || columns.sources.iter().any(|id| id == source) {
        return Ok(());
    }
    let ids = columns.sources.join(", ");
    let rule = format_args!("the plan has no source {source}; it has {ids}");
    Err(Error::input("unknown-source", place, field, rule))
}

/// Whether trying again may help after a failure: an intake that does not answer may come back, a
/// wrong certificate or address stays wrong.
fn is_away(error: &ureq::Error) -> bool {
    match error {
        // A certificate that is refused comes as invalid data.
        ureq::Error::Io(error) => {
            !matches!(error.kind(), ErrorKind::InvalidData | ErrorKind::InvalidInput)
        }
        ureq::Error::Timeout(_) | ureq::Error::HostNotFound | ureq::Error::ConnectionFailed => true,
        _ => false,
    }
}

/// Whether a status says that an intake cannot answer now.
fn is_for_now(status: u16) -> bool {
    matches!(status, 408 | 425 | 429 | 500..=599)
}

impl Http {
    /// The intake of the settings.
    pub fn new(settings: &Settings, agent: ureq::Agent, signer: Signer) -> Result<Self, Error> {
        let intake = settings.plan.intake.as_deref().unwrap_or_default();
        let base = intake_address(intake, AddressFrom::Settings)?;
        let store_key = match &settings.plan.store_key {
            None => None,
            Some(text) => {
                let decoded = STANDARD.decode(text).ok().and_then(|key| key.try_into().ok());
                let rule = "must be the base64 of 32 bytes; copy it from the operator of the store";
                let bad = || Error::input("bad-value", "plan", "store_key", rule);
                Some(decoded.ok_or_else(bad)?)
            }
        };
        let allowed = Duration::from_secs(CALL_SECONDS_MAX);
        Ok(Self { agent, base, signer, store_key, allowed })
    }

    /// Checks that a receipt is for this delivery.
    fn receipt(
        &self,
        delivery: &Delivery,
        answer: &ureq::http::Response<ureq::Body>,
        body: &[u8],
    ) -> Result<Receipt, Error> {
        let bad = |rule: &str| {
            Error::new(
                REFUSED,
                "receipt",
                &self.base,
                format_args!("delivery {}", delivery.id),
                rule,
            )
        };
        let receipt: Receipt = serde_json::from_slice(body)
            .map_err(|_| bad("the answer is no receipt; check `plan.intake`"))?;
        let is_for_it = receipt.store == delivery.store
            && receipt.source == delivery.source
            && receipt.delivery == delivery.id
            && receipt.digest == content_digest(&delivery.digest);
        if !is_for_it {
            return Err(bad("the receipt is for something else; ask whoever runs the store"));
        }
        if let Some(key) = &self.store_key {
            verify(answer, body, key).map_err(|()| {
                bad("the receipt is not signed by `plan.store_key`; ask whoever runs the store")
            })?;
        }
        Ok(receipt)
    }
}

/// Verifies the store's signature under an answer.
fn verify(
    answer: &ureq::http::Response<ureq::Body>,
    body: &[u8],
    key: &[u8; 32],
) -> Result<(), ()> {
    let mut head = Head::answer(answer.status().as_u16());
    for name in [headers::CONTENT_DIGEST, headers::SIGNATURE_INPUT, headers::SIGNATURE] {
        let value = answer.headers().get(name).and_then(|value| value.to_str().ok());
        head.add(name, value.ok_or(())?).map_err(|_| ())?;
    }
    let claim = signature(&head, RECEIPT_LABEL).map_err(|_| ())?;
    claim.verify(key).map_err(|_| ())?;
    let is_covered = claim.covers("@status") && claim.covers(headers::CONTENT_DIGEST);
    let is_same = head.get(headers::CONTENT_DIGEST) == Some(&content_digest(&digest_of(body)));
    if is_covered && is_same { Ok(()) } else { Err(()) }
}

/// How long an intake asks to wait.
fn retry_after(answer: &ureq::http::Response<ureq::Body>) -> Option<Duration> {
    let text = answer.headers().get("retry-after")?.to_str().ok()?;
    let pause = match text.parse::<u64>() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => {
            let until = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?;
            Duration::try_from(until.duration_since(Timestamp::now())).ok()?
        }
    };
    Some(pause.min(PAUSE_MAX))
}

/// The faults of a refusal (RFC 9457).
fn faults(problem: &Value) -> Vec<RowFault> {
    let faults = problem.get("faults").cloned().unwrap_or_default();
    serde_json::from_value(faults).unwrap_or_default()
}

/// What a refusal says, as a line.
fn said(problem: &Value) -> String {
    let text = ["detail", "title"].iter().find_map(|key| problem.get(key)?.as_str());
    plain(text.unwrap_or("the intake gives no reason"))
}

impl Deliver for Http {
    fn allow(&mut self, time: Option<Duration>) {
        let (least, most) =
            (Duration::from_secs(CALL_SECONDS_MIN), Duration::from_secs(CALL_SECONDS_MAX));
        self.allowed = time.map_or(most, |time| time.clamp(least, most));
    }

    fn deliver(
        &self,
        delivery: &Delivery,
        _created: Timestamp,
        body: &[u8],
    ) -> Result<Answer, Error> {
        let head = self.signer.sign(delivery, Timestamp::now())?;
        let Line::Request { path, .. } = &head.line else {
            return Ok(Answer::Later { after: None, why: "no request".to_owned() });
        };
        let request = self.agent.put(format!("{}{path}", self.base));
        let mut request = request.config().timeout_global(Some(self.allowed)).build();
        for (name, value) in head.headers() {
            request = request.header(name, value);
        }
        let mut answer = match request.send(body) {
            Ok(answer) => answer,
            Err(error) => return Ok(Answer::Later { after: None, why: unreachable(&error) }),
        };
        let status = answer.status().as_u16();
        let after = retry_after(&answer);
        let read = answer.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_vec();
        let Ok(said_bytes) = read else {
            return Ok(Answer::Later { after, why: "the answer was cut off".to_owned() });
        };
        if status == 200 {
            return Ok(Answer::Taken(self.receipt(delivery, &answer, &said_bytes)?));
        }
        let problem: Value = serde_json::from_slice(&said_bytes).unwrap_or_default();
        refusal(&self.base, delivery, status, after, &problem)
    }
}

/// What an answer without a receipt means.
fn refusal(
    base: &str,
    delivery: &Delivery,
    status: u16,
    after: Option<Duration>,
    problem: &Value,
) -> Result<Answer, Error> {
    let place = format!("{base}: delivery {}", delivery.id);
    let text = said(problem);
    let refused = |code: &'static str, next: &str| {
        Error::new(
            REFUSED,
            code,
            &place,
            format_args!("status {status}"),
            format!("{text}; {next}"),
        )
    };
    match status {
        422 => Ok(Answer::BadRows(faults(problem))),
        413 => Ok(Answer::TooLarge(refused("too-large", "lower `delivery.rows`"))),
        _ if is_for_now(status) => {
            Ok(Answer::Later { after, why: format!("status {status}: {text}") })
        }
        401 | 403 => Err(refused("refused", "check `source`, `signing_key_id` and the plan's key")),
        404 => Err(refused("refused", "check `plan.intake` and `source`")),
        409 => {
            let next = "another content has this id: is there a second agent with this state? \
                        --rebuild makes the delivery anew";
            Err(refused("conflict", next))
        }
        _ => Err(refused("refused", "see the receipt's rules in the intake's documentation")),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use tidegauge_delivery::{ContentFormat, Encoding, OnBadRow};

    use super::*;

    pub(crate) fn delivery(body: &[u8]) -> Delivery {
        Delivery {
            source: "LAND".into(),
            id: "7".into(),
            store: "5ac0".into(),
            format: Some(ContentFormat::Csv),
            encoding: Some(Encoding::Zstd),
            digest: digest_of(body),
            pseudonym_key: Some("5f1c0b7a9d3e2468".into()),
            complete_until: None,
            on_bad_row: OnBadRow::Refuse,
        }
    }

    #[test]
    fn without_tls_only_this_machine() {
        for good in
            ["https://a.example/", "http://127.0.0.1:80", "http://[::1]:8", "http://localhost"]
        {
            assert!(intake_address(good, AddressFrom::Settings).is_ok(), "{good}");
        }
        for bad in [
            "http://a.example",
            "ftp://a",
            "a.example",
            "http://localhost.example",
            "http://localhost:port",
            "https://a.example:99999",
            "https://a b.example",
            "https://",
        ] {
            for (from, named) in
                [(AddressFrom::Settings, "plan: intake: "), (AddressFrom::CommandLine, "--plan: ")]
            {
                let error = intake_address(bad, from).unwrap_err().to_string();
                assert!(error.contains(named), "{error}");
            }
        }
        for given in ["https://a.example/intake/v1/plan", "https://a.example/intake/v1/plan/"] {
            let address = intake_address(given, AddressFrom::CommandLine);
            assert_eq!(address.unwrap(), "https://a.example");
        }
    }

    #[test]
    fn only_what_may_mend_itself_is_tried_again() {
        let client = plain_client();
        let fetch = |address: &str| {
            fetch_columns(&client, address, AddressFrom::Settings).unwrap_err().exit_code()
        };
        // Nobody listens there; the other is no address.
        assert_eq!(fetch("http://127.0.0.1:9"), BUSY);
        assert_eq!(fetch("http://localhost:port"), crate::error::BAD_INPUT);
        let io = |kind: ErrorKind| is_away(&ureq::Error::Io(kind.into()));
        assert!(io(ErrorKind::ConnectionRefused) && io(ErrorKind::UnexpectedEof));
        assert!(!io(ErrorKind::InvalidData) && !is_away(&ureq::Error::Tls("x")));
        assert!(is_for_now(503) && is_for_now(429) && !is_for_now(404));
    }

    #[test]
    fn an_answer_is_cut_to_a_plain_line() {
        let text = format!("a\n\u{1b}[31mred\u{202e}{}", "x".repeat(1000));
        let shown = plain(&text);
        assert!(shown.starts_with("a [31mred x") && shown.len() <= SHOWN_MAX, "{shown}");
    }

    #[test]
    fn an_intake_that_never_answers_is_given_up_in_time() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let mut http = Http {
            agent: plain_client(),
            base: format!("http://{}", listener.local_addr().unwrap()),
            signer: Signer::new(ed25519_dalek::SigningKey::from_bytes(&[7; 32]), "a"),
            store_key: None,
            allowed: Duration::from_secs(CALL_SECONDS_MAX),
        };
        http.allow(Some(Duration::ZERO));
        let began = std::time::Instant::now();
        let answer = http.deliver(&delivery(b"rows"), Timestamp::now(), b"rows").unwrap();
        assert!(matches!(answer, Answer::Later { .. }), "{answer:?}");
        assert!(began.elapsed() < Duration::from_secs(CALL_SECONDS_MIN + 10));
        http.allow(Some(Duration::from_secs(60)));
        assert_eq!(http.allowed, Duration::from_secs(60));
        http.allow(None);
        assert_eq!(http.allowed, Duration::from_secs(CALL_SECONDS_MAX));
    }

    #[test]
    fn refusals_say_what_to_do() {
        let problem = serde_json::json!({ "title": "No", "detail": "no such key", "faults": [
            { "row": 2, "column": "kind", "code": "unknown-kind", "rule": "r" }] });
        let answer = |status| refusal("http://x", &delivery(b""), status, None, &problem);
        assert!(matches!(answer(422), Ok(Answer::BadRows(faults)) if faults[0].row == 2));
        assert!(matches!(answer(503), Ok(Answer::Later { .. })));
        assert!(matches!(answer(413), Ok(Answer::TooLarge(_))));
        for status in [400, 401, 403, 404, 409, 415] {
            let error = answer(status).unwrap_err();
            assert!(error.exit_code() == REFUSED && error.to_string().contains("no such key"));
        }
    }

    #[test]
    fn a_receipt_for_something_else_is_refused() {
        let key = ed25519_dalek::SigningKey::from_bytes(&[7; 32]);
        let http = Http {
            agent: ureq::Agent::new_with_defaults(),
            base: "http://x".into(),
            signer: Signer::new(key.clone(), "a"),
            store_key: Some(key.verifying_key().to_bytes()),
            allowed: Duration::from_secs(1),
        };
        let sent = delivery(b"rows");
        let receipt = |id: &str| {
            format!(
                "{{\"store\":\"5ac0\",\"source\":\"LAND\",\"delivery\":\"{id}\",\"digest\":\"{}\",\
                 \"at\":\"2026-01-01T00:00:00Z\",\"rows\":{{\"taken\":1,\"refused\":0}},\"dates\":\
                 {{\"before_start\":0,\"released_late\":0,\"released_nowhere\":0,\
                 \"past_horizon\":0}}}}",
                content_digest(&sent.digest)
            )
        };
        let answer = |body: &str, signed: bool| {
            let mut head = Head::answer(200);
            head.add(headers::CONTENT_DIGEST, &content_digest(&digest_of(body.as_bytes())))
                .unwrap();
            tidegauge_delivery::sign(&mut head, RECEIPT_LABEL, "store", 1, &key).unwrap();
            let mut answer = ureq::http::Response::builder().status(200);
            for (name, value) in head.headers().filter(|_| signed) {
                answer = answer.header(name, value);
            }
            answer.body(ureq::Body::builder().data("")).unwrap()
        };
        let good = receipt("7");
        http.receipt(&sent, &answer(&good, true), good.as_bytes()).unwrap();
        for (body, signed) in [(good.as_str(), false), (&receipt("8"), true), ("{}", true)] {
            let error = http.receipt(&sent, &answer(body, signed), body.as_bytes()).unwrap_err();
            assert_eq!(error.code(), "receipt");
        }
        // Another body under a good signature.
        let later = good.replace("\"taken\":1", "\"taken\":2");
        assert!(http.receipt(&sent, &answer(&good, true), later.as_bytes()).is_err());
    }
}
