// The coding screen: keys, selection as evidence, saving as one goes. Without this file the same forms work by hand.
'use strict';

const desk = document.getElementById('desk');
const text = document.getElementById('text');
const saved = document.getElementById('saved');
const cards = [...document.querySelectorAll('.card')];
const paragraphs = [...text.querySelectorAll('p[data-at]')];

let current = 0;
let pending = 0;

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
  cards.forEach((card, at) => card.classList.toggle('folded', at !== current));
  const card = cards[current];
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

/** Sends what was pressed; the answer says what stands now. */
async function press(card, fields) {
  const body = new URLSearchParams({ csrf: desk.dataset.csrf, dimension: desk.dataset.dimension, code: card.dataset.code, ...fields });
  pending += 1;
  say('Saving …');
  try {
    const answer = await fetch(desk.dataset.post, { method: 'POST', headers: { accept: 'application/json' }, body, credentials: 'same-origin' });
    const stands = await answer.json();
    if (!answer.ok) throw new Error(stands.message ?? 'not saved');
    draw(card, stands);
    say(`Saved ${stands.saved_at} UTC: ${card.dataset.code}`);
  } catch (error) {
    say(`Not saved: ${error.message}`, true);
  } finally {
    pending -= 1;
  }
}

/** Draws what stands now on a card. */
function draw(card, stands) {
  if (!card.classList.contains('decided')) {
    card.classList.add('decided');
    const left = document.getElementById('undecided');
    left.textContent = String(Math.max(0, Number(left.textContent) - 1));
    const here = document.querySelector('.steps [aria-current] .quiet');
    const [done, of] = here.textContent.split('/').map(Number);
    here.textContent = `${done + 1}/${of}`;
  }
  for (const radio of card.querySelectorAll('input[name="value"]')) {
    radio.checked = radio.value === stands.value;
    if (radio.checked) card.querySelector('.answer').textContent = radio.parentElement.textContent.replace(/^\s*\d+\s*/, '').trim();
  }
  for (const radio of card.querySelectorAll('input[name="confidence"]')) radio.checked = radio.value === stands.confidence;
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
      drop.value = String(number);
      drop.textContent = 'Take away';
      item.append(quote, drop);
      return item;
    }),
  );
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
  sentences[sentence].paragraph.scrollIntoView({ block: 'nearest' });
}

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
  const typing = event.target.matches('textarea, select, input:not([type="radio"])');
  if (event.key === 'Escape' && typing) {
    event.target.blur();
    cards[current].focus({ preventScroll: true });
    return;
  }
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
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
      n: () => show(current + 1),
      p: () => show(current - 1),
      u: nextUndecided,
      e: () => {
        const words = selected();
        if (words) press(card, words);
        else say('Select the words in the text first.', true);
      },
      x: () => press(card, { drop: String(card.querySelectorAll('ol.quotes li').length - 1) }),
      r: () => card.querySelector('input[name="reason"]').focus(),
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
  card.querySelector('h2').addEventListener('click', () => show(at));
  card.addEventListener('change', (event) => {
    if (event.target.name === 'value' || event.target.name === 'confidence' || event.target.name === 'reason' || event.target.name === 'entities') {
      press(card, { [event.target.name]: event.target.value });
    }
  });
  card.querySelector('form').addEventListener('submit', (event) => {
    event.preventDefault();
    if (event.submitter?.name === 'drop') press(card, { drop: event.submitter.value });
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
if (cards.length > 0) {
  const asked = cards.findIndex((card) => `#${card.id}` === decodeURIComponent(location.hash));
  show(asked < 0 ? 0 : asked, false);
}
