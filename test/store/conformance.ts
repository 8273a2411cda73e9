import { describe } from 'vitest';
import { auditConformance } from './conformance/audit.ts';
import { candidatesConformance } from './conformance/candidates.ts';
import { changesConformance } from './conformance/changes.ts';
import { consentConformance } from './conformance/consent.ts';
import { differencesConformance } from './conformance/differences.ts';
import { eventImportsConformance } from './conformance/event-imports.ts';
import { eventsConformance } from './conformance/events.ts';
import { fieldsConformance } from './conformance/fields.ts';
import type { MakeStore } from './conformance/fixture.ts';
import { healthConformance } from './conformance/health.ts';
import { lettersConformance } from './conformance/letters.ts';
import { largeSetsConformance } from './conformance/large-sets.ts';
import { membersConformance } from './conformance/members.ts';
import { modelConformance } from './conformance/model.ts';
import { movesConformance } from './conformance/moves.ts';
import { ordersConformance } from './conformance/orders.ts';
import { peopleConformance } from './conformance/people.ts';
import { pinsConformance } from './conformance/pins.ts';
import { profileConformance } from './conformance/profile.ts';
import { recordImportsConformance } from './conformance/record-imports.ts';
import { recordsConformance } from './conformance/records.ts';
import { runsConformance } from './conformance/runs.ts';
import { scansConformance } from './conformance/scans.ts';
import { selectionsConformance } from './conformance/selections.ts';
import { segmentsConformance } from './conformance/segments.ts';
import { settingsConformance } from './conformance/settings.ts';
import { tagsConformance } from './conformance/tags.ts';
import { transactionsConformance } from './conformance/transactions.ts';
import { uniqueImportsConformance } from './conformance/unique-imports.ts';

const SUITES: readonly ((makeStore: MakeStore) => void)[] = [
  transactionsConformance,
  settingsConformance,
  lettersConformance,
  fieldsConformance,
  recordsConformance,
  tagsConformance,
  consentConformance,
  peopleConformance,
  eventsConformance,
  segmentsConformance,
  runsConformance,
  auditConformance,
  changesConformance,
  candidatesConformance,
  membersConformance,
  selectionsConformance,
  differencesConformance,
  movesConformance,
  ordersConformance,
  pinsConformance,
  recordImportsConformance,
  uniqueImportsConformance,
  eventImportsConformance,
  largeSetsConformance,
  healthConformance,
  profileConformance,
  scansConformance,
  modelConformance,
];

/**
 * The contract of the port in executable form: what every adapter must do, asked through the port
 * alone. An adapter's own test calls this with a way to make an empty store.
 */
export function conformance(name: string, makeStore: MakeStore): void {
  describe(`${name} does what the port says`, () => {
    for (const suite of SUITES) suite(makeStore);
  });
}
