//! What a manager takes along: files with the filter written into them, and nothing that runs.

mod stand;

use kvarten_domain::{Locale, Role, unit::UnitKind};
use kvarten_service::{
    SignedIn,
    learner::Learner,
    now,
    operator::{NewPerson, Operator},
};
use stand::Stand;

fn person(number: &str, given: &str, role: Role) -> NewPerson {
    NewPerson {
        employee_number: number.to_owned(),
        email: None,
        given_name: given.to_owned(),
        family_name: "=HYPERLINK(\"x\")".to_owned(),
        unit: "Solgläntan".to_owned(),
        profession: "yrke".to_owned(),
        roles: vec![role],
        password: None,
    }
}

#[tokio::test]
async fn a_unit_is_taken_along_as_a_file() {
    let stand = Stand::new().await;
    let operator = Operator::enter(&stand.services, now());
    let root =
        operator.create_unit("Lindvike", UnitKind::Municipality, None).await.expect("a root");
    operator.create_unit("Solgläntan", UnitKind::Unit, Some(root)).await.expect("a unit");
    operator.create_profession("yrke", "yrke", "trade").await.expect("a profession");
    let staff = operator.create_person(&person("1", "Alma", Role::Staff)).await.expect("Alma");
    let boss = operator.create_person(&person("2", "Bo", Role::Manager)).await.expect("Bo");
    let (of_staff, of_boss) = (stand.sign_in(staff).await, stand.sign_in(boss).await);
    for path in ["/enhet.csv", "/enhet.xlsx"] {
        assert_eq!(stand.get(path, &[]).await.status, 401, "{path}");
        assert_eq!(stand.get(path, &[("cookie", &of_staff)]).await.status, 403, "{path}");
    }
    let headers = [("cookie", of_boss.as_str()), ("accept-language", "sv")];
    let csv = stand.get("/enhet.csv?namn=alma&behov=9", &headers).await;
    assert_eq!(csv.status, 200);
    let text = csv.text();
    assert!(text.contains("Namn;alma\n"), "the filter: {text}");
    assert!(text.contains("Visar 1 av 2 personer"), "{text}");
    assert!(text.contains("Namn;Anställningsnummer;Yrkesgrupp;Enhet;"), "{text}");
    assert!(text.contains("\"'=HYPERLINK(\"\"x\"\"), Alma\";1;yrke;Solgläntan;0"), "{text}");
    assert!(!text.contains("Bo;"), "{text}");
    let xlsx = stand.get("/enhet.xlsx", &headers).await;
    assert_eq!(xlsx.status, 200);
    assert!(xlsx.body.starts_with(b"PK"));

    let alma = SignedIn::find(&stand.services, staff, now()).await.expect("works here");
    let learner = Learner::enter(&stand.services, &alma, now()).expect("may learn");
    let looks = learner.looks(Locale::Sv).await.expect("a log");
    assert_eq!(looks.len(), 1, "she can read that she was taken along");
    assert_eq!(looks[0].times, 1, "twice within a minute is once");
}
