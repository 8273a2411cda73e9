#!/usr/bin/env node
/**
 * Follows the feed of a store on which several commands work at once, all of whom may be killed:
 * `node test/nightly/feed.js [--rounds N] [--seed N]`. Prints the seed first, then what was wrong;
 * ends with 1 when anything was.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { seeded } from './crash/random.js';
import { makeFollowed, playRounds } from './feed/followers.js';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '500' },
    seed: { type: 'string', default: String(Math.trunc(Math.random() * 2 ** 31)) },
  },
});
console.log(`seed ${values.seed}: ${values.rounds} rounds`);
const root = mkdtempSync(join(tmpdir(), 'rollcall-feed-'));
const world = await makeFollowed(root, seeded(Number(values.seed)));
const wrong = await playRounds(world, Number(values.rounds));
if (wrong.length === 0) rmSync(root, { recursive: true });
console.log(wrong.length === 0 ? 'every follower had the members' : [root, ...wrong].join('\n'));
process.exitCode = wrong.length === 0 ? 0 : 1;
