import { expect, test } from 'vitest';
import type { CheckContext } from '../../src/store/index.ts';
import { fileChecks } from '../../src/store/sqlite/health/file-checks.ts';
import type { Surroundings } from '../../src/store/sqlite/health/surroundings.ts';

const ASKED: CheckContext = { segments: [], deep: false, command: (words) => words };

const around: Surroundings = {
  files: [
    { path: 'crm.db', role: 'store', bytes: 2 ** 30, isOpenToOthers: false },
    { path: 'crm.db-wal', role: 'writes', bytes: 0, isOpenToOthers: false },
  ],
  folder: { path: '/srv', othersMayWrite: false, isWritable: true, isOwn: true },
  isWritable: true,
  names: 1,
  freeBytes: 2 ** 40,
  closedToOwner: [],
  lock: { isHeld: false, by: undefined },
};
const withWrites = (bytes: number): Surroundings => ({
  ...around,
  files: around.files.map((file) => (file.role === 'writes' ? { ...file, bytes } : file)),
});

test.each<[string, Surroundings, string[]]>([
  ['nothing', around, []],
  [
    'a long log of recent writes',
    withWrites(100 * 2 ** 20),
    ['recent-writes note: the log of recent writes has 100 MiB'],
  ],
  [
    'one longer than the store',
    withWrites(2 ** 31),
    ['recent-writes warning: the log of recent writes has 2,048 MiB'],
  ],
  [
    'little room',
    { ...around, freeBytes: 2 ** 29 },
    ['disk note: 512 MiB are free, and the store has 1,024 MiB: no backup would fit'],
  ],
  [
    'no room',
    { ...around, freeBytes: 2 ** 20 },
    ['disk warning: 1 MiB are free, and the store has 1,024 MiB: updates may fail'],
  ],
  [
    'a reader',
    { ...around, isWritable: false },
    ['writable note: this user may only read the store'],
  ],
  [
    'a folder that refuses',
    { ...around, folder: { ...around.folder, isWritable: false } },
    [
      'writable warning: this user cannot write in /srv, where the lock and the log of recent writes stand',
    ],
  ],
])('%s', async (_, surroundings, expected) => {
  const found = await Promise.all(
    fileChecks(surroundings).map(async ({ id, find }) =>
      (await find(ASKED)).map(({ severity, message }) => `${id} ${severity}: ${message}`),
    ),
  );
  expect(found.flat()).toEqual(expected);
});

test.each([
  [true, 'chmod u+w /srv'],
  [false, 'run what changes the store as the owner of /srv'],
])('a folder that refuses, our own: %s, is told with what helps', async (isOwn, hint) => {
  const surroundings = { ...around, folder: { ...around.folder, isWritable: false, isOwn } };
  const found = await Promise.all(fileChecks(surroundings).map(async ({ find }) => find(ASKED)));
  expect(found.flat().map((finding) => finding.hint)).toEqual([hint]);
});
