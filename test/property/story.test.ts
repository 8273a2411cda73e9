import fc from 'fast-check';
import { test } from 'vitest';
import { withStore } from '../segment/model/world.ts';
import { stories } from './story/deeds.ts';
import { playStory } from './story/play.ts';
import { shortened } from './story/shortened.ts';
import type { Step } from './story/story.ts';
import '../helpers/seed.ts';

/*
 * All that can be done to a store, in any order, and after each step all laws: members are what a
 * full rebuild gives, decisions hold until they are lifted, nobody who is suppressed is reached,
 * triggers fire once, every membership has a cause, the past and the feed tell what was, undoing
 * takes back, the audit tells who did it, erasing leaves no trace, and doctor finds the store well.
 * ROLLCALL_STORY_ROUNDS and ROLLCALL_STORY_STEPS say how long, ROLLCALL_STORY_SEED with which seed,
 * ROLLCALL_STORY_SHRINK for how many seconds a shorter way to a failure is looked for, and
 * ROLLCALL_STORY goes that way again.
 */
const setting = (name: string): number | undefined =>
  process.env[name] === undefined ? undefined : Number(process.env[name]);
const numRuns = setting('ROLLCALL_STORY_ROUNDS') ?? 20;
const steps = setting('ROLLCALL_STORY_STEPS') ?? 50;
const seed = setting('ROLLCALL_STORY_SEED');
const limitMs = (setting('ROLLCALL_STORY_SHRINK') ?? 120) * 1000;

const play = async (given: readonly Step[]): Promise<void> =>
  withStore(async (store, reopen) => playStory(store, reopen, given));

/** `add 1 2 3, update 0 0 0` */
const written = (given: readonly Step[]): string =>
  given.map(({ deed, numbers }) => [deed, ...numbers].join(' ')).join(', ');

function read(text: string): Step[] {
  return text.split(', ').map((step) => {
    const [deed = '', ...numbers] = step.split(' ');
    const [a = 0, b = 0, c = 0] = numbers.map(Number);
    return { deed, numbers: [a, b, c] };
  });
}

async function live(given: readonly Step[]): Promise<void> {
  const failing = await shortened(play, given, limitMs);
  if (failing === undefined) return;
  const text = `ROLLCALL_STORY='${written(failing.steps)}' goes that way again`;
  throw new Error(text, { cause: failing.error });
}

const again = process.env['ROLLCALL_STORY'];
const LAW = 'law: whatever is done to a store, in whatever order, all laws hold';

test(
  LAW,
  async () => {
    if (again !== undefined) return play(read(again));
    await fc.assert(fc.asyncProperty(stories(steps), live), {
      numRuns,
      ...(seed === undefined ? {} : { seed }),
      endOnFailure: true,
    });
  },
  36_000_000,
);
