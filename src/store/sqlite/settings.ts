import { sql } from 'drizzle-orm';
import type { Settings } from '../rows.ts';
import type { SettingsWriter } from '../settings.ts';
import type { SqliteDatabase } from './database.ts';
import { settings } from './schema.ts';

const KEYS = { timezone: 'timezone', weekStart: 'week-start', keepRunsDays: 'keep-runs' } as const;

export function settingsTable(db: SqliteDatabase): SettingsWriter {
  return {
    async get() {
      return db.kept(settings, settings.key, (rows) => {
        const stored = new Map(rows.map((row) => [row.key, row.value]));
        return {
          timezone: stored.get(KEYS.timezone) ?? 'UTC',
          weekStart: stored.get(KEYS.weekStart) === 'sunday' ? 'sunday' : 'monday',
          keepRunsDays: Number(stored.get(KEYS.keepRunsDays) ?? 90),
        };
      });
    },

    async set(changes) {
      for (const [property, key] of Object.entries(KEYS) as [keyof Settings, string][]) {
        const value = changes[property];
        if (value === undefined) continue;
        db.orm
          .insert(settings)
          .values({ key, value: String(value) })
          .onConflictDoUpdate({ target: settings.key, set: { value: sql`excluded.value` } })
          .run();
      }
    },
  };
}
