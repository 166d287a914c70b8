//! Lists that are shown a page at a time.

/// Rows of a page of a list that is not asked for another number; its tables have all.
pub(crate) const PER_PAGE: u32 = 100;

/// Where a page of a list stands among all.
#[derive(Debug)]
pub(crate) struct Pages {
    /// Place of its first row among all, from 1.
    pub(crate) first: u64,
    /// Place of its last row; before the first where there is no such page.
    pub(crate) last: u64,
    /// The way to the others; none where all is on one page.
    pub(crate) steps: Vec<Step>,
}

impl Pages {
    /// Of a list of `total` rows the page with this number, from 1; `href` gives the addresses of all pages.
    pub(crate) fn of(page: u32, per_page: u32, total: u64, href: impl Fn(u32) -> String) -> Self {
        let (page, per_page) = (page.max(1), u64::from(per_page.max(1)));
        let pages = u32::try_from(total.div_ceil(per_page)).unwrap_or(u32::MAX);
        let before = u64::from(page - 1) * per_page;
        Self { first: before + 1, last: total.min(before + per_page), steps: steps(page, pages, href) }
    }
}

/// A step of the paging; a gap has no address.
#[derive(Debug)]
pub(crate) struct Step {
    /// Page number or word.
    pub(crate) label: String,
    /// The address; `None` for a gap and for the page that is shown.
    pub(crate) href: Option<String>,
    /// Whether it is the page that is shown.
    pub(crate) current: bool,
}

/// The steps from a page of a list, from 1, to the others; `href` gives their addresses. None where all is on one page.
fn steps(page: u32, pages: u32, href: impl Fn(u32) -> String) -> Vec<Step> {
    if pages <= 1 {
        return vec![];
    }
    let to = |number: u32, label: String| Step {
        label,
        href: (number != page).then(|| href(number)),
        current: number == page,
    };
    let mut steps = Vec::new();
    if page > 1 {
        steps.push(to(page - 1, "Previous".to_owned()));
    }
    let mut last = 0;
    for number in 1..=pages {
        if number == 1 || number == pages || number.abs_diff(page) <= 2 {
            if number > last + 1 {
                steps.push(Step { label: "…".to_owned(), href: None, current: false });
            }
            steps.push(to(number, number.to_string()));
            last = number;
        }
    }
    if page < pages {
        steps.push(to(page + 1, "Next".to_owned()));
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_page_is_short_and_behind_it_is_none() {
        let page = |number, total| Pages::of(number, PER_PAGE, total, |page| format!("/list?page={page}"));
        let last = page(3, 201);
        assert_eq!((last.first, last.last), (201, 201));
        let labels: Vec<&str> = last.steps.iter().map(|step| step.label.as_str()).collect();
        assert_eq!(labels, ["Previous", "1", "2", "3"], "nothing comes next");
        let behind = page(4, 201);
        assert!(behind.last < behind.first && !behind.steps.iter().any(|step| step.current));
        assert!(page(1, 100).steps.is_empty(), "all is on one page");
    }
}
