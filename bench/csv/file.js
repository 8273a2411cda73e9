import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { Random } from '../../fixtures/generator/random.js';

/** The columns of the file: ten standard fields, five custom ones. */
export const COLUMNS = [
  'email',
  'first_name',
  'last_name',
  'phone',
  'city',
  'country',
  'zipcode',
  'address1',
  'title',
  'website',
  'score',
  'vip',
  'plan',
  'birthday',
  'note',
];
export const CUSTOM_FIELDS = [
  { alias: 'score', type: 'number' },
  { alias: 'vip', type: 'boolean' },
  { alias: 'plan', type: 'select', options: 'free,pro,team' },
  { alias: 'birthday', type: 'date' },
  { alias: 'note', type: 'text' },
];

const FIRST_NAMES = ['Ann', 'Bob', 'Chloé', 'David', 'Eva', 'François', 'Grace', 'Hugo', 'Inès'];
const LAST_NAMES = ['Martin', 'Smith', 'Dupont', 'Müller', 'Garcia', 'Rossi', 'Kim', 'Novak'];
const CITIES = ['Paris', 'London', 'Berlin', 'Madrid', 'New York', 'Lyon', 'Köln', 'Roma'];
const COUNTRIES = ['FR', 'GB', 'DE', 'ES', 'US', 'IT'];
const LINES_AT_ONCE = 5000;

/**
 * Writes a file of invented people. With `changed`, every tenth has moved to another city.
 * @param {string} path
 * @param {number} rows
 * @param {boolean} [changed]
 */
export async function writePeople(path, rows, changed = false) {
  const random = new Random('people');
  const file = createWriteStream(path);
  let text = `${COLUMNS.join(',')}\n`;
  for (let number = 1; number <= rows; number++) {
    const cells = cellsOf(random, number);
    if (changed && number % 10 === 0) cells[4] = `${cells[4]} Nord`;
    text += `${cells.join(',')}\n`;
    if (number % LINES_AT_ONCE > 0) continue;
    if (!file.write(text)) await once(file, 'drain');
    text = '';
  }
  file.end(text);
  await once(file, 'close');
}

/**
 * @param {Random} random
 * @param {number} number
 */
function cellsOf(random, number) {
  const [first, last] = [random.pick(FIRST_NAMES), random.pick(LAST_NAMES)];
  const year = random.whole(1940, 2005);
  const day = `0${random.whole(1, 9)}-1${random.whole(0, 9)}`;
  return [
    `${plain(first)}.${plain(last)}.${number}@example${random.whole(1, 500)}.org`,
    first,
    last,
    `+33 6 ${random.whole(10, 99)} ${random.whole(10, 99)} 12 34`,
    random.pick(CITIES),
    random.pick(COUNTRIES),
    String(random.whole(10_000, 99_999)),
    `${random.whole(1, 200)} rue de la Paix`,
    random.pick(['Mr', 'Ms', 'Dr', '']),
    `https://www.example${random.whole(1, 500)}.org/${number}`,
    random.fraction().toFixed(3),
    random.pick(['yes', 'no']),
    random.pick(['free', 'pro', 'team']),
    `${year}-${day}`,
    random.chance(0.5) ? `met in ${year + 20}` : '',
  ];
}

/** @param {string} name */
function plain(name) {
  return name
    .normalize('NFD')
    .replace(/[^a-z]/gi, '')
    .toLowerCase();
}
