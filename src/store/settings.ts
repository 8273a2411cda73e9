import type { Settings } from './rows.ts';

/** What settings are called where people give them. */
export const SETTING_NAMES: Readonly<Record<keyof Settings, string>> = {
  timezone: 'timezone',
  weekStart: 'week-start',
  keepRunsDays: 'keep-runs',
  keepHistoryDays: 'keep-history',
  keepAuditDays: 'keep-audit',
};

export interface SettingsReader {
  get(): Promise<Settings>;

  /** The texts that stand there, whatever they are. */
  stored(): Promise<Readonly<Record<keyof Settings, string>>>;
}
export interface SettingsWriter extends SettingsReader {
  set(settings: Partial<Settings>): Promise<void>;
}
