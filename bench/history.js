// What it takes to tell a year of a segment's history by day, and how segments overlap, in whole
// processes beside a bare Node:
//   node bench/history.js [intervals] [members]
// 10,000,000 intervals in a year of quarters of an hour, and five segments of 100,000 members, when
// left out; build first: npm run build. The history is held against one that goes through all
// intervals.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { ratioLine, tablesOf } from './line.js';
import { interleaved, runNode } from './measure.js';
import { BIN, rollcall } from './rollcall.js';
import { NOW, NOW_TEXT } from './world.js';
import { DAY } from './world/values.js';

const ROUNDS = 3;
const CONTACTS = 200_000;
const QUARTERS = 365 * 96;
const QUARTER = DAY / 96;
const [intervals = 10_000_000, members = 100_000] = process.argv.slice(2).map(Number);

/**
 * A segment that somebody joins and leaves in each quarter of an hour of a year, and five of which
 * each has every so-manieth contact.
 * @param {string} path
 */
function fill(path) {
  const db = new Database(path, { fileMustExist: true });
  try {
    db.pragma('synchronous = off');
    db.exec(`
      begin;
      update capture set bulk = 1;
      ${numbers(CONTACTS)} insert into contacts (id, email, created_at, updated_at)
      select n, 'c' || n || '@example.org', 0, 0 from numbers;
      update capture set bulk = 0;
      ${numbers(QUARTERS)} insert into causes (id, segment_id, at, via, joined, "left", uses)
      select n, 1, ${NOW} - ${QUARTERS} * ${QUARTER} + n * ${QUARTER}, 'filter', 0, 0, 0
      from numbers;
      ${numbers(intervals)}
      insert into joined_history (segment_id, contact_id, joined_cause, left_cause)
      select 1, 1 + n % ${CONTACTS}, began, min(${QUARTERS}, began + 1 + n % 700)
      from (select n, 1 + n * ${QUARTERS - 1} / ${intervals + 1} as began from numbers);
      create temp table counted (id integer primary key, joined integer, "left" integer);
      insert into counted (id, joined, "left")
      select id, sum(joined), sum("left")
      from (
        select joined_cause as id, count(*) as joined, 0 as "left" from joined_history group by 1
        union all
        select left_cause, 0, count(*) from joined_history group by 1
      )
      group by id;
      update causes
      set joined = counted.joined, "left" = counted."left", uses = counted.joined + counted."left"
      from counted
      where counted.id = causes.id;
      insert into causes (id, segment_id, at, via, joined, "left", open, uses)
      select ${QUARTERS} + id, id, ${NOW}, 'manual', ${members}, 0, ${members}, ${members}
      from segments
      where id > 1;
      ${numbers(members)} insert into joined (segment_id, contact_id, cause_id)
      select segments.id, 1 + (n * segments.id) % ${CONTACTS}, ${QUARTERS} + segments.id
      from segments
      cross join numbers
      where segments.id > 1
      order by 1, 2
      on conflict do nothing;
      update segments
      set members = (select count(*) from joined where segment_id = segments.id);
      commit;`);
  } finally {
    db.close();
  }
}

/** @param {number} count */
function numbers(count) {
  return `with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < ${count})`;
}

/**
 * The sizes at the ends of days, by all intervals.
 * @param {string} path
 * @param {readonly string[]} untils
 */
function sizesByIntervals(path, untils) {
  const db = new Database(path, { readonly: true });
  try {
    const growths = db
      .prepare(
        `select at, sum(growth) as growth
        from (
          select began.at, 1 as growth from joined_history
          join causes as began on began.id = joined_cause where joined_history.segment_id = 1
          union all
          select ended.at, -1 from joined_history
          join causes as ended on ended.id = left_cause where joined_history.segment_id = 1
        )
        group by at`,
      )
      .all();
    return untils.map((until) =>
      /** @type {{ at: number, growth: number }[]} */ (growths)
        .filter(({ at }) => at < Date.parse(until))
        .reduce((sum, { growth }) => sum + growth, 0),
    );
  } finally {
    db.close();
  }
}

const folder = mkdtempSync(join(tmpdir(), 'rollcall-bench-'));
try {
  const path = join(folder, 'past.db');
  const names = ['past', 'two', 'three', 'four', 'five', 'six'];
  rollcall('init', '--db', path);
  for (const name of names) rollcall('segments:create', name, '--db', path);
  fill(path);
  const at = ['--db', path, '--now', NOW_TEXT];
  const since = new Date(NOW - 364 * DAY).toISOString();
  const days = ['segments:history', 'past', '--by', 'day', '--since', since, '--json', ...at];
  const told = JSON.parse((await runNode(BIN, ...days)).stdout).data;
  const sizes = sizesByIntervals(
    path,
    told.map((/** @type {{ until: string }} */ { until }) => until),
  );
  if (
    JSON.stringify(sizes) !==
    JSON.stringify(told.map((/** @type {{ size: number }} */ { size }) => size))
  )
    throw new Error('the history is not what its intervals say');
  const taken = await interleaved(ROUNDS, {
    bare: () => runNode('-e', ''),
    history: () => runNode(BIN, ...days),
    overlap: () => runNode(BIN, 'segments:overlap', ...names.slice(1), '--json', ...at),
    members: () =>
      runNode(BIN, 'segments:members', 'past', '--as-of', since, '--limit', 1000, ...at),
  });
  const than = { to: 'bare node', than: taken.bare };
  const lines = [
    ratioLine(
      `history by day, a year of ${intervals.toLocaleString('en')} intervals`,
      taken.history,
      than,
    ),
    ratioLine(`overlap of five segments of ${members.toLocaleString('en')}`, taken.overlap, than),
    ratioLine('1,000 members as of a year ago, of these intervals', taken.members, than),
  ];
  console.log(tablesOf(lines));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
