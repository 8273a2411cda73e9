import { ratioLine } from '../line.js';
import { interleaved } from '../measure.js';
import { FIRST } from './worlds.js';

/** Of updates, which take less than a few seconds. */
export const LEAST_ROUNDS = 5;
const MOST = { idle: 2, changed: 2, ofOwnBuild: 1 / 15, grown: 1.5 };

/**
 * Updates of built stores, a quarter of an hour later each: with nothing changed, with some contacts
 * changed, and with as many of a tenth of the contacts.
 * @param {import('../postgres.js').Bench} bench
 * @returns {Promise<import('../postgres.js').Results>}
 */
export async function updates({ contacts, smaller, rounds, say, worlds, costs }) {
  const count = changesOf(smaller);
  const [large, small] = [await worlds.built(contacts), await worlds.built(smaller)];
  say('updates');
  const taken = await interleaved(Math.max(rounds, LEAST_ROUNDS), {
    fileIdle: async () => large.file.updateIdle(),
    servedIdle: async () => large.served.updateIdle(),
    fileChanged: async (round) => large.file.updateChanged(count, round),
    servedChanged: async (round) => large.served.updateChanged(count, round),
    fileSmall: async (round) => small.file.updateChanged(count, round),
    servedSmall: async (round) => small.served.updateChanged(count, round),
  });
  const changed = `update, ${counted(count)} changed`;
  const scales = `${changed} of ${counted(contacts)}`;
  const { servedChanged } = taken;
  return {
    lines: [
      ratioLine('update, nothing changed', taken.servedIdle, {
        to: 'file',
        than: taken.fileIdle,
        most: MOST.idle,
      }),
      ratioLine(changed, servedChanged, {
        to: 'file',
        than: taken.fileChanged,
        most: MOST.changed,
      }),
      ...(costs.firstBuild === undefined
        ? []
        : [
            ratioLine(changed, servedChanged, {
              to: `its first build of ${FIRST.length}`,
              than: costs.firstBuild,
              most: MOST.ofOwnBuild,
            }),
          ]),
      ratioLine(scales, servedChanged, {
        to: `of ${counted(smaller)}`,
        than: taken.servedSmall,
        most: MOST.grown,
      }),
      ratioLine(`${scales}, file`, taken.fileChanged, {
        to: `of ${counted(smaller)}`,
        than: taken.fileSmall,
      }),
    ],
    costs: {},
  };
}

/**
 * How many contacts are changed, where the smaller store has so many. Small scales are for trials.
 * @param {number} smaller
 */
export function changesOf(smaller) {
  return Math.min(1000, smaller / 2);
}

/** @param {number} count */
function counted(count) {
  return count.toLocaleString('en');
}
