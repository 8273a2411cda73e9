const UNDO = 'csv/undo.test.ts';
const MIRROR = 'csv/mirror.test.ts';
const BULK = 'store/bulk-inserts.test.ts';

const COMPANY = 'csv/company-columns.test.ts';
const company = 'src/store/sqlite/import/company-fields.ts';

const LIFTED = 'csv/import-consent.test.ts';
const BACKUP = 'store/backup.test.ts';
const KEYS = 'property/import-keys.test.ts';

const cells = 'src/csv/consent/cells.ts';
const addresses = 'src/store/sqlite/tables/address-suppressions.ts';
const imported = 'src/store/sqlite/import/consent.ts';
const restored = 'src/store/sqlite/backup/consent.ts';

const mirror = 'src/csv/mirror.ts';
const undo = 'src/csv/undo.ts';
const insertTriggers = 'src/store/sqlite/import/insert-triggers.ts';

/**
 * What holds of files and mirrors, of people's wishes, when contacts edit their companies, and when
 * an import is taken back, taken out.
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
    name: 'rejected-wishes',
    rule: 'what a rejected row says of consent holds for the contact of its key',
    file: 'src/store/sqlite/import/kept-wishes.ts',
    find: 'where said.holder is not null',
    replace: 'where 0',
    tests: [LIFTED],
  },
  {
    name: 'rejected-addresses',
    rule: 'what a rejected row says of consent holds for an address that nobody has',
    file: 'src/store/sqlite/import/kept-wishes.ts',
    find: 'where said.holder is null',
    replace: 'where 0',
    tests: [LIFTED],
  },
  {
    name: 'reachable-nothing',
    rule: 'a list of suppressions lifts and sets nothing for who can be reached',
    file: 'src/csv/suppression-plan.ts',
    find: "status === 'reachable' ? undefined : status",
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
  {
    name: 'held-out',
    rule: 'an import says whom a removal held out',
    file: 'src/csv/apply.ts',
    find: 'change.heldOut > 0',
    replace: 'change.heldOut > 1_000',
    tests: [MIRROR],
  },
  {
    name: 'undo-decided',
    rule: 'an overridden removal is not in force again for who was put in by hand since',
    file: 'src/store/sqlite/import/undo.ts',
    find: "segments.kind = 'static'",
    replace: "segments.kind = 'none'",
    tests: [UNDO],
    only: 'overridden removal is not',
  },
  {
    name: 'vacated',
    rule: 'values that change hands in a file go through nothing',
    file: 'src/store/sqlite/import/uniques.ts',
    find: "giver.outcome = 'updated'",
    replace: "giver.outcome = 'none'",
    tests: ['store/sqlite.test.ts'],
    only: 'swap',
  },
  {
    name: 'adopted-whole',
    mark: 'adopted-keyless',
    rule: 'a record gets the key of a row only if it has all other unique values of it',
    file: 'src/store/sqlite/import/find.ts',
    find: 'having count(holder) = count(*) and min(holder) = max(holder)',
    replace: 'having count(holder) > 0',
    tests: [KEYS],
  },
  {
    name: 'yes-beside-no',
    rule: 'nothing is lifted against another column of the row',
    file: cells,
    find: '(this.#mayLift && !isAgainst(change))',
    replace: 'this.#mayLift',
    tests: [LIFTED, 'csv/consent-columns.test.ts'],
  },
  {
    name: 'polarity',
    rule: 'a no in a column of those who agreed suppresses',
    file: cells,
    find: 'isConsentColumn(word) ? yes : !yes',
    replace: 'yes',
    tests: ['csv/consent-columns.test.ts'],
  },
  {
    name: 'wishes-to-contacts',
    rule: 'what is written for an address comes to its contact',
    file: addresses,
    find: 'contacts.email = said.address',
    replace: '0',
    tests: [LIFTED],
    only: 'in other letters',
  },
  {
    name: 'wishes-folded',
    rule: 'also where only letters beyond ASCII or punycode differ',
    file: addresses,
    find: 'said.address = meant.address',
    replace: '0',
    tests: [LIFTED],
    only: 'in other letters',
  },
  {
    name: 'lifted-folded',
    rule: 'what is lifted from a contact does not come back by its address in other letters',
    file: 'src/contact/consent.ts',
    find: 'await tx.suppressions.lift(',
    replace: 'await Promise.resolve(',
    tests: [LIFTED],
    only: 'in other letters',
  },
  {
    name: 'lifted-folded-imported',
    rule: 'nor what an import lifts',
    file: imported,
    find: 'cross join odd using (key, channel, reason)',
    replace: 'cross join odd using (key, channel, reason) where 0',
    tests: [LIFTED],
    only: 'in other letters',
  },
  {
    name: 'lifted-punycode-imported',
    mark: 'lifted-folded-imported',
    rule: 'nor by its address in punycode',
    file: imported,
    find: 'select key, channel, reason from lifted\n',
    replace: 'select key, channel, reason from lifted where 0\n',
    tests: [LIFTED],
    only: 'in other letters',
  },
  {
    name: 'restore-addresses',
    rule: 'a restore keeps what stands for addresses',
    file: restored,
    find: 'from (${said} ${listed})',
    replace: 'from (${said})',
    tests: [BACKUP],
    only: 'knows the same person',
  },
  {
    name: 'restore-folded',
    rule: 'a restore suppresses who has such an address in other letters',
    file: restored,
    find: ' + settleOdd(db)',
    replace: '',
    tests: [BACKUP],
    only: 'knows the same person',
  },
];
