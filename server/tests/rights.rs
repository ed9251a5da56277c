//! Every server function, called as everybody: who may do what is decided behind each of them.

mod stand;

use std::collections::BTreeSet;

use axum::http::StatusCode;
use codee::{Encoder, binary::PostcardCodec};
use kvarten_domain::{
    AnswerId, AttemptId, Date, LessonId, Level, MeaningId, PersonId, ProgramId, QuestionId,
    ReferralId, Role, StandingId, SystemId, UnitId, bank::Filter, overview, time::Period,
    unit::UnitKind,
};
use kvarten_service::{
    new_id, now,
    operator::{NewPerson, Operator},
};
use serde::Serialize;
use stand::Stand;

/// A call's body: what it is, and the bytes.
type Body = (&'static str, Vec<u8>);

fn data<T: Serialize>(arguments: &T) -> Body {
    ("application/postcard", PostcardCodec::encode(arguments).expect("encodes"))
}

fn form(fields: &str) -> Body {
    ("application/x-www-form-urlencoded", fields.as_bytes().to_vec())
}

/// What a call says to staff, champion, manager and administrator.
type Says = [u16; 4];

/// The same to anybody who works here.
const fn all(status: u16) -> Says {
    [status; 4]
}

/// What managers alone may ask.
const MANAGER: Says = [403, 403, 200, 403];

/// What administrators alone may ask.
const ADMINISTRATOR: Says = [403, 403, 403, 200];

/// The calls about programs, standing referrals and mail.
fn calls_of_pointing() -> Vec<(&'static str, Body, u16, Says)> {
    let (standing, unit, program) =
        (new_id::<StandingId>(), new_id::<UnitId>(), new_id::<ProgramId>());
    vec![
        ("/api/standing", data(&()), 401, MANAGER),
        (
            "/api/make_standing",
            form(&format!("id={standing}&unit={unit}&to=x")),
            401,
            [403, 403, 404, 403],
        ),
        ("/api/end_standing", form(&format!("id={standing}")), 401, [403, 403, 404, 403]),
        ("/api/program", data(&("x",)), 401, all(404)),
        ("/api/programs", data(&()), 401, ADMINISTRATOR),
        ("/api/map_program", data(&("x",)), 401, [403, 403, 403, 404]),
        ("/api/set_program", form(&format!("id={program}&name=")), 401, [403, 403, 403, 422]),
        ("/api/choose_mail", form("is_wanted=1"), 401, all(200)),
        ("/api/end_device", form("device=0a1b"), 401, all(404)),
        ("/api/confirm_address", form(""), 401, all(200)),
        // Whoever was sent a word need not sign in. Nobody was sent this one.
        ("/api/mail_stop", data(&("0a1b",)), 404, all(404)),
    ]
}

/// Every call: its path, a body, what it says to nobody, and what to those who work here. There are
/// no lessons and systems in this town, so what asks for one finds none.
#[expect(clippy::too_many_lines, reason = "a line for each call")]
fn calls() -> Vec<(&'static str, Body, u16, Says)> {
    let (answer, attempt, question) =
        (new_id::<AnswerId>(), new_id::<AttemptId>(), new_id::<QuestionId>());
    let (nobody, unit, system, lesson, meaning, referral) = (
        new_id::<PersonId>(),
        new_id::<UnitId>(),
        new_id::<SystemId>(),
        new_id::<LessonId>(),
        new_id::<MeaningId>(),
        new_id::<ReferralId>(),
    );
    let reply =
        format!("slug=x&answer={answer}&attempt={attempt}&question={question}&pick[only]=0");
    vec![
        ("/api/sign_in", form("name=&password="), 422, all(422)),
        ("/api/choose_locale", form("lang=en&back=/mer"), 200, all(200)),
        ("/api/account", data(&()), 401, all(200)),
        ("/api/learn_page", data(&(Filter::default(),)), 401, all(200)),
        ("/api/portrait", data(&(None::<Date>,)), 401, all(200)),
        ("/api/system", data(&("x",)), 401, all(404)),
        ("/api/assessment", data(&("x", None::<Level>)), 401, all(404)),
        ("/api/assess", form("code=x&level=1"), 401, all(404)),
        ("/api/assess", form("code=x&level=1&said[x]=can"), 401, all(422)),
        ("/api/assess", form(&format!("code=x&level=1&said[m{meaning}]=can")), 401, all(404)),
        ("/api/assess", form("code=x&level=5"), 422, all(422)),
        (
            "/api/keep_claim",
            form(&format!("code=x&level=1&meaning={meaning}&claim=can")),
            401,
            all(404),
        ),
        ("/api/looks", data(&()), 401, all(200)),
        ("/api/first_rows", data(&(overview::Filter::default(),)), 401, MANAGER),
        ("/api/overview", data(&()), 401, MANAGER),
        ("/api/colleague", data(&(nobody, None::<Date>)), 401, [403, 403, 404, 403]),
        ("/api/colleague_system", data(&(nobody, "x")), 401, [403, 403, 404, 403]),
        ("/api/trends", data(&(None::<UnitId>, None::<&str>)), 401, MANAGER),
        ("/api/trends", data(&(Some(unit), None::<&str>)), 401, [403, 403, 404, 403]),
        ("/api/trends", data(&(None::<UnitId>, Some("x"))), 401, [403, 403, 404, 403]),
        (
            "/api/refer_page",
            data(&(overview::Filter::default(), Vec::<PersonId>::new())),
            401,
            MANAGER,
        ),
        (
            "/api/refer_page",
            data(&(overview::Filter::default(), vec![nobody])),
            401,
            [403, 403, 404, 403],
        ),
        ("/api/refer", form(&format!("batch={referral}&to=x")), 401, [403, 403, 422, 403]),
        ("/api/referrals", data(&(None::<PersonId>,)), 401, MANAGER),
        (
            "/api/change_referral",
            form(&format!("id={referral}&revision=1")),
            401,
            [403, 403, 404, 403],
        ),
        (
            "/api/withdraw_referral",
            form(&format!("id={referral}&revision=1")),
            401,
            [403, 403, 404, 403],
        ),
        ("/api/map", data(&()), 401, ADMINISTRATOR),
        ("/api/map_system", data(&("x",)), 401, [403, 403, 403, 404]),
        ("/api/requirements", data(&(None::<UnitId>, None::<Date>)), 401, ADMINISTRATOR),
        ("/api/all_trends", data(&(None::<UnitId>, None::<&str>)), 401, ADMINISTRATOR),
        ("/api/all_trends", data(&(Some(unit), None::<&str>)), 401, [403, 403, 403, 404]),
        ("/api/all_trends", data(&(None::<UnitId>, Some("x"))), 401, [403, 403, 403, 404]),
        ("/api/create_system", form(&format!("id={system}&name=")), 401, [403, 403, 403, 422]),
        (
            "/api/change_system",
            form(&format!("id={system}&code=x&name=X")),
            401,
            [403, 403, 403, 404],
        ),
        (
            "/api/change_level",
            form(&format!("id={system}&code=x&level=1")),
            401,
            [403, 403, 403, 404],
        ),
        (
            "/api/require_lesson",
            form(&format!("lesson={lesson}&code=x")),
            401,
            [403, 403, 403, 404],
        ),
        ("/api/set_requirements", form("c[x.y]=01"), 401, ADMINISTRATOR),
        ("/api/points", data(&()), 401, all(200)),
        ("/api/leaderboard", data(&(Period::Week,)), 401, all(200)),
        ("/api/lesson", data(&("x",)), 401, all(404)),
        ("/api/step", data(&("x", 1u8)), 401, all(404)),
        ("/api/open_step", form("slug=x&number=1"), 401, all(404)),
        ("/api/tick", form("slug=x&number=1&item=0&on=1"), 401, all(404)),
        ("/api/ladder", data(&("x", None::<AnswerId>)), 401, all(404)),
        ("/api/finish_step", form("slug=x&number=1"), 401, all(404)),
        ("/api/watch", form("slug=x&number=1&seconds=3"), 401, all(404)),
        ("/api/start_attempt", form(&format!("slug=x&attempt={attempt}")), 401, all(404)),
        ("/api/submit_reply", form(&reply), 401, all(404)),
        ("/api/join_leaderboard", form("alias=x"), 401, all(422)),
        ("/api/leave_leaderboard", form(""), 401, all(200)),
        ("/api/change_password", form("old_password=x&new_password=y"), 401, all(422)),
        ("/api/sign_out_everywhere", form(""), 401, all(200)),
        ("/api/sign_out", form(""), 200, all(200)),
    ]
}

fn every_call() -> impl Iterator<Item = (&'static str, Body, u16, Says)> {
    calls().into_iter().chain(calls_of_pointing())
}

#[tokio::test]
async fn no_call_is_left_out() {
    let known: BTreeSet<String> = every_call().map(|(path, ..)| path.to_owned()).collect();
    let all = leptos::server_fn::axum::server_fn_paths().map(|(path, _)| path.to_owned());
    let all: BTreeSet<String> = all.filter(|path| path.starts_with("/api/")).collect();
    assert_eq!(known, all);
}

#[tokio::test]
async fn a_call_that_cannot_be_read_is_the_senders_fault() {
    let stand = Stand::new().await;
    let cookie = stand.sign_in(stand.hire("1").await).await;
    let mut tried = 0;
    for (path, (kind, body), ..) in every_call() {
        // What asks with nothing reads nothing.
        if kind != "application/postcard" || body.is_empty() {
            continue;
        }
        let headers = [
            ("content-type", kind),
            ("accept", "application/postcard"),
            ("sec-fetch-site", "same-origin"),
            ("cookie", cookie.as_str()),
        ];
        // As long a text as no call is, an option that is neither there nor not, an unending number.
        let answer = stand.send("POST", path, &headers, vec![0xff_u8; 16]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        let answer = stand.send("POST", path, &headers, Vec::<u8>::new()).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{path} with nothing");
        tried += 1;
    }
    assert!(tried > 10, "{tried}");
}

#[tokio::test]
async fn each_call_says_the_right_thing_to_each_role() {
    let stand = Stand::new().await;
    let operator = Operator::enter(&stand.services, now());
    let root =
        operator.create_unit("Lindvike", UnitKind::Municipality, None).await.expect("a root");
    for name in ["Solgläntan", "Björken"] {
        operator.create_unit(name, UnitKind::Unit, Some(root)).await.expect("a unit");
    }
    operator.create_profession("yrke", "yrke", "trade").await.expect("a profession");
    let mut everybody = Vec::new();
    for (number, role, unit) in [
        ("1", Role::Staff, "Solgläntan"),
        ("2", Role::Champion, "Solgläntan"),
        ("3", Role::Manager, "Björken"),
        ("4", Role::Administrator, "Lindvike"),
    ] {
        let new = NewPerson {
            employee_number: number.to_owned(),
            email: None,
            given_name: "Alma".to_owned(),
            family_name: "Berg".to_owned(),
            unit: unit.to_owned(),
            profession: "yrke".to_owned(),
            roles: vec![role],
            password: None,
        };
        everybody.push((role, operator.create_person(&new).await.expect("a person")));
    }
    for (path, (kind, body), nobody, says) in every_call() {
        let headers = [
            ("content-type", kind),
            ("accept", "application/postcard"),
            ("sec-fetch-site", "same-origin"),
        ];
        let answer = stand.send("POST", path, &headers, body.clone()).await;
        assert_eq!(
            answer.status,
            StatusCode::from_u16(nobody).expect("a status"),
            "{path} to nobody"
        );
        for ((role, person), somebody) in everybody.iter().zip(says) {
            let cookie = stand.sign_in(*person).await;
            let mut headers = headers.to_vec();
            headers.push(("cookie", &cookie));
            let answer = stand.send("POST", path, &headers, body.clone()).await;
            let expected = StatusCode::from_u16(somebody).expect("a status");
            assert_eq!(answer.status, expected, "{path} to {role:?}");
            // The same call from another site never reaches it.
            headers[2] = ("sec-fetch-site", "cross-site");
            let answer = stand.send("POST", path, &headers, body.clone()).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} from elsewhere");
        }
    }
}
