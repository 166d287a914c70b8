// A made-up archive at the edge of what pages must hold: more places and offices than a picture has room for, years from
// two decades, names of 200 characters, a word of 80, a law that is read from the right. All of it is fiction and says so.

import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { demo, run } from './world.mjs';

/** One word of 80 letters. */
export const LONG_WORD = 'Salzmarsch'.repeat(8);

/** A name of 200 characters. */
export const LONG_NAME = `Government of the Commonwealth of Tides, ${'its harbour machines, cranes, scales and locks, '.repeat(4)}`
  .slice(0, 199)
  .replace(/[ ,]?$/, '.')
  .padEnd(200, '.');

/** The law that is read from the right. */
export const ARABIC = 'قانون آلات الميناء (عمل خيالي)';

/** Places besides the one of the long word and the one of the long name. */
const CANTONS = Array.from({ length: 50 }, (_, at) => `Tidal Canton ${at + 1}`);

/** Offices besides the one with the long name. */
const OFFICES = Array.from({ length: 60 }, (_, at) => `Office of Tides ${at + 1}`);

/** Years of the ordinances. */
const YEARS = Array.from({ length: 20 }, (_, at) => 2004 + at);

/** What ordinances say, two of it each. */
const CLAUSES = [
  'An operator of an artificial intelligence system shall test the system for security vulnerabilities and attacks every 90 days.',
  'An operator shall not use an artificial intelligence system that leads to algorithmic discrimination, and shall carry out a bias audit each year.',
  'An operator of an artificial intelligence system shall protect personal data and shall not disclose sensitive personal information.',
  'A provider of a generative artificial intelligence system shall label deepfakes and shall not spread disinformation about elections.',
  'An operator shall explain each automated decision on request and keep a record that makes the artificial intelligence system transparent.',
  'The Office shall study how artificial intelligence displaces workers and publish a report on employment each year.',
];

/** Terms that the codebook knows stand in brackets, since it has no cues in Arabic. */
const ARABIC_TEXT = `عمل خيالي كتب لهذا المشروع.

المادة الأولى. يجب على كل مشغل لنظام ذكاء اصطناعي في الميناء أن يمنع التمييز الخوارزمي (algorithmic discrimination) وأن يجري كل سنة تدقيقا مستقلا (bias audit) قبل استعمال النظام.

المادة الثانية. يجب على المزود الاحتفاظ بسجل للحوادث وإبلاغ السلطة المختصة بها خلال عشرة أيام من وقوعها.

المادة الثالثة. تنشر السلطة المختصة تقريرا سنويا عن الحوادث التي أبلغت بها وعن التدابير التي اتخذتها.

المادة الرابعة. يجب على كل مشغل أن ينشر كل سنة مقدار ما يستهلكه النظام من الطاقة (energy consumption) والأثر البيئي (carbon footprint) لنظام الذكاء الاصطناعي.
`;

const text = (title, clauses) => `${title.toUpperCase()} (FICTION)

SECTION 1. DUTIES.

${clauses.map((clause, at) => `(${'ab'[at]}) ${clause}`).join('\n\n')}

SECTION 2. PENALTY.

The Office may fine a person that violates this Ordinance up to 500 crowns.
`;

const ordinary = (at) => ({
  id: String(at + 1),
  name: `Ordinance ${at + 1} on harbour machines`,
  place: CANTONS[at % CANTONS.length],
  office: OFFICES[at % OFFICES.length],
  year: YEARS[at % YEARS.length],
  clauses: [CLAUSES[at % CLAUSES.length], CLAUSES[(at + 2) % CLAUSES.length]],
});

/** Names at their longest, several documents each, so that they stand first wherever counts decide. */
const long = (at) => ({
  ...ordinary(at),
  id: `long-${at + 1}`,
  name: at % 2 === 0 ? `${LONG_WORD} Ordinance` : LONG_NAME,
  place: at < 6 ? LONG_WORD : 'Government of the Commonwealth of Tides',
  office: LONG_NAME,
});

const DOCUMENTS = [
  ...Array.from({ length: 120 }, (_, at) => ordinary(at)),
  ...Array.from({ length: 10 }, (_, at) => long(at)),
  { ...ordinary(0), id: 'right', name: ARABIC, words: ARABIC_TEXT },
];

const quoted = (field) => `"${String(field).replaceAll('"', '""')}"`;

/** Writes the archive as a release; gives its folder. */
async function release() {
  const folder = await mkdtemp(join(tmpdir(), 'lacuna-crowd-'));
  await mkdir(join(folder, 'fulltext'));
  const columns = ['ID', 'Official name', 'Jurisdiction', 'Authority', 'Most recent activity', 'Most recent activity date'];
  const rows = [[...columns, 'Fiction', 'Annotated?', 'Validated?']];
  for (const { id, name, place, office, year, clauses, words } of DOCUMENTS) {
    rows.push([id, name, place, office, 'Enacted', `${year}-03-14`, 'true', 'false', 'false']);
    await writeFile(join(folder, 'fulltext', `${id}.txt`), words ?? text(name, clauses));
  }
  await writeFile(join(folder, 'documents.csv'), rows.map((row) => `${row.map(quoted).join(',')}\n`).join(''));
  return folder;
}

/** The archive, classified and served; its documents have ids such as `tide:1`. */
export async function crowd() {
  const folder = await release();
  const data = join(folder, 'data');
  await run(['--data', data, '--quiet', 'ingest', folder, '--source', 'tide']);
  await run(['--data', data, '--quiet', 'classify']);
  return demo({ folder: data, command: ['serve'], remove: folder });
}
