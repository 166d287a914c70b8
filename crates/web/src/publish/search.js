"use strict";
// Search and filters over lacunaDocuments and lacunaQuotes. The address holds the whole state, as on a served site.
(function () {
  const { documents, names } = window.lacunaDocuments;
  const quotes = window.lacunaQuotes;
  const fields = ["authority", "jurisdiction", "collection", "enactment", "language", "applies_to", "source", "tag", "coded"];
  const params = new URLSearchParams(location.search || location.hash.slice(1));
  const words = (params.get("q") || "").toLowerCase().split(/\s+/).filter(Boolean);
  const fold = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  const years = (value) => {
    const [from, to] = value.includes("-") ? value.split("-") : [value, value];
    return (year) => year !== null && (!from || year >= Number(from)) && (!to || year <= Number(to));
  };
  const code = (dimension, value) => (doc) => {
    const [id, test] = value.split(":");
    const level = (doc.codes[dimension] || {})[id] || 0;
    if (doc.coded[0] !== "yes") return false;
    if (test === undefined) return level > 0;
    if (test === "0" || test === "absent") return level === 0;
    const [from, to] = test.split("-").map(Number);
    return level >= from && level <= (to || from);
  };
  const groups = new Map();
  const unknown = [];
  const add = (subject, test) => groups.set(subject, (groups.get(subject) || []).concat([test]));
  for (const [name, value] of params) {
    if (!value || ["q", "sort", "page", "per"].includes(name)) continue;
    if (fields.includes(name)) {
      add(name, (doc) => (value === "(none)" ? doc[name].length === 0 : doc[name].includes(value)));
    } else if (name === "year") {
      const holds = years(value);
      add(name, (doc) => (value === "(none)" ? doc.year === null : holds(doc.year)));
    } else if (name in names || name === "form") {
      const choice = name === "form";
      add(choice ? name : name + " " + value.split(":")[0], code(name, value));
    } else {
      unknown.push(name);
    }
  }
  const haystack = (doc) => {
    const coded = Object.entries(doc.codes).flatMap(([d, codes]) => Object.keys(codes).map((id) => id + " " + ((names[d] || {})[id] || "")));
    return fold([doc.id, doc.title, doc.official].concat(coded, quotes[doc.id] || []).join("\n"));
  };
  const wanted = words.map(fold);
  const found = [];
  for (const doc of documents) {
    let passes = true;
    for (const tests of groups.values()) passes = passes && tests.some((test) => test(doc));
    if (!passes) continue;
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
  count.textContent = found.length
    ? found.length + " of " + documents.length + " documents"
    : "Nothing among these " + documents.length + " documents: names, summaries, codes and the strongest quotes were searched, not whole texts.";
  if (unknown.length) count.textContent += " A published site cannot filter by " + unknown.join(", ") + ".";
  document.getElementById("q").value = params.get("q") || "";
  const filters = document.getElementById("filters");
  for (const [name, value] of params) {
    if (!value || ["q", "sort", "page", "per"].includes(name)) continue;
    const rest = new URLSearchParams([...params].filter(([n, v]) => n !== name || v !== value));
    const link = document.createElement("a");
    link.className = "chip";
    link.href = "search.html?" + rest;
    link.textContent = name + ": " + value + " ×";
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
    facts.textContent = " " + [doc.authority[0], doc.jurisdiction[0], doc.enactment[0], doc.year, doc.id].filter(Boolean).join(" · ");
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
