"use strict";
// Search and filters over lacunaDocuments and lacunaQuotes. The address holds the whole state, as on a served site.
(function () {
  const { documents, lists, facets, orders, days } = window.lacunaDocuments;
  const quotes = window.lacunaQuotes;
  const NONE = "(none)";
  const has = (table, key) => Object.prototype.hasOwnProperty.call(table, key);
  const element = (id) => document.getElementById(id);
  const made = (tag, text) => Object.assign(document.createElement(tag), { textContent: text });
  const fold = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();

  // Forms send the ends of a range in fields of their own; an address has the range under the name of its date.
  function canonical(sent) {
    const kept = [];
    const years = { from: "", to: "" };
    const posed = [{ kind: "", from: "", until: "" }];
    for (const [name, raw] of sent) {
      const value = name === "q" || lists[name + "=" + raw] ? raw : raw.trim();
      const last = posed[posed.length - 1];
      if (name === "date") posed.push({ kind: value, from: "", until: "" });
      else if (name === "date_from") last.from = value;
      else if (name === "date_until") last.until = value;
      else if (has(years, name)) years[name] = value || years[name];
      else if (value) kept.push([name, value]);
    }
    if (years.from || years.to) {
      kept.push(["year", years.from === years.to ? years.from : years.from + "-" + years.to]);
    }
    for (const { kind, from, until } of posed) {
      if (from || until) kept.push([has(days, kind) ? kind : "date", from + ".." + until]);
    }
    return kept;
  }

  const pairs = canonical(new URLSearchParams(location.search || location.hash.slice(1)));
  const given = (name) => (pairs.filter(([n]) => n === name).pop() || [name, ""])[1];
  const href = (changed, from = pairs) => {
    const kept = from.filter(([name]) => !has(changed, name));
    return "search.html?" + new URLSearchParams(kept.concat(Object.entries(changed)));
  };

  // The first and last year of 2024, 2021-2024, 2021- or -2024; null when the text is none of these.
  function years(text) {
    const parts = /^(\d{4})?(?:(-|\.\.)(\d{4})?)?$/.exec(text);
    if (!parts || !(parts[1] || parts[3])) return null;
    const from = Number(parts[1] || 0);
    const to = Number(parts[2] ? parts[3] || 9999 : parts[1]);
    return from <= to ? { from, to } : null;
  }

  // A day, month or year that the calendar has, or nothing for an open end.
  function isDay(text) {
    if (!/^(\d{4}(-\d{2}(-\d{2})?)?)?$/.test(text)) return false;
    const whole = text && text + "0000-01-01".slice(text.length);
    const day = new Date(whole + "T00:00:00Z");
    return !text || (!Number.isNaN(day.getTime()) && day.toISOString().startsWith(whole));
  }

  // The ends of 2024-06-01, 2024-06, 2024, 2024..2025-06, 2024.. or ..2024; null when the text is none of these.
  function range(text) {
    const parts = text.includes("..") ? text.split("..") : [text, text];
    const [from, to] = parts.map((part) => part.trim());
    if (parts.length !== 2 || !(from || to) || !isDay(from) || !isDay(to)) return null;
    // The shorter end stands for all its days, so that ends compare by their beginnings.
    return to && from.slice(0, to.length) > to ? null : { from, to };
  }

  const places = (holds) => documents.flatMap((doc, place) => (holds(doc) ? [place] : []));

  function inYears(value) {
    const asked = years(value);
    if (!asked && value !== NONE) return undefined;
    const holds = ({ year }) => (asked ? year !== null && asked.from <= year && year <= asked.to : year === null);
    return { subject: "year Year", label: "Year: " + value, documents: places(holds) };
  }

  function onDays(kind, value) {
    const { name, on } = days[kind];
    const asked = range(value);
    if (!asked && value !== NONE) return undefined;
    const holds = (day) => !asked || (asked.from <= day && (!asked.to || day.slice(0, asked.to.length) <= asked.to));
    const dated = new Set(Object.entries(on).filter(([day]) => holds(day)).flatMap(([, found]) => found));
    const meant = asked ? [...dated] : [...documents.keys()].filter((place) => !dated.has(place));
    return { subject: kind + " " + name, label: name + ": " + value, documents: meant };
  }

  function listed([name, value]) {
    if (has(lists, name + "=" + value)) return lists[name + "=" + value];
    if (name === "year") return inYears(value);
    return has(days, name) ? onDays(name, value) : undefined;
  }

  const conditions = pairs
    .filter(([name]) => !["q", "sort", "page", "per"].includes(name))
    .map((pair) => ({ pair, list: listed(pair) }));
  // A list that lacks one of its conditions would be another list.
  const unknown = conditions.filter(({ list }) => !list).map(({ pair }) => pair);
  // Conditions on one subject are alternatives, subjects must all hold.
  const subjects = new Map();
  for (const { list } of conditions.filter(({ list }) => list)) {
    subjects.set(list.subject, (subjects.get(list.subject) || []).concat(list.documents));
  }
  const wide = new Map([...subjects].map(([subject, found]) => [subject, new Set(found)]));
  // The documents among `places` that fit every condition but those on one subject.
  const fitting = (places, without) => {
    const others = [...wide].filter(([subject]) => subject !== without).map(([, found]) => found);
    return places.filter((place) => others.every((found) => found.has(place)));
  };

  const query = given("q");
  const wanted = fold(query).split(/\s+/).filter(Boolean);
  const haystack = (doc) => fold([doc.id, doc.title, doc.official].concat(doc.codes, quotes[doc.id] || []).join("\n"));
  const relevance = { id: "relevance", name: "Best match" };
  const offered = wanted.length ? [relevance].concat(orders) : orders;
  const asked = given("sort");
  const order = offered.find(({ id }) => id === asked) || offered[0];
  if (asked && asked !== relevance.id && order.id !== asked) unknown.push(["sort", asked]);

  const words = (place) => {
    const text = haystack(documents[place]);
    return wanted.every((word) => text.includes(word));
  };
  // Without an order of its own, best match keeps that of the documents where two match as well.
  const ordered = order.documents || [...documents.keys()];
  const worded = wanted.length ? ordered.filter(words) : ordered;
  let found = [];
  if (!unknown.length) {
    found = fitting(worded);
    if (order === relevance) {
      const inTitle = (place) => wanted.filter((word) => fold(documents[place].title).includes(word)).length;
      const score = new Map(found.map((place) => [place, inTitle(place)]));
      found.sort((a, b) => score.get(b) - score.get(a));
    }
  }

  const number = (name, most, otherwise) => {
    const value = /^\d+$/.test(given(name)) ? Number(given(name)) : otherwise;
    return Math.min(Math.max(value, 1), most);
  };
  const per = number("per", 500, 25);
  const pages = Math.max(Math.ceil(found.length / per), 1);
  const page = number("page", pages, 1);
  const first = (page - 1) * per;
  const shown = found.slice(first, first + per);

  const said = () => {
    if (unknown.length) {
      const names = unknown.map(([name, value]) => name + " " + value).join(", ");
      return "This published site has no list for " + names + "; take it out, or ask the site that it was made from.";
    }
    if (!found.length && wanted.length) {
      return "Nothing among these " + documents.length + " documents: names, summaries, codes and quotes were searched, not whole texts.";
    }
    const part = pages > 1 ? ", " + (first + 1) + " to " + (first + shown.length) + " on this page" : "";
    return found.length + " of " + documents.length + " documents" + part;
  };
  element("count").textContent = said();
  element("q").value = query;
  // Other words are searched for among the same documents.
  for (const [name, value] of pairs.filter(([n]) => n !== "q" && n !== "page")) {
    element("form").append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }

  for (const { pair, list } of conditions) {
    const link = made("a", (list ? list.label : pair.join(": ")) + " ×");
    link.className = "chip";
    const [name, value] = pair;
    const rest = pairs.filter(([n, v]) => n !== "page" && (n !== name || v !== value));
    link.href = href({}, rest);
    element("filters").append(link, " ");
  }

  const here = new Set(found);
  // Where something of a subject is chosen, another value of it adds documents that fit every other condition.
  const around = new Map([...wide.keys()].map((subject) => [subject, new Set(fitting(worded, subject))]));
  // What narrows the list, each with the length of the list behind it; of what is chosen, how much of this list has it.
  const narrowing = ({ values }) => {
    const offers = values.map(([name, value, label]) => {
      const { subject, documents: own } = lists[name + "=" + value];
      const chosen = pairs.some(([n, v]) => n === name && v === value);
      const held = chosen ? undefined : wide.get(subject);
      const base = around.get(subject) || here;
      const kept = pairs.filter(([n, v]) => n !== "page" && (n !== name || v !== value));
      const more = own.filter((place) => base.has(place) && !(held && held.has(place))).length;
      const count = held ? found.length + more : more;
      return { label, chosen, count, href: href({}, chosen ? kept : kept.concat([[name, value]])) };
    });
    return offers.filter(({ chosen, count }) => chosen || count).sort((a, b) => b.chosen - a.chosen || b.count - a.count);
  };
  const listing = (offers) => {
    const list = document.createElement("ul");
    for (const { label, chosen, count, href: to } of offers) {
      const link = Object.assign(document.createElement("a"), { href: to });
      if (chosen) link.setAttribute("aria-current", "true");
      const name = made("span", (chosen ? "✓ " : "") + label);
      name.dir = "auto";
      const length = made("span", String(count));
      length.className = "n";
      link.append(name, " ", length);
      const item = document.createElement("li");
      item.append(link);
      list.append(item);
    }
    return list;
  };
  const folded = (name, open, ...parts) => {
    const box = Object.assign(document.createElement("details"), { open });
    box.append(made("summary", name), ...parts);
    return box;
  };
  const SHOWN = 10;
  element("facets").replaceChildren();
  for (const facet of unknown.length ? [] : facets) {
    const offers = narrowing(facet);
    if (!offers.length) continue;
    const parts = [listing(offers.slice(0, SHOWN))];
    if (offers.length > SHOWN) parts.push(folded(offers.length - SHOWN + " more", false, listing(offers.slice(SHOWN))));
    element("facets").append(folded(facet.name, offers.some(({ chosen }) => chosen), ...parts));
  }

  const sorts = element("sorts");
  sorts.replaceChildren();
  for (const { id, name } of found.length > 1 ? offered : []) {
    const link = made(id === order.id ? "strong" : "a", name);
    if (id === order.id) link.setAttribute("aria-current", "true");
    else link.href = href({ sort: id }, pairs.filter(([n]) => n !== "page"));
    sorts.append(sorts.children.length ? " · " : "Sort: ", link);
  }

  // As on a served site: the first, the last and the pages around this one.
  const steps = element("pages");
  steps.replaceChildren();
  const step = (to, label) => {
    const inner = made(to && to !== page ? "a" : "span", label);
    if (to && to !== page) inner.href = href({ page: to });
    if (to === page) inner.setAttribute("aria-current", "page");
    if (!to) inner.className = "gap";
    const item = document.createElement("li");
    item.append(inner);
    steps.append(item);
  };
  if (page > 1) step(page - 1, "Previous");
  let last = 0;
  for (let to = 1; to <= pages && pages > 1; to += 1) {
    if (to !== 1 && to !== pages && Math.abs(to - page) > 2) continue;
    if (to > last + 1) step(0, "…");
    step(to, String(to));
    last = to;
  }
  if (page < pages) step(page + 1, "Next");

  const results = element("results");
  results.setAttribute("start", String(first + 1));
  for (const doc of shown.map((place) => documents[place])) {
    const item = document.createElement("li");
    const link = made("a", doc.title);
    link.href = doc.href;
    link.dir = "auto";
    const facts = made("span", " " + [doc.authority, doc.jurisdiction, doc.enactment, doc.year, doc.id].filter(Boolean).join(" · "));
    facts.className = "quiet";
    item.append(link, facts);
    const quote = wanted.length && (quotes[doc.id] || []).find((text) => wanted.some((word) => fold(text).includes(word)));
    if (quote) {
      const said = made("p", quote.length > 300 ? quote.slice(0, 299) + "…" : quote);
      said.dir = "auto";
      item.append(said);
    }
    results.append(item);
  }
})();
