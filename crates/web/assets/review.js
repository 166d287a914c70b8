// The coding screen: keys, selection as evidence, saving as one goes. Without this file the same forms work by hand.
'use strict';

const desk = document.getElementById('desk');
const text = document.getElementById('text');
const saved = document.getElementById('saved');
const cards = [...document.querySelectorAll('.card')];
const paragraphs = [...text.querySelectorAll('p[data-at]')];

let current = 0;
let pending = 0;
/** Presses are sent one after the other, so that each builds on what the one before it left. */
let line = Promise.resolve();
/** What stands in the store of each card, for the moment in which something could not be saved. */
const standing = new Map();

/** Sentences of the text in order: the paragraph, and where in its words a sentence begins and ends. */
const sentences = paragraphs.flatMap((paragraph) => {
  const words = paragraph.textContent;
  const cut = globalThis.Intl?.Segmenter
    ? [...new Intl.Segmenter(paragraph.lang || undefined, { granularity: 'sentence' }).segment(words)].map((s) => [s.index, s.index + s.segment.length])
    : [[0, words.length]];
  return cut
    .map(([start, end]) => {
      while (start < end && /\s/.test(words[start])) start += 1;
      while (end > start && /\s/.test(words[end - 1])) end -= 1;
      return { paragraph, start, end };
    })
    .filter(({ start, end }) => end > start);
});
let sentence = -1;
let anchor = -1;

function show(index, focus = true) {
  current = (index + cards.length) % cards.length;
  cards.forEach((card, at) => {
    card.classList.toggle('folded', at !== current);
    card.querySelector('.fold').setAttribute('aria-expanded', String(at === current));
  });
  const card = cards[current];
  mark();
  // Not at the start: the browser would scroll to it, past the question, the rules and the keys.
  if (!focus) return;
  history.replaceState(null, '', `#${card.id}`);
  card.focus({ preventScroll: true });
  card.scrollIntoView({ block: 'nearest' });
}

function say(words, wrong = false) {
  saved.textContent = words;
  saved.classList.toggle('warn', wrong);
}

/** Sends what was pressed; the answer says what stands now. Without a connection it is tried again until there is one. */
function press(card, fields) {
  // A reason that could not be saved before there was an answer goes along with the answer.
  const reason = card.querySelector('input[name="reason"]').value;
  if (reason !== standing.get(card).reason && !fields.adopt) fields.reason = reason;
  pending += 1;
  say('Saving …');
  line = line.then(() => send(card, fields)).finally(() => {
    pending -= 1;
  });
  return line;
}

async function send(card, fields) {
  const body = new URLSearchParams({ csrf: desk.dataset.csrf, dimension: desk.dataset.dimension, code: card.dataset.code });
  for (const [name, value] of Object.entries(fields)) {
    for (const one of Array.isArray(value) ? value : [value]) body.append(name, one);
  }
  for (let wait = 500; ; wait = Math.min(2 * wait, 8000)) {
    try {
      const answer = await fetch(desk.dataset.post, { method: 'POST', headers: { accept: 'application/json' }, body, credentials: 'same-origin' });
      if (answer.redirected || answer.status === 401) throw new Refused('you are signed out; sign in in another tab, then load this page again');
      const stands = await answer.json();
      if (!answer.ok) throw new Refused(stands.message ?? 'the site refused it');
      draw(card, stands);
      say(`Saved ${stands.saved_at} UTC: ${card.dataset.code}`);
      return;
    } catch (error) {
      if (error instanceof Refused) {
        put(card, standing.get(card));
        say(`Not saved: ${error.message}`, true);
        return;
      }
      say('Not saved yet: the site does not answer. Trying again; keep this page open.', true);
      await new Promise((done) => setTimeout(done, wait));
    }
  }
}

/** The site answered and did not take what was pressed. */
class Refused extends Error {}

/** Draws what stands now on a card. */
function draw(card, stands) {
  if (!card.classList.contains('decided')) {
    card.classList.add('decided');
    const left = document.getElementById('undecided');
    left.textContent = String(Math.max(0, Number(left.textContent) - 1));
    const here = document.querySelector('.steps [aria-current] .quiet');
    const [done, of] = here.textContent.split('/').map(Number);
    here.textContent = `${done + 1}/${of}`;
    here.parentElement.classList.toggle('whole', done + 1 === of);
  }
  put(card, stands);
  const list = card.querySelector('ol.quotes');
  list.replaceChildren(
    ...stands.quotes.map((words, number) => {
      const item = document.createElement('li');
      const quote = document.createElement('blockquote');
      quote.dir = 'auto';
      quote.textContent = words;
      const drop = document.createElement('button');
      drop.type = 'submit';
      drop.name = 'drop';
      drop.className = 'plain';
      drop.value = String(number);
      const which = document.createElement('span');
      which.className = 'vh';
      which.textContent = ` quote ${number + 1}`;
      drop.append('Take away', which);
      item.append(quote, drop);
      return item;
    }),
  );
  const names = card.querySelector('textarea[name="entities"]');
  if (names && names !== document.activeElement) names.value = stands.entities.join('\n');
  standing.set(card, stands);
  if (card === cards[current]) mark();
}

