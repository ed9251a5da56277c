//! The program under measurement, with a municipality of its own in a temporary folder.

use std::{fs, net::TcpListener, path::PathBuf, process::Stdio, time::Duration};

use tempfile::TempDir;
use tokio::{
    io::AsyncWriteExt,
    process::{Child, Command},
};

use crate::{
    Failure,
    client::{Client, PASSWORD},
};

/// The municipality of a program.
#[derive(Clone, Debug, Default)]
pub struct Town {
    /// How many people there are.
    pub people: usize,
    /// How many systems, which everybody needs; the demonstration's own where not given.
    pub systems: Option<usize>,
    /// The address of an empty database; SQLite in a temporary folder where not given.
    pub database: Option<String>,
}

/// A Kvarten that runs. Ends when it is dropped.
pub struct Program {
    /// The program's file.
    file: String,
    address: String,
    database: String,
    folder: TempDir,
    has_site: bool,
    running: Option<Child>,
}

impl Program {
    /// Starts one with so many people, on SQLite.
    ///
    /// # Errors
    /// It does not start.
    pub async fn start(file: &str, people: usize) -> Result<Self, Failure> {
        Self::start_in(file, Town { people, ..Town::default() }).await
    }

    /// Starts one with a municipality.
    ///
    /// # Errors
    /// It does not start.
    pub async fn start_in(file: &str, town: Town) -> Result<Self, Failure> {
        Self::start_on(file, town, true).await
    }

    /// Starts one whose site need not be built with so many people, on the empty database at an
    /// address or on SQLite.
    ///
    /// # Errors
    /// It does not start.
    pub async fn start_without_site(
        file: &str,
        people: usize,
        database: Option<String>,
    ) -> Result<Self, Failure> {
        Self::start_on(file, Town { people, systems: None, database }, false).await
    }

    async fn start_on(file: &str, town: Town, has_site: bool) -> Result<Self, Failure> {
        let folder = tempfile::tempdir()?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let in_folder = || format!("sqlite:{}", folder.path().join("kvarten.db").display());
        let mut program = Self {
            file: file.to_owned(),
            address: format!("127.0.0.1:{port}"),
            database: town.database.unwrap_or_else(in_folder),
            folder,
            has_site,
            running: None,
        };
        let people = town.people.to_string();
        let systems = town.systems.map(|systems| systems.to_string());
        let mut demo = vec!["demo", "--people", &people];
        demo.extend(systems.iter().flat_map(|systems| ["--systems", systems.as_str()]));
        for arguments in [vec!["migrate"], demo] {
            if !program.command(&arguments).status().await?.success() {
                return Err(format!("kvarten {} failed", arguments.join(" ")).into());
            }
        }
        program.serve().await?;
        Ok(program)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.file);
        command
            .args(arguments)
            .env("KVARTEN_DATA", self.folder.path())
            .env("DATABASE_URL", &self.database)
            .env("LEPTOS_SITE_ADDR", &self.address)
            .env("LEPTOS_HASH_FILES", self.has_site.to_string())
            .env("KVARTEN_LOG", "warn")
            .env_remove("KVARTEN_TEST_POSTGRES")
            .stdout(Stdio::null())
            .kill_on_drop(true);
        command
    }

    /// Adds a manager of a unit, who signs in with the password of the demonstration.
    ///
    /// # Errors
    /// There is no such unit, or there is somebody with that number.
    pub async fn add_manager(&self, employee_number: &str, unit: &str) -> Result<(), Failure> {
        self.add_person(employee_number, unit, &["manager"]).await
    }

    /// Adds somebody with some roles in a unit, who signs in with the password of the demonstration.
    ///
    /// # Errors
    /// There is no such unit or role, or there is somebody with that number.
    pub async fn add_person(
        &self,
        employee_number: &str,
        unit: &str,
        roles: &[&str],
    ) -> Result<(), Failure> {
        let who = ["--employee-number", employee_number, "--given-name", "Hanna"];
        let name = ["--family-name", "Åhs", "--profession", "enhetschef"];
        let place = ["--unit", unit, "--stdin"];
        let roles: Vec<&str> = roles.iter().flat_map(|role| ["--role", *role]).collect();
        let arguments = [&["person", "create"], &who[..], &name[..], &place[..], &roles].concat();
        let mut adding = self.command(&arguments).stdin(Stdio::piped()).spawn()?;
        let mut stdin = adding.stdin.take().ok_or("no input")?;
        stdin.write_all(PASSWORD.as_bytes()).await?;
        drop(stdin);
        if adding.wait().await?.success() {
            Ok(())
        } else {
            Err(format!("nobody was added in {unit}").into())
        }
    }

    /// Serves, after [`Self::kill`] anew.
    ///
    /// # Errors
    /// It does not start.
    pub async fn serve(&mut self) -> Result<(), Failure> {
        let log = fs::OpenOptions::new().create(true).append(true).open(self.log_file())?;
        self.running = Some(self.command(&["serve"]).stderr(log).spawn()?);
        for _ in 0..400 {
            if let Ok(mut client) = Client::connect(self.address()).await
                && client.get("/readyz", "").await.is_ok_and(|answer| answer.status == 200)
            {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        Err(format!("kvarten did not start: {}", self.log()).into())
    }

    fn log_file(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    /// What it has written to its log while it served.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read_to_string(self.log_file()).unwrap_or_default()
    }

    /// Tells it to stop, and waits until it has. Whether it ended as it should.
    ///
    /// # Errors
    /// It has ended already.
    pub async fn stop(&mut self) -> Result<bool, Failure> {
        let mut running = self.running.take().ok_or("kvarten does not run")?;
        let id = running.id().ok_or("kvarten does not run")?.to_string();
        Command::new("kill").args(["-TERM", &id]).status().await?;
        Ok(running.wait().await?.success())
    }

    /// Ends it at once and without warning, as `kill -9` does.
    ///
    /// # Errors
    /// It has ended already.
    pub async fn kill(&mut self) -> Result<(), Failure> {
        let mut running = self.running.take().ok_or("kvarten does not run")?;
        running.kill().await?;
        Ok(())
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Its database.
    #[must_use]
    pub fn database(&self) -> &str {
        &self.database
    }

    /// The most memory it has held, in MB of 1 000 000 bytes.
    ///
    /// # Errors
    /// It does not run, or the system does not tell.
    pub fn highest_memory_mb(&self) -> Result<f64, Failure> {
        let id = self.running.as_ref().and_then(Child::id).ok_or("kvarten does not run")?;
        let status = fs::read_to_string(format!("/proc/{id}/status"))?;
        let line = status.lines().find(|line| line.starts_with("VmHWM:")).ok_or("no VmHWM")?;
        let kibibytes: f64 = line.split_whitespace().nth(1).ok_or("no number")?.parse()?;
        Ok(kibibytes * 1_024.0 / 1e6)
    }
}
