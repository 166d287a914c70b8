//! The reference pages under `docs/reference/`, made from the code so that they cannot be wrong; `cargo xtask docs`
//! writes them and `cargo xtask test` checks them.

use clap::{Arg, Command};

use lacuna_web::pages::api::endpoints::{ENDPOINTS, FILTER, Parameter};
use lacuna_web::pages::api::pictures::PICTURES;

use crate::{cli, exit};

/// Says on each page where it comes from.
const MADE: &str = "<!-- Made from the code by `cargo xtask docs`; do not edit. -->\n\n";

/// Every reference page: file name and Markdown.
pub fn pages() -> Vec<(&'static str, String)> {
    vec![("commands.md", commands()), ("configuration.md", configuration()), ("api.md", api())]
}

fn commands() -> String {
    let mut root = cli::command();
    root.build();
    let mut page = format!("{MADE}# Commands\n\n{}\n", about(&root));
    page += "\n## Exit codes\n\n| code | meaning |\n|---|---|\n";
    for (code, meaning) in exit::MEANINGS {
        page += &format!("| {code} | {meaning} |\n");
    }
    page += "\n## Options of every command\n\n";
    page += &options(root.get_arguments());
    for command in root.get_subcommands().filter(|c| !c.is_hide_set() && c.get_name() != "help") {
        page += &describe(command, "lacuna", 2);
    }
    page
}

fn describe(command: &Command, parent: &str, depth: usize) -> String {
    let name = format!("{parent} {}", command.get_name());
    let mut page = format!("\n{} `{name}`\n\n{}\n", "#".repeat(depth), about(command));
    let own: Vec<&Arg> = command.get_arguments().filter(|a| !a.is_global_set()).collect();
    if !own.is_empty() {
        page += &format!("\n{}", options(own.into_iter()));
    }
    if let Some(examples) = command.get_after_help() {
        page += &format!("\n```\n{}\n```\n", examples.to_string().trim());
    }
    for inner in command.get_subcommands().filter(|c| !c.is_hide_set() && c.get_name() != "help") {
        page += &describe(inner, &name, depth + 1);
    }
    page
}

fn about(command: &Command) -> String {
    command.get_long_about().or_else(|| command.get_about()).map(ToString::to_string).unwrap_or_default()
}

fn options<'a>(arguments: impl Iterator<Item = &'a Arg>) -> String {
    let mut table = String::from("| option | meaning | default |\n|---|---|---|\n");
    for argument in arguments.filter(|a| !a.is_hide_set() && a.get_id() != "help" && a.get_id() != "version")
    {
        let help = argument.get_long_help().or_else(|| argument.get_help()).map(ToString::to_string);
        let help = help.unwrap_or_default().replace('\n', " ").replace('|', "\\|");
        let values: Vec<String> =
            argument.get_possible_values().iter().map(|v| format!("`{}`", v.get_name())).collect();
        let choices = if values.is_empty() || !argument.get_action().takes_values() {
            String::new()
        } else {
            format!(" One of {}.", values.join(", "))
        };
        let default: Vec<String> =
            argument.get_default_values().iter().map(|v| format!("`{}`", v.to_string_lossy())).collect();
        table += &format!("| `{}` | {help}{choices} | {} |\n", spelling(argument), default.join(", "));
    }
    table
}

fn spelling(argument: &Arg) -> String {
    let value = argument
        .get_value_names()
        .filter(|_| argument.get_action().takes_values())
        .and_then(|names| names.first())
        .map(ToString::to_string);
    match (argument.get_long(), value) {
        (Some(long), Some(value)) => format!("--{long} {value}"),
        (Some(long), None) => format!("--{long}"),
        (None, value) => value.unwrap_or_else(|| argument.get_id().to_string()),
    }
}

fn configuration() -> String {
    let mut root = cli::command();
    root.build();
    let mut page = format!("{MADE}# Configuration\n\n");
    page += "Every setting is an option of the command line; those below can also be given by environment variables. ";
    page += "An option on the command line wins. `lacuna doctor` shows what is in force.\n\n";
    page += "| variable | option | command | meaning |\n|---|---|---|---|\n";
    let places = std::iter::once(("every command".to_owned(), &root))
        .chain(root.get_subcommands().map(|c| (format!("`{}`", c.get_name()), c)));
    for (place, command) in places {
        let is_root = place == "every command";
        for argument in command.get_arguments().filter(|a| is_root || !a.is_global_set()) {
            if let Some(variable) = argument.get_env() {
                let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
                let option = spelling(argument);
                page += &format!("| `{}` | `{option}` | {place} | {help} |\n", variable.to_string_lossy());
            }
        }
    }
    page
}

fn api() -> String {
    let mut page = format!("{MADE}# API\n\n");
    page += "Read-only, without a key, served by `lacuna serve` beside the pages. `/api/v1/openapi.json` describes it for \
             machines, `/api` for readers. An error has one shape: `status`, `error`, `message` and `hint`. Every page has \
             its `.json`, and every list its `.csv`, under the same filters and without a cap; every picture is an `.svg`.\n";
    for endpoint in ENDPOINTS.iter().chain(PICTURES) {
        page += &format!(
            "\n## `{}`\n\n{}. Answers `{}`: {}.\n",
            endpoint.path, endpoint.summary, endpoint.answers, endpoint.holds
        );
        if !endpoint.parameters.is_empty() {
            page += &parameters(endpoint.parameters);
        }
        if endpoint.filtered {
            page += "\nTakes the [parameters of a filter](#parameters-of-a-filter).\n";
        }
    }
    page + "\n## Parameters of a filter\n" + &parameters(FILTER)
}

fn parameters(list: &[Parameter]) -> String {
    let mut table = String::from("\n| parameter | in | takes | example |\n|---|---|---|---|\n");
    for Parameter { name, place, about, example } in list {
        let about = about.replace('|', "\\|");
        let example = if example.is_empty() { String::new() } else { format!("`{example}`") };
        table += &format!("| `{name}` | {place} | {about} | {example} |\n");
    }
    table
}
