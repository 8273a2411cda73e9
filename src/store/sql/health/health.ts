import type { FieldRow } from '../../rows.ts';
import type { HealthReader } from '../../health.ts';
import type { FieldsReader } from '../../fields.ts';
import type { SqlDatabase } from '../database.ts';
import { causeTroubles } from './causes.ts';
import { fieldTroubles } from './field-columns.ts';
import { danglingLinks } from './links.ts';
import { countMemberships, membershipRemedy, unheededPins } from './memberships.ts';
import { fillMissingContacts } from './missing-contacts.ts';
import type { OwnHealth } from './own-health.ts';
import { oddValues } from './values.ts';
import { unheededWishes } from './wishes.ts';

/** Of one snapshot: what several checks need is found once. */
export function healthReader(db: SqlDatabase, fields: FieldsReader, own: OwnHealth): HealthReader {
  const withFields = async <T>(work: (rows: readonly FieldRow[]) => T): Promise<T> =>
    work(await fields.list());
  let stretches: number | undefined;
  const missingContacts = async (): Promise<number> =>
    (stretches ??= await fillMissingContacts(db));
  return {
    damageIn: own.damageIn,
    apart: own.apart,
    fields: async () => withFields(async (rows) => fieldTroubles(db, rows, own)),
    links: async () => {
      await missingContacts();
      return danglingLinks(db);
    },
    memberships: async () => countMemberships(db, await missingContacts()),
    membershipRemedy: async (without) => membershipRemedy(db, without),
    causes: async () => causeTroubles(db),
    pins: async () => unheededPins(db),
    wishes: async () => unheededWishes(db),
    values: async (deep) => withFields(async (rows) => oddValues(db, rows, { own, deep })),
    logHeldSince: async () => own.logHeldSince(),
    ownChecks: async (isRunRecorded) => own.ownChecks(isRunRecorded),
  };
}
