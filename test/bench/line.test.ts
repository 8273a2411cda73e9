import { expect, test } from 'vitest';
import { amountLine, noteLine, ratioLine, tablesOf, timeLine } from '../../bench/line.js';

const taken = (ms: number, cpuMs?: number) => ({ ms, cpuMs, rounds: 3 });

test.each([
  ['within both', taken(10, 20), 1, 'yes'],
  ['over in wall-clock time', taken(11, 20), 1, 'NO: wall'],
  ['over in processor time', taken(10, 21), 1, 'NO: processor'],
  ['over in both', taken(11, 21), 1, 'NO: wall, processor'],
  ['over in what has no limit', taken(11, 20), { processor: 1 }, 'yes'],
  ['over in what has one of its own', taken(11, 21), { wall: 2, processor: 1 }, 'NO: processor'],
  ['of unknown processor time', taken(10), 1, 'yes'],
  ['without a limit', taken(99, 99), undefined, ''],
])('a ratio %s', (_, ours, most, verdict) => {
  expect(ratioLine('work', ours, { to: 'other', than: taken(10, 20), most }).verdict).toBe(verdict);
});

test('a ratio has as many rounds as the one that took fewer', () => {
  const than = { ...taken(10, 20), rounds: 1 };
  expect(ratioLine('work', taken(10, 20), { to: 'other', than }).rounds).toBe(1);
});

test('times, amounts and notes are told apart', () => {
  const lines = [
    noteLine('a note'),
    amountLine('memory', 301, 'MB', 300),
    ratioLine('build', taken(1500, 30), { to: 'other', than: taken(1000, 100), most: 0.65 }),
    timeLine('pass', taken(0.5)),
  ];
  expect(tablesOf(lines)).toBe(
    `| work  | wall                     | processor                | against | at most | met      | rounds |
| ----- | ------------------------ | ------------------------ | ------- | ------- | -------- | ------ |
| build | 1.50 s : 1.00 s = 1.50 × | 30 ms : 100 ms = 1/3.3 × | other   | 0.65 ×  | NO: wall | 3      |
| pass  | 500 µs                   |                          |         |         |          | 3      |

| amount | measured | at most | met |
| ------ | -------- | ------- | --- |
| memory | 301.0 MB | 300 MB  | NO  |

- a note`,
  );
});
