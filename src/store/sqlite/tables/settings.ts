import { sql } from 'drizzle-orm';
import type { Settings } from '../../rows.ts';
import type { SettingsWriter } from '../../settings.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import { settings } from '../connection/schema.ts';

const KEYS = { timezone: 'timezone', weekStart: 'week-start', keepRunsDays: 'keep-runs' } as const;

type Stored = Readonly<Record<keyof Settings, string>>;

export function settingsTable(db: SqliteDatabase): SettingsWriter {
  const stored = (): Stored =>
    db.kept(settings, settings.key, (rows) => {
      const values = new Map(rows.map((row) => [row.key, asText(row.value)]));
      return {
        timezone: values.get(KEYS.timezone) ?? 'UTC',
        weekStart: values.get(KEYS.weekStart) ?? 'monday',
        keepRunsDays: values.get(KEYS.keepRunsDays) ?? '90',
      };
    });
  return {
    async get() {
      const { timezone, weekStart, keepRunsDays } = stored();
      const isNumber = /^[1-9]\d{0,5}$/.test(keepRunsDays);
      return {
        timezone,
        weekStart: weekStart === 'sunday' ? 'sunday' : 'monday',
        keepRunsDays: isNumber ? Number(keepRunsDays) : Number.POSITIVE_INFINITY,
      };
    },

    async stored() {
      return stored();
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

/** A column that lost its STRICT need not hold text. */
function asText(value: unknown): string {
  return String(value);
}
