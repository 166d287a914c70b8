//! Where the pages of this site lie for others, and what names them for good.

use lacuna_domain::sha256_hex;

use crate::state::App;

impl App {
    /// A path of the site as pages write it: in the map of a release, below that map.
    pub(crate) fn within(&self, path: &str) -> String {
        match self.past() {
            Some(past) => format!("{}{path}", crate::past::map_of(&past.release.id)),
            None => path.to_owned(),
        }
    }

    /// A path of the site as tables write it: its address where the site was told its own, else as pages write it; in a
    /// published site, that of its file.
    pub(crate) fn in_tables(&self, path: &str) -> String {
        if self.config().published {
            return crate::publish::in_tables(self.config(), path);
        }
        self.config().absolute(path).unwrap_or_else(|| self.within(path))
    }

    /// Where programs of elsewhere find a path, such as readers of feeds: its address where the site was told its own or
    /// knows the one that it listens on, else the path alone.
    pub(crate) fn reach(&self, path: &str) -> String {
        let config = self.config();
        config.absolute(path).unwrap_or_else(|| {
            let bound = config.bound.as_deref().unwrap_or_default();
            format!("{bound}{}", self.within(path))
        })
    }

    /// The address of a passage as what leaves the site has it: with the number of the version in which its words were read,
    /// so that it shows those words whatever version comes. A published site has the text of one version alone.
    pub(crate) fn lasting(&self, passage: &str, version: Option<u32>) -> String {
        match version.filter(|_| !self.config().published) {
            Some(number) => of_version(passage, number),
            None => passage.to_owned(),
        }
    }

    /// What names a thing for good, as Atom (RFC 4287, 4.2.6) and Web Annotations ask: its address where the site was told
    /// its own, else a UUID made from its path (version 8 of RFC 9562). The address that the site listens on names nothing:
    /// it may be another tomorrow.
    pub(crate) fn name_of(&self, path: &str) -> String {
        self.config().absolute(path).unwrap_or_else(|| uuid(&self.within(path)))
    }
}

/// A place in a text, in the version with this number.
fn of_version(passage: &str, number: u32) -> String {
    let (page, part) = passage.split_at(passage.find('#').unwrap_or(passage.len()));
    let mark = if page.contains('?') { '&' } else { '?' };
    format!("{page}{mark}v={number}{part}")
}

fn uuid(path: &str) -> String {
    let hash = sha256_hex(path.as_bytes());
    let part = |from: usize, to: usize| hash.get(from..to).unwrap_or_default();
    format!("urn:uuid:{}-{}-8{}-8{}-{}", part(0, 8), part(8, 12), part(12, 15), part(15, 18), part(18, 30))
}
