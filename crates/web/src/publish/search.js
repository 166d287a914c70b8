"use strict";
// Search and filters over lacunaDocuments and lacunaQuotes. The address holds the whole state, as on a served site.
(function () {
  const { documents, lists } = window.lacunaDocuments;
  const quotes = window.lacunaQuotes;
  const params = new URLSearchParams(location.search || location.hash.slice(1));
  const words = (params.get("q") || "").toLowerCase().split(/\s+/).filter(Boolean);
  const fold = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  const conditions = [...params].filter(([name, value]) => value && !["q", "sort", "page", "per"].includes(name));
  const listed = ([name, value]) => lists[name + "=" + value];
  // Conditions on one subject are alternatives, subjects must all hold.
  const subjects = new Map();
  for (const list of conditions.map(listed).filter(Boolean)) {
    subjects.set(list.subject, (subjects.get(list.subject) || []).concat(list.documents));
  }
  const wide = [...subjects.values()].map((places) => new Set(places));
  const unknown = conditions.filter((condition) => !listed(condition));
  const haystack = (doc) => fold([doc.id, doc.title, doc.official].concat(doc.codes, quotes[doc.id] || []).join("\n"));
  const wanted = words.map(fold);
  const found = [];
  for (const [place, doc] of documents.entries()) {
    // A list that lacks one of its conditions would be another list.
    if (unknown.length || !wide.every((places) => places.has(place))) continue;
    if (wanted.length) {
      const text = haystack(doc);
      if (!wanted.every((word) => text.includes(word))) continue;
      const title = fold(doc.title);
      found.push([wanted.filter((word) => title.includes(word)).length, doc]);
    } else {
      found.push([0, doc]);
    }
  }
  found.sort((a, b) => b[0] - a[0]);
  const count = document.getElementById("count");
  count.textContent = found.length || !wanted.length
    ? found.length + " of " + documents.length + " documents"
    : "Nothing among these " + documents.length + " documents: names, summaries, codes and the strongest quotes were searched, not whole texts.";
  if (unknown.length) count.textContent = "This published site has no list for " + unknown.map(([name, value]) => name + " " + value).join(", ") + "; take it out, or ask the site that it was made from.";
  document.getElementById("q").value = params.get("q") || "";
  const filters = document.getElementById("filters");
  for (const [name, value] of conditions) {
    const rest = new URLSearchParams([...params].filter(([n, v]) => n !== name || v !== value));
    const link = document.createElement("a");
    link.className = "chip";
    link.href = "search.html?" + rest;
    link.textContent = ((listed([name, value]) || {}).label || name + ": " + value) + " ×";
    filters.append(link, " ");
  }
  const results = document.getElementById("results");
  for (const [, doc] of found.slice(0, 500)) {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = doc.href;
    link.dir = "auto";
    link.textContent = doc.title;
    const facts = document.createElement("span");
    facts.className = "quiet";
    facts.textContent = " " + [doc.authority, doc.jurisdiction, doc.enactment, doc.year, doc.id].filter(Boolean).join(" · ");
    item.append(link, facts);
    const quote = wanted.length && (quotes[doc.id] || []).find((text) => wanted.some((word) => fold(text).includes(word)));
    if (quote) {
      const words = document.createElement("p");
      words.dir = "auto";
      words.textContent = quote.length > 300 ? quote.slice(0, 299) + "…" : quote;
      item.append(words);
    }
    results.append(item);
  }
})();
