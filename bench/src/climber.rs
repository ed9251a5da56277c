//! Somebody who climbs.

use codee::{Decoder, Encoder, binary::PostcardCodec};
use kvarten_domain::{
    AnswerId, AttemptId,
    ladder::{LadderPage, LadderView, ReplyOutcome},
    question::QuestionFace,
    reply::Fields,
};
use kvarten_service::new_id;
use serde::de::DeserializeOwned;

use crate::{Failure, client::Client};

const SLUG: &str = "saker-e-post";
const FORM: &str = "application/x-www-form-urlencoded";

/// Somebody signed in who climbs the ladder of one of the demonstration's lessons.
pub struct Climber {
    client: Client,
    cookie: String,
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Failure> {
    PostcardCodec::decode(bytes).map_err(|error| format!("unreadable: {error}").into())
}

impl Climber {
    /// Signs in.
    ///
    /// # Errors
    /// A program that does not answer, or a number it does not know.
    pub async fn sign_in(address: &str, employee_number: &str) -> Result<Self, Failure> {
        let mut client = Client::connect(address).await?;
        let cookie = client.sign_in(employee_number).await?;
        Ok(Self { client, cookie })
    }

    /// Connects anew, signed in as before.
    ///
    /// # Errors
    /// A program that does not answer.
    pub async fn connect_again(&mut self, address: &str) -> Result<(), Failure> {
        self.client = Client::connect(address).await?;
        Ok(())
    }

    async fn ladder(&mut self) -> Result<LadderPage, Failure> {
        let asked = PostcardCodec::encode(&(SLUG, None::<AnswerId>))?;
        let answer =
            self.client.post("/api/ladder", &self.cookie, "application/postcard", asked).await?;
        read(&answer.body)
    }

    /// Begins a climb, or goes on with the one under way.
    ///
    /// # Errors
    /// A program that does not answer, or not as it should.
    pub async fn start(&mut self) -> Result<LadderView, Failure> {
        let fields = format!("slug={SLUG}&attempt={}", new_id::<AttemptId>());
        self.client.post("/api/start_attempt", &self.cookie, FORM, fields.into()).await?;
        self.ladder().await?.ladder.ok_or_else(|| "no ladder".into())
    }

    /// Replies to what a ladder asks.
    ///
    /// # Errors
    /// A program that does not answer, or not as it should.
    pub async fn reply(
        &mut self,
        ladder: &LadderView,
    ) -> Result<(ReplyOutcome, LadderView), Failure> {
        let fields = form_of(ladder).ok_or("at the top")?;
        let answer = self.client.post("/api/submit_reply", &self.cookie, FORM, fields).await?;
        if answer.status != 200 {
            return Err(format!("answered {}", answer.status).into());
        }
        read(&answer.body)
    }
}

/// The form of a reply to what a ladder asks; nothing at the top.
fn form_of(ladder: &LadderView) -> Option<Vec<u8>> {
    let question = ladder.question.as_ref()?;
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("slug", SLUG)
        .append_pair("answer", &ladder.reply_id.to_string())
        .append_pair("attempt", &ladder.attempt.to_string())
        .append_pair("question", &question.id.to_string());
    for (name, value) in some_fields(&question.face) {
        form.append_pair(&format!("pick[{name}]"), &value);
    }
    Some(form.finish().into_bytes())
}

/// A whole reply, right or wrong as it happens.
fn some_fields(face: &QuestionFace) -> Fields {
    let only = |value: &str| Fields::from([("only".to_owned(), value.to_owned())]);
    match face {
        QuestionFace::Single { .. } | QuestionFace::Point { .. } => only("0"),
        QuestionFace::TrueFalse => only("true"),
        QuestionFace::Multiple { .. } => Fields::from([("o0".to_owned(), "on".to_owned())]),
        QuestionFace::Order { items } => {
            (0..items.len()).map(|at| (format!("o{at}"), (at + 1).to_string())).collect()
        }
        QuestionFace::Match { lefts, .. } => {
            (0..lefts.len()).map(|at| (format!("o{at}"), at.to_string())).collect()
        }
        QuestionFace::Word { .. } => Fields::from([("word".to_owned(), "ämne".to_owned())]),
    }
}
