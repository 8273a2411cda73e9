import { sql } from 'drizzle-orm';
import type { Settings } from '../../rows.ts';
import { SETTING_NAMES, type SettingsWriter } from '../../settings.ts';
import type { SqlDatabase } from '../database.ts';
import { settings } from '../schema.ts';

type Stored = Readonly<Record<keyof Settings, string>>;

export function settingsTable(db: SqlDatabase): SettingsWriter {
  return {
    get: async () => toSettings(await stored(db)),
    stored: async () => stored(db),

    async set(changes) {
      for (const [property, key] of Object.entries(SETTING_NAMES) as [keyof Settings, string][]) {
        const value = changes[property];
        if (value === undefined) continue;
        const text = value === Number.POSITIVE_INFINITY ? 'all' : String(value);
        await db.run(sql`
          insert into settings (key, value)
          values (${key}, ${text})
          on conflict (key) do update set value = excluded.value`);
      }
    },
  };
}

async function stored(db: SqlDatabase): Promise<Stored> {
  return db.kept.read(settings, settings.key, (rows) => {
    const values = new Map(rows.map((row) => [row.key, asText(row.value)]));
    return {
      timezone: values.get(SETTING_NAMES.timezone) ?? 'UTC',
      weekStart: values.get(SETTING_NAMES.weekStart) ?? 'monday',
      keepRunsDays: values.get(SETTING_NAMES.keepRunsDays) ?? '90',
      keepHistoryDays: values.get(SETTING_NAMES.keepHistoryDays) ?? 'all',
      keepAuditDays: values.get(SETTING_NAMES.keepAuditDays) ?? 'all',
    };
  });
}

function toSettings({
  timezone,
  weekStart,
  keepRunsDays,
  keepHistoryDays,
  keepAuditDays,
}: Stored): Settings {
  return {
    timezone,
    weekStart: weekStart === 'sunday' ? 'sunday' : 'monday',
    keepRunsDays: daysIn(keepRunsDays),
    keepHistoryDays: daysIn(keepHistoryDays),
    keepAuditDays: daysIn(keepAuditDays),
  };
}

function daysIn(text: string): number {
  return /^[1-9]\d{0,5}$/.test(text) ? Number(text) : Number.POSITIVE_INFINITY;
}

/** Somebody may have made the table anew without STRICT: then the column may hold a number too. */
function asText(value: unknown): string {
  return String(value);
}
