//! Finds the links of a page that lead to pages of this site, and changes them.

/// What stands before an address in markup.
pub(crate) const MARKUP: [&str; 3] = [" href=\"", " src=\"", " action=\""];

/// What stands before an address in JSON.
pub(crate) const JSON: [&str; 2] = ["href\": \"", "href\":\""];

/// `text` with every address that begins with a slash after one of `names` changed, together with its name. Addresses come
/// and go as they stand in the text.
pub(crate) fn relinked(text: &str, names: &[&str], mut change: impl FnMut(&str, &str) -> String) -> String {
    let found = names.iter().flat_map(|name| {
        text.match_indices(&format!("{name}/")).map(|(at, _)| (at, *name)).collect::<Vec<_>>()
    });
    let mut found: Vec<(usize, &str)> = found.collect();
    found.sort_unstable();
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let mut done = 0;
    for (at, name) in found {
        let start = at + name.len();
        let end = text[start..].find('"').map_or(text.len(), |length| start + length);
        out.push_str(&text[done..at]);
        out.push_str(&change(name, &text[start..end]));
        done = end;
    }
    out.push_str(&text[done..]);
    out
}
