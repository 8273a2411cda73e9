import type { SQL } from 'drizzle-orm';
import { name } from '../sql-parts.ts';

/** Where segments are with their memberships, and where those that were deleted are. */
export interface Place {
  readonly segments: SQL;
  readonly joined: SQL;
  readonly pins: SQL;
  readonly history: SQL;
  readonly isDeleted: boolean;
}

export const THERE: Place = {
  segments: name('segments'),
  joined: name('joined'),
  pins: name('pins'),
  history: name('joined_history'),
  isDeleted: false,
};

export const DELETED: Place = {
  segments: name('deleted_segments'),
  joined: name('deleted_joined'),
  pins: name('deleted_pins'),
  history: name('deleted_history'),
  isDeleted: true,
};

export const PLACES: readonly Place[] = [THERE, DELETED];
