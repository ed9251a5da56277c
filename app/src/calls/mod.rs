//! The thin API between the browser and the services: each call enters a role, asks one service
//! method and passes on what it says.
//!
//! A call made by a plain form (a browser without WebAssembly) is answered with a redirect, to
//! where the form leads or back to where it stood with what is to be put right.

mod account;
mod bank;
mod client;
#[cfg(feature = "ssr")]
mod cookies;
mod error;
mod knowledge;
mod ladder;
mod lesson;
mod map;
mod points;
mod programs;
mod referrals;
#[cfg(feature = "ssr")]
mod request;
mod session;
mod standing;
mod trends;
mod unit;

pub use account::{
    ChangePassword, ChooseLocale, ChooseMail, ConfirmAddress, EndDevice, account, change_password,
    choose_locale, choose_mail, confirm_address, end_device, mail_stop,
};
pub use bank::learn_page;
pub use client::KvartenClient;
pub(crate) use client::{foreign_answer, is_own_answer};
#[cfg(feature = "ssr")]
pub use cookies::CookieRules;
pub use error::WireError;
pub use knowledge::{Assess, assess, assessment, keep_claim, looks, portrait, system};
pub use ladder::{StartAttempt, SubmitReply, ladder, start_attempt, submit_reply};
pub use lesson::{FinishStep, finish_step, lesson, open_step, step, tick, watch};
pub use map::{
    ChangeLevel, ChangeSystem, CreateSystem, RequireLesson, SetRequirements, StatementFields,
    change_level, change_system, create_system, level_field, map_page, map_system, require_lesson,
    requirements, set_requirements,
};
pub use points::{
    JoinLeaderboard, LeaveLeaderboard, join_leaderboard, leaderboard, leave_leaderboard, points,
};
pub use programs::{SetProgram, map_program, program, programs, set_program};
pub use referrals::{
    ChangeReferral, Refer, WithdrawReferral, change_referral, refer, refer_page, referrals,
    withdraw_referral,
};
#[cfg(feature = "ssr")]
pub use request::{
    ClientAddress, is_shared_tablet, leave_for, menu, own_path, request_locale, typed_name,
};
pub use session::{SignIn, SignOut, SignOutEverywhere, sign_in, sign_out, sign_out_everywhere};
pub use standing::{EndStanding, MakeStanding, end_standing, make_standing, standing};
pub use trends::{all_trends, trends};
pub use unit::{colleague, colleague_system, first_rows, overview};

/// There is no such page: what its address names cannot be anything.
#[must_use]
pub fn no_such() -> WireError {
    let error = WireError::NotFound;
    #[cfg(feature = "ssr")]
    let error = request::fail(error);
    error
}

/// The session's key for the person's id.
pub const PERSON: &str = "person";
/// The session's key for whether it is on a shared tablet.
pub const SHARED: &str = "shared";
/// The header that says whose page a call comes from.
pub const OWNER_HEADER: &str = "kvarten-owner";
/// The same in the address of a plain form's call.
pub const OWNER_QUERY: &str = "owner";
/// The media type of every answer to a call, errors included. Nothing between the browser and the
/// server, such as a gateway or the sign-in page of a wireless network, answers with it.
pub const ANSWER_TYPE: &str = "application/vnd.kvarten";

/// The name of a call: the last part of its path.
#[must_use]
pub fn call_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}
/// The session's key for the kind of device it is on.
pub const DEVICE_KIND: &str = "kind";
/// The session's key for the known device it is on.
pub const DEVICE_KEY: &str = "device";
