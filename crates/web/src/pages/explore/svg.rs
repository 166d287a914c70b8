//! Charts as files of their own.

use super::figure::Figure;
use crate::view::capital;
use crate::view::chart::{Key, Picture, PictureFile};

impl Figure {
    /// The figure as a file of its own, over the documents that `set` names in words.
    pub(crate) fn file(&self, set: &str) -> PictureFile {
        let pictures: Vec<(String, Picture)> =
            self.shown.iter().filter_map(|s| Some((s.name.clone(), s.picture.clone()?))).collect();
        let empty = if self.is_empty() {
            "No document of this set has anything to count here. That says what these documents hold, not what exists \
             elsewhere."
        } else {
            "A table alone was asked for, of which there is no picture."
        };
        let keys = self.legend.iter().enumerate();
        PictureFile {
            title: self.title.clone(),
            about: format!("{}. {}.", capital(set), self.caption),
            legend: keys.map(|(place, name)| Key::series(place, name)).collect(),
            pictures: if self.is_empty() { vec![] } else { pictures },
            empty: empty.to_owned(),
            notes: self.file_notes.clone(),
        }
    }

    /// The address of the chart as a file.
    pub(crate) fn svg_href(&self) -> String {
        svg_of(&self.href)
    }
}

/// The file of the chart that stands at `href`, an address of `/explore`.
pub(crate) fn svg_of(href: &str) -> String {
    href.replacen("/explore", "/explore.svg", 1)
}
