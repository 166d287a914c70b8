//! Progress on standard error: a bar with rate and time left on a terminal, plain lines in a pipe, nothing with `--quiet`.

use std::io::{self, IsTerminal, Write};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use indicatif::{ProgressBar, ProgressStyle};
use lacuna_domain::progress::{Progress, Silent};

/// The listener that fits the place where the command runs.
pub(crate) fn for_terminal(quiet: bool) -> Box<dyn Progress> {
    if quiet {
        Box::new(Silent)
    } else if io::stderr().is_terminal() {
        Box::new(Bar(Mutex::new(None)))
    } else {
        Box::new(Lines::default())
    }
}

/// A bar, replaced when the next stage starts.
struct Bar(Mutex<Option<ProgressBar>>);

impl Progress for Bar {
    fn start(&self, stage: &str, total: Option<u64>) {
        let template = match total {
            Some(_) => "{prefix:12} {bar:32} {pos}/{len} · {per_sec} · {eta} left {wide_msg}",
            None => "{prefix:12} {spinner} {pos} · {per_sec}",
        };
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        let bar = total.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
        bar.set_style(style);
        bar.set_prefix(stage.to_owned());
        if let Ok(mut current) = self.0.lock()
            && let Some(last) = current.replace(bar)
        {
            last.finish();
        }
    }

    fn advance(&self, units: u64) {
        if let Ok(current) = self.0.lock()
            && let Some(bar) = current.as_ref()
        {
            bar.inc(units);
        }
    }

    fn status(&self, line: &str) {
        if let Ok(current) = self.0.lock()
            && let Some(bar) = current.as_ref()
        {
            bar.set_message(format!("· {line}"));
        }
    }

    fn note(&self, line: &str) {
        if let Ok(current) = self.0.lock()
            && let Some(bar) = current.as_ref()
        {
            bar.println(line);
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if let Ok(current) = self.0.lock()
            && let Some(bar) = current.as_ref()
        {
            bar.finish();
        }
    }
}

/// One line when a stage starts and one for each tenth of it.
#[derive(Default)]
struct Lines {
    stage: Mutex<String>,
    total: AtomicU64,
    done: AtomicU64,
    status: Mutex<String>,
}

impl Progress for Lines {
    fn start(&self, stage: &str, total: Option<u64>) {
        self.total.store(total.unwrap_or(0), Ordering::Relaxed);
        self.done.store(0, Ordering::Relaxed);
        if let Ok(mut name) = self.stage.lock() {
            stage.clone_into(&mut name);
        }
        match total {
            Some(total) => line(&format!("{stage}: {total} to do")),
            None => line(&format!("{stage}: started")),
        }
    }

    fn advance(&self, units: u64) {
        let total = self.total.load(Ordering::Relaxed);
        let before = self.done.fetch_add(units, Ordering::Relaxed);
        let after = before + units;
        let Some(tenth) = total.checked_div(10).filter(|t| *t > 0) else { return };
        if before / tenth != after / tenth || after == total {
            let stage = self.stage.lock().map(|s| s.clone()).unwrap_or_default();
            let status = self.status.lock().map(|s| s.clone()).unwrap_or_default();
            let status = if status.is_empty() { status } else { format!(" ({status})") };
            line(&format!("{stage}: {after} of {total}{status}"));
        }
    }

    fn status(&self, text: &str) {
        if let Ok(mut status) = self.status.lock() {
            text.clone_into(&mut status);
        }
    }

    fn note(&self, text: &str) {
        line(text);
    }
}

fn line(text: &str) {
    // Progress is a courtesy: a closed standard error must not stop the work.
    let _ = writeln!(io::stderr().lock(), "{text}");
}
