import type { Store } from '../../store/index.ts';
import { isInstant } from '../../support/instant.ts';
import { type WriteInstant, instantWriter } from '../../support/local-instant.ts';

/** How people read instants: in the zone of the store, in UTC where there is none. */
export async function storeInstants(store: Store | undefined): Promise<WriteInstant> {
  return instantWriter(
    store === undefined ? 'UTC' : (await store.read(async (tx) => tx.settings.get())).timezone,
  );
}

/** Instants without their milliseconds, for where there is little room. */
export function toTheSecond(write: WriteInstant): WriteInstant {
  return (epochMs) => write(isInstant(epochMs) ? Math.floor(epochMs / 1000) * 1000 : epochMs);
}

/**
 * Instants of a zone without how far it is from UTC, which options read as times of that zone; those
 * in UTC as they are.
 */
export function withoutOffset(write: WriteInstant): WriteInstant {
  return (epochMs) => write(epochMs).replace(/(?<=T[\d:.]+)[+-][\d:]+$/, '');
}

/** Instants in two lines, the day above the time. */
export function onTwoLines(write: WriteInstant): WriteInstant {
  return (epochMs) => write(epochMs).replace('T', '\n');
}

/** Instants with how long ago they were, or how far ahead they are. */
export function withAge(write: WriteInstant, now: number): WriteInstant {
  return (epochMs) => `${write(epochMs)} (${ageInWords(epochMs, now)})`;
}

/** `15m ago`, `2h 5m ahead` */
export function ageInWords(epochMs: number, now: number): string {
  return epochMs <= now ? `${inDuration(now - epochMs)} ago` : `${inDuration(epochMs - now)} ahead`;
}

/** `3d 4h`, `2h 5m`, `2h 1s`, `15m`: the two greatest units that there are, cut off. */
export function inDuration(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3_600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ] as const;
  const filled = parts.filter(([count]) => count > 0).map(([count, unit]) => `${count}${unit}`);
  return filled.length === 0 ? '0s' : filled.slice(0, 2).join(' ');
}
