import { formatInstant } from '../support/instant.ts';
import { type Deed, instead, type Notes } from './audit-notes.ts';
import type { Cause } from './members.ts';
import { type ContactSet, countOf } from './selections.ts';
import type { Applied, StageShape } from './staging.ts';
import type { WriteTx } from './transaction.ts';

/** Those who were named one by one; of a selection nobody was. */
function namedIn(contacts: ContactSet): readonly number[] {
  return 'count' in contacts ? [] : contacts;
}

/** Through what, what that is called if anything (a trigger, the file of an import), and why. */
function wordsOf({ via, name = null, reason = null }: Cause): NonNullable<Deed['said']> {
  return { via, ...(name === null ? {} : { name }), reason };
}

const instantOf = (at: number | null): string | null => (at === null ? null : formatInstant(at));

export function pinsNoting(tx: WriteTx, notes: Notes): WriteTx['pins'] {
  const { pins } = tx;
  return instead(pins, {
    set: async (id, set, pin, cause) => {
      await pins.set(id, set, pin, cause);
      const [contacts, contactIds] = [countOf(set), namedIn(set)];
      if (contacts === 0) return;
      const said = { pin: pin.kind, ...wordsOf(cause), until: instantOf(pin.until) };
      const counts = { contacts };
      const { by } = cause;
      notes.note({ action: 'pinned', object: 'segment', id, said, contactIds, counts, by });
    },
    pinMembers: async (id, cause) => {
      const contacts = await pins.pinMembers(id, cause);
      const said = { pin: 'in', via: cause.via };
      if (contacts > 0)
        notes.note({
          ...{ action: 'pinned', object: 'segment', id, said, counts: { contacts } },
          by: cause.by,
        });
      return contacts;
    },
    moveEnd: async (id, contactIds, until) => {
      await pins.moveEnd(id, contactIds, until);
      const counts = { contacts: contactIds.length };
      if (contactIds.length > 0)
        notes.note({
          ...{ action: 'pin-end moved', object: 'segment' },
          id,
          said: { until: instantOf(until) },
          contactIds,
          counts,
        });
    },
    clear: async (id, contactIds, kind) => {
      const contacts = await pins.clear(id, contactIds, kind);
      const which = contactIds === 'all' ? [] : contactIds;
      if (contacts > 0)
        notes.note({
          action: 'unpinned',
          object: 'segment',
          id,
          contactIds: which,
          counts: { contacts },
        });
      return contacts;
    },
  });
}

export function membersNoting(tx: WriteTx, notes: Notes): WriteTx['members'] {
  const { members } = tx;
  return instead(members, {
    add: async (id, contacts, cause) => {
      const joined = await members.add(id, contacts, cause);
      if (joined > 0)
        notes.note({
          action: 'added',
          object: 'segment',
          id,
          said: wordsOf(cause),
          contactIds: namedIn(contacts),
          counts: { joined },
          by: cause.by,
        });
      return joined;
    },
    remove: async (id, contacts, cause) => {
      const left = await members.remove(id, contacts, cause);
      const which = contacts === 'all' ? [] : namedIn(contacts);
      if (left > 0)
        notes.note({
          ...{ action: 'removed', object: 'segment', id, said: wordsOf(cause) },
          contactIds: which,
          counts: { left },
          by: cause.by,
        });
      return left;
    },
  });
}

export function contactsNoting(tx: WriteTx, notes: Notes): WriteTx['contacts'] {
  const { contacts } = tx;
  const note = (
    action: string,
    contactIds: readonly number[],
    said: Deed['said'],
    counts: Deed['counts'],
  ) => {
    const [only, ...others] = contactIds;
    const id = others.length === 0 ? only : undefined;
    notes.note({
      action,
      object: 'contact',
      id: id ?? null,
      said: said ?? {},
      contactIds,
      counts: counts ?? {},
    });
  };
  return instead(contacts, {
    delete: async (ids, deleting) => {
      const deleted = await contacts.delete(ids, deleting);
      if (deleted > 0) note('deleted', ids, {}, { contacts: deleted });
      return deleted;
    },
    merge: async (merging) => {
      const merged = await contacts.merge(merging);
      const { winner, losers } = merging;
      notes.note({
        ...{ action: 'merged', object: 'contact', id: winner, contactIds: losers },
        counts: { contacts: losers.length },
      });
      return merged;
    },
    erase: async (erasing) => {
      const erased = await contacts.erase(erasing);
      const values = erasing.values?.length ?? 0;
      const counts = {
        ...(erased.contacts > 0 ? { contacts: erased.contacts } : {}),
        ...(values > 0 ? { values } : {}),
      };
      if (Object.keys(counts).length > 0) note('erased', erasing.contactIds, {}, counts);
      return erased;
    },
    suppress: async (ids, channels, reason, now) => {
      const suppressions = await contacts.suppress(ids, channels, reason, now);
      if (suppressions > 0) note('suppressed', ids, { channels, reason }, { suppressions });
      return suppressions;
    },
    unsuppress: async (ids, which) => {
      const suppressions = await contacts.unsuppress(ids, which);
      if (suppressions > 0) note('suppression lifted', ids, { ...which }, { suppressions });
      return suppressions;
    },
  });
}

export function suppressionsNoting(tx: WriteTx, notes: Notes): WriteTx['suppressions'] {
  const { suppressions } = tx;
  return instead(suppressions, {
    settle: async (contactIds) => {
      const found = await suppressions.settle(contactIds);
      if (found > 0)
        notes.note({
          action: 'suppressed',
          object: 'contact',
          said: { by: 'an equal address' },
          counts: { suppressions: found },
        });
      return found;
    },
    add: async (wishes) => {
      const found = await suppressions.add(wishes);
      const addresses = wishes.map(({ address }) => address);
      const said = {
        channels: [...new Set(wishes.map(({ channel }) => channel))],
        reasons: [...new Set(wishes.map(({ reason }) => reason))],
      };
      if (found > 0)
        notes.note({
          action: 'suppressed',
          object: 'address',
          said,
          addresses,
          counts: { suppressions: found },
        });
      return found;
    },
    lift: async (field, values, which) => {
      const found = await suppressions.lift(field, values, which);
      const isAddress = field === 'email';
      if (found > 0)
        notes.note({
          action: 'suppression lifted',
          object: isAddress ? 'address' : 'contact',
          said: isAddress ? { ...which } : { ...which, field },
          addresses: isAddress ? values.map(String) : [],
          counts: { suppressions: found },
        });
      return found;
    },
  });
}

export function importsNoting(tx: WriteTx, notes: Notes): WriteTx['imports'] {
  const { imports } = tx;
  return instead(imports, {
    apply: async (stage, options) => {
      const applied = await imports.apply(stage, options);
      const counts = consentCounts(stage.shape, applied);
      if (Object.values(counts).some((count) => count > 0))
        notes.note({ action: 'consent imported', object: 'import', id: options.importId, counts });
      return applied;
    },
    markUndone: async (id, now) => {
      await imports.markUndone(id, now);
      notes.note({ action: 'undone', object: 'import', id });
    },
  });
}

function consentCounts(
  { kind }: StageShape,
  { inserted, consent }: Applied,
): Record<string, number> {
  return kind === 'suppressions' ? { suppressed: inserted } : { ...consent };
}
