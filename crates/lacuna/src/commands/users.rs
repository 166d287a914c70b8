//! `lacuna users add|list|remove`: who may sign in to review.

use std::io::{self, BufRead as _};

use anyhow::{Context as _, bail};
use clap::{Args as ClapArgs, Subcommand};
use lacuna_pipeline::review::password;
use lacuna_store::Role;

use crate::context::Context;
use crate::exit::Exit;
use crate::output;

/// Options of `lacuna users`.
#[derive(Debug, ClapArgs)]
#[command(after_help = "Examples:
  lacuna users add ada --role coder
  lacuna users add ben --role adjudicator --password-stdin < secret.txt
  lacuna users list
  lacuna users remove ada

Roles: reader sees the state of the review; coder codes what is assigned; adjudicator settles what coders disagree on and
answers reports; admin assigns documents and sees the log. Each may do what those before it may.")]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Add somebody, or give somebody a new role and password
    Add {
        /// Name to sign in with; also the name of the labeller
        name: String,
        /// What they may do
        #[arg(long, value_name = "ROLE", default_value = "coder", value_parser = ["reader", "coder", "adjudicator", "admin"])]
        role: String,
        /// Read the password from standard input instead of making one up
        #[arg(long)]
        password_stdin: bool,
    },
    /// List who may sign in
    List,
    /// Take the right to sign in away; decisions stay
    Remove {
        /// The name
        name: String,
    },
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let store = context.store().await.context("open the store")?;
    match args.action {
        Action::Add { name, role, password_stdin } => {
            let name = checked(&name)?;
            let role = Role::from_id(&role).context("use --role reader, coder, adjudicator or admin")?;
            let given = if password_stdin { Some(first_line()?) } else { None };
            let made_up = given.is_none();
            let password = match given {
                Some(password) => password,
                None => lacuna_web::random_word(context.entropy).context("make a password up")?,
            };
            let salt = lacuna_web::salt(context.entropy).context("make a salt")?;
            let hash = password::hash(&password, &salt).context("keep the password")?;
            store.put_user(name, role, &hash).await.context("add the user")?;
            store.audit("command line", "add user", &format!("{name} as {}", role.id())).await?;
            output::text(&format!("{name} may sign in at /review as {}", role.id()))?;
            if made_up {
                output::text(&format!("password: {password}"))?;
            }
        }
        Action::List => {
            for user in store.users().await.context("read the users")? {
                if context.json {
                    output::json(&user)?;
                } else {
                    output::text(&format!("{:<24} {}", user.name, user.role.id()))?;
                }
            }
        }
        Action::Remove { name } => {
            if !store.remove_user(&name).await.context("remove the user")? {
                bail!("nobody called {name:?} may sign in; `lacuna users list` lists those who may");
            }
            store.audit("command line", "remove user", &name).await?;
            output::text(&format!("{name} may no longer sign in"))?;
        }
    }
    Ok(Exit::Done)
}

fn checked(name: &str) -> anyhow::Result<&str> {
    let good = (1..=40).contains(&name.chars().count())
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '@'));
    if !good {
        bail!("{name:?} cannot be a name; use 1 to 40 letters, digits, '.', '_', '-' or '@'");
    }
    Ok(name)
}

fn first_line() -> anyhow::Result<String> {
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line).context("read the password from standard input")?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
