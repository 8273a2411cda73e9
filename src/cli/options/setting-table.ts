import type { Settings } from '../../store/index.ts';
import { EXIT, UserError } from '../../support/errors.ts';
import { nearest } from '../../support/nearest.ts';
import { usage } from './options.ts';

/** A setting as it is named on the command line. */
export interface Setting {
  readonly name: string;
  readonly about: string;
  readonly key: keyof Settings;
  /** The change that this text asks for. `UserError` (2) when it is no value for the setting. */
  readonly read: (text: string) => Promise<Partial<Settings>>;
}

export const SETTINGS: readonly Setting[] = [
  {
    name: 'timezone',
    about: 'in which days begin and local times are read',
    key: 'timezone',
    read: async (text) => ({ timezone: await readZone(text) }),
  },
  {
    name: 'week-start',
    about: 'the first day of a week: monday or sunday',
    key: 'weekStart',
    read: async (text) => ({ weekStart: readWeekStart(text) }),
  },
  {
    name: 'keep-runs',
    about: 'for how many days runs are remembered',
    key: 'keepRunsDays',
    read: async (text) => ({ keepRunsDays: readDays(text) }),
  },
  {
    name: 'keep-history',
    about: 'for how many days it is remembered who was a member, or all',
    key: 'keepHistoryDays',
    read: async (text) => ({ keepHistoryDays: readDaysOrAll(text) }),
  },
  {
    name: 'keep-audit',
    about: 'for how many days it is remembered who did what, or all',
    key: 'keepAuditDays',
    read: async (text) => ({ keepAuditDays: readDaysOrAll(text) }),
  },
];

/** The setting of this name. `UserError` UNKNOWN_SETTING (2) with the nearest name. */
export function getSetting(name: string): Setting {
  const found = SETTINGS.find((setting) => setting.name === name);
  if (found !== undefined) return found;
  const names = SETTINGS.map((setting) => setting.name);
  const [near] = nearest(name, names);
  throw new UserError('UNKNOWN_SETTING', EXIT.usage, `unknown setting \`${name}\``, {
    hint: near === undefined ? `the settings are ${names.join(', ')}` : `did you mean \`${near}\`?`,
  });
}

async function readZone(text: string): Promise<string> {
  const { isZone } = await import('../../support/time.ts');
  // an offset such as +02:00 has no daylight saving: not a zone
  if (/^[A-Za-z]/.test(text) && isZone(text)) return text;
  const [near] = nearest(text, Intl.supportedValuesOf('timeZone'));
  throw usage(
    `unknown time zone \`${text}\``,
    near === undefined ? 'give a name such as Europe/Paris, or UTC' : `did you mean \`${near}\`?`,
  );
}

function readWeekStart(text: string): Settings['weekStart'] {
  if (text === 'monday' || text === 'sunday') return text;
  throw usage(`a week starts on monday or sunday, not on \`${text}\``, 'give monday or sunday');
}

function readDaysOrAll(text: string): number {
  return text === 'all' ? Number.POSITIVE_INFINITY : readDays(text);
}

function readDays(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw usage(`\`${text}\` is no number of days`, 'give a whole number, 1 or more');
}
