import type { Settings } from './rows.ts';

export interface SettingsReader {
  get(): Promise<Settings>;

  /** The texts that stand there, whatever they are. */
  stored(): Promise<Readonly<Record<keyof Settings, string>>>;
}
export interface SettingsWriter extends SettingsReader {
  set(settings: Partial<Settings>): Promise<void>;
}
