const UNDO = 'csv/undo.test.ts';
const MIRROR = 'csv/mirror.test.ts';
const BULK = 'store/bulk-inserts.test.ts';

const COMPANY = 'csv/company-columns.test.ts';
const company = 'src/store/sqlite/import/company-fields.ts';

const mirror = 'src/csv/mirror.ts';
const undo = 'src/csv/undo.ts';
const insertTriggers = 'src/store/sqlite/import/insert-triggers.ts';

/**
 * What holds when a file is mirrored, when contacts edit their companies, and when an import is taken
 * back, taken out.
 */
export const IMPORT_SLIPS = [
  {
    name: 'key-kept',
    rule: 'a list of members leaves their addresses as they are written',
    file: 'src/store/sqlite/import/compare.ts',
    find: 'keepsKey === true',
    replace: 'keepsKey === undefined',
    tests: [MIRROR],
  },
  {
    name: 'reachable-nothing',
    rule: 'a list of suppressions lifts and sets nothing for who can be reached',
    file: 'src/csv/suppression-plan.ts',
    find: "status === 'reachable' ? null : status",
    replace: "status === 'reachable' ? 'manual' : status",
    tests: ['csv/suppressions.test.ts'],
  },
  {
    name: 'company-contradicted',
    rule: 'a row that contradicts another on their company is rejected where duplicates are errors',
    file: company,
    find: "shape.duplicates === 'error'",
    replace: "shape.duplicates === 'none'",
    tests: [COMPANY],
  },
  {
    name: 'company-of-contact',
    rule: 'rows edit the company that their contact has in the end',
    file: company,
    find: '(g.company_key is null or g.company_key = ${keyOf(COMPANY_NAME, sql`k.name`)})',
    replace: '1',
    tests: [COMPANY],
  },
  {
    name: 'company-last',
    rule: 'of several rows on one company the last filled cell counts',
    file: company,
    find: "shape.duplicates === 'last'",
    replace: "shape.duplicates === 'first'",
    tests: [COMPANY],
  },
  {
    name: 'removal-remembered',
    rule: 'a removal that an import overrides is kept with the import',
    file: 'src/segment/members.ts',
    find: 'decision.importId !== undefined',
    replace: 'decision.importId === -1',
    tests: [UNDO],
  },
  {
    name: 'undo-kept',
    rule: 'an import is not taken back once it is forgotten what it made',
    file: undo,
    find: 'keptSince === null',
    replace: 'keptSince === -1',
    tests: [UNDO],
  },
  {
    name: 'undo-dynamic',
    rule: 'who is in a dynamic segment is left to its filter',
    file: undo,
    find: "segment.kind === 'dynamic'",
    replace: "segment.kind === 'none'",
    tests: [UNDO],
  },
  {
    name: 'undo-removed',
    rule: 'who was removed since a mirror took it out is not put back',
    file: undo,
    find: "pin.kind === 'out'",
    replace: "pin.kind === 'in'",
    tests: [UNDO],
  },
  {
    name: 'mirror-unknown',
    rule: 'a rejected row without a key stops a mirror',
    file: 'src/csv/rejected-keys.ts',
    find: 'key !== null',
    replace: 'key !== undefined',
    tests: [MIRROR],
  },
  {
    name: 'mirror-empty',
    rule: 'an empty file mirrors nothing',
    file: mirror,
    find: 'rows > 0',
    replace: 'rows >= 0',
    tests: [MIRROR],
  },
  {
    name: 'mirror-shrink',
    rule: 'a mirror that loses more than half is refused',
    file: mirror,
    find: '!exceeds(leaving, bound, members)',
    replace: 'leaving >= 0',
    tests: [MIRROR],
  },
  {
    name: 'bulk-triggers',
    rule: 'a bulk load makes the triggers again that it goes without',
    file: insertTriggers,
    find: 'db.run(sql.raw(trigger.sql))',
    replace: 'void trigger',
    tests: [BULK],
  },
  {
    name: 'bulk-known',
    rule: 'a bulk load vouches for no schema that others changed',
    file: insertTriggers,
    find: 'if (wasKnown) noteSchema(db);',
    replace: 'noteSchema(db); void wasKnown;',
    tests: [BULK],
  },
  {
    name: 'bulk-suppressed',
    rule: 'what stands against addresses holds for contacts that come in bulk',
    file: insertTriggers,
    find: 'suppressAmong(db, last);',
    replace: '',
    tests: [BULK],
  },
  {
    name: 'bulk-new-only',
    rule: 'and leaves those alone that were there before',
    file: insertTriggers,
    find: 'contacts.id > ${last}',
    replace: 'contacts.id > 0 * ${last}',
    tests: [BULK],
  },
  {
    name: 'rows-without-gap',
    rule: 'rows with a gap between them are counted',
    file: 'src/store/sqlite/import/records.ts',
    find: 'count === lastRow - firstRow + 1',
    replace: 'count > 0',
    tests: [BULK],
  },
];
