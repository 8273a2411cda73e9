import Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packedIds, Packer } from '../../src/store/sqlite/scan/packed-ids.ts';
import { BitSet } from '../../src/support/bit-set.ts';

const contact = fc.record({
  id: fc.oneof(
    fc.integer({ min: 1, max: 30 }),
    fc.integer({ min: 0, max: 15 }).map((digits) => 10 ** digits),
    fc.integer({ min: 1, max: 15 }).map((digits) => 10 ** digits - 1),
    fc.constantFrom(2 ** 53 - 1, 2 ** 53 - 10, 2 ** 52, 99_999_999_999, 100_000_000_000),
    fc.maxSafeInteger().map((id) => Math.abs(id) + (id === 0 ? 1 : 0)),
  ),
  anonymous: fc.boolean(),
  matches: fc.boolean(),
});

test('what is packed is what SQLite unpacks', () => {
  const db = new Sqlite(':memory:');
  const unpack = db.prepare('select json_array(value, typeof(value)) from json_each(?)').pluck();
  const isSound = db.prepare('select json_valid(?, 8)').pluck();
  fc.assert(
    fc.property(fc.array(contact, { maxLength: 200 }), (contacts) => {
      const packed = packedIds(
        contacts.map(({ id }) => id),
        Uint8Array.from(contacts, ({ anonymous }) => (anonymous ? 1 : 0)),
      );
      const set = new BitSet(contacts.length);
      contacts.forEach(({ matches }, position) => {
        if (matches) set.add(position);
      });
      const value = new Packer(packed).pack(set);
      const expected = contacts
        .filter(({ matches }) => matches)
        .map(({ id, anonymous }) => [id, anonymous ? 'real' : 'integer']);
      const found = (unpack.all(value) as string[]).map((each) => JSON.parse(each) as unknown);
      expect([isSound.get(value), found]).toEqual([1, expected]);
    }),
  );
  db.close();
});
