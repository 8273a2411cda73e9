import { manySegments } from '../workloads/many-segments.js';

/**
 * @param {import('../scale.js').Bench} bench
 * @param {number[]} scales contacts, then numbers of segments
 */
export async function moreSegments(bench, [contacts = 0, ...counts]) {
  const lines = [];
  for (const count of counts)
    lines.push(...(await manySegments({ ...bench, contacts, rounds: 1 }, count)));
  return lines;
}
