import { addContact, deleteContacts, editContact } from '../../../src/contact/contacts.ts';
import { suppressAddresses, suppressContacts } from '../../../src/contact/consent.ts';
import { unsuppressContacts, unsuppressValues } from '../../../src/contact/consent.ts';
import { eraseContacts } from '../../../src/contact/erased.ts';
import { addEvent } from '../../../src/contact/events.ts';
import { tagContacts, untagContacts } from '../../../src/contact/tags.ts';
import { mergeContacts } from '../../../src/segment/merge.ts';
import { changeData } from '../../../src/segment/triggers/data-change.ts';
import type { SuppressionReason, WriteTx } from '../../../src/store/index.ts';
import { at } from '../../segment/model/world.ts';
import { lift, liftAddress, mergeSaid, suppress, suppressAddress } from './consent.ts';
import { mergeDecided } from './decided.ts';
import { emailOf, keyOf, nameOf, some, someone, valuesOf } from './people.ts';
import type { Deeds, Scene } from './story.ts';

/* What commands do to contacts, events, tags, consent and people. */

const POINTS = [0, 10, 40, 60, 100];
const CITIES = ['Rome', 'Lyon', 'NULL'];
const TYPES = ['page.hit', 'form.submit', 'page.hit'];
const REASONS: readonly SuppressionReason[] = ['manual', 'unsubscribed', 'bounced'];
const CHANNELS = ['email', 'email', 'sms'];

const change = async (
  { store, now }: Scene,
  work: (tx: WriteTx) => Promise<unknown>,
): Promise<unknown> => changeData(store, { now }, work);

/** A suppression by the numbers of a step; only addresses bounce. */
function said({ numbers: [, b, c] }: Scene): { channel: string; reason: SuppressionReason } {
  const reason = at(REASONS, c);
  return { channel: reason === 'bounced' ? 'email' : at(CHANNELS, b), reason };
}

async function add(scene: Scene, allowErased: boolean): Promise<void> {
  const {
    now,
    ledger,
    numbers: [a, b, c],
  } = scene;
  const assignments = [
    { name: 'points', value: String(at(POINTS, b)) },
    { name: 'crm_id', value: keyOf(a) },
    { name: 'first_name', value: nameOf(a) },
  ];
  const email = c % 4 === 0 ? undefined : emailOf(a);
  const request = { email, assignments, tags: c % 3 === 0 ? ['a'] : [], allowErased };
  await change(scene, async (tx) => addContact(tx, request, now));
  if (!allowErased) return;
  if (email !== undefined) ledger.shunned.delete(email);
}

