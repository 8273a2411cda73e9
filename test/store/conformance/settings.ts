import { describe, expect } from 'vitest';
import { type MakeStore, storeTest } from './fixture.ts';

export function settingsConformance(makeStore: MakeStore): void {
  describe('settings', () => {
    storeTest(makeStore, 'begin with UTC, Monday and ninety days', async (store) => {
      expect(await store.read(async (tx) => tx.settings.get())).toEqual({
        timezone: 'UTC',
        weekStart: 'monday',
        keepRunsDays: 90,
        keepHistoryDays: Number.POSITIVE_INFINITY,
        keepAuditDays: Number.POSITIVE_INFINITY,
      });
    });

    storeTest(makeStore, 'change one by one', async (store) => {
      await store.write(async (tx) => tx.settings.set({ timezone: 'Europe/Paris' }));
      await store.write(async (tx) =>
        tx.settings.set({
          weekStart: 'sunday',
          keepRunsDays: 7,
          keepHistoryDays: 365,
          keepAuditDays: 30,
        }),
      );
      expect(await store.read(async (tx) => tx.settings.get())).toEqual({
        timezone: 'Europe/Paris',
        weekStart: 'sunday',
        keepRunsDays: 7,
        keepHistoryDays: 365,
        keepAuditDays: 30,
      });
      const all = { keepAuditDays: Number.POSITIVE_INFINITY };
      await store.write(async (tx) => tx.settings.set(all));
      expect((await store.read(async (tx) => tx.settings.stored())).keepAuditDays).toBe('all');
      await store.write(async (tx) => tx.settings.set({ weekStart: 'monday', keepAuditDays: 30 }));
      expect(await store.read(async (tx) => tx.settings.get())).toEqual({
        timezone: 'Europe/Paris',
        weekStart: 'monday',
        keepRunsDays: 7,
        keepHistoryDays: 365,
        keepAuditDays: 30,
      });
    });
  });
}
