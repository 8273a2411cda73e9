import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ColumnBatch, ColumnsWanted } from '../../src/sql/columns.ts';
import type { ScanBy } from '../../src/store/index.ts';
import { connect } from '../../src/store/sqlite/connection/connect.ts';
import { ALL_IDS } from '../../src/store/sqlite/scan/batches.ts';
import { scanInto } from '../../src/store/sqlite/scan/scan-into.ts';
import { shareRanges } from '../../src/store/sqlite/scan/shared-ranges.ts';
import { BitSet } from '../../src/support/bit-set.ts';
import { type SqliteFixture, sqliteFixture } from './sqlite-fixture.ts';

const MB = 1024 * 1024;
const BATCHES = 200;
const CONTACTS_A_BATCH = 10_000;
/** A byte of length and seven digits. */
const BYTES_A_MATCH = 8;
const FIRST_ID = 1_000_000;

let fixture: SqliteFixture;
beforeEach(async () => {
  fixture = await sqliteFixture();
});
afterEach(async () => fixture.cleanup());

test('what a scan keeps waits in the side file, and not in memory', async () => {
  const file = join(fixture.folder, 'side');
  writeFileSync(file, '');
  let written = 0;
  const scanBy: ScanBy = async (desk) => {
    await desk.read(NOTHING);
    const all = new BitSet(CONTACTS_A_BATCH).complement();
    for (let batch = 0; batch < BATCHES; batch += 1) await desk.keep(batchOf(batch), [all]);
    written = statSync(file).size;
  };
  const work = { jobs: [{ segmentId: 1, filter: null }], ground: undefined };
  const raw = connect(fixture.path);
  const reply = await scanInto(
    raw,
    { file, work, shared: shareRanges([ALL_IDS]), taker: 1 },
    scanBy,
  );
  raw.close();
  expect(reply).toEqual({ file, seen: expect.any(Number) });
  expect(BATCHES * CONTACTS_A_BATCH * BYTES_A_MATCH - written).toBeLessThan(2 * MB);
});

const NOTHING: ColumnsWanted = {
  contacts: [],
  companies: [],
  tags: false,
  events: [],
  suppressions: false,
  members: [],
};

function batchOf(batch: number): ColumnBatch {
  const none = new Int32Array();
  const first = FIRST_ID + batch * CONTACTS_A_BATCH;
  return {
    ids: Array.from({ length: CONTACTS_A_BATCH }, (_, at) => first + at),
    contacts: [],
    anonymous: new Uint8Array(CONTACTS_A_BATCH),
    company: none,
    tags: { owners: none, values: none },
    events: [],
    suppressions: { owners: none, channels: [], reasons: [] },
    members: [],
  };
}
