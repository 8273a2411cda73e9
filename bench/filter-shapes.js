// Every condition of the language in both shapes, gathered first and probed contact by contact, and
// which of them scans take:
//   node bench/filter-shapes.js [CONTACTS] [REPETITIONS] [PART OF A CONDITION]
// The best of interleaved repetitions of counting its members. The shape that scans take should be
// within 1.3 times of the better one.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { SQLiteSyncDialect } from 'drizzle-orm/sqlite-core';
import { library, rollcall } from './rollcall.js';
import { copyWorld, NOW, NOW_TEXT } from './world.js';

const LIMIT = 1.3;
const NOISE_MS = 1;
const SHAPES = /** @type {const} */ (['gather', 'probe', 'scan']);

/** Conditions that look beyond the contact's own row; those on its own columns have one shape. */
const RELATED = [
  'did page.hit in last 7 days',
  'did page.hit in last 30 days',
  'did page.hit in last 90 days',
  'did page.hit in last 180 days',
  'did page.hit in last 300 days',
  'did page.hit',
  'did page.hit before today - 300 days',
  'did page.hit between today - 60 days and today - 30 days',
  'did page.hit during last month',
  'did page.hit in next 7 days',
  'did page.hit where subject = "/subject/017" in last 30 days',
  'did page.hit where subject = "/subject/017"',
  'did page.hit where subject starts with "/subject/01" in last 90 days',
  'did page.hit where occurred_at in last 30 days',
  'did page.hit where occurred_at before today - 300 days',
  'did purchase where value > 450',
  'did never.seen',
  'count(page.hit in last 30 days) >= 2',
  'count(page.hit in last 90 days) = 1',
  'count(page.hit in last 90 days) = 0',
  'count(page.hit in last 90 days) < 2',
  'count(page.hit) >= 2',
  'count(page.hit) < 2',
  'sum(purchase.value in last 90 days) > 500',
  'sum(purchase.value) > 500',
  'sum(purchase.value) < 100',
  'avg(purchase.value) > 250',
  'min(purchase.value in last 30 days) < 20',
  'max(purchase.value) >= 450',
  'max(purchase.value) is empty',
  'first(purchase) in last 30 days',
  'last(purchase) in last 30 days',
  'last(purchase) before today - 100 days',
  'last(page.hit) is empty',
  'tagged "tag-07"',
  'tags has any ("tag-01", "tag-02", "tag-03")',
  'tags has all ("tag-01", "tag-02")',
  'tags is empty',
  'company.name = "nobody\'s"',
  'company.industry = "Energy"',
  'company.industry != "Energy"',
  'company.employees >= 100',
  'company.industry is empty',
  'company.name contains "on"',
  'suppressed',
  'suppressed(email)',
  'suppressed(email, bounced)',
  'in segment country-points-0',
  'in segment page-hit-9',
  'joined segment page-hit-9 in last 7 days',
];
/** Conditions that leave one contact in ten, to put before the others. */
const SELECTIVE = ['language = "fr"'];

/** @param {string} condition */
const alternatives = (condition) => [
  condition,
  `not ${condition}`,
  ...SELECTIVE.flatMap((first) => [`${first} and ${condition}`, `${first} and not ${condition}`]),
];

/**
 * What the world lacks: suppressions of one contact in twenty, and members.
 * @param {string} file
 */
function complete(file) {
  const db = new Database(file);
  db.exec(`insert into suppressions (contact_id, channel, reason, created_at)
    select id,
      case when id % 60 < 40 then 'email' else 'sms' end,
      case when id % 3 = 0 then 'bounced' else 'unsubscribed' end,
      ${NOW}
    from contacts
    where id % 20 = 0`);
  db.close();
  rollcall('segments:update', 'country-points-0', 'page-hit-9', '--db', file, '--now', NOW_TEXT);
}

/**
 * The condition in every shape, with its statement as text, by which equal shapes are recognised.
 * @typedef {Awaited<ReturnType<typeof library>>} Library
 * @typedef {Parameters<Parameters<Awaited<ReturnType<Library['openStore']>>['read']>[0]>[0]} Tx
 * @param {Library} program
 * @param {Tx} tx
 * @param {string} text
 */
