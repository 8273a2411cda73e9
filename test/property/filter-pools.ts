/**
 * Small pools of nasty values: properties find more with few that collide than with many that never
 * meet.
 */
import type { TimeContext } from '../../src/filter/index.ts';

/** Literals; all in NFC, as literals are. */
export const TEXTS = [
  '',
  'a',
  'A',
  'ab',
  'É',
  'é',
  'été',
  'ß',
  'ẞ',
  'ss',
  'İ',
  'i',
  'ı',
  'ſ',
  's',
  'k',
  '%',
  '_',
  '\\',
  '[É*?',
  'a%',
  'a_b',
  '\\%',
  '*',
  '?',
  '[a]',
  '^',
  '|',
  '"',
  "'",
  '`',
  '\n',
  '\t',
  'москва',
  'МОСКВА',
  'σας',
  'ΣΑΣ',
  'ǅ',
  'ǆ',
  '𐐀',
  '𐐨',
  '日本',
  '👩‍👩‍👧',
  'µ',
  'Ω',
  'Ꭰ',
  '\u{202e}x',
  'Ωmega and or not',
  'n',
  'u{41}',
] as const;

/** What rows may hold beside those: texts that no import would leave so. */
export const RAW_TEXTS = [
  ...TEXTS,
  'e\u{301}',
  '\u{212a}',
  '\u{2126}',
  'a\0b',
  'aéb',
  'xaÉbx',
  'Die MOSKVA москва!',
  'ÉTÉ',
  'aXb',
  'a\\b',
] as const;

export const NUMBERS = [
  0,
  1,
  -1,
  2,
  0.1,
  0.30000000000000004,
  1e21,
  2 ** 53 - 1,
  2 ** 53,
  2 ** 53 + 2,
  -1e-7,
  1.7976931348623157e308,
  5e-324,
  50,
] as const;

export const DAYS = [
  '2024-02-28',
  '2024-02-29',
  '2024-03-01',
  '2023-02-28',
  '2000-02-29',
  '1999-12-31',
  '2026-01-01',
  '2026-03-15',
  '2026-03-28',
  '2026-03-29',
  '2026-03-30',
  '2026-10-25',
  '2005-04-02',
  '2005-04-03',
  '2005-10-29',
  '2005-10-30',
  '2011-12-29',
  '2011-12-30',
  '2011-12-31',
  '9999-12-31',
  '0001-01-01',
] as const;

export const RAW_DAYS = [
  ...DAYS,
  'garbage',
  '',
  '2026-03-15T10:00',
  '2026-3-5',
  '2023-02-30',
  '2026-13-45',
] as const;

/**
 * Points in time as text, with and without offset; local ones in gaps and overlaps of the zones
 * below.
 */
export const INSTANTS = [
  '2026-03-29T02:30',
  '2026-03-29T01:59:59.999',
  '2026-10-25T02:30',
  '2005-04-03T00:30',
  '2005-10-30T00:00:30',
  '2005-10-29T23:30',
  '2011-12-30T12:00',
  '2011-12-30T00:00Z',
  '2026-03-15T10:00Z',
  '2026-03-15T10:00+05:45',
  '2024-02-29T23:59:59.999',
  '2024-02-29T00:00',
] as const;

/**
 * Clocks at the edges of daylight saving: Paris by an hour, St. John's at one minute past midnight,
 * Apia by a day.
 */
export const TIMES: readonly TimeContext[] = [
  { now: Date.parse('2026-03-15T10:00:00Z'), zone: 'UTC', weekStart: 'monday' },
  { now: Date.parse('2026-03-29T00:59:59.999Z'), zone: 'Europe/Paris', weekStart: 'sunday' },
  { now: Date.parse('2026-03-29T01:30:00Z'), zone: 'Europe/Paris', weekStart: 'monday' },
  { now: Date.parse('2026-10-25T00:30:00Z'), zone: 'Europe/Paris', weekStart: 'monday' },
  { now: Date.parse('2026-01-01T00:00:00Z'), zone: 'Asia/Kathmandu', weekStart: 'sunday' },
  { now: Date.parse('2027-02-28T04:00:00Z'), zone: 'America/New_York', weekStart: 'sunday' },
  { now: Date.parse('2024-02-29T12:00:00Z'), zone: 'America/New_York', weekStart: 'monday' },
  { now: Date.parse('2005-04-03T03:31:00Z'), zone: 'America/St_Johns', weekStart: 'monday' },
  { now: Date.parse('2005-10-30T02:31:30Z'), zone: 'America/St_Johns', weekStart: 'sunday' },
  { now: Date.parse('2005-10-30T03:00:00Z'), zone: 'America/St_Johns', weekStart: 'monday' },
  { now: Date.parse('2011-12-30T09:59:59.999Z'), zone: 'Pacific/Apia', weekStart: 'monday' },
  { now: Date.parse('2011-12-30T10:00:00Z'), zone: 'Pacific/Apia', weekStart: 'sunday' },
];

export const EVENT_TYPES = ['page.hit', 'purchase', 'Été', 'last', 'odd type'] as const;
export const TAGS = ['vip', 'VIP 2', 'Été', 'ÉTÉ', 'a"b'] as const;
export const PROPERTIES = ['size', 'Size', 'utm source', 'a.b', '2x'] as const;
export const CHANNELS = ['email', 'sms', 'odd one'] as const;
export const REASONS = ['bounced', 'manual', 'last'] as const;
export const OPTIONS = {
  plan: ['free', 'pro', 'team'],
  interests: ['sailing', 'golf', 'Échecs'],
} as const;