export const PEOPLE_DEEDS: Deeds = {
  add: { weight: 4, asks: 'around', run: async (scene) => add(scene, false) },
  addErased: { weight: 1, asks: 'around', run: async (scene) => add(scene, true) },
  edit: {
    weight: 5,
    asks: 'around',
    run: async (scene) => {
      const [a, b, c] = scene.numbers;
      const id = someone(scene.facts, a);
      if (id === undefined) return;
      const assignment = at(
        [
          { name: 'points', value: String(at(POINTS, b)) },
          { name: 'points', value: String(at(POINTS, b)) },
          { name: 'city', value: at(CITIES, b) },
          { name: 'email', value: emailOf(b) },
          { name: 'email', value: 'NULL' },
        ],
        c,
      );
      await change(scene, async (tx) => editContact(tx, id, [assignment], scene.now));
    },
  },
  tag: {
    weight: 2,
    asks: 'around',
    run: async (scene) => {
      const [a, b, c] = scene.numbers;
      const ids = some(scene.facts, [a, b]);
      await change(scene, async (tx) => tagContacts(tx, ids, [at(['a', 'b'], c)], scene.now));
    },
  },
  untag: {
    weight: 1,
    asks: 'around',
    run: async (scene) => {
      const [a, , c] = scene.numbers;
      await change(scene, async (tx) =>
        untagContacts(tx, some(scene.facts, [a]), [at(['a', 'b'], c)]),
      );
    },
  },
  event: {
    weight: 4,
    asks: 'around',
    run: async (scene) => {
      const [a, b] = scene.numbers;
      const id = someone(scene.facts, a);
      if (id === undefined) return;
      const event = { type: at(TYPES, b), properties: [] };
      await change(scene, async (tx) => addEvent(tx, String(id), event, scene.now));
    },
  },
  suppress: {
    weight: 3,
    asks: 'around',
    run: async (scene) => {
      const { facts, ledger, now, numbers } = scene;
      const { channel, reason } = said(scene);
      const ids = some(facts, [numbers[0]]);
      await change(scene, async (tx) => suppressContacts(tx, ids, [channel], reason, now));
      for (const id of ids) suppress(ledger, id, `${channel} ${reason}`);
    },
  },
  suppressAddress: {
    weight: 1,
    asks: 'around',
    run: async (scene) => {
      const { ledger, now, numbers } = scene;
      const { channel, reason } = said(scene);
      const address = emailOf(numbers[0]);
      if (ledger.erased.has(address)) return;
      await change(scene, async (tx) => suppressAddresses(tx, [address], [channel], reason, now));
      suppressAddress(ledger, address, `${channel} ${reason}`);
    },
  },
  lift: {
    weight: 2,
    asks: 'around',
    run: async (scene) => {
      const { channel, reason } = said(scene);
      const ids = some(scene.facts, [scene.numbers[0]]);
      const which = { channels: [channel], reasons: [reason] };
      await change(scene, async (tx) => unsuppressContacts(tx, ids, which));
      for (const id of ids) lift(scene.ledger, id, `${channel} ${reason}`);
    },
  },
  liftAddress: {
    weight: 1,
    asks: 'around',
    run: async (scene) => {
      const address = emailOf(scene.numbers[0]);
      const all = { channels: [], reasons: [] };
      await change(scene, async (tx) => unsuppressValues(tx, 'email', [address], all));
      liftAddress(scene.ledger, address);
    },
  },
  delete: {
    weight: 1,
    asks: 'around',
    run: async (scene) => {
      const ids = some(scene.facts, [scene.numbers[0]]);
      await change(scene, async (tx) => deleteContacts(tx, ids, scene.action));
    },
  },
  merge: {
    weight: 3,
    asks: 'around',
    run: async (scene) => {
      const { store, facts, ledger, action, numbers } = scene;
      const [winner, ...losers] = some(facts, numbers);
      if (winner === undefined || losers.length === 0) return;
      await mergeContacts(store, { winner, losers }, { ...action, isDry: false });
      mergeSaid(ledger, winner, losers);
      mergeDecided(scene, winner, losers);
      mergeObserved(scene, winner, losers);
    },
  },
  erase: {
    weight: 1,
    run: async ({ store, facts, ledger, action, numbers }) => {
      const id = someone(facts, numbers[0]);
      const contact = id === undefined ? undefined : facts.contacts.get(id);
      if (id === undefined || contact === undefined) return;
      await store.write(async (tx) => eraseContacts(tx, { ids: [id], values: [] }, action));
      await store.scour();
      for (const value of valuesOf(contact)) ledger.erased.add(value);
      const address = contact.email?.toLowerCase();
      if (address !== undefined) {
        ledger.shunned.add(address);
        ledger.wishes.delete(address);
      }
    },
  },
};

/** At any moment who stays was where any of them was. */
function mergeObserved({ ledger }: Scene, winner: number, losers: readonly number[]): void {
  const one = (id: number): number => (losers.includes(id) ? winner : id);
  ledger.observed = ledger.observed.map(({ at: when, members }) => ({
    at: when,
    members: new Map(
      [...members].map(([segment, who]) => [segment, new Set([...who].map((id) => one(id)))]),
    ),
  }));
}
