import { rmSync, writeFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { expect } from 'vitest';
import { importContacts, importEvents, importMembers } from '../../../src/csv/import.ts';
import type { ImportOptions } from '../../../src/csv/import-options.ts';
import { undoImport } from '../../../src/csv/undo.ts';
import { at } from '../../segment/model/world.ts';
import { suppress, suppressAddress } from './consent.ts';
import { decideIn, isByHand } from './decided.ts';
import { type Facts, readFacts, segmentCalled } from './facts.ts';
import { emailOf } from './people.ts';
import type { Deeds, Scene } from './story.ts';

/* What files bring, and take along when they are undone. */

type Import = typeof importContacts;

async function bring(
  { store, action }: Scene,
  how: Import,
  text: string,
  options: ImportOptions,
): Promise<void> {
  const file = `${store.location}.csv`;
  writeFileSync(file, text);
  try {
    await how(store, file, options, { stdin: Readable.from([]), ...action });
  } finally {
    rmSync(file, { force: true });
    rmSync(`${store.location}.rejects.csv`, { force: true });
  }
}

/** Three people by the numbers of a step, each once. */
function addresses([a, b, c]: Scene['numbers']): string[] {
  return [...new Set([a, a + b, a + c + 1].map(emailOf))];
}

/** Whom these addresses name. */
function named({ contacts }: Facts, emails: readonly string[]): number[] {
  return [...contacts.values()]
    .filter(({ email }) => email !== null && emails.includes(email.toLowerCase()))
    .map(({ id }) => id);
}

async function importInto(scene: Scene, mirror: boolean): Promise<void> {
  const { facts, numbers } = scene;
  const [a, b, c] = numbers;
  const alias = mirror ? 'list' : at(['list', 'leads', 'hot'], b);
  const overrides = !mirror && c % 4 === 0;
  const emails = addresses(numbers);
  const lines = emails.map((email, index) => `${email},${at(['a', '-a', 'b', ''], a + index)}\n`);
  const options = {
    segments: [alias],
    ...{ mirror, overrideRemovals: overrides },
    maxShrink: { kind: 'share', share: 1 } as const,
  };
  await bring(scene, importContacts, `email,tags\n${lines.join('')}`, options);
  const segment = segmentCalled(facts, alias);
  if (segment === undefined) return;
  const contacts = named(facts, emails);
  decideIn(scene, { segmentId: segment.id, contacts, source: 'bulk', overrides });
}

export const IMPORT_DEEDS: Deeds = {
  import: { weight: 4, asks: 'around', run: async (scene) => importInto(scene, false) },
  mirror: { weight: 2, asks: 'around', run: async (scene) => importInto(scene, true) },
  importMembers: {
    weight: 2,
    asks: 'around',
    run: async (scene) => {
      const { facts, numbers } = scene;
      const emails = addresses(numbers);
      const alias = at(['list', 'won'], numbers[1]);
      const options = { segments: [alias], createContacts: numbers[2] % 2 === 0 };
      await bring(scene, importMembers, `email\n${emails.join('\n')}\n`, options);
      const segment = segmentCalled(facts, alias);
      if (segment === undefined) return;
      const contacts = named(facts, emails);
      decideIn(scene, { segmentId: segment.id, contacts, source: 'bulk' });
    },
  },
  importEvents: {
    weight: 3,
    asks: 'around',
    run: async (scene) => {
      const [a, b, c] = scene.numbers;
      const lines = addresses(scene.numbers).map((email, index) => {
        const type = at(['page.hit', 'form.submit'], b + index);
        const when = new Date(scene.now - (c % 48) * 3_600_000).toISOString();
        return `${email},${type},${when},x${(a + index) % 20}\n`;
      });
      const text = `contact,type,occurred_at,external_id\n${lines.join('')}`;
      await bring(scene, importEvents, text, { createContacts: b % 2 === 0 });
    },
  },
  importConsent: {
    weight: 2,
    asks: 'around',
    run: async (scene) => {
      const { facts, ledger, numbers } = scene;
      const [email = ''] = addresses(numbers);
      if (ledger.erased.has(email)) return;
      // a row that is refused suppresses the address all the same
      const points = at(['10', 'many'], numbers[1]);
      const text = `email,points,unsubscribed\n${email},${points},email\n`;
      await bring(scene, importContacts, text, {});
      suppressAddress(ledger, email, 'email unsubscribed');
      for (const id of named(facts, [email])) suppress(ledger, id, 'email unsubscribed');
    },
  },
  undo: {
    weight: 3,
    asks: 'around',
    run: async (scene) => {
      const { store, ledger, action, numbers } = scene;
      const open = await store.read(async (tx) =>
        (await tx.imports.list({})).filter(({ undoneAt }) => undoneAt === null),
      );
      if (open.length === 0) return;
      const { id } = at(open, numbers[2]);
      await undoImport(store, String(id), { ...action, isDry: false });
      await expectGone(scene, id);
      // removals that it overrode hold again
      const facts = readFacts(store.location);
      for (const [place, pin] of facts.pins)
        if (pin.kind === 'out' && isByHand(pin) && !scene.facts.pins.has(place))
          ledger.decided.set(place, { kind: 'out', until: pin.until });
    },
  },
  importAndUndo: {
    weight: 2,
    asks: 'around',
    run: async (scene) => {
      const { store, action, numbers, ledger } = scene;
      const emails = addresses(numbers);
      const text = `email,tags\n${emails.map((email) => `${email},b\n`).join('')}`;
      await bring(scene, importContacts, text, { segments: ['leads'] });
      await undoImport(store, 'last', { ...action, isDry: false });
      // what triggers did in the meantime stays, and who must not be reached
      const isWatched = [...ledger.watches.values()].some(({ kind }) => kind !== 'event');
      const isSaid = emails.some((email) => (ledger.wishes.get(email)?.size ?? 0) > 0);
      if (!isWatched && !isSaid)
        expect(undoable(readFacts(store.location))).toEqual(undoable(scene.facts));
    },
  },
};

/**
 * What an import changes and its undoing gives back, of those who are there. Who is in a dynamic
 * segment is for its filter to decide, at the next update.
 */
function undoable({ contacts, tags, segments, members, pins }: Facts): unknown {
  const isThere = (id: number): boolean => contacts.has(id);
  return {
    // an address is written as the file writes it
    contacts: [...contacts.values()].map((one) => ({ ...one, email: one.email?.toLowerCase() })),
    tags: [...tags].filter(([id]) => isThere(id)).map(([id, all]) => [id, [...all].sort()]),
    members: [...members]
      .filter(([segment]) => segments.get(segment)?.kind === 'static')
      .map(([segment, who]) => [segment, [...who.keys()].filter(isThere).sort()]),
    pins: [...pins.keys()].filter((place) => isThere(Number(place.split(' ')[1]))).sort(),
  };
}

/** Nobody is a member by it any more, and it cannot be taken back again. */
async function expectGone({ store, action }: Scene, id: number): Promise<void> {
  const undone = undoImport(store, String(id), { ...action, isDry: false });
  await expect(undone).rejects.toMatchObject({ code: expect.any(String) as string });
}
