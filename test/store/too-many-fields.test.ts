import { expect, test } from 'vitest';
import { createField } from '../../src/contact/field-changes.ts';
import { freshStore, NOW } from '../contact/fresh-store.ts';
import { raw } from '../segment/model/world.ts';

test('a field more than a store can hold is refused', async () => {
  const store = await freshStore();
  raw(store, (db) => {
    const add = db.transaction(() => {
      for (let number = 0; number < 1_974; number += 1)
        db.exec(`alter table contacts add column x${number} text`);
    });
    add();
  });
  const creating = store.write(async (tx) =>
    createField(tx, { alias: 'one_more', object: 'contact', type: 'text' }, NOW),
  );
  await expect(creating).rejects.toMatchObject({
    code: 'TOO_MANY_FIELDS',
    exit: 1,
    message: 'contacts have as many fields as a store can hold',
  });
});
