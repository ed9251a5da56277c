//! What is done without anybody asking for it, at its times. What is done twice, or by several
//! processes at once, is done once: each job sees to that itself.

use std::time::Duration;

use kvarten_service::{Services, now, privacy, refresh_disclosure, send_standing};
use tokio::{
    task::JoinHandle,
    time::{MissedTickBehavior, interval},
};

use crate::mail::{Mailer, Sending};

/// How often what has been kept long enough is removed.
const TIDYING: Duration = Duration::from_mins(10);
/// How often standing referrals and mail are sent.
const SENDING: Duration = Duration::from_mins(1);

/// How often people who have come and gone, and yesterday's points, are looked for.
const DISCLOSING: Duration = Duration::from_hours(1);

/// The jobs of a process, at work until they are stopped.
pub struct Jobs(Vec<JoinHandle<()>>);

impl Jobs {
    /// Stops them, and waits until they have stopped. A mail that is being sent is found again by the
    /// next process.
    pub async fn stop(self) {
        for job in &self.0 {
            job.abort();
        }
        for job in self.0 {
            let _ = job.await;
        }
    }
}

/// Sets the jobs to work.
pub fn start(services: &Services, mailer: Option<Mailer>) -> Jobs {
    let tidying = tokio::spawn(tidy(services.clone()));
    let sending = tokio::spawn(send(services.clone(), mailer));
    let disclosing = tokio::spawn(disclose(services.clone()));
    Jobs(vec![tidying, sending, disclosing])
}

/// What may be disclosed changes when enough people have come, gone or earned points.
async fn disclose(services: Services) {
    let mut clock = interval(DISCLOSING);
    clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        clock.tick().await;
        match refresh_disclosure(&services, now()).await {
            Ok(done) => tracing::debug!(?done, "disclosure refreshed"),
            Err(error) => {
                tracing::warn!(%error, "refreshing disclosure failed; the next try is in an hour");
            }
        }
    }
}

async fn tidy(services: Services) {
    let mut clock = interval(TIDYING);
    clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        clock.tick().await;
        match privacy::tidy(&services, now()).await {
            Ok(tidied) => tracing::debug!(?tidied, "tidied"),
            Err(error) => tracing::warn!(%error, "tidying failed; the next try is in ten minutes"),
        }
    }
}

async fn send(services: Services, mailer: Option<Mailer>) {
    let mut clock = interval(SENDING);
    clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        clock.tick().await;
        match send_standing(&services, now()).await {
            Ok(0) => {}
            Ok(sent) => tracing::info!(sent, "standing referrals"),
            Err(error) => tracing::warn!(%error, "standing referrals failed; the next try is soon"),
        }
        let Some(mailer) = &mailer else { continue };
        match mailer.send_due(&services, now).await {
            Ok(sending) if sending == Sending::default() => {}
            Ok(sending) => tracing::info!(sent = sending.sent, failed = sending.failed, "mail"),
            Err(error) => tracing::warn!(%error, "mail failed; the next try is soon"),
        }
    }
}