async function shapesOf({ compileFilter, loadCatalogue, readFilter }, tx, text) {
  const catalogue = await loadCatalogue(tx);
  const { ast } = readFilter(text, catalogue);
  const time = { now: NOW, zone: 'UTC', weekStart: /** @type {const} */ ('monday') };
  return SHAPES.map((shape) => {
    const condition = compileFilter(ast, { dialect: tx.dialect, shape, catalogue, time });
    return { condition, statement: JSON.stringify(new SQLiteSyncDialect().sqlToQuery(condition)) };
  });
}

/**
 * The best time of each shape, and the number of members, on which all must agree.
 * @param {Tx} tx
 * @param {string} text
 * @param {Awaited<ReturnType<typeof shapesOf>>} shapes
 * @param {number} repetitions
 */
async function timesOf(tx, text, shapes, repetitions) {
  const different = new Map(shapes.map(({ statement, condition }) => [statement, condition]));
  /** @type {Map<string, number>} */
  const best = new Map();
  const answers = new Set();
  for (let round = 0; round < repetitions; round++) {
    for (const [statement, where] of different) {
      const started = performance.now();
      answers.add(await tx.contacts.count({ where }));
      const ms = performance.now() - started;
      best.set(statement, Math.min(best.get(statement) ?? Infinity, ms));
    }
  }
  if (answers.size !== 1) throw new Error(`${text} has ${[...answers].join(' or ')} members`);
  const [gather = Number.NaN, probe = Number.NaN, scan = Number.NaN] = shapes.map(({ statement }) =>
    best.get(statement),
  );
  return { members: Number([...answers][0]), gather, probe, scan };
}

/**
 * Which shape a scan has chosen.
 * @param {{ gather: number, probe: number, scan: number }} times
 */
function shapeOfScan({ gather, probe, scan }) {
  if (scan === gather) return scan === probe ? 'one shape' : 'gathers';
  return scan === probe ? 'probes' : 'mixed';
}

/**
 * A line of the table; `over` where a scan takes too much longer than the better shape.
 * @param {string} text
 * @param {{ members: number, gather: number, probe: number, scan: number }} measured
 */
function lineOf(text, { members, gather, probe, scan }) {
  const better = Math.min(gather, probe);
  const ratio = scan / Math.min(better, scan);
  const over = ratio > LIMIT && scan - better > NOISE_MS;
  const cells = [
    `\`${text}\``,
    members,
    ...[gather, probe, scan].map((ms) => ms.toFixed(1)),
    shapeOfScan({ gather, probe, scan }),
    `${ratio.toFixed(2)}${over ? ' **over**' : ''}`,
  ];
  return { over, line: `| ${cells.join(' | ')} |` };
}

/**
 * Measures each condition in each shape, and prints a line of each.
 * @param {Library} program
 * @param {string} file
 * @param {{ contacts: number, repetitions: number, part: string }} options part of conditions
 * @returns {Promise<string>} the text under the table
 */
async function measureAll(program, file, { contacts, repetitions, part }) {
  const texts = RELATED.filter((text) => text.includes(part)).flatMap(alternatives);
  const slow = [];
  const store = await program.openStore(file);
  try {
    for (const text of texts) {
      const measured = await store.read(async (tx) =>
        timesOf(tx, text, await shapesOf(program, tx, text), repetitions),
      );
      const { over, line } = lineOf(text, measured);
      if (over) slow.push(text);
      console.log(line);
    }
  } finally {
    await store.close();
  }
  const list = slow.map((text) => `\n  ${text}`).join('');
  const said =
    `${texts.length} conditions at ${contacts} contacts, ` +
    `${slow.length} over ${LIMIT} times the better shape`;
  return slow.length === 0 ? said : `${said}:${list}`;
}

const [contacts = '100000', repetitions = '5', part = ''] = process.argv.slice(2);
console.log(
  '| condition | members | gathered, ms | probed, ms | scan, ms | scan | to the better |\n' +
    '| --- | ---: | ---: | ---: | ---: | --- | ---: |',
);
const folder = mkdtempSync(join(tmpdir(), 'rollcall-bench-'));
try {
  const options = { contacts: Number(contacts), repetitions: Number(repetitions), part };
  const file = await copyWorld(join(folder, 'shapes.db'), options);
  complete(file);
  console.log(`\n${await measureAll(await library(), file, options)}`);
} finally {
  rmSync(folder, { recursive: true });
}
