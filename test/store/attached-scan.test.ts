import { expect, test } from 'vitest';
import { AttachedScan } from '../../src/store/sqlite/scan/attached-scan.ts';

test('a scan tells of its own segments, until it is dropped', async () => {
  const detached: number[] = [];
  const scan = new AttachedScan(
    { segmentIds: [3, 4], seen: '1', schemas: ['temp'] },
    async (done) => {
      detached.push(...done);
    },
  );
  expect([scan.segmentIds, scan.seen]).toEqual([[3, 4], '1']);
  scan.matching(3);
  scan.counted(4);
  expect(() => scan.matching(5)).toThrow('tells nothing of segment 5');
  expect(() => scan.counted(5)).toThrow('tells nothing of segment 5');
  await scan.drop([4]);
  expect(detached).toEqual([4]);
  expect(() => scan.matching(3)).toThrow('or was dropped');
});
