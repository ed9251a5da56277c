//! Simulated faults, and a database's contents as another connection sees them.

use std::fmt::Write;

use kvarten_service::{ServiceError, Store};
use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::{disk::Disk, town::Town};

/// The kind of fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// SQLite: every write to the disk fails.
    Disk,
    /// PostgreSQL: the disk is full at the statement.
    FullAtOnce,
    /// PostgreSQL: the disk is full at the commit.
    FullAtCommit,
    /// PostgreSQL: the connection is lost during the commit.
    LostAtCommit,
    /// PostgreSQL: a serialization failure at the commit.
    Conflict,
}

impl Kind {
    const fn code(self) -> &'static str {
        match self {
            Self::Disk => "",
            Self::FullAtOnce => "at once",
            Self::FullAtCommit => "at commit",
            Self::LostAtCommit => "lost",
            Self::Conflict => "conflict",
        }
    }
}

/// A fault that can be switched on and off, and a second connection to the database.
pub struct Fault {
    kind: Kind,
    disk: Option<Disk>,
    outside: Store,
}

/// Triggers on every table that fail as the table `fault` says. A sequence counts the failures, as
/// a rollback does not reset it.
const TRIGGER: &str = "
    CREATE TABLE fault (kind text, times bigint);
    INSERT INTO fault VALUES ('', 0);
    CREATE SEQUENCE fault_times;
    CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE what fault%ROWTYPE;
    BEGIN
        SELECT * INTO what FROM fault;
        IF what.kind = 'at once' AND TG_LEVEL = 'STATEMENT'
            OR what.kind = 'at commit' AND TG_LEVEL = 'ROW' THEN
            RAISE EXCEPTION 'could not extend file: no space left' USING ERRCODE = '53100';
        ELSIF what.kind = 'lost' AND TG_LEVEL = 'ROW' THEN
            PERFORM pg_terminate_backend(pg_backend_pid());
            PERFORM pg_sleep(1);
        ELSIF what.kind = 'conflict' AND TG_LEVEL = 'ROW'
            AND nextval('fault_times') <= what.times THEN
            RAISE EXCEPTION 'could not serialize access' USING ERRCODE = '40001';
        END IF;
        RETURN NULL;
    END $$;
    DO $$
    DECLARE one text;
    BEGIN
        FOR one IN SELECT tablename FROM pg_tables
            WHERE schemaname = current_schema() AND tablename <> 'fault' LOOP
            EXECUTE format('CREATE TRIGGER fail_at_once BEFORE INSERT OR UPDATE OR DELETE ON %I
                FOR EACH STATEMENT EXECUTE FUNCTION fail()', one);
            EXECUTE format('CREATE CONSTRAINT TRIGGER fail_at_commit
                AFTER INSERT OR UPDATE OR DELETE ON %I
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fail()', one);
        END LOOP;
    END $$;";

impl Fault {
    pub async fn of(town: &Town, kind: Kind) -> Self {
        let outside = Store::connect(&town.url).await.expect("a database");
        let disk = (kind == Kind::Disk).then(Disk::new);
        if disk.is_none() {
            outside.read().execute_unprepared(TRIGGER).await.expect("triggers");
        }
        Self { kind, disk, outside }
    }

    /// Switches the fault on.
    pub async fn begin(&self) {
        self.begin_for(i64::MAX).await;
    }

    /// Switches the fault on for a number of failures.
    pub async fn begin_for(&self, times: i64) {
        match &self.disk {
            Some(disk) => disk.fail(),
            None => self.set(self.kind.code(), times).await,
        }
    }

    /// Switches the fault off.
    pub async fn end(&self) {
        match &self.disk {
            Some(disk) => disk.mend(),
            None => self.set("", 0).await,
        }
    }

    async fn set(&self, kind: &str, times: i64) {
        let change = format!(
            "UPDATE fault SET kind = '{kind}', times = {times}; SELECT setval('fault_times', 1, false)"
        );
        self.outside.read().execute_unprepared(&change).await.expect("told");
    }

    /// Every row of every table, through the second connection.
    pub async fn contents(&self) -> String {
        let backend = self.outside.backend();
        let rows = |sql: String| async {
            let rows = Statement::from_string(backend, sql);
            self.outside.read().query_all_raw(rows).await.expect("rows")
        };
        let tables = match backend {
            DbBackend::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table'",
            _ => {
                "SELECT tablename::text AS name FROM pg_tables \
                 WHERE schemaname = current_schema() AND tablename <> 'fault'"
            }
        };
        let mut contents = String::new();
        for table in rows(format!("{tables} ORDER BY 1")).await {
            let table: String = table.try_get("", "name").expect("a name");
            let of_row = match backend {
                DbBackend::Sqlite => {
                    let columns = format!("SELECT name FROM pragma_table_info('{table}')");
                    let columns = rows(columns).await;
                    let quoted = columns.iter().map(|column| {
                        let column: String = column.try_get("", "name").expect("a name");
                        format!("quote(\"{column}\")")
                    });
                    quoted.collect::<Vec<_>>().join(" || ',' || ")
                }
                _ => "t::text".to_owned(),
            };
            let all = format!("SELECT {of_row} AS line FROM \"{table}\" AS t ORDER BY 1");
            for row in rows(all).await {
                let line: String = row.try_get("", "line").expect("a line");
                writeln!(contents, "{table}: {line}").expect("written");
            }
        }
        contents
    }

    /// The same through a new connection.
    pub async fn contents_anew(&self, town: &Town) -> String {
        let outside = Store::connect(&town.url).await.expect("a database");
        let fault = Self { kind: self.kind, disk: None, outside };
        let contents = fault.contents().await;
        fault.outside.close().await;
        contents
    }
}

/// Whether an error says that nothing was saved.
pub fn is_not_saved(error: &ServiceError) -> bool {
    use ServiceError::{Conflict, File, Interrupted, StorageFailed, Unavailable};

    matches!(error, Unavailable(_) | Conflict(_) | Interrupted | StorageFailed(_) | File(_))
}
