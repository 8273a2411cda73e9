import { existsSync, rmSync } from 'node:fs';
import { expect } from 'vitest';
import { updateSegments } from '../../../src/segment/update/run.ts';
import { backupStore } from '../../../src/store/sqlite/backup/backup.ts';
import { restoreStore } from '../../../src/store/sqlite/backup/restore.ts';
import { at, DAY, HOUR, MINUTE } from '../../segment/model/world.ts';
import { restoreSaid, shunReturned } from './consent.ts';
import { forgetPinsIn } from './deeds-definitions.ts';
import { readFacts } from './facts.ts';
import { isStanding } from './ledger.ts';
import type { Deeds, Scene } from './story.ts';

/* What time, settings, updates and backups do. */

const WAITS = [0, 1, MINUTE, HOUR, 7 * HOUR, DAY, 36 * HOUR, 4 * DAY, 31 * DAY, 95 * DAY];
const BACK = [-MINUTE, -HOUR, -DAY];

async function update({ store, ledger, now, facts, ...scene }: Scene): Promise<void> {
  // found at the beginning of the run, before anything is built
  shunReturned(ledger, facts);
  const report = await updateSegments(store, { segments: [], now });
  expect(report.reports.filter(({ status }) => status !== 'ok')).toEqual([]);
  expect(report.triggers.filter(({ error }) => error !== null)).toEqual([]);
  for (const [place, one] of ledger.decided)
    if (!isStanding(one, now)) ledger.decided.delete(place);
  for (const { segmentId } of report.due.converted)
    forgetPinsIn({ ...scene, store, ledger, now, facts }, segmentId);
}

const set = (weight: number, days: readonly number[], key: string): Deeds[string] => ({
  weight,
  run: async ({ store, numbers: [a] }) =>
    store.write(async (tx) => tx.settings.set({ [key]: at(days, a) })),
});

/** Where a store has its backup. */
const backupOf = ({ store }: Scene): string => `${store.location}.kept`;

export const TIME_DEEDS: Deeds = {
  update: { weight: 12, asks: 'after', isUpdate: true, run: update },
  wait: {
    weight: 8,
    run: async ({ story, numbers: [a] }) => {
      story.now += at(WAITS, a);
      await Promise.resolve();
    },
  },
  turnBack: {
    weight: 1,
    run: async ({ story, numbers: [a] }) => {
      story.now += at(BACK, a);
      await Promise.resolve();
    },
  },
  keepHistory: set(1, [2, 30, 100], 'keepHistoryDays'),
  keepAudit: set(1, [2, 30, 100], 'keepAuditDays'),
  backUp: {
    weight: 1,
    run: async (scene) => {
      const { story, store, now } = scene;
      rmSync(backupOf(scene), { force: true });
      await backupStore(store.location, { target: backupOf(scene), now });
      story.kept = structuredClone(story.ledger);
    },
  },
  restore: { weight: 1, run: restore },
};

async function restore(scene: Scene): Promise<void> {
  const { story, store, now } = scene;
  if (story.kept === undefined || !existsSync(backupOf(scene))) return;
  const confirm = async (): Promise<void> => undefined;
  const { kept } = await restoreStore(store.location, { file: backupOf(scene), now, confirm });
  if (kept !== null) rmSync(kept);
  story.store = await story.reopen();
  const ledger = structuredClone(story.kept);
  eraseAgain(scene, ledger);
  restoreSaid(story.ledger, ledger);
  story.ledger = ledger;
}

/** Who was erased since the backup is not in it any more. */
function eraseAgain({ story }: Scene, backup: Scene['ledger']): void {
  const { contacts } = readFacts(story.store.location);
  const gone = new Set([...backup.emails.keys()].filter((id) => !contacts.has(id)));
  for (const address of story.ledger.shunned) {
    backup.shunned.add(address);
    backup.wishes.delete(address);
  }
  for (const value of story.ledger.erased) backup.erased.add(value);
  for (const id of gone) for (const known of [backup.emails, backup.said]) known.delete(id);
}
