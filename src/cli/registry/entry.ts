import type { Command } from '../define-command.ts';

export interface Entry {
  /** One line for the overview; with the name it fits 80 columns. */
  readonly summary: string;
  /** Loads the command's module: only the command that was called is ever loaded. */
  readonly load: () => Promise<{ readonly default: Command }>;
}

/** Commands by the names that people type. */
export type Entries = Readonly<Record<string, Entry>>;
