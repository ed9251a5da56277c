//! Min enhet, a person's page and trends, in a municipality where everybody needs 40 systems: whole
//! answers, one after the other on one connection, compressed as a browser asks for them.

use std::time::Instant;

use codee::{Decoder, Encoder, binary::PostcardCodec};
use kvarten_bench::{Answer, Client, Failure, Program, Town, percentile};
use kvarten_domain::{Date, PersonId, ReferralId, overview::Overview};
use kvarten_service::new_id;

use crate::report::{Figure, Report};

/// How many systems there are.
const SYSTEMS: usize = 40;
/// So many people that one of the administrations has 4 000.
const PEOPLE: usize = 10_800;
/// The small municipality. It has the unit, and nothing else of the same size.
const FEW: usize = 1_000;
/// A unit of some forty people in both.
const UNIT: &str = "Havsblick";
/// The administration of some 4 000 people in the large one.
const ADMINISTRATION: &str = "Förvaltningen för funktionsstöd";
/// Employee numbers of the managers that are added, and of the demonstration's administrator.
const OF_UNIT: &str = "901";
const OF_ADMINISTRATION: &str = "902";
const ADMINISTRATOR: &str = "10004";

/// So many of the administration's people are referred before anything is measured of it, and to what.
const REFERRED: usize = 500;
const LESSON: &str = "folj-avvikelsen-hela-vagen";

/// How often what is quick is asked for, and what takes longer.
const OFTEN: usize = 200;
const SELDOM: usize = 40;

/// Somebody signed in, on a connection.
struct Viewer {
    client: Client,
    cookie: String,
}

/// Milliseconds of many answers.
struct Times(Vec<f64>);

impl Times {
    fn median(&mut self) -> f64 {
        percentile(&mut self.0, 50)
    }

    fn p95(&mut self) -> f64 {
        percentile(&mut self.0, 95)
    }
}

fn answered(path: &str, answer: Answer) -> Result<Answer, Failure> {
    match answer.status {
        200 => Ok(answer),
        status => Err(format!("{path} answered {status}").into()),
    }
}

impl Viewer {
    async fn sign_in(program: &Program, employee_number: &str) -> Result<Self, Failure> {
        let mut client = Client::connect(program.address()).await?;
        let cookie = client.sign_in(employee_number).await?;
        Ok(Self { client: client.compressed(), cookie })
    }

    async fn page(&mut self, path: &str) -> Result<Answer, Failure> {
        answered(path, self.client.get(path, &self.cookie).await?)
    }

    async fn call(&mut self, path: &str, asked: Vec<u8>) -> Result<Answer, Failure> {
        let kind = "application/postcard";
        answered(path, self.client.post(path, &self.cookie, kind, asked).await?)
    }

    /// Refers people to a lesson, as the form does.
    async fn refer(&mut self, people: impl Iterator<Item = PersonId>) -> Result<(), Failure> {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("batch", &new_id::<ReferralId>().to_string()).append_pair("to", LESSON);
        for person in people {
            form.append_pair(&format!("p[m{person}]"), "1");
        }
        let kind = "application/x-www-form-urlencoded";
        let fields = form.finish().into_bytes();
        let answer = self.client.post("/api/refer", &self.cookie, kind, fields).await?;
        answered("/api/refer", answer).map(|_| ())
    }

    async fn overview(&mut self) -> Result<Answer, Failure> {
        self.call("/api/overview", Vec::new()).await
    }

    /// Asks for pages in turn, so often, after a few times that do not count.
    async fn time_pages(&mut self, paths: &[String], often: usize) -> Result<Times, Failure> {
        let mut times = Vec::with_capacity(often);
        for (at, path) in paths.iter().cycle().take(often + often / 10).enumerate() {
            let begun = Instant::now();
            self.page(path).await?;
            if at >= often / 10 {
                times.push(ms_since(begun));
            }
        }
        Ok(Times(times))
    }

    /// The same for a call.
    async fn time_calls(
        &mut self,
        path: &str,
        asked: &[Vec<u8>],
        often: usize,
    ) -> Result<Times, Failure> {
        let mut times = Vec::with_capacity(often);
        for (at, asked) in asked.iter().cycle().take(often + often / 10).enumerate() {
            let asked = asked.clone();
            let begun = Instant::now();
            self.call(path, asked).await?;
            if at >= often / 10 {
                times.push(ms_since(begun));
            }
        }
        Ok(Times(times))
    }
}

fn ms_since(moment: Instant) -> f64 {
    moment.elapsed().as_secs_f64() * 1_000.0
}

/// A program with the municipality and the managers.
async fn start(file: &str, people: usize, database: Option<String>) -> Result<Program, Failure> {
    let town = Town { people, systems: Some(SYSTEMS), database };
    let program = Program::start_in(file, town).await?;
    program.add_manager(OF_UNIT, UNIT).await?;
    program.add_manager(OF_ADMINISTRATION, ADMINISTRATION).await?;
    Ok(program)
}

/// Everybody in a manager's units, read.
async fn read(program: &Program, employee_number: &str) -> Result<Overview, Failure> {
    let mut client = Client::connect(program.address()).await?;
    let cookie = client.sign_in(employee_number).await?;
    let mut viewer = Viewer { client, cookie };
    let answer = viewer.overview().await?;
    PostcardCodec::decode(&answer.body).map_err(|error| format!("unreadable: {error}").into())
}

