import * as z from 'zod/mini';
import type { Bound } from '../../segment/update/run.ts';
import type { Schema } from './options.ts';

/** `20%` of the present members, or `500` contacts. */
export const bound: Schema<Bound> = z.pipe(
  z
    .string()
    .check(
      z.regex(
        /^\d{1,6}(\.\d{1,4})?%$|^\d{1,15}$/,
        'must be a share of the members such as 20%, or a number of contacts',
      ),
    ),
  z.transform((given): Bound =>
    given.endsWith('%')
      ? { kind: 'share', share: Number(given.slice(0, -1)) / 100 }
      : { kind: 'count', count: Number(given) },
  ),
);