/** Ticks what stands. */
function put(card, { value, confidence, types }) {
  for (const radio of card.querySelectorAll('input[name="value"]')) {
    radio.checked = radio.value === value;
    if (radio.checked) card.querySelector('.answer').textContent = radio.parentElement.textContent.replace(/^\s*\d+\s*/, '').trim();
  }
  for (const radio of card.querySelectorAll('input[name="confidence"]')) radio.checked = radio.value === confidence;
  for (const box of card.querySelectorAll('input[type="checkbox"][name="types"]')) box.checked = types.includes(box.value);
}

/** What is ticked on a card. */
function ticked(card) {
  const of = (name) => [...card.querySelectorAll(`input[name="${name}"]:checked`)].map((input) => input.value);
  return { value: of('value')[0], confidence: of('confidence')[0] ?? '', types: of('types'), reason: card.querySelector('input[name="reason"]').value };
}

/** The letters of the text without spaces, and where each stands: quotes are looked up in them. */
const letters = { words: '', at: [] };
for (const paragraph of paragraphs) {
  const words = paragraph.textContent;
  for (let offset = 0; offset < words.length; offset += 1) {
    if (/\s/.test(words[offset])) continue;
    letters.words += words[offset];
    letters.at.push([paragraph, offset]);
  }
}

/** The places of a quote in the text; an elided one has several. */
function places(quote) {
  const found = [];
  let from = 0;
  for (const part of quote.split(' … ')) {
    const words = part.replace(/\s+/g, '');
    const start = words ? letters.words.indexOf(words, from) : -1;
    if (start < 0) continue;
    from = start + words.length;
    const [[first, begin], [last, end]] = [letters.at[start], letters.at[from - 1]];
    const range = document.createRange();
    range.setStart(first.firstChild, begin);
    range.setEnd(last.firstChild, end + 1);
    found.push(range);
  }
  return found;
}

let shown = [];
let visited = -1;

/** Marks the quotes of the card in hand in the text: the coder's own, and those of the machine. */
function mark() {
  const of = (where) => [...cards[current].querySelectorAll(`${where} blockquote`)].map((quote) => quote.textContent);
  const words = of('ol.quotes');
  const own = words.flatMap(places);
  const machine = of('.machine').filter((quote) => !words.includes(quote)).flatMap(places);
  shown = [...own, ...machine];
  visited = -1;
  if (!globalThis.CSS?.highlights) return;
  CSS.highlights.set('own', new Highlight(...own));
  CSS.highlights.set('machine', new Highlight(...machine));
}

/** Scrolls the text until a range of it is in view. */
function reveal(range) {
  const [box, frame] = [range.getBoundingClientRect(), text.getBoundingClientRect()];
  const room = 24;
  if (box.top < frame.top + room) text.scrollTop -= frame.top + room - box.top;
  else if (box.bottom > frame.bottom - room) text.scrollTop += Math.min(box.bottom - frame.bottom + room, box.top - frame.top - room);
}

function nextQuote() {
  if (shown.length === 0) {
    say('This code has no quotes yet.');
    return;
  }
  visited = (visited + 1) % shown.length;
  reveal(shown[visited]);
  say(`Quote ${visited + 1} of ${shown.length}`);
}

/** Code point at which a place in the document stands in the text; null outside of it. */
function codePoint(node, offset) {
  const element = node.nodeType === Node.TEXT_NODE ? node.parentElement : node;
  const paragraph = element.closest?.('p[data-at]');
  if (!paragraph) return null;
  const before = document.createRange();
  before.setStart(paragraph, 0);
  before.setEnd(node, offset);
  return Number(paragraph.dataset.at) + [...before.toString()].length;
}

/** The selected words of the text with their place. */
function selected() {
  const selection = globalThis.getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  if (!text.contains(range.commonAncestorContainer)) return null;
  const start = codePoint(range.startContainer, range.startOffset);
  const end = codePoint(range.endContainer, range.endOffset);
  const words = range.toString().trim();
  if (!words) return null;
  return start === null || end === null ? { quote: words } : { quote: words, start: String(start), end: String(end) };
}

function move(step, extend) {
  if (sentences.length === 0) return;
  sentence = Math.min(Math.max(sentence + step, 0), sentences.length - 1);
  if (!extend || anchor < 0) anchor = sentence;
  const [from, to] = [sentences[Math.min(anchor, sentence)], sentences[Math.max(anchor, sentence)]];
  globalThis.getSelection().setBaseAndExtent(from.paragraph.firstChild, from.start, to.paragraph.firstChild, to.end);
  const range = document.createRange();
  range.setStart(sentences[sentence].paragraph.firstChild, sentences[sentence].start);
  range.setEnd(sentences[sentence].paragraph.firstChild, sentences[sentence].end);
  reveal(range);
}

