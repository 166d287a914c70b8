//! `lacuna publish DIR`: the map, or that of a release, as a static site.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args as ClapArgs;
use lacuna_web::publish::{publish, publish_release};
use lacuna_web::{App, Config};

use super::export::chosen_run;
use crate::context::Context;
use crate::exit::Exit;
use crate::output;

/// Options of `lacuna publish`.
#[derive(Debug, ClapArgs)]
#[command(after_help = "Examples:
  lacuna publish site/
  lacuna publish site/ --base-url https://map.example/ai
  lacuna publish site-2026-11/ --release 2026-11-27-1a2b3c4d

The site works from any file server and from a folder. SHA256SUMS and manifest.json list every file, and manifest.json says
which release it is; unchanged data give the same bytes, and a release gives the same bytes for ever, but for what
docs/taking-away.md names, such as documents that are private now.")]
pub struct Args {
    /// Folder to write: empty, missing, or an earlier published site
    folder: PathBuf,
    /// Release to publish, by its id or the beginning of it: the map as it was, and the release's own files [default: the
    /// map as it is now]
    #[arg(long, value_name = "ID")]
    release: Option<String>,
    /// Run whose labels are shown [default: the newest finished run of ai-governance]
    #[arg(long, value_name = "RUN", conflicts_with = "release")]
    run: Option<String>,
    /// Address under which the folder will be put, for citations, canonical links, annotations and the source that a picture
    /// names [default: none, and files name each other by where they lie]
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// Name of the site
    #[arg(long, value_name = "NAME", default_value = "Lacuna")]
    site: String,
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let store = context.store().await.context("open the store")?;
    let run = match &args.run {
        Some(name) => Some(chosen_run(&store, Some(name)).await?.id),
        None => None,
    };
    // The day of the data, not of the publication, so that unchanged data give the same bytes.
    let runs = store.runs().await.context("read the runs")?;
    let arrived = store.latest_versions().await.context("read versions")?.into_iter().map(|v| v.ingested_at);
    let as_of = runs.iter().filter_map(|run| run.finished_at).chain(arrived).max();
    let config = Config { run, as_of, site: args.site, base_url: args.base_url, ..Config::default() };
    let app = App::open(config, store, context.clock).await.context("read the store")?;
    let progress = &*context.progress;
    let manifest = match &args.release {
        Some(release) => publish_release(&app, release, &args.folder, progress).await?,
        None => publish(&app, &args.folder, progress).await?,
    };
    if context.json {
        output::json(&manifest)?;
    } else {
        let bytes: usize = manifest.files.iter().map(|file| file.bytes).sum();
        let of = manifest.release.as_ref().map(|release| format!("release {release}: ")).unwrap_or_default();
        output::text(&format!(
            "{of}{} files, {:.1} MB, content {}; open {}",
            manifest.files.len(),
            bytes as f64 / 1e6,
            &manifest.content[..12],
            args.folder.join("index.html").display()
        ))?;
    }
    Ok(Exit::Done)
}
