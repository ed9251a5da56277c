//! Turns the translation files into code. A key that one language lacks fails the build.

use std::{env, fs, path::Path};

use leptos_i18n_parser::parse_locales::{
    options::{Config, ParseOptions},
    parse_locales,
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=locales");
    let options = ParseOptions::new().interpolate_display(true);
    let config = Config::new("sv")
        .and_then(|config| config.add_locale("en"))
        .map_err(|error| error.to_string())?
        .parse_options(options);
    let folder = env::var("CARGO_MANIFEST_DIR")?;
    let texts = parse_locales(Some(folder.into()), config).map_err(|error| error.to_string())?;
    let mut faults: Vec<String> = texts.diag.errors().iter().map(ToString::to_string).collect();
    faults.extend(texts.diag.warnings().iter().map(ToString::to_string));
    if !faults.is_empty() {
        return Err(format!("app/locales:\n{}", faults.join("\n")).into());
    }
    let code = leptos_i18n_codegen::gen_code(&texts, None, true, None, false)
        .map_err(|error| error.to_string())?;
    let folder = env::var("OUT_DIR")?;
    fs::write(Path::new(&folder).join("texts.rs"), code.to_string())?;
    Ok(())
}
