//! What surrounds every page: its title, where it stands in the site, and the files beside it.

use super::Provenance;

/// The part of the site a page belongs to; the navigation marks it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// `/`
    Overview,
    /// `/documents…`
    Documents,
    /// `/gaps…`
    Gaps,
    /// `/explore`, and the standing pages of domains, jurisdictions, authorities and collections.
    Explore,
    /// `/compare…`
    Compare,
    /// `/actors…`
    Actors,
    /// `/codes…`
    Codes,
    /// `/runs…`
    Runs,
    /// `/review…`
    Review,
    /// `/about`
    About,
    /// `/docs…`
    Docs,
    /// `/api`
    Api,
    /// Errors.
    None,
}

/// A step of the path shown above a page's title.
#[derive(Clone, Debug)]
pub struct Crumb {
    /// Name for readers.
    pub name: String,
    /// Address.
    pub href: String,
}

/// What the base template needs besides the page itself.
#[derive(Clone, Debug)]
pub struct Chrome {
    /// The page's own title.
    pub title: String,
    /// Name of the site.
    pub site: String,
    /// One sentence for search engines and link previews.
    pub description: String,
    /// Where the page belongs.
    pub section: Section,
    /// The path to the page, outermost first, without the page itself.
    pub crumbs: Vec<Crumb>,
    /// The words in the search box.
    pub search: String,
    /// Address of the same page as JSON.
    pub json: Option<String>,
    /// Address of the same page as CSV.
    pub csv: Option<String>,
    /// Absolute address of the page, where the site knows its own.
    pub canonical: Option<String>,
    /// What the page says of its rows to search engines of data: JSON-LD, safe inside a script element.
    pub json_ld: Option<String>,
    /// Address of the style sheet, with its content hash.
    pub stylesheet: String,
    /// Address of the icon, with its content hash.
    pub icon: String,
    /// What the counts and labels rest on.
    pub provenance: Provenance,
    /// The release whose map the page belongs to; `None` for the present one.
    pub release: Option<String>,
    /// Whether private documents are shown to whoever asks, on this machine only.
    pub local: bool,
    /// Whether the page is about a private document.
    pub private: bool,
}

impl Chrome {
    /// Whether there is more of the page's document than its own page, its text and its comparison with the corpus: of a
    /// private one on this machine only.
    pub(crate) const fn leads_on(&self) -> bool {
        !self.private || self.local
    }

    /// With what must be said of a page that is gathered from some of the texts.
    #[must_use]
    pub(crate) fn gathered(mut self, extent: crate::gathered::Extent) -> Self {
        self.provenance.sample = extent.notice();
        self
    }

    /// The table beside the page in another format than CSV.
    pub(crate) fn table(&self, ending: &str) -> String {
        let csv = self.csv.as_deref().unwrap_or_default();
        let (path, query) = csv.split_at(csv.find('?').unwrap_or(csv.len()));
        format!("{}.{ending}{query}", path.strip_suffix(".csv").unwrap_or(path))
    }

    /// The feed of the list that the page shows.
    pub(crate) fn feed(&self) -> Option<String> {
        let list = self.csv.as_deref()?.strip_prefix("/documents.csv")?;
        Some(format!("/feed.atom{list}"))
    }

    /// `page` where the page lies in `section`, for `aria-current`.
    pub fn current(&self, section: &str) -> bool {
        matches!(
            (section, self.section),
            ("overview", Section::Overview)
                | ("documents", Section::Documents)
                | ("gaps", Section::Gaps)
                | ("explore", Section::Explore)
                | ("compare", Section::Compare)
                | ("actors", Section::Actors)
                | ("codes", Section::Codes)
                | ("runs", Section::Runs)
                | ("review", Section::Review)
                | ("about", Section::About)
                | ("docs", Section::Docs)
                | ("api", Section::Api)
        )
    }

    /// Title of the browser's tab.
    pub fn head_title(&self) -> String {
        if self.section == Section::Overview {
            format!("{}: {}", self.site, self.title)
        } else {
            format!("{} · {}", self.title, self.site)
        }
    }
}
