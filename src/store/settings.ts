import type { Settings } from './rows.ts';

export interface SettingsReader {
  get(): Promise<Settings>;
}
export interface SettingsWriter extends SettingsReader {
  set(settings: Partial<Settings>): Promise<void>;
}
