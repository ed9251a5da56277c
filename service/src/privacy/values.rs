//! Values of the database in the reader's words.

use kvarten_domain::{
    Locale, Role,
    assessment::Claim,
    knowledge::Look,
    person::MailFailureKind,
    question::Said,
    reply::{Fields, Reply, Spot},
};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{columns::Codes, names::Names};

fn id_of(row: &Map<String, Value>, column: &str) -> Option<Uuid> {
    row.get(column)?.as_str()?.parse().ok()
}

/// A word of the database in the reader's language, as far as it is one.
pub(super) fn in_words(
    codes: Codes,
    value: &Value,
    row: &Map<String, Value>,
    names: &Names,
    locale: Locale,
) -> Option<Value> {
    let either = |sv: &'static str, en: &'static str| {
        Some(Value::from(if locale == Locale::Sv { sv } else { en }))
    };
    let code = value.as_str();
    match codes {
        Codes::Role => match Role::from_code(code?)? {
            Role::Staff => either("medarbetare", "staff"),
            Role::Champion => either("digitaliseringsombud", "champion"),
            Role::Manager => either("chef", "manager"),
            Role::Administrator => either("administratör", "administrator"),
        },
        Codes::Language => match Locale::from_tag(code?)? {
            Locale::Sv => either("svenska", "Swedish"),
            Locale::En => either("engelska", "English"),
        },
        Codes::Points => match code? {
            "question" => either("rätt svar", "a right answer"),
            "refresher" => either("rätt svar vid repetition", "a right answer in a refresher"),
            "lesson" => either("avslutad utbildning", "a completed lesson"),
            _ => None,
        },
        Codes::Look => match Look::from_code(code?)? {
            Look::Person => either("dina kunskaper", "one person's skills"),
            Look::Unit => either("hela enhetens kunskaper", "the whole unit's skills"),
            Look::File => either("hela enhetens kunskaper, som fil", "the whole unit's, as a file"),
        },
        Codes::Claim => match Claim::from_code(code?)? {
            Claim::Can => either("det stämmer", "I can"),
            Claim::Partly => either("delvis", "partly"),
            Claim::NotYet => either("inte än", "not yet"),
        },
        Codes::Level => match value.as_i64()? {
            0 => either("ingen nivå", "no level"),
            level if locale == Locale::Sv => Some(Value::from(format!("nivå {level}"))),
            level => Some(Value::from(format!("level {level}"))),
        },
        Codes::MailFailure => match MailFailureKind::from_code(code?)? {
            MailFailureKind::Refused => {
                either("mejlservern tar inte emot adressen", "the mail server refuses the address")
            }
            MailFailureKind::GivenUp => either(
                "mejlet gick inte att leverera efter många försök",
                "the e-mail could not be delivered in many tries",
            ),
        },
        Codes::Reply => reply(code?, row, names, locale),
        Codes::Ticks => {
            let items = names.checklist(id_of(row, "step_id")?)?;
            let ticks = value.as_i64()?;
            let ticked =
                items.iter().enumerate().filter(|(at, _)| *at < 63 && (ticks >> at) & 1 == 1);
            Some(ticked.map(|(_, item)| item.clone()).collect())
        }
    }
}

/// A reply in the words of its question, as the person saw it.
fn reply(json: &str, row: &Map<String, Value>, names: &Names, locale: Locale) -> Option<Value> {
    let fields: Fields = serde_json::from_str(json).ok()?;
    let question = names.question(id_of(row, "question_id")?)?;
    let face = question.face(names.seed(id_of(row, "attempt_id")?)?);
    let reply = Reply::read(&face, &fields).ok()?;
    Some(match face.describe(&reply) {
        Said::Words(lines) => lines.into(),
        Said::Truth(is_true) => Value::from(match (is_true, locale) {
            (true, Locale::Sv) => "sant",
            (false, Locale::Sv) => "falskt",
            (true, Locale::En) => "true",
            (false, Locale::En) => "false",
        }),
        Said::Point => {
            let Reply::Spot(Spot::At { x, y }) = reply else { return None };
            Value::from(match locale {
                Locale::Sv => {
                    format!("en punkt i bilden: {x:.0} % från vänster, {y:.0} % uppifrån")
                }
                Locale::En => {
                    format!("a spot in the picture: {x:.0} % from the left, {y:.0} % down")
                }
            })
        }
    })
}
