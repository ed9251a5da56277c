//! `kvarten serve`: from the first bind to the last request.

use std::{net::SocketAddr, time::Duration};

use kvarten_domain::Role;
use kvarten_service::{Services, Store, demo, now, operator::Operator};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    sync::watch,
    time::timeout,
};

use crate::{
    Failure,
    config::{Config, HttpConfig},
    demo_content, jobs,
    listen::{Limits, listen, raise_file_limit},
    mail::Mailer,
    opening, router,
    terminal::say,
};

/// How long requests may still take once the process has been told to stop.
const GRACE: Duration = Duration::from_secs(8);

/// Serves until told to stop.
///
/// # Errors
/// Whatever keeps it from starting.
pub async fn serve(config: Config) -> Result<(), Failure> {
    let files = raise_file_limit();
    let services = opening::open(&config).await?;
    opening::reconcile(&services).await?;
    if let Some(host) = config.database.unverified_host() {
        tracing::warn!(
            "the database's certificate is not verified: an attacker between this machine and {host} \
             can read and change all data; add sslmode=verify-full to DATABASE_URL"
        );
    }
    let address = config.site.site_addr;
    let listener =
        TcpListener::bind(address).await.map_err(|error| Failure::Address { address, error })?;
    let address = listener.local_addr().unwrap_or(address);
    let stop = stop_signal(services.store())?;
    let router = router(&services, &config.site, &config.http)?;
    let mailer = config.mail.as_ref().map(|mail| Mailer::new(mail, &config.http)).transpose()?;
    let jobs = jobs::start(&services, mailer);
    announce(&services, &config.http, address).await;
    let limits = Limits::of(files, config.http.trusted_proxies);
    if !listen(listener, router, limits, is_stopping(stop.clone()), GRACE).await {
        tracing::warn!("some requests took too long to be finished");
    }
    jobs.stop().await;
    if timeout(GRACE, services.store().close()).await.is_err() {
        tracing::warn!("the database took too long to let go");
    }
    let reason = stop.borrow().clone();
    match reason {
        Some(StopReason::StorageFailed(reason)) => Err(Failure::StorageFailed(reason)),
        Some(StopReason::Signal) | None => Ok(()),
    }
}

/// Why the process stops.
#[derive(Clone, Debug)]
enum StopReason {
    /// A signal.
    Signal,
    /// The database cannot be written to.
    StorageFailed(String),
}

/// Reports when and why the process should stop. A second signal ends it at once.
fn stop_signal(store: &Store) -> Result<watch::Receiver<Option<StopReason>>, Failure> {
    let hear = |kind| signal(kind).map_err(|error| Failure::System("signals", error));
    let (mut interrupt, mut terminate) =
        (hear(SignalKind::interrupt())?, hear(SignalKind::terminate())?);
    let (tell, told) = watch::channel(None);
    let store = store.clone();
    tokio::spawn(async move {
        let stop = tokio::select! {
            _ = interrupt.recv() => StopReason::Signal,
            _ = terminate.recv() => StopReason::Signal,
            reason = store.fatal_error() => {
                tracing::error!("{reason}; the process exits to be restarted");
                StopReason::StorageFailed(reason)
            }
        };
        tell.send_replace(Some(stop));
        // Told a second time, it waits for nobody.
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        std::process::exit(130);
    });
    Ok(told)
}

/// Turns true when the process is to stop, for whatever reason.
fn is_stopping(mut stop: watch::Receiver<Option<StopReason>>) -> watch::Receiver<bool> {
    let (tell, told) = watch::channel(false);
    tokio::spawn(async move {
        let _ = stop.wait_for(Option::is_some).await;
        tell.send_replace(true);
    });
    told
}

async fn announce(services: &Services, http: &HttpConfig, address: SocketAddr) {
    let is_public = http.is_public();
    if is_public || !address.ip().is_loopback() {
        tokio::spawn(warn_of_public_password(services.clone()));
    }
    let public = http.public_url.as_ref().map(ToString::to_string);
    say(format_args!("Kvarten is on {}", public.unwrap_or_else(|| format!("http://{address}"))));
    if is_public {
        return;
    }
    let accounts = demo_content::town().accounts();
    let operator = Operator::enter(services, now());
    let Some(first) = accounts.first() else { return };
    let by_number = operator.find_person(&first.employee_number).await.ok();
    if by_number.is_none() || by_number != operator.find_person(&first.email).await.ok() {
        return;
    }
    say("\nThis is the demonstration. Sign in with an e-mail address or employee number:");
    for role in Role::ALL {
        let Some(account) = accounts.iter().find(|account| account.role == role) else { continue };
        say(format_args!(
            "  {:<14} {:<18} {} or {:<34} {}",
            role.code(),
            account.name,
            account.employee_number,
            account.email,
            account.password,
        ));
    }
}

/// The demonstration's password is part of the published program.
async fn warn_of_public_password(services: Services) {
    match demo::has_public_password(&services, &demo_content::town()).await {
        Ok(false) => {}
        Ok(true) => tracing::warn!(
            "accounts here have the demonstration's password, which is public: every visitor of this \
             server can sign in as them"
        ),
        Err(error) => {
            tracing::warn!(%error, "passwords were not compared with the demonstration's");
        }
    }
}
