import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { seeded } from '../nightly/crash/random.js';
import { makeFollowed, playRounds } from '../nightly/feed/followers.js';

/* A few rounds of what `node test/nightly/feed.js` does by the hundred, from one seed. */

const ROUNDS = 4;
const hasSqlite = spawnSync('sqlite3', ['-version']).status === 0;

test.skipIf(!hasSqlite)(
  'who follows the feed has the members, whoever is killed (needs sqlite3)',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'rollcall-feed-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const world = await makeFollowed(folder, seeded(20_260_301));
    expect(await playRounds(world, ROUNDS)).toEqual([]);
  },
  300_000,
);
