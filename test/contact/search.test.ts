import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadCatalogue } from '../../src/contact/fields.ts';
import { addContact } from '../../src/contact/contacts.ts';
import { listContacts } from '../../src/contact/contact-list.ts';
import { searchFilter } from '../../src/contact/search.ts';
import { readFilter } from '../../src/filter/index.ts';
import type { SegmentDefinition, Store } from '../../src/store/index.ts';
import { BLANK_ATTRIBUTES } from '../../src/store/segment-attributes.ts';
import { collect, freshStore, NOW, refusalOf } from './fresh-store.ts';
import { UserError } from '../../src/support/errors.ts';

const NAMES = {
  segments: [{ alias: 'hot' }, { alias: 'été-2026' }, { alias: '2026' }],
  tags: ['VIP', "'x'"],
};
const inAnyField = (text: string): string =>
  ['first_name', 'last_name', 'email', 'phone', 'mobile', 'company', 'position', 'city']
    .map((field) => `${field} contains ${text}`)
    .join(' or ');

test.each([
  ['', undefined],
  ['   ', undefined],
  ['ann', `(${inAnyField('"ann"')})`],
  ['ann lee', `(${inAnyField('"ann"')}) and (${inAnyField('"lee"')})`],
  ['!ann', `not (${inAnyField('"ann"')})`],
  [
    '"ann lee"',
    `(${inAnyField('"ann lee"')} or (first_name ends with "ann" and last_name starts with "lee"))`,
  ],
  ['"ann', `(${inAnyField('"ann"')})`],
  ['100%', `(${inAnyField('"100%"')})`],
  ['10:30', `(${inAnyField('"10:30"')})`],
  ['http://example.org', `(${inAnyField('"http://example.org"')})`],
  ['segment:HOT', '(in segment hot)'],
  ['!segment:hot', 'not (in segment hot)'],
  ['segment:été-2026', '(in segment été-2026)'],
  ['segment:2026', '(in segment `2026`)'],
  ['common:hot+2026', '(in segment hot and in segment `2026`)'],
  ['!common:hot+2026', 'not (in segment hot and in segment `2026`)'],
  ['is:anonymous', '(identified_at is empty)'],
  ['!is:anonymous', 'not (identified_at is empty)'],
  ['email:@example.org', '(email contains "@example.org")'],
  ['EMAIL:a', '(email contains "a")'],
  ['tag:vip', '(tagged "VIP")'],
  ["tag:'x'", '(tagged "\'x\'")'],
])('the search %j', (search, filter) => {
  expect(searchFilter(search, NAMES)).toBe(filter);
});

test.each([
  ['segment:hit', 'unknown segment `hit` in the search', 'did you mean `hot`?'],
  [
    'segment:zzzzzzz',
    'unknown segment `zzzzzzz` in the search',
    '`rollcall segments:list` shows them all',
  ],
  ['common:hot+', 'unknown segment `` in the search', '`rollcall segments:list` shows them all'],
  ['is:anonymos', 'unknown search `is:anonymos`', 'did you mean `is:anonymous`?'],
  ['tag:vib', 'unknown tag `vib` in the search', 'did you mean `VIP`?'],
  [
    'segmnt:hot',
    'unknown search `segmnt:hot`',
    'did you mean `segment:hot`? To look for these words, put them in quotes',
  ],
  [
    'note:x',
    'unknown search `note:x`',
    'the keys are segment, common, is, email, tag; to look for these words, put them in quotes',
  ],
])('the search %j is refused', async (search, message, hint) => {
  expect(await refusalOf((async () => searchFilter(search, NAMES))())).toMatchObject({
    exit: 2,
    message,
    hint,
  });
});

/** Ids of the contacts that a search finds. */
async function found(store: Store, search: string): Promise<number[]> {
  const { rows } = await listContacts(store, { search, columns: [] }, NOW);
  return (await collect(rows)).map(({ id }) => id);
}

const SEGMENT: SegmentDefinition = {
  alias: 'hot',
  name: 'Hot',
  kind: 'static',
  filter: null,
  ...BLANK_ATTRIBUTES,
  published: false,
};

test('a search finds contacts by what stands in any field, by tag, by segment, and by being anonymous', async () => {
  const store = await freshStore();
  const set = (pairs: Record<string, string>) =>
    Object.entries(pairs).map(([name, value]) => ({ name, value }));
  const add = async (
    email: string | undefined,
    pairs: Record<string, string>,
    tags: string[] = [],
  ) =>
    (await store.write(async (tx) => addContact(tx, { email, assignments: set(pairs), tags }, NOW)))
      .id;
  const ann = await add(
    'ann@example.org',
    { first_name: 'Ann Mary', last_name: 'Lee', company: 'Société Générale' },
    ['VIP'],
  );
  const bob = await add('bob@example.com', {
    first_name: 'Bob',
    last_name: 'Leeds',
    city: '100%',
    phone: '06 12 34',
  });
  const ghost = await add(undefined, { city: 'Paris_1' });
  await store.write(async (tx) => {
    const segment = await tx.segments.insert(SEGMENT, { now: NOW, by: null });
    await tx.members.add(segment, [bob, ghost], { via: 'manual', now: NOW, runId: null });
  });

  for (const [search, ids] of [
    ['lee', [ann, bob]],
    ['lee example.org', [ann]],
    ['"mary lee"', [ann]],
    ['GÉNÉRALE', [ann]],
    ['%', [bob]],
    ['_', [ghost]],
    ['12', [bob]],
    ['tag:vip', [ann]],
    ['!tag:vip !is:anonymous', [bob]],
    ['is:anonymous', [ghost]],
    ['segment:hot', [bob, ghost]], // unpublished, and yet found
    ['!segment:hot', [ann]],
    ['', [ann, bob, ghost]],
  ] as const)
    expect([search, await found(store, search)]).toEqual([search, ids]);
});

test('whatever is typed becomes a filter that checks, or is refused as a search', async () => {
  const catalogue = await (await freshStore()).read(async (tx) => loadCatalogue(tx));
  const typed = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({
      unit: fc.constantFrom('a', ' ', '"', '\\', '`', "'", ':', '!', '%', '\n', 'is', 'email'),
    }),
  );
  fc.assert(
    fc.property(typed, (search) => {
      try {
        const filter = searchFilter(search, { segments: [], tags: [] });
        if (filter !== undefined) readFilter(filter, catalogue);
      } catch (error) {
        if (!(error instanceof UserError) || error.code === 'FILTER') throw error;
      }
    }),
    { numRuns: 1000 },
  );
});