/// What is shown, in words.
fn size(overview: &Overview) -> String {
    format!("{} people × {} systems", overview.people.len(), overview.systems.len())
}

/// The same questions on one database. Returns the median of Min enhet.
async fn measure_on(
    report: &mut Report,
    program: &Program,
    database: &str,
) -> Result<f64, Failure> {
    let mut add = |name: String, times: &mut Times, bar: f64| {
        report.add(Figure::at_most(format!("{database}: {name}, p95, ms"), times.p95(), bar));
    };
    let (unit, all) = (read(program, OF_UNIT).await?, read(program, OF_ADMINISTRATION).await?);
    let mut manager = Viewer::sign_in(program, OF_UNIT).await?;
    let nothing = [Vec::new()];
    let mut times = manager.time_calls("/api/overview", &nothing, OFTEN).await?;
    let median = times.median();
    add(format!("Min enhet, {}", size(&unit)), &mut times, 30.0);
    let mut page = manager.time_pages(&["/enhet".to_owned()], OFTEN).await?;

    let ids: Vec<PersonId> = unit.people.iter().map(|person| person.id).collect();
    let asked: Result<Vec<Vec<u8>>, _> =
        ids.iter().map(|id| PostcardCodec::encode(&(*id, None::<Date>))).collect();
    let mut times = manager.time_calls("/api/colleague", &asked?, OFTEN).await?;
    add("a person".to_owned(), &mut times, 15.0);
    let pages: Vec<String> = ids.iter().map(|id| format!("/enhet/person/{id}")).collect();
    add("a person's page".to_owned(), &mut manager.time_pages(&pages, OFTEN).await?, 15.0);

    let mut chief = Viewer::sign_in(program, OF_ADMINISTRATION).await?;
    chief.refer(all.people.iter().take(REFERRED).map(|person| person.id)).await?;
    let mut times = chief.time_calls("/api/overview", &nothing, SELDOM).await?;
    add(format!("an administration, {}", size(&all)), &mut times, 250.0);
    let kilobytes = chief.overview().await?.body.len();
    let mut all_page = chief.time_pages(&["/enhet".to_owned()], SELDOM).await?;
    let trends = ["/enhet/utveckling".to_owned()];
    let mut times = chief.time_pages(&trends, SELDOM).await?;
    add(format!("trends over a year, {} people", all.people.len()), &mut times, 300.0);
    let mut administrator = Viewer::sign_in(program, ADMINISTRATOR).await?;
    let mut times = administrator.time_pages(&["/karta/laget".to_owned()], SELDOM).await?;
    add(format!("trends over a year, all {PEOPLE} people"), &mut times, 300.0);

    #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52")]
    let kilobytes = kilobytes as f64 / 1_000.0;
    let name = format!("{database}: an administration, {}, Brotli, kB", size(&all));
    report.add(Figure::at_most(name, kilobytes, 300.0));
    let mut tell = |name: &str, times: &mut Times| {
        report.add(Figure::told(format!("{database}: {name}, p95, ms"), times.p95()));
    };
    tell("the page of Min enhet", &mut page);
    tell("the page of an administration", &mut all_page);
    Ok(median)
}

/// How many times as long Min enhet takes in the large municipality as in the small one, for a unit
/// of the same size; asked in turn, so that whatever else the machine does hits both.
async fn ratio(large: &Program, small: &Program) -> Result<f64, Failure> {
    let mut many = Viewer::sign_in(large, OF_UNIT).await?;
    let mut few = Viewer::sign_in(small, OF_UNIT).await?;
    let (mut of_many, mut of_few) = (Vec::new(), Vec::new());
    for at in 0..OFTEN + OFTEN / 10 {
        let begun = Instant::now();
        many.overview().await?;
        let (took, begun) = (ms_since(begun), Instant::now());
        few.overview().await?;
        if at >= OFTEN / 10 {
            of_many.push(took);
            of_few.push(ms_since(begun));
        }
    }
    Ok(Times(of_many).median() / Times(of_few).median())
}

/// Measures on SQLite, and on the empty PostgreSQL database at an address, where one is given.
pub async fn measure(
    report: &mut Report,
    file: &str,
    postgres: Option<String>,
) -> Result<(), Failure> {
    let large = start(file, PEOPLE, None).await?;
    let sqlite = measure_on(report, &large, "SQLite").await?;
    let small = start(file, FEW, None).await?;
    let (of_large, of_small) = (read(&large, OF_UNIT).await?, read(&small, OF_UNIT).await?);
    if of_large.people.len() != of_small.people.len() {
        return Err(format!("{UNIT} has not as many people in both").into());
    }
    let times = ratio(&large, &small).await?;
    report.add(Figure::at_most(
        format!("SQLite: Min enhet, {PEOPLE} people in all against {FEW}, times as long"),
        times,
        1.2,
    ));
    let memory = large.highest_memory_mb()?;
    report.add(Figure::told(
        format!("SQLite: memory at its highest, {PEOPLE} people × {SYSTEMS} systems, MB"),
        memory,
    ));
    drop((large, small));
    let Some(address) = postgres else {
        println!("PostgreSQL was not measured: KVARTEN_BENCH_POSTGRES names none");
        return Ok(());
    };
    let large = start(file, PEOPLE, Some(address)).await?;
    let postgres = measure_on(report, &large, "PostgreSQL").await?;
    report.add(Figure::told(
        "Min enhet, PostgreSQL against SQLite, times as long",
        postgres / sqlite,
    ));
    Ok(())
}
