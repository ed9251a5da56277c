//! The program under measurement, with a municipality of its own in a temporary folder.

use std::{env, fs, net::TcpListener, process::Stdio, time::Duration};

use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::{Failure, client::Client};

/// A running Kvarten. Ends when it is dropped.
pub struct Program {
    child: Child,
    address: String,
    folder: TempDir,
}

fn command(folder: &TempDir, address: &str) -> Result<Command, Failure> {
    let mut command = Command::new(env::var("KVARTEN_BIN")?);
    command
        .env("KVARTEN_DATA", folder.path())
        .env("LEPTOS_SITE_ADDR", address)
        .env("KVARTEN_LOG", "warn")
        .stdout(Stdio::null())
        .kill_on_drop(true);
    Ok(command)
}

impl Program {
    /// Starts it with so many people.
    pub async fn start(people: usize) -> Result<Self, Failure> {
        let folder = tempfile::tempdir()?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let address = format!("127.0.0.1:{port}");
        let people = people.to_string();
        for arguments in [vec!["migrate"], vec!["demo", "--people", &people]] {
            let status = command(&folder, &address)?.args(&arguments).status().await?;
            if !status.success() {
                return Err(format!("kvarten {} failed", arguments.join(" ")).into());
            }
        }
        let child = command(&folder, &address)?.arg("serve").spawn()?;
        let program = Self { child, address, folder };
        for _ in 0..200 {
            if let Ok(mut client) = Client::connect(program.address()).await
                && client.get("/readyz", "").await.is_ok_and(|answer| answer.status == 200)
            {
                return Ok(program);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Err("kvarten did not start".into())
    }

    /// Where it listens.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Its database.
    pub fn database(&self) -> String {
        format!("sqlite:{}", self.folder.path().join("kvarten.db").display())
    }

    /// The most memory it has held, in MB of 1 000 000 bytes.
    pub fn highest_memory_mb(&self) -> Result<f64, Failure> {
        let id = self.child.id().ok_or("kvarten has ended")?;
        let status = fs::read_to_string(format!("/proc/{id}/status"))?;
        let line = status.lines().find(|line| line.starts_with("VmHWM:")).ok_or("no VmHWM")?;
        let kibibytes: f64 = line.split_whitespace().nth(1).ok_or("no number")?.parse()?;
        Ok(kibibytes * 1_024.0 / 1e6)
    }
}
