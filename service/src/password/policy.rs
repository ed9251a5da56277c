//! Which new passwords are accepted: long enough, made of what can be typed, and not easy to guess.

use kvarten_domain::{Fault, person::check_password_length};
use kvarten_entity::{person, profession, system, unit};
use sea_orm::{EntityTrait, QuerySelect};

use super::{dictionary::Dictionary, guesses, opaque};
use crate::{ServiceError, Services};

/// The fewest bits of a password: a hundred million guesses. At the rate that sign-in allows, that
/// takes thousands of years; against a stolen hash it is what length adds to.
const MIN_BITS: f64 = 27.0;

/// Words of the product, which is everybody's.
const PRODUCT: [&str; 2] = ["Kvarten", "Kvart"];

/// Whose password it is.
#[derive(Clone, Debug, Default)]
pub(crate) struct About {
    /// Names, employee number, address.
    pub(crate) person: Vec<String>,
}

impl About {
    /// Of a person as they are stored.
    pub(crate) fn of(row: &person::Model) -> Self {
        let names = [&row.given_name, &row.family_name, &row.employee_number].map(Clone::clone);
        let full = format!("{} {}", row.given_name, row.family_name);
        Self { person: names.into_iter().chain([full]).chain(row.email.clone()).collect() }
    }
}

/// The names of units, systems and professions.
async fn words_of_the_place(services: &Services) -> Result<Vec<String>, ServiceError> {
    let db = services.store().read();
    let units: Vec<String> =
        unit::Entity::find().select_only().column(unit::Column::Name).into_tuple().all(db).await?;
    let systems: Vec<(String, String)> = system::Entity::find()
        .select_only()
        .columns([system::Column::Code, system::Column::Name])
        .into_tuple()
        .all(db)
        .await?;
    let professions: Vec<String> = profession::Entity::find()
        .select_only()
        .column(profession::Column::NameSv)
        .into_tuple()
        .all(db)
        .await?;
    let systems = systems.into_iter().flat_map(|(code, name)| [code, name]);
    let product = PRODUCT.map(str::to_owned);
    Ok(units.into_iter().chain(systems).chain(professions).chain(product).collect())
}

/// Checks a new password and returns it normalised, ready to be hashed. `field` names the field.
///
/// # Errors
/// Too short, too long, with characters that cannot be seen, or too easy to guess.
pub(crate) async fn check_new_password(
    services: &Services,
    field: &'static str,
    password: &str,
    about: &About,
) -> Result<String, ServiceError> {
    let refused = |fault| ServiceError::invalid(field, fault);
    let password = opaque::normalise(password).map_err(|_| refused(Fault::Invisible))?;
    check_password_length(&password).map_err(refused)?;
    let words = Dictionary::new(&words_of_the_place(services).await?, &about.person);
    if is_guessable(&password, &words) { Err(refused(Fault::TooCommon)) } else { Ok(password) }
}

fn is_guessable(password: &str, words: &Dictionary) -> bool {
    guesses::bits(password, words) < MIN_BITS
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn dictionary() -> Dictionary {
        let place = ["Lindvikes kommun", "Hemtjänst Norr", "Solgläntan", "Journalen", "Kvarten"];
        let person = ["Alma", "Berg", "alma.berg@lindvike.example", "10001"];
        Dictionary::new(&place.map(str::to_owned), &person.map(str::to_owned))
    }

    #[rstest]
    #[case("Lösenord123!")]
    #[case("Losenord123456!")]
    #[case("Sommaren2026!")]
    #[case("Sommaren2026!!!!")]
    #[case("Kvarten2026")]
    #[case("KvartenKvarten2026")]
    #[case("Hemtjänst1!")]
    #[case("Hemtjänst123456!")]
    #[case("HemtjanstNorr2026")]
    #[case("AlmaBerg10001")]
    #[case("alma.berg@lindvike.example")]
    #[case("Almaalmaalma2026")]
    #[case("Lindvike2026!")]
    #[case("lindvikeskommun1")]
    #[case("Solgläntan2026!")]
    #[case("Solglantan123!!")]
    #[case("qwertyuiopåasdf")]
    #[case("qwerty123456789")]
    #[case("1234567890123456")]
    #[case("111111111111111111")]
    #[case("aaaaaaaaaaaaaaa")]
    #[case("P@ssw0rdP@ssw0rd")]
    #[case("passwordpassword")]
    #[case("Password12345678")]
    #[case("Welcome2026!!!!")]
    #[case("L0s3n0rd2026!!!")]
    #[case("Vinter2026Vinter")]
    #[case("VinternHösten2026")]
    #[case("Undersköterska1!")]
    #[case("undersköterskan2026")]
    #[case("hemligthemligt1")]
    #[case("Midsommar2026!!")]
    #[case("iloveyou1234567")]
    #[case("Stockholm2026!!")]
    #[case("December2026!!!")]
    #[case("abcdefghijklmnop")]
    #[case("zxcvbnmasdfghjkl")]
    #[case("fotbollfotboll1")]
    #[case("2026-11-28-2026")]
    #[case("ABCabc123456789")]
    #[case("    sommaren2026")]
    #[case("drowssap12345678")]
    #[case("JagÄlskarDig2026")]
    #[case("1q2w3e4r5t6y7u8i")]
    #[case("!QAZ2wsx#EDC4rfv")]
    #[case("mormor morfar farmor")]
    #[case("måndag tisdag onsdag")]
    #[case("20261128Kvarten!")]
    #[case("s-o-m-m-a-r-2026")]
    #[case("Välkommen123456!")]
    #[case("grebamla grebamla")]
    #[case("11112222333344445555")]
    fn what_many_choose_is_refused(#[case] password: &str) {
        let bits = guesses::bits(password, &dictionary());
        assert!(bits < MIN_BITS, "{bits}");
    }

    #[rstest]
    #[case("kaffe på bryggan")]
    #[case("nytt och långt ord")]
    #[case("ännu ett långt ord")]
    #[case("en kvart om dagen")]
    #[case("blå cykel utan ringklocka")]
    #[case("tre getter i hagen")]
    #[case("mormors gamla vävstol")]
    #[case("regn mot rutan klockan fyra")]
    #[case("jag cyklar till jobbet varje tisdag")]
    #[case("correct horse battery staple")]
    #[case("Vi åker båt till Gotland i juli")]
    #[case("xK4#pq9Lm2vRt7w")]
    #[case("fyra gula bananer")]
    #[case("kaffe te och bulle")]
    #[case("katten jagar råttan")]
    #[case("blåbärspaj i augusti")]
    #[case("ugglor i mossen")]
    #[case("hunden åt min läxa")]
    #[case("gul tulpan vid grinden")]
    #[case("katten sover på elementet")]
    #[case("☕ på bryggan i solen")]
    #[case("قهوة على الرصيف")]
    fn a_good_passphrase_is_accepted(#[case] password: &str) {
        let bits = guesses::bits(password, &dictionary());
        assert!(bits >= MIN_BITS, "{bits}");
    }
}
