import { type Deed, instead, type Notes } from './audit-notes.ts';
import type { ConversionPlan, SegmentDefinition } from './rows.ts';
import { mapAttributes } from './segment-attributes.ts';
import { SETTING_NAMES } from './settings.ts';
import type { WriteTx } from './transaction.ts';

export function segmentsNoting(tx: WriteTx, notes: Notes): WriteTx['segments'] {
  const { segments } = tx;
  const find = async (id: number): Promise<SegmentDefinition | undefined> =>
    (await segments.some([id]))[0];
  const note = (action: string, id: number, said: Deed['said'] = {}): void =>
    notes.note({ action, object: 'segment', id, said });
  return instead(segments, {
    insert: async (definition, saving) => {
      const id = await segments.insert(definition, saving);
      note('created', id, { alias: definition.alias, ...noteOf(saving) });
      return id;
    },
    update: async (id, definition, saving) => {
      const before = await find(id);
      await segments.update(id, definition, saving);
      const changed = changedKeys(before, definition);
      if (changed.length > 0)
        note('changed', id, { alias: definition.alias, changed, ...noteOf(saving) });
    },
    plan: async (id, plan) => {
      await segments.plan(id, plan);
      const alias = (await find(id))?.alias;
      if (plan === null) note('plan cancelled', id, { alias });
      else note('planned', id, { alias, ...planSaid(plan) });
    },
    recordConversion: async (id, now, runId) => {
      await segments.recordConversion(id, now, runId);
      note('converted', id, { alias: (await find(id))?.alias });
    },
    delete: async (id, deleting) => {
      const alias = (await find(id))?.alias;
      await segments.delete(id, deleting);
      note('deleted', id, { alias });
    },
    restore: async (id, alias, restoring) => {
      const notBack = await segments.restore(id, alias, restoring);
      note('restored', id, { alias });
      return notBack;
    },
  });
}

function noteOf({ note }: { readonly note?: string | undefined }): Record<string, unknown> {
  return note === undefined ? {} : { note };
}

function planSaid(plan: ConversionPlan): Record<string, unknown> {
  return plan.kind === 'on' ? { convert_on: plan.day } : { convert_after_inactivity: plan.period };
}

/** What programs read as these keys of a definition. */
const CALLED: Readonly<Record<string, string>> = {
  kind: 'type',
  ...mapAttributes(({ column }) => column),
};

function changedKeys(before: SegmentDefinition | undefined, after: SegmentDefinition): string[] {
  return Object.keys(after)
    .filter(
      (key) => before?.[key as keyof SegmentDefinition] !== after[key as keyof SegmentDefinition],
    )
    .map((key) => CALLED[key] ?? key);
}

export function fieldsNoting(tx: WriteTx, notes: Notes): WriteTx['fields'] {
  const { fields } = tx;
  const note = (action: string, id: number, of: string, alias: string): void =>
    notes.note({ action, object: 'field', id, said: { of, alias } });
  return instead(fields, {
    add: async (field, now) => {
      const id = await fields.add(field, now);
      note('created', id, field.object, field.alias);
      return id;
    },
    update: async (field) => {
      await fields.update(field);
      note('changed', field.id, field.object, field.alias);
    },
    delete: async (field) => {
      await fields.delete(field);
      note('deleted', field.id, field.object, field.alias);
    },
  });
}

export function triggersNoting(tx: WriteTx, notes: Notes): WriteTx['triggers'] {
  const { triggers } = tx;
  const note = (action: string, id: number, called: string | undefined, by?: string | null): void =>
    notes.note({ action, object: 'trigger', id, said: { name: called }, by });
  return instead(triggers, {
    insert: async (trigger, now) => {
      const id = await triggers.insert(trigger, now);
      note('created', id, trigger.name, trigger.madeBy);
      return id;
    },
    update: async (id, trigger, now) => {
      await triggers.update(id, trigger, now);
      note('changed', id, trigger.name);
    },
    delete: async (id) => {
      const called = (await triggers.list()).find((trigger) => trigger.id === id)?.name;
      await triggers.delete(id);
      note('deleted', id, called);
    },
  });
}

export function settingsNoting(tx: WriteTx, notes: Notes): WriteTx['settings'] {
  const { settings } = tx;
  return instead(settings, {
    set: async (changes) => {
      const before = await settings.stored();
      await settings.set(changes);
      const after = Object.entries(await settings.stored());
      const said = Object.fromEntries(
        after
          .filter(([key, value]) => value !== before[key as keyof typeof before])
          .map(([key, value]) => [SETTING_NAMES[key as keyof typeof before], value]),
      );
      if (Object.keys(said).length > 0) notes.note({ action: 'set', object: 'setting', said });
    },
  });
}