const remembered = (name, value) => {
  try {
    if (value === undefined) return localStorage.getItem(name);
    localStorage.setItem(name, value);
  } catch {
    // A browser that remembers nothing asks again each time.
  }
  return null;
};

let rulesOpen = remembered('lacuna rules') === 'open';

/** Opens what counts and the boundary cases of every code, or closes them. */
function openRules(open) {
  rulesOpen = open;
  remembered('lacuna rules', open ? 'open' : 'closed');
  for (const rules of document.querySelectorAll('.card .rules')) rules.open = open;
}

const single = document.getElementById('keys-on');
single.checked = remembered('lacuna keys') !== 'off';
single.addEventListener('change', () => remembered('lacuna keys', single.checked ? 'on' : 'off'));

function nextUndecided() {
  const order = [...cards.slice(current + 1), ...cards.slice(0, current + 1)];
  const next = order.find((card) => !card.classList.contains('decided'));
  if (next) show(cards.indexOf(next));
  else say('Every code of this dimension is decided; d goes to the next.');
}

function go(link) {
  if (link) location.assign(link.href);
}

function key(event) {
  const typing = event.target.matches('textarea, select, input:not([type="radio"], [type="checkbox"])');
  if (event.key === 'Escape' && typing) {
    event.target.blur();
    cards[current].focus({ preventScroll: true });
    return;
  }
  if (typing || !single.checked || event.ctrlKey || event.metaKey || event.altKey) return;
  const card = cards[current];
  const answers = [...card.querySelectorAll('input[name="value"]')];
  const confidence = { h: 'high', m: 'medium', l: 'low' }[event.key];
  const done = () => event.preventDefault();
  if (/^[1-9]$/.test(event.key) && answers[event.key - 1]) {
    done();
    press(card, { value: answers[event.key - 1].value });
  } else if (confidence) {
    done();
    press(card, { confidence });
  } else {
    const actions = {
      j: () => move(1, false),
      k: () => move(-1, false),
      J: () => move(1, true),
      K: () => move(-1, true),
      g: nextQuote,
      b: () => openRules(!rulesOpen),
      n: () => show(current + 1),
      p: () => show(current - 1),
      u: nextUndecided,
      e: () => {
        const words = selected();
        if (words) press(card, words);
        else say('Select the words in the text first.', true);
      },
      x: () => {
        const quotes = card.querySelectorAll('ol.quotes li').length;
        if (quotes > 0) press(card, { drop: String(quotes - 1) });
        else say('This code has no quote to take away.', true);
      },
      r: () => card.querySelector('input[name="reason"]').focus(),
      ...(card.querySelector('button[name="adopt"]') ? { a: () => press(card, { adopt: '1' }) } : {}),
      d: () => go(document.querySelector('.steps li:has([aria-current]) + li a')),
      f: () => document.getElementById('finish').focus(),
      '?': () => {
        const keys = document.getElementById('keys');
        keys.open = !keys.open;
      },
    };
    if (actions[event.key]) {
      done();
      actions[event.key]();
    }
  }
}

document.addEventListener('keydown', key);

for (const [at, card] of cards.entries()) {
  // The heading opens the card, by mouse, touch or keyboard.
  const heading = card.querySelector('h2');
  const fold = document.createElement('button');
  fold.type = 'button';
  fold.className = 'fold';
  fold.append(...heading.childNodes);
  fold.addEventListener('click', () => show(at));
  heading.append(fold);
  standing.set(card, ticked(card));
  card.addEventListener('change', (event) => {
    const { name, value } = event.target;
    if (name === 'types') press(card, { types: ['', ...ticked(card).types] });
    else if (['value', 'confidence', 'reason', 'entities'].includes(name)) press(card, { [name]: value });
  });
  card.querySelector('form').addEventListener('submit', (event) => {
    event.preventDefault();
    // Enter in a field is no press of the first button: what was typed is sent because it changed.
    if (event.submitter?.classList.contains('vh')) return;
    if (event.submitter?.name === 'adopt') press(card, { adopt: '1' });
    else if (event.submitter?.name === 'drop') press(card, { drop: event.submitter.value });
    else {
      const quote = card.querySelector('textarea[name="quote"]');
      const fields = selected() ?? (quote.value.trim() ? { quote: quote.value } : {});
      const answer = card.querySelector('input[name="value"]:checked');
      if (answer) fields.value = answer.value;
      press(card, fields).then(() => (quote.value = ''));
    }
  });
}

globalThis.addEventListener('beforeunload', (event) => {
  if (pending > 0) event.preventDefault();
});

document.body.classList.add('scripted');
openRules(rulesOpen);
if (cards.length > 0) {
  const asked = cards.findIndex((card) => `#${card.id}` === decodeURIComponent(location.hash));
  show(asked < 0 ? 0 : asked, false);
}
