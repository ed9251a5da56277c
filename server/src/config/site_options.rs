//! What Leptos needs to know about the site.

use std::{net::SocketAddr, path::Path};

use leptos::config::{LeptosOptions, get_config_from_str, get_configuration};

use super::Variables;

/// The file as it was when the program was built, for machines that do not have it.
const BUILT_IN: &str = include_str!("../../../Leptos.toml");
const FILE: &str = "Leptos.toml";

/// The options of `Leptos.toml` and of the process's `LEPTOS_*`, with the address and the folder
/// that our own settings give. `address` is none where it was not set, or was malformed.
pub(super) fn load(
    variables: &Variables,
    address: Option<SocketAddr>,
    root: Option<String>,
) -> Result<LeptosOptions, String> {
    let read = if Path::new(FILE).is_file() {
        get_configuration(Some(FILE)).map(|file| file.leptos_options)
    } else {
        get_config_from_str(BUILT_IN)
    };
    let mut options = match read {
        Ok(options) => options,
        // Leptos reads the address, too, and it was malformed: that is one fault, not two.
        Err(_) if address.is_none() && variables.contains_key("LEPTOS_SITE_ADDR") => {
            LeptosOptions::builder().output_name("kvarten").build()
        }
        Err(error) => return Err(format!("{FILE} and LEPTOS_*: {error}")),
    };
    if let Some(address) = address {
        options.site_addr = address;
    }
    if let Some(root) = root {
        options.site_root = root.into();
    }
    Ok(options)
}
