import { basename } from 'node:path';
import type { Progress } from '../../csv/import-options.ts';
import { assertNever } from '../../support/errors.ts';
import { counted, grouped } from '../../support/text.ts';
import { inDuration } from '../output/instants.ts';
import { inBytes } from './bytes.ts';

/** What a file is called where there is little room. */
export function nameInProgress(file: string): string {
  return file === '-' ? 'standard input' : basename(file);
}

/** What an import is doing. */
export function labelOf(progress: Progress, name: string): string {
  switch (progress.kind) {
    case 'receiving':
      return `receiving ${name}`;
    case 'reading':
      return `reading ${name}`;
    case 'applying':
      return `storing ${name}`;
    case 'mirroring':
      return `comparing ${progress.segment} with ${name}`;
    case 'joining':
      return `adding to ${progress.segment}`;
    default:
      return assertNever(progress);
  }
}

/** How far it is, the most important first. */
export function factsOf(progress: Progress): string[] {
  switch (progress.kind) {
    case 'receiving':
      return [inBytes(progress.bytes)];
    case 'reading':
      return readingFacts(progress);
    case 'applying':
      return [counted(progress.rows, 'row')];
    case 'mirroring':
      return [];
    case 'joining':
      return [counted(progress.contacts, 'contact')];
    default:
      return assertNever(progress);
  }
}

/** `43 %, 12s left, 1,234,000 rows, 12 rejected, 85,000 rows/s` */
function readingFacts(progress: Extract<Progress, { readonly kind: 'reading' }>): string[] {
  const { rows, rejected, bytes, totalBytes, ms } = progress;
  const leftMs = Math.max(1000, (ms * (totalBytes - bytes)) / bytes);
  return [
    ...(bytes > 0 ? [`${Math.floor((100 * bytes) / totalBytes)} %`] : []),
    ...(bytes > 0 && bytes < totalBytes ? [`${inDuration(leftMs)} left`] : []),
    counted(rows, 'row'),
    ...(rejected > 0 ? [`${grouped(rejected)} rejected`] : []),
    ...(ms > 0 ? [`${grouped(Math.round((1000 * rows) / ms))} rows/s`] : []),
  ];
}
