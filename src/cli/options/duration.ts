import * as z from 'zod/mini';
import type { Schema } from './options.ts';

const UNITS_MS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** `90s`, `15m` (minutes), `2h`, `1d`, as milliseconds. */
export const duration: Schema<number> = z.pipe(
  z.string().check(
    z.regex(/^\d{1,6}[smhd]$/, 'must be a number with s, m, h or d, such as 15m or 2h'),
    z.refine((text) => Number(text.slice(0, -1)) > 0, 'must be longer than that: 15m, say'),
  ),
  z.transform((text) => Number(text.slice(0, -1)) * (UNITS_MS[text.slice(-1)] ?? 0)),
);
