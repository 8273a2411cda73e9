import type { MigrationForecast } from '../../store/index.ts';
import { counted } from '../../support/text.ts';
import { inBytes } from './bytes.ts';

/** What a migration is going to take, for people. */
export function forecastText({ rows, ms, bytes, backup }: MigrationForecast): string {
  return (
    `${counted(rows, 'membership')} to move, those that have ended among them: ` +
    `${durationText(ms)}, and up to ${inBytes(bytes)} of the disk, ` +
    `${inBytes(backup)} of it for the backup; whoever writes to the store waits meanwhile`
  );
}

function durationText(ms: number): string {
  const seconds = Math.ceil(ms / 1_000);
  if (seconds <= 1) return 'about a second';
  return seconds < 120
    ? `about ${counted(seconds, 'second')}`
    : `about ${counted(Math.ceil(seconds / 60), 'minute')}`;
}
