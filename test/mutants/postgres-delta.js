/** Rules of the log of changes in PostgreSQL: see list.js. */
const CAPTURED = 'store/postgres/capture.test.ts';
const DOUBT = 'store/postgres/doubt.test.ts';
const FOLLOWS = 'store/postgres/follow.test.ts';
const PORT = 'store/postgres.test.ts';
const WATERMARKS = 'store/postgres/watermark.test.ts';

const changes = 'src/store/postgres/delta/changes.ts';
const contacts = 'src/store/postgres/delta/contact-triggers.ts';
const triggers = 'src/store/postgres/delta/trigger-text.ts';
const watermark = 'src/store/postgres/delta/watermark.ts';

/** @type {import('./list.js').Mutant[]} */
export const POSTGRES_DELTA_SLIPS = [
  // order
  {
    name: 'since-xmin',
    rule: 'who had not ended when a watermark was read is not seen yet',
    file: watermark,
    find: '${xid} >= ${xmin}::xid8',
    replace: '${xid} > ${xmin}::xid8',
    tests: [WATERMARKS],
    only: 'committed after it',
  },
  {
    name: 'since-own',
    rule: 'a build has seen what its own transaction wrote before',
    file: watermark,
    find: 'and not (${xid} = ${own}::xid8 and ${mark} < ${ownMark}::int)',
    replace: '',
    tests: [WATERMARKS],
    only: 'of its own transaction',
  },
  {
    name: 'pg-seen-exclusive',
    rule: 'what was seen is no candidate again',
    file: 'src/store/postgres/delta/log.ts',
    find: '${isOfLog(since)} and ${isOf(OF_CONTACTS)}',
    replace: '${isOf(OF_CONTACTS)}',
    tests: [WATERMARKS],
    only: 'of its own transaction',
  },
  // retention
  {
    name: 'pg-reach',
    rule: 'the log does not reach back over what was forgotten',
    file: changes,
    find: ' && !forgotten.some((row) => isSeenLater(row, since))',
    replace: '',
    tests: [WATERMARKS],
    only: 'what was forgotten',
  },
  {
    name: 'pg-forgotten',
    rule: 'a bulk load is forgotten about',
    file: 'src/store/postgres/delta/capture.ts',
    find: "values (0, ${sql.raw(`'${WIDE_KIND.forgotten}'`)})",
    replace: 'select 0, ${sql.raw(`\'${WIDE_KIND.forgotten}\'::"char"`)} where false',
    tests: [PORT],
    only: 'of a bulk load',
  },
  {
    name: 'pg-log-pruned',
    rule: 'the log is kept for who has not seen it',
    file: changes,
    find: 'where xid < ${before}::xid8',
    replace: 'where xid < ${before}::xid8 or true',
    tests: [WATERMARKS],
    only: 'is pruned',
  },
  {
    name: 'pg-settled',
    rule: 'who was settled is not looked at again',
    file: changes,
    find: 'await db.run(sql`update capture set settled = ${WATERMARK}`);',
    replace: '',
    tests: [WATERMARKS],
    only: 'since all was settled',
  },
  // capture
  {
    name: 'pg-truncate',
    rule: 'contacts that are truncated are logged',
    file: contacts,
    find: "logging: [logExistence('contacts as o')]",
    replace: 'logging: []',
    tests: [CAPTURED],
    only: 'contacts truncated',
  },
  {
    name: 'pg-moved-ids',
    rule: 'a moved id is one gone and one new',
    file: contacts,
    find: "case when o.id is null or n.id is null then '${CONTACT_KIND.exists}'",
    replace: "case when false then '${CONTACT_KIND.exists}'",
    tests: [CAPTURED],
    only: 'a contact with a new id',
  },
  {
    name: 'pg-cascade',
    rule: 'what hangs on a contact goes with it',
    file: contacts,
    find: 'hanging.map((which) => `delete ${which}`)',
    replace: '[]',
    tests: [CAPTURED],
    only: 'a contact deleted',
  },
  {
    name: 'pg-old-and-new',
    rule: 'an update logs whom the row belonged to before, too',
    file: 'src/store/postgres/delta/record-triggers.ts',
    find: 'touched(rows, columns)',
    replace:
      'touched({ ...rows, taken: rows.made === undefined ? rows.taken : undefined }, columns)',
    tests: [CAPTURED],
    only: 'from one contact to another',
  },
  {
    name: 'pg-bulk',
    rule: 'a bulk load is not logged row by row',
    file: triggers,
    find: "current_setting('rollcall.bulk', true) is distinct from '1'",
    replace: 'true',
    tests: [CAPTURED],
    only: 'a bulk load is logged',
  },
  {
    name: 'pg-always',
    rule: 'what a replica writes is logged',
    file: triggers,
    find: 'enable always trigger',
    replace: 'enable trigger',
    tests: [CAPTURED],
    only: 'a replica',
  },
  {
    name: 'pg-identified',
    rule: 'who others identified is counted',
    file: 'src/store/postgres/delta/identified.ts',
    find: 'if (noted === undefined) return;',
    replace: 'if (noted === undefined || noted !== null) return;',
    tests: [FOLLOWS],
  },
  // doubt
  {
    name: 'pg-print',
    rule: 'tables and triggers that others changed put the log in doubt',
    file: 'src/store/postgres/delta/print.ts',
    find: '(await db.value<number>(sql`select print = (${PRINT}) from capture`)) === 1',
    replace: 'true',
    tests: [DOUBT],
    only: 'is noticed',
  },
  {
    name: 'pg-cluster',
    rule: 'the log of another cluster is not held against this one',
    file: changes,
    find: 'if (!(await isSameCluster(db))) await restartLog(db);',
    replace: '',
    tests: [DOUBT],
    only: 'from a dump',
  },
  {
    name: 'pg-sweep-unlogged',
    rule: 'who is gone is swept even when no trigger saw it',
    file: changes,
    find: 'await sweepUnlogged(db);',
    replace: '',
    tests: [DOUBT],
    only: 'is noticed',
  },
  {
    name: 'pg-triggers-back',
    rule: 'triggers are put right',
    file: changes,
    find: 'await restoreCapture(db);',
    replace: '',
    tests: [DOUBT],
    only: 'is noticed',
  },
];
