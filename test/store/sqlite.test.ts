import { expect, test } from 'vitest';
import { conformance } from './conformance.ts';
import { sqliteFixture } from './sqlite-fixture.ts';

conformance('the SQLite adapter', sqliteFixture);

test('the store that conformance is asked of does scan', async () => {
  const { store, cleanup } = await sqliteFixture();
  const scans = await store.scans({ runId: 1, contacts: 1, segments: 1 });
  expect(scans).toBeDefined();
  await scans?.close();
  await cleanup();
});
